/** Which rows go to which lane now. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { chooseDispatch } from '../../../src/runtime/choose-dispatch.ts';
import type { Backlog, Dispatch, LaneView } from '../../../src/runtime/choose-dispatch.ts';

interface Version extends Backlog {
  readonly name: string;
}

interface Lane extends LaneView {
  readonly name: string;
}

const NOW = 1000;

/** A version that is due, with 4 of 8 rows; a run takes 0.1 ms a row. */
function version(name: string, over: Partial<Backlog> = {}): Version {
  return {
    name,
    virtualMs: 0,
    fullRows: 8,
    running: 0,
    nextRows: 4,
    dueAt: 0,
    estimateMs: (rows) => rows / 10,
    ...over,
  };
}

function idle(name: string): Lane {
  return { name, depth: 0, freeAt: 0, rows: 0 };
}

/** A lane with one batch of one row that should be done in so many milliseconds. */
function busy(name: string, ms: number, depth = 1): Lane {
  return { name, depth, freeAt: NOW + ms, rows: depth };
}

/** "run v on l up to 8", "wait until 1005", "none". */
function told(dispatch: Dispatch<Version, Lane>): string {
  if (dispatch.kind === 'none') return 'none';
  if (dispatch.kind === 'wait') return `wait until ${String(dispatch.until)}`;
  return `run ${dispatch.backlog.name} on ${dispatch.lane.name} up to ${String(dispatch.maxRows)}`;
}

function choose(versions: readonly Version[], lanes: readonly Lane[]): string {
  return told(chooseDispatch(versions, () => lanes, NOW));
}

const SLOW = { estimateMs: (rows: number) => 10 * rows };
const TINY = { estimateMs: () => 0.05 };

suite('chooseDispatch', () => {
  test('where cores are scarce, a version that shares runs already waits for its own lane instead of a second', () => {
    const lanes = [busy('a', 5), idle('b')];
    const crowded = (over: Partial<Backlog>) => told(chooseDispatch([version('v', over)], () => lanes, NOW, true));
    assert.equal(crowded({ running: 6 }), 'wait until 1005.2');
    assert.equal(crowded({ running: 1 }), 'run v on b up to 8', 'nobody else shares its run');
    assert.equal(crowded({ running: 6, nextRows: 8 }), 'run v on b up to 8', 'a full batch has no more to gain');
  });

  test('an idle lane takes what is there at once', () => {
    assert.equal(choose([version('v')], [idle('a')]), 'run v on a up to 8');
    assert.equal(choose([version('v')], [busy('a', 5), idle('b')]), 'run v on b up to 8');
  });

  test('with nothing waiting or no lane there is nothing to do', () => {
    assert.equal(choose([], [idle('a')]), 'none');
    assert.equal(choose([version('v')], []), 'none');
  });

  test('the version that was given the least compute time is next', () => {
    const versions = [
      version('v', { virtualMs: 30 }),
      version('w', { virtualMs: 10 }),
      version('x', { virtualMs: 20 }),
    ];
    assert.equal(choose(versions, [idle('a')]), 'run w on a up to 8');
  });

  test('a version whose lanes are busy does not hold up one whose lanes are idle', () => {
    const lanes = new Map([
      ['v', [busy('a', 50)]],
      ['w', [idle('b')]],
    ]);
    const versions = [version('v'), version('w', { virtualMs: 900 })];
    const dispatch = chooseDispatch(versions, ({ name }) => lanes.get(name) ?? [], NOW);
    assert.equal(told(dispatch), 'run w on b up to 8');
  });

  test('a version that may wait for more rows waits, the others do not', () => {
    const later = version('v', { dueAt: NOW + 5 });
    assert.equal(choose([later], [idle('a')]), 'wait until 1005');
    assert.equal(choose([later, version('w', { dueAt: NOW + 3 })], [idle('a')]), 'wait until 1003');
    assert.equal(choose([later, version('w', { virtualMs: 900 })], [idle('a')]), 'run w on a up to 8');
    assert.equal(choose([version('v', { dueAt: NOW })], [idle('a')]), 'run v on a up to 8');
  });

  test('a busy lane takes a second batch only when that is full and the lane about to be free', () => {
    const full = version('v', { nextRows: 8 });
    assert.equal(choose([full], [busy('a', 1.9)]), 'run v on a up to 8');
    assert.equal(choose([full], [busy('a', 2.1)]), 'none');
    assert.equal(choose([full], [busy('a', 1, 2)]), 'none');
    assert.equal(choose([version('v', { nextRows: 7 })], [busy('a', 1)]), 'none');
  });

  test('of the busy lanes the one that is free first takes the second batch', () => {
    assert.equal(
      choose([version('v', { nextRows: 8 })], [busy('a', 1.5), busy('b', 0.5), busy('c', 1)]),
      'run v on b up to 8',
    );
  });

  test('no second batch is sent behind a run that is late: it may never end', () => {
    const full = version('v', { nextRows: 8 });
    assert.equal(choose([full], [busy('stuck', -500)]), 'none');
    assert.equal(choose([full], [busy('stuck', -500), busy('b', 1)]), 'run v on b up to 8');
  });

  test('rows of a long run are spread over the idle lanes', () => {
    const long = version('v', { nextRows: 7, ...SLOW });
    assert.equal(choose([long], [idle('a'), idle('b')]), 'run v on a up to 4');
    assert.equal(choose([long], [idle('a'), busy('b', 50)]), 'run v on a up to 7');
    assert.equal(choose([version('v', { nextRows: 7 })], [idle('a'), idle('b')]), 'run v on a up to 8');
  });

  test('an odd number of rows is spread as well: the parts together are the whole', () => {
    for (const nextRows of [2, 3, 5, 7]) {
      const half = String(Math.ceil(nextRows / 2));
      assert.equal(choose([version('v', { nextRows, ...SLOW })], [idle('a'), idle('b')]), `run v on a up to ${half}`);
    }
    assert.equal(
      choose([version('v', { nextRows: 2, ...SLOW })], [idle('a'), idle('b'), idle('c')]),
      'run v on a up to 1',
    );
  });

  test('rows whose parts would cost much more than the whole are not spread', () => {
    const heavy = version('v', { nextRows: 6, estimateMs: (rows) => 20 + rows });
    assert.equal(choose([heavy], [idle('a'), idle('b')]), 'run v on a up to 8');
  });

  test('a few rows that alone would be a poor batch wait for a lane whose run is shared and soon over', () => {
    const heavy = version('v', { nextRows: 2, estimateMs: (rows) => 20 + rows });
    const shared = (ms: number): Lane => ({ ...busy('b', ms), rows: 5 });
    assert.equal(choose([heavy], [idle('a'), shared(10)]), 'wait until 1010.2');
    assert.equal(choose([heavy], [idle('a'), shared(-10)]), 'wait until 1000.2');
    assert.equal(choose([heavy], [idle('a'), shared(30)]), 'run v on a up to 2');
    assert.equal(choose([heavy], [idle('a'), shared(-500)]), 'run v on a up to 2');
    assert.equal(choose([heavy], [idle('a'), busy('b', 10)]), 'run v on a up to 2');
  });

  test('a tiny run waits for a lane that is awake and nearly free, and looks again when that is late', () => {
    assert.equal(choose([version('v', TINY)], [idle('a'), busy('b', 0.1)]), `wait until ${String(NOW + 0.1 + 0.2)}`);
    assert.equal(choose([version('v', TINY)], [idle('a'), busy('b', 0.3)]), 'run v on a up to 8');
    assert.equal(choose([version('v', { ...TINY, nextRows: 8 })], [idle('a'), busy('b', 0.1)]), 'run v on a up to 8');
  });

  test('a tiny run does not wait for a lane whose run is late: it may never end', () => {
    assert.equal(choose([version('v', TINY)], [idle('a'), busy('stuck', -500)]), 'run v on a up to 8');
  });

  test('whenever rows are due and a lane is idle, something runs or is looked at again', () => {
    const lanes = fc.array(
      fc.record({
        name: fc.constant('l'),
        depth: fc.integer({ min: 0, max: 2 }),
        freeAt: fc.integer({ max: 2000 }),
        rows: fc.nat(8),
      }),
      { maxLength: 4 },
    );
    const versions = fc.array(
      fc.record({
        virtualMs: fc.nat(100),
        nextRows: fc.integer({ min: 1, max: 9 }),
        perRow: fc.double({ min: 0.001, max: 10, noNaN: true }),
        perRun: fc.double({ min: 0, max: 30, noNaN: true }),
      }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(lanes, versions, (places, waiting) => {
        const backlogs = waiting.map(({ perRow, perRun, ...rest }) =>
          version('v', { ...rest, estimateMs: (rows) => perRun + rows * perRow }),
        );
        const dispatch = chooseDispatch(backlogs, () => places, NOW);
        if (places.some(({ depth }) => depth === 0)) assert.notEqual(dispatch.kind, 'none');
        if (dispatch.kind === 'wait') assert(dispatch.until > NOW);
        if (dispatch.kind === 'run') assert(dispatch.lane.depth < 2 && dispatch.maxRows >= 1);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
