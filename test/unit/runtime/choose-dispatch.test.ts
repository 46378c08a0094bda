/** Which rows go to which lane now. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Role } from '../../../src/monitor/series.ts';
import { chooseDispatch } from '../../../src/runtime/choose-dispatch.ts';
import type { Backlog, Dispatch, LaneView, Places } from '../../../src/runtime/choose-dispatch.ts';

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
    priority: 'live',
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
  return { name, available: true, depth: 0, freeAt: 0, rows: 0, shadowed: false };
}

/** A lane with one batch of one row that should be done in so many milliseconds. */
function busy(name: string, ms: number, depth = 1): Lane {
  return { name, available: true, depth, freeAt: NOW + ms, rows: depth, shadowed: false };
}

/** "run v on l up to 8", "wait until 1005", "none". */
function told(dispatch: Dispatch<Version, Lane>): string {
  if (dispatch.kind === 'none') return 'none';
  if (dispatch.kind === 'wait') return `wait until ${String(dispatch.until)}`;
  return `run ${dispatch.backlog.name} on ${dispatch.lane.name} up to ${String(dispatch.maxRows)}`;
}

/** Every version is on every lane. */
function everywhere(lanes: readonly Lane[]): Places<Version, Lane> {
  return { all: lanes, of: () => lanes.filter(({ available }) => available) };
}

function choose(versions: readonly Version[], lanes: readonly Lane[]): string {
  return told(chooseDispatch(versions, everywhere(lanes), NOW));
}

const SLOW = { estimateMs: (rows: number) => 10 * rows };
const TINY = { estimateMs: () => 0.05 };

suite('chooseDispatch', () => {
  test('where cores are scarce, a version that shares runs already waits for its own lane instead of a second', () => {
    const lanes = [busy('a', 5), idle('b')];
    const crowded = (over: Partial<Backlog>) =>
      told(chooseDispatch([version('v', over)], everywhere(lanes), NOW, true));
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
    const places = { all: [...lanes.values()].flat(), of: ({ name }: Version) => lanes.get(name) ?? [] };
    const dispatch = chooseDispatch(versions, places, NOW);
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
    fc.assert(
      fc.property(lanesOf(fc.constant(true)), versionsOf(fc.constant('live')), (lanes, waiting) => {
        const backlogs = waiting.map((each) => ({ ...each, dueAt: 0 }));
        const dispatch = chooseDispatch(backlogs, everywhere(lanes), NOW);
        if (lanes.some(({ depth }) => depth === 0)) assert.notEqual(dispatch.kind, 'none');
        if (dispatch.kind === 'wait') assert(dispatch.until > NOW);
        if (dispatch.kind === 'run') assert(dispatch.lane.depth < 2 && dispatch.maxRows >= 1);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

const SHADOW = { priority: 'shadow' } as const;

suite('chooseDispatch, shadows', () => {
  test('copies go to an idle lane, all on one, and never to the last', () => {
    const copies = version('s', SHADOW);
    assert.equal(choose([copies], [idle('a'), idle('b')]), 'run s on a up to 8');
    assert.equal(choose([copies], [busy('a', 5), idle('b')]), 'none');
    assert.equal(choose([copies], [{ ...idle('a'), available: false }, idle('b')]), 'none', 'one is loading');
    assert.equal(choose([copies], [busy('a', 5), idle('b'), idle('c')]), 'run s on b up to 8');
    const long = version('s', { ...SHADOW, nextRows: 8, ...SLOW });
    assert.equal(choose([long], [idle('a'), idle('b'), idle('c')]), 'run s on a up to 8');
  });

  test('a single lane is for copies as well while it is idle, and takes no second batch of them', () => {
    const copies = version('s', { ...SHADOW, nextRows: 8 });
    assert.equal(choose([copies], [idle('a')]), 'run s on a up to 8');
    assert.equal(choose([copies], [busy('a', 1)]), 'none');
  });

  test('callers go first, however much compute time they were given', () => {
    const versions = [version('s', SHADOW), version('v', { virtualMs: 900 })];
    assert.equal(choose(versions, [idle('a'), idle('b')]), 'run v on a up to 8');
  });

  test('while rows of callers are due that wait for a busy lane, no copies take an idle one', () => {
    const lanes = [busy('a', 50), idle('b'), idle('c')];
    const tiny = version('v', TINY);
    assert.equal(
      choose([tiny, version('s', SHADOW)], [busy('a', 0.1), idle('b'), idle('c')]),
      `wait until ${String(NOW + 0.1 + 0.2)}`,
    );
    const places = { all: lanes, of: ({ name }: Version) => (name === 'v' ? lanes.slice(0, 1) : lanes) };
    assert.equal(told(chooseDispatch([version('v'), version('s', SHADOW)], places, NOW)), 'none');
  });

  test('callers who wait for more rows keep the lanes that they could use', () => {
    const lanes = [idle('a'), idle('b'), idle('c')];
    const later = version('v', { dueAt: NOW + 5 });
    assert.equal(choose([later, version('s', SHADOW)], lanes), 'wait until 1005');
    const places = { all: lanes, of: ({ name }: Version) => (name === 'v' ? lanes.slice(0, 1) : lanes) };
    assert.equal(told(chooseDispatch([later, version('s', SHADOW)], places, NOW)), 'run s on b up to 8');
  });

  test('copies that may wait for more rows do, and are looked at again', () => {
    const later = version('s', { ...SHADOW, dueAt: NOW + 5 });
    assert.equal(choose([later], [idle('a')]), 'wait until 1005');
    assert.equal(choose([later, version('v', { dueAt: NOW + 3 })], [idle('a')]), 'wait until 1003');
    assert.equal(choose([later, version('t', { ...SHADOW, virtualMs: 900 })], [idle('a')]), 'run t on a up to 8');
  });

  test('of the shadows the one that was given the least compute time is next', () => {
    const versions = [
      version('s', { ...SHADOW, virtualMs: 20 }),
      version('t', { ...SHADOW, virtualMs: 10 }),
      version('u', { ...SHADOW, virtualMs: 30 }),
    ];
    assert.equal(choose(versions, [idle('a'), idle('b')]), 'run t on a up to 8');
  });

  test('callers neither wait for a lane with copies on it nor are sent there behind them', () => {
    const copies = (ms: number): Lane => ({ ...busy('b', ms), rows: 5, shadowed: true });
    assert.equal(choose([version('v', TINY)], [idle('a'), copies(0.1)]), 'run v on a up to 8');
    assert.equal(choose([version('v', { nextRows: 8 })], [copies(1)]), 'none');
    const heavy = version('v', { nextRows: 2, estimateMs: (rows) => 20 + rows });
    assert.equal(choose([heavy], [idle('a'), copies(10)]), 'run v on a up to 2');
    const places = everywhere([idle('a'), copies(5)]);
    assert.equal(told(chooseDispatch([version('v', { running: 6 })], places, NOW, true)), 'run v on a up to 8');
  });

  test('copies that wait change nothing for callers', () => {
    const anybody = fc.constantFrom<Role>('live', 'shadow');
    fc.assert(
      fc.property(lanesOf(fc.boolean()), versionsOf(anybody), fc.boolean(), (lanes, waiting, crowded) => {
        const callers = waiting.filter(({ priority }) => priority === 'live');
        const without = chooseDispatch(callers, placed(lanes), NOW, crowded);
        const among = chooseDispatch(waiting, placed(lanes), NOW, crowded);
        if (without.kind === 'run' || callers.length === waiting.length) assert.deepEqual(told(among), told(without));
        if (without.kind === 'wait' && among.kind === 'wait') assert(among.until <= without.until);
        if (without.kind === 'wait') assert.notEqual(among.kind, 'none', 'callers are looked at again in time');
      }),
      { seed: 7, numRuns: 1000 },
    );
  });

  test('copies that run keep no caller waiting who is here, and leave a lane for the next', () => {
    const anybody = fc.constantFrom<Role>('live', 'shadow');
    let ran = 0;
    fc.assert(
      fc.property(lanesOf(fc.boolean()), versionsOf(anybody), (lanes, waiting) => {
        const places = placed(lanes);
        const dispatch = chooseDispatch(waiting, places, NOW);
        if (dispatch.kind !== 'run' || dispatch.backlog.priority !== 'shadow') return;
        ran += 1;
        assert(dispatch.lane.available && dispatch.lane.depth === 0);
        for (const caller of waiting.filter(({ priority }) => priority === 'live')) {
          assert(caller.dueAt > NOW && !places.of(caller).includes(dispatch.lane));
        }
        const left = lanes.filter((lane) => lane !== dispatch.lane && lane.available && lane.depth === 0);
        assert(lanes.length === 1 || left.length > 0);
      }),
      { seed: 7, numRuns: 2000 },
    );
    assert(ran > 50, `copies ran in ${String(ran)} cases only`);
  });

  test('no caller is sent behind copies, nor waits for a lane because of them', () => {
    fc.assert(
      fc.property(lanesOf(fc.boolean()), versionsOf(fc.constant('live')), fc.boolean(), (lanes, waiting, crowded) => {
        const dispatch = chooseDispatch(waiting, placed(lanes), NOW, crowded);
        if (dispatch.kind === 'run') assert(dispatch.lane.depth === 0 || !dispatch.lane.shadowed);
        // A lane with copies on it is to callers as one that is busy for hours.
        const hopeless = lanes.map((lane) => (lane.shadowed ? { ...lane, freeAt: NOW + 1e9 } : lane));
        assert.equal(told(dispatch), told(chooseDispatch(waiting, placed(hopeless), NOW, crowded)));
      }),
      { seed: 7, numRuns: 1000 },
    );
  });

  test('with all lanes idle and no caller there, copies that are due go', () => {
    fc.assert(
      fc.property(versionsOf(fc.constant('shadow')), fc.integer({ min: 1, max: 4 }), (waiting, count) => {
        const lanes = Array.from({ length: count }, (_, at) => idle(String(at)));
        const backlogs = waiting.map((each) => ({ ...each, dueAt: 0 }));
        assert.equal(chooseDispatch(backlogs, everywhere(lanes), NOW).kind, 'run');
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});

/** Up to four lanes, idle or not. */
function lanesOf(available: fc.Arbitrary<boolean>): fc.Arbitrary<Lane[]> {
  const lane = fc.record({
    available,
    depth: fc.constantFrom(0, 0, 0, 1, 2),
    freeAt: fc.integer({ min: NOW - 20, max: NOW + 20 }),
    rows: fc.nat(8),
    shadowed: fc.boolean(),
  });
  return fc
    .array(lane, { maxLength: 4 })
    .map((lanes) =>
      lanes.map((each, at) => ({ ...each, name: String(at), shadowed: each.shadowed && each.depth > 0 })),
    );
}

/** Versions named after the lanes that hold them, "02" on the first and third; see `placed`. */
function versionsOf(priority: fc.Arbitrary<Role>): fc.Arbitrary<Version[]> {
  const one = fc.record({
    name: fc.constantFrom('0123', '0123', '0', '1', '02', '12', '23'),
    priority,
    virtualMs: fc.nat(100),
    nextRows: fc.integer({ min: 1, max: 9 }),
    dueAt: fc.constantFrom(0, NOW + 5),
    running: fc.nat(4),
    perRow: fc.double({ min: 0.001, max: 10, noNaN: true }),
    perRun: fc.double({ min: 0, max: 30, noNaN: true }),
  });
  return fc
    .array(one, { minLength: 1, maxLength: 4 })
    .map((versions) =>
      versions.map(({ name, perRow, perRun, ...over }) =>
        version(name, { ...over, estimateMs: (rows) => perRun + rows * perRow }),
      ),
    );
}

function placed(lanes: readonly Lane[]): Places<Version, Lane> {
  return {
    all: lanes,
    of: (backlog) => lanes.filter(({ name, available }) => available && backlog.name.includes(name)),
  };
}
