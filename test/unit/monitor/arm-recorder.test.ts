import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { JsonRecord } from '../../../src/domain/registry.ts';
import { SLOT_PARTS } from '../../../src/domain/traffic.ts';
import type { Outcome } from '../../../src/domain/tracing.ts';
import { armPlaceFrom, armTotalsFrom } from '../../../src/monitor/arm-codec.ts';
import { ArmEvidence } from '../../../src/monitor/arm-evidence.ts';
import type { ArmArrival } from '../../../src/monitor/arm-evidence.ts';
import { ArmRecorder } from '../../../src/monitor/arm-recorder.ts';
import type { ArmCall } from '../../../src/monitor/arm-recorder.ts';
import type { ArmTotals } from '../../../src/monitor/arm-totals.ts';
import { EvidenceBook } from '../../../src/monitor/evidence-book.ts';
import type { EvidenceSource } from '../../../src/monitor/evidence-book.ts';
import { NO_VALUES, OUTCOMES } from '../../../src/monitor/series.ts';

const PLACE = { model: 'iris', epoch: 7, arm: 'canary' };
const FAULTS: readonly Outcome[] = ['internal', 'unavailable', 'data_loss', 'unimplemented'];
const OVERLOADS: readonly Outcome[] = ['resource_exhausted', 'deadline_exceeded'];
const COUNTED: readonly Outcome[] = ['ok', ...FAULTS, ...OVERLOADS];

const NOTHING: ArmTotals = {
  calls: 0,
  ok: 0,
  faults: 0,
  overloads: 0,
  keylessFaults: 0,
  keylessOverloads: 0,
  faultSlots: [],
  overloadSlots: [],
  faultsInARow: 0,
  longestRow: 0,
  parts: [],
  request: NO_VALUES,
  runRequest: NO_VALUES,
  runCompute: NO_VALUES,
  pairRequest: NO_VALUES,
  pairCompute: NO_VALUES,
  drawnRequest: NO_VALUES,
  drawnCompute: NO_VALUES,
};

function armCall(over: Partial<ArmCall> = {}): ArmCall {
  return { outcome: 'ok', ms: 8, slot: 0, keyed: false, run: undefined, ...over };
}

function totalsOf(calls: readonly ArmCall[]): ArmTotals {
  const recorder = new ArmRecorder(PLACE);
  for (const call of calls) recorder.record(call);
  return recorder.totals();
}

const anyCall: fc.Arbitrary<ArmCall> = fc.record({
  outcome: fc.constantFrom(...OUTCOMES),
  ms: fc.double({ min: 0.01, max: 1000, noNaN: true }),
  slot: fc.integer({ min: 0, max: 9_999 }),
  keyed: fc.boolean(),
  run: fc.option(
    fc.record({
      id: fc.integer().map((number) => Symbol(number)),
      computeMs: fc.double({ min: 0.01, max: 1000, noNaN: true }),
    }),
    { nil: undefined },
  ),
});

/** Calls of each part of the slots; none before the first call. */
function partsOf(calls: readonly ArmCall[]): readonly number[] {
  if (calls.length === 0) return [];
  const parts = new Array<number>(SLOT_PARTS).fill(0);
  for (const { slot } of calls) parts[slot % SLOT_PARTS] = (parts[slot % SLOT_PARTS] ?? 0) + 1;
  return parts;
}

const slotsOf = (calls: readonly ArmCall[]): number[] =>
  [...new Set(calls.map(({ slot }) => slot))].sort((a, b) => a - b);

suite('ArmRecorder', () => {
  test('is named by epoch and arm, and has nothing to tell before the first call', () => {
    const recorder = new ArmRecorder(PLACE);
    const { kind, model, name, activity } = recorder;
    assert.deepEqual({ kind, model, name, activity }, { kind: 'arm', model: 'iris', name: '7/canary', activity: 0 });
    assert.deepEqual(recorder.body(), NOTHING);
    assert.deepEqual(armPlaceFrom(name), { epoch: 7, arm: 'canary' });
  });

  test('counts times of calls that were answered well, and once the time of each run, in seconds', () => {
    const run = { id: Symbol(), computeMs: 4 };
    const totals = totalsOf([
      armCall({ ms: 8, run }),
      armCall({ ms: 2, run }),
      armCall({ outcome: 'internal', ms: 500, run: { id: Symbol(), computeMs: 4 } }),
    ]);
    const figures = (['request', 'runRequest', 'runCompute'] as const).map((name) => {
      const { count, sum, min, max } = totals[name];
      return [name, count, sum, min, max];
    });
    assert.deepEqual(figures, [
      ['request', 2, 0.01, 0.002, 0.008],
      ['runRequest', 1, 0.008, 0.008, 0.008],
      ['runCompute', 1, 0.004, 0.004, 0.004],
    ]);
  });

  test('counts faults and overloads of calls with a key by slot, of others one by one', () => {
    const failed = [
      armCall({ outcome: 'internal', slot: 9_999, keyed: true }),
      armCall({ outcome: 'unavailable', slot: 3, keyed: true }),
      armCall({ outcome: 'data_loss', slot: 3, keyed: true }),
      armCall({ outcome: 'unimplemented', slot: 5 }),
      armCall({ outcome: 'resource_exhausted', slot: 0, keyed: true }),
      armCall({ outcome: 'deadline_exceeded', slot: 1 }),
      armCall({ outcome: 'deadline_exceeded', slot: 1 }),
    ];
    assert.deepEqual(totalsOf(failed), {
      ...NOTHING,
      calls: 7,
      faults: 4,
      overloads: 3,
      keylessFaults: 1,
      keylessOverloads: 2,
      faultSlots: [3, 9_999],
      overloadSlots: [0],
      longestRow: 4,
      parts: partsOf(failed),
    });
  });

  test("leaves out what is the caller's own doing, which ends no row of faults either", () => {
    const own = OUTCOMES.filter((outcome) => !COUNTED.includes(outcome));
    assert(own.includes('invalid_argument') && own.includes('cancelled') && own.includes('not_found'));
    assert.deepEqual(totalsOf(own.map((outcome) => armCall({ outcome }))), NOTHING);
    const fault = armCall({ outcome: 'internal' });
    const { calls, faultsInARow } = totalsOf([fault, armCall({ outcome: 'cancelled' }), fault]);
    assert.deepEqual([calls, faultsInARow], [2, 2]);
  });

  test('says how many faults there were in a row, and remembers the longest', () => {
    const recorder = new ArmRecorder(PLACE);
    const said = (['internal', 'internal', 'ok', 'unavailable', 'deadline_exceeded', 'internal'] as const).map(
      (outcome) => recorder.record(armCall({ outcome })),
    );
    assert.deepEqual(said, [1, 2, 0, 1, 0, 1]);
    const { faultsInARow, longestRow } = recorder.totals();
    assert.deepEqual([faultsInARow, longestRow], [1, 2]);
  });

  test('counts every call that counts once, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(anyCall, { maxLength: 200 }), (calls) => {
        const counted = calls.filter(({ outcome }) => COUNTED.includes(outcome));
        const ok = counted.filter(({ outcome }) => outcome === 'ok');
        const faults = counted.filter(({ outcome }) => FAULTS.includes(outcome));
        const overloads = counted.filter(({ outcome }) => OVERLOADS.includes(outcome));
        const { request, runRequest, runCompute, faultsInARow, longestRow, ...others } = totalsOf(calls);
        const { pairRequest, pairCompute, drawnRequest, drawnCompute, ...counts } = others;
        assert.deepEqual(counts, {
          calls: counted.length,
          ok: ok.length,
          faults: faults.length,
          overloads: overloads.length,
          keylessFaults: faults.filter(({ keyed }) => !keyed).length,
          keylessOverloads: overloads.filter(({ keyed }) => !keyed).length,
          faultSlots: slotsOf(faults.filter(({ keyed }) => keyed)),
          overloadSlots: slotsOf(overloads.filter(({ keyed }) => keyed)),
          parts: partsOf(counted),
        });
        const runs = ok.filter(({ run }) => run !== undefined).length;
        assert.deepEqual([request.count, runRequest.count, runCompute.count], [ok.length, runs, runs]);
        const compared = [pairRequest, pairCompute, drawnRequest, drawnCompute].map(({ count }) => count);
        assert.deepEqual(compared, [0, 0, 0, 0]);
        const last = counted.findLastIndex(({ outcome }) => !FAULTS.includes(outcome));
        assert.equal(faultsInARow, counted.length - 1 - last);
        assert(longestRow >= faultsInARow && longestRow <= faults.length);
      }),
    );
  });

  test('is read back as it was, and not where any part of it is none', () => {
    fc.assert(
      fc.property(fc.array(anyCall, { maxLength: 50 }), (calls) => {
        const totals = totalsOf(calls);
        assert.deepEqual(armTotalsFrom(JSON.parse(JSON.stringify(totals)) as JsonRecord), totals);
      }),
    );
    const bad: readonly Record<string, unknown>[] = [
      ...Object.keys(NOTHING).map((name) => ({ [name]: undefined })),
      { calls: -1 },
      { calls: 0.5 },
      { faultSlots: [10_000] },
      { overloadSlots: '' },
      { parts: [-1] },
      { parts: new Array<number>(SLOT_PARTS + 1).fill(0) },
      { request: null },
      { request: { ...NO_VALUES, sum: null } },
      { runCompute: { ...NO_VALUES, counts: [-1] } },
      { pairRequest: { ...NO_VALUES, counts: new Array<number>(1025).fill(0) } },
    ];
    for (const part of bad) {
      const body = { ...NOTHING, ...part } as JsonRecord;
      const name = Object.keys(part).join();
      assert.throws(() => armTotalsFrom(body), { code: 'data_loss', message: new RegExp(`no usable "${name}"`) }, name);
    }
    for (const name of ['', '7', '7/', '/canary', 'x/canary', '-1/canary']) {
      assert.throws(() => armPlaceFrom(name), { code: 'data_loss' }, name);
    }
  });
});

/** The totals that a book has to tell, by name. */
function told(book: EvidenceBook): Record<string, number> {
  return Object.fromEntries(book.sources().map(({ model, name, activity }) => [`${model} ${name}`, activity]));
}

suite('ArmEvidence', () => {
  /** A call that comes and ends at once. */
  function call(arms: ArmEvidence, place: Partial<ArmArrival> = {}, end: Partial<ArmCall> = {}): void {
    const ticket = arms.arrive({ ...PLACE, slot: 0, isDrawn: true, keyHash: undefined, ...place });
    if (ticket !== undefined) arms.record(ticket, { outcome: 'ok', ms: 8, run: undefined, ...end });
  }

  test('keeps models, epochs and arms apart, and goes on where a policy comes again', () => {
    const book = new EvidenceBook();
    const arms = new ArmEvidence(book);
    call(arms);
    call(arms, { epoch: 8 });
    call(arms, { arm: 'stable' });
    call(arms, { model: 'wine' });
    call(arms);
    assert.deepEqual(told(book), { 'iris 7/canary': 2, 'iris 8/canary': 1, 'iris 7/stable': 1, 'wine 7/canary': 1 });
  });

  test('hurries from the third fault in a row on', () => {
    const book = new EvidenceBook();
    const arms = new ArmEvidence(book);
    let hurried = 0;
    book.onUrgent(() => (hurried += 1));
    const outcomes = ['internal', 'internal', 'ok', 'internal', 'internal', 'internal', 'unavailable', 'ok'] as const;
    const seen = outcomes.map((outcome) => {
      call(arms, {}, { outcome });
      return hurried;
    });
    assert.deepEqual(seen, [0, 0, 0, 0, 0, 1, 2, 2]);
  });

  test('counts the last eight epochs of a model; late calls of older ones are left out', () => {
    const book = new EvidenceBook();
    const arms = new ArmEvidence(book);
    for (let epoch = 1; epoch <= 9; epoch += 1) call(arms, { epoch });
    call(arms, { epoch: 1 });
    call(arms, { epoch: 2 });
    const counts = told(book);
    assert.equal(Object.keys(counts).length, 9);
    assert.deepEqual([counts['iris 1/canary'], counts['iris 2/canary']], [1, 2]);
  });

  test('follows 1,000 models', () => {
    const book = new EvidenceBook();
    const arms = new ArmEvidence(book);
    for (let model = 0; model <= 1_000; model += 1) call(arms, { model: `m${String(model)}` });
    call(arms, { model: 'm0' });
    const counts = told(book);
    assert.equal(Object.keys(counts).length, 1_000);
    assert.deepEqual([counts['m0 7/canary'], counts['m1000 7/canary']], [2, undefined]);
  });

  test('compares all neighbours of both arms, as evidence of harm only those that were drawn, and once per key', () => {
    const book = new EvidenceBook();
    const arms = new ArmEvidence(book);
    const pair = (candidate: Partial<ArmArrival>, stable: Partial<ArmArrival>): void => {
      for (const place of [{ ...candidate }, { arm: 'stable', ...stable }]) {
        call(arms, place, { run: { id: Symbol(), computeMs: 1 } });
      }
    };
    const counts = (): readonly number[] => {
      const [canary] = book.sources().map((source) => armTotalsFrom(source.body()));
      return [canary?.pairRequest.count ?? 0, canary?.drawnRequest.count ?? 0];
    };
    pair({}, {});
    assert.deepEqual(counts(), [1, 1]);
    pair({ keyHash: 1 }, { keyHash: 2 });
    assert.deepEqual(counts(), [2, 2]);
    pair({ keyHash: 1 }, { keyHash: 2 });
    assert.deepEqual(counts(), [3, 2]);
    pair({ isDrawn: false, keyHash: 3 }, { isDrawn: false, keyHash: 4 });
    assert.deepEqual(counts(), [4, 2]);
    // Of those that are drawn the neighbour is the next one that is.
    pair({ keyHash: 5 }, { keyHash: 2 });
    assert.deepEqual(counts(), [5, 2]);
    pair({ keyHash: 1 }, { keyHash: 6 });
    assert.deepEqual(counts(), [6, 3]);
  });

  test('tells of a pair that is complete when neither arm has a new call', () => {
    const book = new EvidenceBook();
    const arms = new ArmEvidence(book);
    const place = { ...PLACE, slot: 0, isDrawn: true, keyHash: undefined };
    const first = arms.arrive(place);
    const second = arms.arrive({ ...place, arm: 'stable' });
    assert(first !== undefined && second !== undefined);
    arms.record(first, { outcome: 'ok', ms: 8, run: { id: Symbol(), computeMs: 1 } });
    const before = told(book);
    arms.record(second, { outcome: 'ok', ms: 8, run: { id: Symbol(), computeMs: 1 } });
    const after = told(book);
    assert((after['iris 7/canary'] ?? 0) > (before['iris 7/canary'] ?? 0));
  });
});

suite('EvidenceBook', () => {
  const source = (name: string): EvidenceSource => ({
    kind: 'sketch',
    model: 'iris',
    name,
    activity: 1,
    body: () => ({}),
  });

  test('holds 2,000 sources: what no longer counts goes first, then the oldest', () => {
    const book = new EvidenceBook();
    const all = Array.from({ length: 2_000 }, (_, index) => source(String(index)));
    for (const each of all) book.add(each);
    for (const index of [5, 3]) book.retire(all[index] ?? source(''));
    book.retire(source('unknown'));
    for (const name of ['a', 'b', 'c']) book.add(source(name));
    const names = new Set(book.sources().map(({ name }) => name));
    assert.equal(names.size, 2_000);
    assert.deepEqual(
      ['0', '1', '3', '5', 'a', 'b', 'c'].filter((name) => !names.has(name)),
      ['0', '3', '5'],
    );
  });
});
