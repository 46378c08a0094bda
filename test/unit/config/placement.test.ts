/** How cores are shared out: the rule, its limits, and the tables that the documentation shows of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { connectionAgeMs, placement } from '../../../src/config/placement.ts';

const DOCUMENT = new URL('../../../docs/cores.md', import.meta.url);
const AUTO = { serveProcesses: 0, lanes: 0, intraOpThreads: 1 };

/** [processes, lanes of each] when nobody says anything. */
function auto(cores: number): [number, number] {
  const { processes, lanes } = placement(AUTO, cores);
  return [processes, lanes];
}

test('a lone process has a lane per core, less one for the transport from four cores on', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 7, 8, 15].map((cores) => auto(cores)),
    [1, 2, 3, 3, 6, 7, 14].map((lanes) => [1, lanes]),
  );
});

test('there is one process per eight whole cores', () => {
  assert.deepEqual(
    [15, 16, 17, 23, 24, 64, 128].map((cores) => auto(cores)[0]),
    [1, 2, 2, 2, 3, 8, 16],
  );
});

test('what is asked for is done; the rest follows from it', () => {
  const of = (wish: Partial<typeof AUTO>, cores: number) => {
    const { processes, lanes, cores: share } = placement({ ...AUTO, ...wish }, cores);
    return [processes, share, lanes];
  };
  assert.deepEqual(of({ serveProcesses: 2 }, 8), [2, 4, 3]);
  assert.deepEqual(of({ serveProcesses: 2 }, 2), [2, 1, 1]);
  assert.deepEqual(of({ serveProcesses: 4 }, 2), [4, 1, 1]);
  assert.deepEqual(of({ lanes: 5 }, 2), [1, 2, 5]);
  assert.deepEqual(of({ intraOpThreads: 4 }, 8), [1, 8, 2]);
  assert.deepEqual(of({ intraOpThreads: 5 }, 8), [1, 8, 1]);
  assert.deepEqual(of({ intraOpThreads: 16 }, 8), [1, 8, 1]);
});

test('threads of runs and of transports never outnumber the cores where nothing else is asked for', () => {
  const wishes = fc.record({
    intraOpThreads: fc.integer({ min: 1, max: 64 }),
    cores: fc.integer({ min: 1, max: 1024 }),
  });
  fc.assert(
    fc.property(wishes, ({ intraOpThreads, cores }) => {
      const { processes, lanes, cores: share } = placement({ ...AUTO, intraOpThreads }, cores);
      const transports = share < 4 || intraOpThreads > 1 ? 0 : processes;
      assert(lanes === 1 || processes * lanes * intraOpThreads + transports <= cores);
      assert(processes * share <= cores && lanes >= 1);
    }),
  );
});

test('connections are renewed where there are several processes to spread them over, unless told otherwise', () => {
  assert.deepEqual(
    [connectionAgeMs('auto', 1), connectionAgeMs('auto', 2), connectionAgeMs('off', 2), connectionAgeMs(7000, 1)],
    ['off', 300_000, 'off', 7000],
  );
});

/** The rows between two markers of the document, without head and rule. */
function documentedRows(name: string): string[] {
  const [, inside = ''] = readFileSync(DOCUMENT, 'utf8').split(new RegExp(`<!-- /?${name} -->`));
  const lines = inside.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => line.replaceAll(/ +/g, ' '));
}

test('the documented table is what the rule gives', () => {
  const rows = [2, 8, 16, 64].flatMap((cores) =>
    [1, 2, 4].map((intraOpThreads) => {
      const { processes, lanes } = placement({ ...AUTO, intraOpThreads }, cores);
      const threads = processes * lanes * intraOpThreads;
      return `| ${[cores, intraOpThreads, processes, lanes, threads].map(String).join(' | ')} |`;
    }),
  );
  assert.deepEqual(documentedRows('placement'), rows);
});
