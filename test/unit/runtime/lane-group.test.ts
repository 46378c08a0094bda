/** Real lanes with real models: batches, faults, placement, loading while serving. Stuck runs: see lane-loss.test.ts. */
import '../../support/no-telemetry.ts';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Tensor } from '../../../src/domain/tensor.ts';
import type { VersionRunner } from '../../../src/runtime/version-runner.ts';
import { tensor } from '../../support/builders.ts';
import { call, outcomeOf } from '../../support/fake-lane.ts';
import { ask, dispatched, LaneBench } from '../../support/lane-bench.ts';

function benchFor(t: TestContext, lanes: number): LaneBench {
  const bench = new LaneBench(lanes);
  t.after(() => bench.lanes.close());
  return bench;
}

/** Two rows of INPUT0 and INPUT1 that no other caller has. */
function simpleInputs(caller: number): Tensor[] {
  const first = Array.from({ length: 16 }, (_, at) => caller * 16 + at);
  return [
    tensor('INPUT0', 'INT32', [1, 16], first),
    tensor(
      'INPUT1',
      'INT32',
      [1, 16],
      first.map((value) => 3 * value),
    ),
  ];
}

function simpleOutputs(caller: number): Tensor[] {
  const first = Array.from({ length: 16 }, (_, at) => caller * 16 + at);
  return [
    tensor(
      'OUTPUT0',
      'INT32',
      [1, 16],
      first.map((value) => 4 * value),
    ),
    tensor(
      'OUTPUT1',
      'INT32',
      [1, 16],
      first.map((value) => -2 * value),
    ),
  ];
}

/** Comparable: views become plain bytes. */
function plain(tensors: readonly Tensor[]) {
  return tensors.map((each) => ({ ...each, data: Array.from<string | number>(each.data) }));
}

async function checkSimple(runner: VersionRunner, caller: number): Promise<void> {
  assert.deepEqual(plain(await ask(runner, simpleInputs(caller))), plain(simpleOutputs(caller)));
}

function row(...values: number[]): Tensor[] {
  return [tensor('x', 'FP32', [1, values.length], values)];
}

suite('LaneGroup, batching', () => {
  test('under load batches form, and everybody gets the answer to his own rows', async (t) => {
    const bench = benchFor(t, 2);
    const runner = await bench.load('simple');
    await Promise.all(Array.from({ length: 300 }, (_, caller) => checkSimple(runner, caller)));
    const { inferenceCount, executionCount } = runner.stats.snapshot();
    assert.equal(inferenceCount, 300);
    assert(executionCount < 150, `${String(executionCount)} runs`);
    assert(runner.stats.closed.full > 0);
    assert.deepEqual(bench.lost, []);
  });

  test('all answers of one run have its identity, and no others', async (t) => {
    const bench = benchFor(t, 1);
    const runner = await bench.load('simple');
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, caller) => runner.enqueue(call({ inputs: simpleInputs(caller) }))),
    );
    const runs = [...Map.groupBy(answers, ({ run }) => run).values()];
    for (const members of runs) {
      assert(members.every(({ timings }) => timings.batchRows === members.length));
    }
    assert.equal(runs.length, runner.stats.snapshot().executionCount);
    assert(runs.length < 100, 'some ran together');
  });

  test('a batch that is full goes at once, though others were sent before', async (t) => {
    const runner = await benchFor(t, 1).load('simple', { maxBatchRows: 4 }, { batchRows: 4, batchRunMs: 2 });
    for (let round = 0; round < 2; round += 1) {
      const asks = Array.from({ length: runner.fullRows - 1 }, (_, caller) => checkSimple(runner, caller));
      assert.equal(runner.running, 0);
      asks.push(checkSimple(runner, 9));
      assert.deepEqual([runner.running, runner.waitingRows], [runner.fullRows, 0]);
      await Promise.all(asks);
    }
  });

  test('large requests keep apart what is theirs, though their batches use the same memory', async (t) => {
    const runner = await benchFor(t, 2).load('ragged', { maxQueueBytes: 2 ** 26 });
    const asks = Array.from({ length: 60 }, async (_, caller) => {
      const length = 20_000 + 5000 * (caller % 3);
      const inputs = [tensor('x', 'FP32', [1, length], Array<number>(length).fill(caller))];
      const [y, total] = await ask(runner, inputs, { group: `${String(length)},` });
      assert(y?.data instanceof Uint8Array && total !== undefined);
      const values = new Float32Array(y.data.slice().buffer);
      assert(values.length === length && values.every((value) => value === 2 * caller));
      assert.deepEqual(plain([total]), plain([tensor('total', 'FP32', [1], [caller * length])]));
    });
    await Promise.all(asks);
  });

  test('requests of several rows, and of other lengths, keep apart what is theirs', async (t) => {
    const runner = await benchFor(t, 1).load('ragged');
    const asks = Array.from({ length: 60 }, async (_, caller) => {
      const [rows, length] = [1 + (caller % 3), 1 + (caller % 4)];
      const values = Array.from({ length: rows * length }, (__, at) => caller + at);
      const inputs = [tensor('x', 'FP32', [rows, length], values)];
      const outputs = await ask(runner, inputs, { group: `${String(length)},` });
      const doubled = values.map((value) => 2 * value);
      assert.deepEqual(plain(outputs.slice(0, 1)), plain([tensor('y', 'FP32', [rows, length], doubled)]));
      assert.deepEqual(outputs[1]?.shape, [rows]);
    });
    await Promise.all(asks);
    assert(runner.stats.snapshot().executionCount < 60);
  });

  test('who wants only some outputs gets these, whatever the others in the batch want', async (t) => {
    const runner = await benchFor(t, 1).load('simple');
    const wishes = [[], ['OUTPUT1'], ['OUTPUT1', 'OUTPUT0'], ['OUTPUT0']];
    const answers = await Promise.all(wishes.map((outputs) => ask(runner, simpleInputs(1), { outputs })));
    assert.deepEqual(
      answers.map((outputs) => outputs.map(({ name }) => name)),
      [['OUTPUT0', 'OUTPUT1'], ['OUTPUT1'], ['OUTPUT1', 'OUTPUT0'], ['OUTPUT0']],
    );
  });

  test('one bad row fails its caller, and the others in its batch are answered', async (t) => {
    const bench = benchFor(t, 1);
    const runner = await bench.load('poison_row');
    const indexes = [0, 1, 99, 3, 4, 5, 6, 7];
    const answers = await Promise.all(
      indexes.map((index) =>
        ask(runner, [tensor('index', 'INT64', [1, 1], [index])]).then(
          (outputs) => plain(outputs)[0]?.data,
          (caught: unknown) => String(caught),
        ),
      ),
    );
    assert.match(String(answers[2]), /model "poison_row" version "1" failed on this request: .*idx=99/);
    assert.deepEqual(
      answers.toSpliced(2, 1),
      indexes.toSpliced(2, 1).map((index) => plain([tensor('value', 'FP32', [1, 1], [index * 10])])[0]?.data),
    );
    assert.equal(runner.stats.reruns, 8);
    assert.deepEqual([bench.runFaults.length, bench.faults.length, bench.lost.length], [1, 0, 0]);
  });

  test('a version whose outputs cannot be divided stops being batched, and nobody notices', async (t) => {
    const runner = await benchFor(t, 1).load('whole_mean', {}, { batchable: true, batchRows: 1 });
    const asks = [1, 2, 3, 4].map((value) => ask(runner, row(value, value, value, value)));
    assert.deepEqual(
      (await Promise.all(asks)).map(plain),
      [1, 2, 3, 4].map((value) => plain([tensor('mean', 'FP32', [1], [value])])),
    );
    assert.equal(runner.batchable, false);
  });

  test('who is cancelled or runs out of time while lanes are busy is told without having been run', async (t) => {
    // Told that a run is long, the scheduler sends none behind it yet.
    const long = { singleRunMs: 1000, batchRunMs: 1000 };
    const runner = await benchFor(t, 1).load('slow_on_demand', { batching: false }, long);
    const running = ask(runner, row(2000, 1));
    await dispatched();
    const caller = new AbortController();
    const cancelled = outcomeOf(ask(runner, row(0, 1), { signal: caller.signal }));
    caller.abort();
    assert.match(await cancelled, /^cancelled/);
    await running;
    assert.equal(runner.stats.snapshot().executionCount, 1);
  });

  test('the timings say how the request was treated', async (t) => {
    // Measured on a busy machine, the few runs of a qualification may say that rows do not gain by sharing one.
    const costs = { singleRunMs: 2, batchRunMs: 4, batchRows: 8 };
    const runner = await benchFor(t, 1).load('steady_work', {}, costs);
    const inputs = [tensor('x', 'FP32', [1, 8], Array<number>(8).fill(1))];
    const answers = await Promise.all([1, 2].map(() => runner.enqueue(call({ inputs }))));
    for (const { timings } of answers) {
      assert.equal(timings.batchRows, 2);
      assert(timings.computeMs > 0 && timings.queueMs >= 0 && timings.hopMs >= 0);
    }
  });
});

suite('LaneGroup, placing', () => {
  test('a version is on every lane, or on as many as it asks for', async (t) => {
    const bench = benchFor(t, 2);
    for (const [instances, busy] of [
      [0, 2],
      [1, 1],
    ] as const) {
      const runner = await bench.load('steady_work', { batching: false, instances });
      const inputs = [tensor('x', 'FP32', [1, 8], Array<number>(8).fill(1))];
      const asks = Array.from({ length: 4 }, () => ask(runner, inputs));
      await dispatched();
      assert.equal(bench.lanes.counts.busy, busy);
      await Promise.all(asks);
    }
  });

  test('versions that ask for one lane share the lanes out between them', async (t) => {
    const bench = benchFor(t, 2);
    const one = await bench.load('steady_work', { batching: false, instances: 1 });
    const other = await bench.load('slow_on_demand', { batching: false, instances: 1 });
    const ones = tensor('x', 'FP32', [1, 8], Array<number>(8).fill(1));
    // Enough work for both that neither is through it before the look, however busy the machine is.
    const asks = Array.from({ length: 20 }, () => [ask(one, [ones]), ask(other, row(2000, 1))]).flat();
    await dispatched();
    assert.equal(bench.lanes.counts.busy, 2);
    await Promise.all(asks);
  });

  test('an isolated model has lanes of its own, as long as one of its versions is there', async (t) => {
    const bench = benchFor(t, 1);
    const shared = await bench.load('simple');
    const isolated = await bench.load('ragged', { isolated: true, instances: 2 });
    assert.deepEqual(bench.lanes.counts, { total: 3, busy: 0 });
    await checkSimple(shared, 1);
    assert.equal((await ask(isolated, row(1, 2))).length, 2);
    await bench.lanes.unload(isolated);
    assert.deepEqual(bench.lanes.counts, { total: 1, busy: 0 });
    await checkSimple(shared, 2);
  });

  test('an isolated version that fails to load takes no lanes from one that loads beside it', async (t) => {
    const bench = benchFor(t, 1);
    const settings = { isolated: true, instances: 1 };
    const loads = ['wrong_golden', 'simple'].map((model) => bench.load(model, settings, { as: 'isolated' }));
    const [bad, good] = await Promise.allSettled(loads);
    assert(bad?.status === 'rejected' && good?.status === 'fulfilled');
    assert.deepEqual(bench.lanes.counts, { total: 2, busy: 0 });
    await checkSimple(good.value, 1);
    await bench.lanes.unload(good.value);
    assert.deepEqual(bench.lanes.counts, { total: 1, busy: 0 });
  });

  test('an isolated version that loads while the last one goes keeps its lanes', async (t) => {
    const bench = benchFor(t, 1);
    const settings = { isolated: true, instances: 1 };
    const first = await bench.load('ragged', settings, { as: 'isolated' });
    const [, second] = await Promise.all([
      bench.lanes.unload(first),
      bench.load('simple', settings, { as: 'isolated' }),
    ]);
    await checkSimple(second, 1);
  });
});

suite('LaneGroup, loading and unloading', () => {
  test('a version that does not pass on a lane is on none, and the others go on', async (t) => {
    const bench = benchFor(t, 2);
    const simple = await bench.load('simple');
    await assert.rejects(bench.load('wrong_golden'), /golden example 1 is answered wrongly/);
    await checkSimple(simple, 1);
  });

  test('loading stalls nobody: calls are answered while a successor takes the lane over', async (t) => {
    const bench = benchFor(t, 2);
    const simple = await bench.load('simple');
    const state = { loading: true };
    let answered = 0;
    const calling = (async () => {
      for (; state.loading; answered += 1) await checkSimple(simple, answered);
    })();
    await checkSimple(simple, 0);
    const steady = await bench.load('ragged', {}, { loadMs: 10_000 });
    state.loading = false;
    await calling;
    assert(answered > 10, `only ${String(answered)} calls were answered`);
    await Promise.all(Array.from({ length: 50 }, (_, caller) => checkSimple(simple, caller)));
    assert.equal((await ask(steady, row(1, 2))).length, 2);
    assert.deepEqual([bench.lost, bench.faults], [[], []]);
  });

  test('a version that is unloaded leaves the others where they are, and may come back', async (t) => {
    const bench = benchFor(t, 2);
    const simple = await bench.load('simple');
    const ragged = await bench.load('ragged');
    await ragged.drain('it is being unloaded');
    await bench.lanes.unload(ragged);
    assert.match(await outcomeOf(ask(ragged, row(1, 2))), /^unavailable: it is being unloaded/);
    await checkSimple(simple, 1);
    assert.equal((await ask(await bench.load('ragged'), row(1, 2))).length, 2);
  });

  test('a version may be unloaded while another is loaded and a third is called', async (t) => {
    const bench = benchFor(t, 2);
    const simple = await bench.load('simple');
    const ragged = await bench.load('ragged');
    const asks = Array.from({ length: 100 }, (_, caller) => checkSimple(simple, caller));
    const [, steady] = await Promise.all([bench.lanes.unload(ragged), bench.load('steady_work'), ...asks]);
    assert.equal((await ask(steady, [tensor('x', 'FP32', [1, 8], Array<number>(8).fill(1))])).length, 1);
  });
});

suite('LaneGroup, shadows', () => {
  /** Tells when it has ended, by name. */
  function tell(order: string[], name: string, promise: Promise<unknown>): Promise<unknown> {
    return promise.finally(() => order.push(name));
  }

  function shadowOf(runner: VersionRunner): VersionRunner {
    assert(runner.shadow);
    return runner.shadow;
  }

  /** Half a second of work for one lane, where a caller's run takes less than a millisecond. */
  const LONG = row(25_000, 1);

  test('copies that wait for a slow shadow take one lane, and callers are answered before the first of them', async (t) => {
    const bench = benchFor(t, 2);
    const [live, slow] = [await bench.load('simple'), await bench.load('slow_on_demand', { batching: false })];
    const order: string[] = [];
    const copies = Array.from({ length: 4 }, (_, at) =>
      tell(order, `copy ${String(at)}`, ask(shadowOf(slow), LONG)).catch(() => undefined),
    );
    await dispatched();
    assert.deepEqual([bench.lanes.counts.busy, shadowOf(slow).running, shadowOf(slow).waitingRows], [1, 1, 3]);
    for (let caller = 0; caller < 20; caller += 1) await tell(order, 'caller', checkSimple(live, caller));
    assert.deepEqual(new Set(order), new Set(['caller']));
    await slow.drain('enough');
    await Promise.all(copies);
    assert.equal(order.at(-1), 'copy 0');
    assert.deepEqual([slow.shadow?.stats.dropped, slow.stats.dropped], [3, 0]);
  });

  test('on a single lane a caller goes before all copies but the one that runs', async (t) => {
    const bench = benchFor(t, 1);
    const runner = await bench.load('slow_on_demand', { batching: false });
    const order: string[] = [];
    const copies = [0, 1, 2].map((at) => tell(order, `copy ${String(at)}`, ask(shadowOf(runner), row(2000, 1))));
    await dispatched();
    const callers = [0, 1].map((at) => tell(order, `caller ${String(at)}`, ask(runner, row(0, 1))));
    await Promise.all([...copies, ...callers]);
    assert.deepEqual(order, ['copy 0', 'caller 0', 'caller 1', 'copy 1', 'copy 2']);
  });

  test('copies are joined into batches, and each gets the answer to its own rows', async (t) => {
    const bench = benchFor(t, 2);
    const runner = await bench.load('simple');
    await Promise.all(Array.from({ length: 100 }, (_, caller) => checkSimple(shadowOf(runner), caller)));
    const { inferenceCount, executionCount } = shadowOf(runner).stats.snapshot();
    assert.equal(inferenceCount, 100);
    assert(executionCount < 50, `${String(executionCount)} runs`);
    assert.deepEqual([runner.stats.snapshot().executionCount, bench.lost.length], [0, 0]);
  });

  test('a copy that fails is told to the log, counts for the shadow, and harms nobody', async (t) => {
    const bench = benchFor(t, 1);
    const runner = await bench.load('poison_row');
    const poison = [tensor('index', 'INT64', [1, 1], [99])];
    assert.match(await outcomeOf(ask(shadowOf(runner), poison)), /^internal: .*idx=99/);
    assert.deepEqual([bench.runFaults.length, bench.faults.length, bench.lost.length], [1, 0, 0]);
    assert.equal((await ask(runner, [tensor('index', 'INT64', [1, 1], [3])])).length, 1);
  });

  test('a version with copies in flight is unloaded when these have ended, without those that wait', async (t) => {
    const bench = benchFor(t, 1);
    const [simple, slow] = [await bench.load('simple'), await bench.load('slow_on_demand', { batching: false })];
    const order: string[] = [];
    const copies = [0, 1].map((at) => tell(order, `copy ${String(at)}`, outcomeOf(ask(shadowOf(slow), row(2000, 1)))));
    await dispatched();
    await tell(order, 'drained', slow.drain('it is being unloaded'));
    await bench.lanes.unload(slow);
    assert.deepEqual(order, ['copy 1', 'copy 0', 'drained']);
    assert.deepEqual(await Promise.all(copies), ['ok', 'resource_exhausted: it is being unloaded']);
    await checkSimple(simple, 1);
  });
});
