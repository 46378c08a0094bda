import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { cut, cutPainted, displayWidth, paint, visible } from '../../../src/cli/render/ansi.ts';
import type { Look } from '../../../src/cli/render/ansi.ts';
import { bar, bytesText, percent, steps, weightText } from '../../../src/cli/render/bar.ts';
import { redraw } from '../../../src/cli/render/live.ts';
import { progressLine } from '../../../src/cli/render/progress.ts';
import { fieldLines, tableLines } from '../../../src/cli/render/table.ts';
import { ago, instant, span, when } from '../../../src/cli/render/time.ts';

const PLAIN: Look = { width: Infinity, colour: false, bars: false, now: 0 };
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

suite('text on a terminal', () => {
  test('what would move the cursor or hide text is written out', () => {
    assert.equal(
      visible('a\u001b[2Jb\nc\td\u0085e\u202ef\u200bg\ud800'),
      String.raw`a\x1b[2Jb\nc\td\x85e\u{202e}f\u{200b}g\u{d800}`,
    );
  });

  test('no text keeps a control character, and plain text stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = visible(text);
        assert.doesNotMatch(shown, CONTROL);
        if (!CONTROL.test(text)) assert.equal(shown, text);
      }),
    );
  });

  test('a cut text is never wider than asked, and whole where it fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, width) => {
        assert(displayWidth(cut(text, width)) <= width);
        if (displayWidth(text) <= width) assert.equal(cut(text, width), text);
      }),
    );
    assert.deepEqual([cut('abcdef', 4), cut('漢字漢字', 5), cut('abc', 0)], ['abc…', '漢字…', '']);
  });

  test('colours take no columns and are closed where the text is cut', () => {
    const line = `${paint('state', 'green', true)} and more`;
    assert.equal(cutPainted(line, 14), line);
    assert.equal(cutPainted(line, 8), '\u001b[32mstate\u001b[0m a…');
    assert.equal(cutPainted(line, 4), '\u001b[32msta\u001b[0m…');
  });
});

suite('tables', () => {
  const table = {
    columns: [
      { title: 'NAME', atLeast: 4 },
      { title: 'N', align: 'right' as const },
      { title: 'EXTRA', optional: true },
      { title: 'TEXT', atLeast: 5 },
    ],
    rows: [
      ['iris', '5', 'x', 'a long description'],
      ['a-long-name', '12345', '', ''],
    ],
  };

  test('columns are aligned, numbers to the right, without blanks at the end', () => {
    assert.deepEqual(tableLines(table, PLAIN), [
      'NAME             N  EXTRA  TEXT',
      'iris             5  x      a long description',
      'a-long-name  12345',
    ]);
  });

  test('a narrow terminal cuts the widest text first, then leaves out what is optional', () => {
    assert.deepEqual(tableLines(table, { ...PLAIN, width: 36 }), [
      'NAME            N  EXTRA  TEXT',
      'iris            5  x      a long de…',
      'a-long-na…  12345',
    ]);
    assert.deepEqual(tableLines(table, { ...PLAIN, width: 22 }), [
      'NAME        N  TEXT',
      'iris        5  a long…',
      'a-lon…  12345',
    ]);
  });

  test('where not even that fits, each row is a block of lines', () => {
    assert.deepEqual(tableLines(table, { ...PLAIN, width: 12 }), [
      'NAME  iris',
      'N     5',
      'TEXT  a lon…',
      '',
      'NAME  a-lon…',
      'N     12345',
    ]);
  });

  test('no line is wider than the terminal, whatever is in the cells', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 40 });
    const rows = fc.array(fc.tuple(cell, cell, cell, cell), { maxLength: 5 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 8, max: 120 }), (cells, width) => {
        const lines = tableLines({ ...table, rows: cells }, { ...PLAIN, width });
        assert.deepEqual(
          lines.filter((line) => displayWidth(line) > width || CONTROL.test(line)),
          [],
        );
      }),
    );
  });

  test('colours do not disturb the columns', () => {
    const rows = [[{ text: 'READY', style: 'green' as const }, '1']];
    const columns = [{ title: 'STATE' }, { title: 'N', align: 'right' as const }];
    assert.deepEqual(tableLines({ columns, rows }, { ...PLAIN, colour: true }), [
      '\u001b[1mSTATE\u001b[0m  \u001b[1mN\u001b[0m',
      '\u001b[32mREADY\u001b[0m  1',
    ]);
  });

  test('fields without a value are left out', () => {
    const fields = [
      ['state', 'READY'],
      ['reason', ''],
      ['description', 'two\nlines'],
    ] as const;
    assert.deepEqual(fieldLines(fields, PLAIN), ['state        READY', String.raw`description  two\nlines`]);
  });
});

suite('bars', () => {
  test('a little shows and nearly all leaves a gap', () => {
    assert.deepEqual(
      [0, 0.001, 0.5, 0.9, 0.999, 1].map((share) => bar(share, 6)),
      ['░░░░░░', '█░░░░░', '███░░░', '█████░', '█████░', '██████'],
    );
  });

  test('weights are percent, with a bar on a terminal', () => {
    assert.deepEqual([percent(9000), percent(3333), percent(1), percent(0)], ['90%', '33.33%', '0.01%', '0%']);
    assert.equal(weightText(9000, { ...PLAIN, bars: true }), '█████░ 90%');
    assert.equal(weightText(9000, PLAIN), '90%');
  });

  test('steps are filled up to the current one', () => {
    const names = ['FETCHING', 'LOADING', 'READY'];
    assert.deepEqual(
      [...names, 'FAILED'].map((name) => steps(names, name)),
      ['█░░', '██░', '███', '░░░'],
    );
  });

  test('sizes have one decimal from a KiB on', () => {
    assert.deepEqual([0, 1023, 1024, 1_572_864, 2 ** 50].map(bytesText), [
      '0 B',
      '1023 B',
      '1.0 KiB',
      '1.5 MiB',
      '1024.0 TiB',
    ]);
  });
});

suite('progress', () => {
  const half = { label: 'model.onnx', done: 1_572_864, total: 3_145_728, elapsedMs: 1000 };

  test('tells file, share, amount and rate', () => {
    assert.equal(progressLine(half, 80), 'model.onnx  ██████████░░░░░░░░░░   50%  1.5 MiB of 3.0 MiB  1.5 MiB/s');
  });

  test('the bar gives way first, then the rate, then the amount', () => {
    assert.equal(progressLine(half, 50), 'model.onnx   50%  1.5 MiB of 3.0 MiB  1.5 MiB/s');
    assert.equal(progressLine(half, 37), 'model.onnx   50%  1.5 MiB of 3.0 MiB');
    assert.equal(progressLine(half, 20), 'model.onnx   50%');
    assert.equal(progressLine(half, 6), '50%');
  });

  test('it never fills the row, and an empty upload is done', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.string(), fc.integer({ min: 1, max: 200 }), (done, total, label, width) => {
        assert(displayWidth(progressLine({ label, done, total, elapsedMs: 500 }, width)) < Math.max(width, 2));
      }),
    );
    assert.equal(progressLine({ label: 'empty', done: 0, total: 0, elapsedMs: 0 }, 20), 'empty  100%');
  });
});

suite('times', () => {
  const now = Date.UTC(2026, 0, 31, 12);

  test('how long ago is in the largest unit; what is to come is now', () => {
    const past = [-5000, 999, 59_999, 60_000, 7_199_999, 86_400_000 * 3];
    assert.deepEqual(
      past.map((ms) => ago(now - ms, now)),
      ['now', 'now', '59s ago', '1m ago', '1h ago', '3d ago'],
    );
  });

  test('instants are UTC, and no time is no text', () => {
    assert.equal(when(now - 60_000, now), '2026-01-31 11:59:00Z (1m ago)');
    assert.deepEqual([instant(undefined), ago(undefined, now), when(undefined, now)], ['', '', '']);
  });

  test('durations have three digits', () => {
    assert.deepEqual([0.4, 12.34, 123.4, 1500].map(span), ['0.40 ms', '12.3 ms', '123 ms', '1.5 s']);
  });
});

test('a block is drawn again over the lines of the former one', () => {
  assert.equal(redraw(0, ['a']), '\r\u001b[Ja\n');
  assert.equal(redraw(2, ['a', 'b', 'c']), '\u001b[2A\r\u001b[Ja\nb\nc\n');
});
