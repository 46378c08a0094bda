import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Look } from '../../../src/cli/render/ansi.ts';
import {
  evidenceText,
  figure,
  intervalPlot,
  plotRange,
  shareText,
  signed,
  signedShare,
} from '../../../src/cli/render/figures.ts';

const PLAIN: Look = { width: Infinity, colour: false, bars: false, now: 0 };
const BARS: Look = { ...PLAIN, bars: true };

suite('figures', () => {
  test('have three digits, and no number is a dash', () => {
    const values = [0, 0.012345, 1.2, 12.34, 123.4, 12_345.6, 0.000_012_3, -0.5, 1e300, Infinity, -Infinity, NaN];
    assert.deepEqual(values.map(figure), [
      '0',
      '0.0123',
      '1.2',
      '12.3',
      '123',
      '12346',
      '1.2e-5',
      '-0.5',
      '1.0e+300',
      '∞',
      '-∞',
      '-',
    ]);
  });

  test('differences have a sign, shares are percent', () => {
    assert.deepEqual([0.5, 0, -0.5].map(signed), ['+0.5', '0', '-0.5']);
    assert.deepEqual([0.0123, 1].map(shareText), ['1.23%', '100%']);
    assert.deepEqual([0.3, -0.3].map(signedShare), ['+30%', '-30%']);
  });
});

suite('evidence', () => {
  test('its bar is of logarithms, empty where it speaks for the candidate', () => {
    const values = [0, 0.5, 1, 4, 8, 64, 1e9];
    assert.deepEqual(
      values.map((eValue) => evidenceText(eValue, 64, BARS).split(' ')[0]),
      ['░░░░░░', '░░░░░░', '░░░░░░', '██░░░░', '███░░░', '██████', '██████'],
    );
  });

  test('without a terminal it is numbers, without a threshold nothing', () => {
    assert.deepEqual([evidenceText(4, 64, PLAIN), evidenceText(0, 0, BARS)], ['4 of 64', '-']);
  });
});

suite('intervals', () => {
  test('are lines around a point, with a mark at no difference', () => {
    const interval = { lower: -1, value: 1, upper: 3 };
    assert.deepEqual(plotRange([interval]), [-1, 3]);
    assert.equal(intervalPlot(interval, [-1, 3]), '────────┊──────●───────────────');
    assert.equal(intervalPlot({ lower: 1, value: 2, upper: 3 }, [0, 3]), '┊         ──────────●──────────');
  });

  test('what has no end goes to the edge, what is no number is not drawn', () => {
    assert.deepEqual(plotRange([{ lower: -Infinity, value: 1, upper: Infinity }]), [0, 1]);
    assert.equal(
      intervalPlot({ lower: -Infinity, value: 1, upper: Infinity }, [0, 2]),
      '◂──────────────●──────────────▸',
    );
    assert.equal(intervalPlot({ lower: NaN, value: 0, upper: 0 }, [0, 1]), '');
    assert.equal(intervalPlot({ lower: 0, value: 0, upper: 0 }, [0, 0]), '');
  });

  test('are never wider than their place, whatever they are', () => {
    const number = fc.double();
    fc.assert(
      fc.property(
        fc.array(fc.record({ lower: number, value: number, upper: number }), { minLength: 1 }),
        (intervals) => {
          const range = plotRange(intervals);
          for (const interval of intervals) {
            const plot = intervalPlot(interval, range);
            assert(plot.length <= 31, plot);
            if (plot !== '') assert.equal(plot.match(/●/g)?.length, 1, plot);
          }
        },
      ),
    );
  });
});
