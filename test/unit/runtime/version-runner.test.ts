/** A loaded version as its callers see it, with a clock and a lane made of test. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { VersionStats } from '../../../src/monitor/version-stats.ts';
import { DroppedError } from '../../../src/runtime/unserved.ts';
import type { RunnerOptions, VersionRunner } from '../../../src/runtime/version-runner.ts';
import type { ModelSettings } from '../../../src/domain/version.ts';
import { report, spec, tensor } from '../../support/builders.ts';
import { call, outcomeOf, runNext, runnerOf, shadowedRunnerOf } from '../../support/fake-lane.ts';

class Bench {
  now = 0;
  woken = 0;
  readonly stats = new VersionStats({ model: 'iris', version: '1', now: () => 0 });
  readonly runner: VersionRunner;

  constructor(settings: Partial<ModelSettings> = {}, over: Partial<RunnerOptions> = {}) {
    this.runner = runnerOf({
      spec: spec({ settings }),
      stats: this.stats,
      now: () => this.now,
      onWork: () => (this.woken += 1),
      ...over,
    });
  }
}

/** True once the promise has ended; looked at after all that can go on has gone on. */
async function ended(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.finally(() => (done = true)).catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

suite('VersionRunner, accepting', () => {
  test('a call waits, wakes the lanes, and is answered by the batch that takes it', async () => {
    const bench = new Bench();
    const answer = bench.runner.enqueue(call({ rows: 3 }));
    assert.deepEqual([bench.woken, bench.runner.waitingRows, bench.runner.nextRows], [1, 3, 3]);
    assert.deepEqual([bench.stats.gauges.queueRows(), bench.stats.gauges.inFlight()], [3, 1]);
    assert.equal(runNext(bench.runner), 1);
    assert.deepEqual((await answer).outputs, call().inputs);
    assert.deepEqual([bench.stats.gauges.queueRows(), bench.stats.gauges.inFlight()], [0, 0]);
  });

  test('a full queue refuses with its limit', async () => {
    const rows = new Bench({ maxQueueRows: 4 });
    void rows.runner.enqueue(call({ rows: 4 }));
    assert.equal(
      await outcomeOf(rows.runner.enqueue(call())),
      'resource_exhausted: the queue of model "iris" version "1" is full (4 rows); retry later',
    );
    assert.equal(rows.stats.refused.queue_rows, 1);
    const bytes = new Bench({ maxQueueBytes: 15 });
    void bytes.runner.enqueue(call());
    assert.equal(
      await outcomeOf(bytes.runner.enqueue(call())),
      'resource_exhausted: the queue of model "iris" version "1" is full (15 bytes); retry later',
    );
    assert.equal(bytes.stats.refused.queue_bytes, 1);
  });

  test('a full queue makes room by letting go of those whom nobody waits for', async () => {
    const bench = new Bench({ maxQueueRows: 1 });
    const caller = new AbortController();
    const first = outcomeOf(bench.runner.enqueue(call({ signal: caller.signal })));
    caller.abort();
    const second = bench.runner.enqueue(call());
    assert.equal(await first, 'cancelled: the caller cancelled the request while it was queued');
    assert.equal(bench.stats.cancelled, 1);
    runNext(bench.runner);
    assert.equal(await outcomeOf(second), 'ok');
  });

  test('a call that would wait longer than its deadline is refused at once, with the numbers', async () => {
    // Eight rows take 2 ms, so sixteen ahead take some.
    const bench = new Bench();
    void bench.runner.enqueue(call({ rows: 8, deadline: 20 }));
    void bench.runner.enqueue(call({ rows: 8, deadline: 20 }));
    bench.now = 16;
    assert.match(
      await outcomeOf(bench.runner.enqueue(call({ deadline: 20 }))),
      /^resource_exhausted: model "iris" version "1" has 16 rows waiting, about \d+ ms of work, and the deadline is in 4 ms; retry later or allow more time$/,
    );
    assert.equal(bench.stats.refused.deadline, 1);
    assert.equal(await ended(bench.runner.enqueue(call({ deadline: 36 }))), false);
    assert.equal(await ended(bench.runner.enqueue(call())), false);
  });

  test('calls that may wait longer do not keep an urgent one out', async () => {
    const bench = new Bench();
    void bench.runner.enqueue(call({ rows: 8 }));
    void bench.runner.enqueue(call({ rows: 8, deadline: 500 }));
    assert.equal(await ended(bench.runner.enqueue(call({ deadline: 4 }))), false);
    assert.equal(bench.stats.refused.deadline, 0);
  });

  test('with nobody ahead a call is always tried: a wrong estimate cannot lock anybody out', async () => {
    const bench = new Bench({}, { report: report({ singleRunMs: 60_000, batchRunMs: 60_000 }) });
    assert.equal(await ended(bench.runner.enqueue(call({ deadline: 1 }))), false);
  });

  test('calls whose deadline passes while they wait are told so', async () => {
    const bench = new Bench();
    const late = outcomeOf(bench.runner.enqueue(call({ deadline: 10 })));
    const patient = bench.runner.enqueue(call());
    bench.now = 10;
    bench.runner.sweep();
    assert.equal(
      await late,
      'deadline_exceeded: the deadline passed while the request waited for model "iris" version "1"',
    );
    assert.equal(bench.stats.expired, 1);
    assert.equal(await ended(patient), false);
  });

  test('expired work is never run', async () => {
    const bench = new Bench();
    const late = outcomeOf(bench.runner.enqueue(call({ deadline: 10 })));
    bench.now = 11;
    assert.equal(bench.runner.take(8), undefined);
    assert.match(await late, /^deadline_exceeded/);
  });
});

suite('VersionRunner, batching', () => {
  test('without a queue delay a batch is due at once, with one when it is full or the delay is over', () => {
    assert.equal(new Bench().runner.dueAt, 0);
    const bench = new Bench({ maxQueueDelayMs: 20, maxBatchRows: 4 });
    bench.now = 100;
    void bench.runner.enqueue(call());
    assert.equal(bench.runner.dueAt, 120);
    void bench.runner.enqueue(call({ rows: 3 }));
    assert.equal(bench.runner.dueAt, 0);
  });

  test('the queue delay does not use up the time of a caller who has less', () => {
    const bench = new Bench({ maxQueueDelayMs: 100 });
    void bench.runner.enqueue(call({ deadline: 30 }));
    assert.equal(bench.runner.dueAt, 15);
  });

  test('a version that is not batched is run row by row', () => {
    const bench = new Bench({}, { report: report({ batchable: false, batchRows: 1 }) });
    void bench.runner.enqueue(call());
    void bench.runner.enqueue(call());
    assert.equal(bench.runner.maxBatchRows, 1);
    assert.deepEqual([runNext(bench.runner), runNext(bench.runner), runNext(bench.runner)], [1, 1, 0]);
  });

  test('members of a failed batch come back alone, each in a batch of its own', async () => {
    const bench = new Bench();
    const answers = [1, 2, 3].map(() => bench.runner.enqueue(call()));
    const batch = bench.runner.take(8);
    bench.runner.restore(batch?.members ?? [], { alone: true });
    bench.runner.finished(3);
    assert.deepEqual([bench.stats.reruns, bench.runner.nextRows], [3, 1]);
    assert.deepEqual(
      [1, 2, 3, 4].map(() => runNext(bench.runner)),
      [1, 1, 1, 0],
    );
    await Promise.all(answers);
  });

  test('members that never ran come back together', () => {
    const bench = new Bench();
    void bench.runner.enqueue(call());
    void bench.runner.enqueue(call());
    const batch = bench.runner.take(8);
    bench.runner.restore(batch?.members ?? [], { alone: false });
    assert.deepEqual([bench.woken, bench.stats.reruns, runNext(bench.runner)], [3, 0, 2]);
  });

  test('once rows turned out to influence each other, nothing is joined any more', () => {
    const bench = new Bench();
    void bench.runner.enqueue(call());
    void bench.runner.enqueue(call({ rows: 3 }));
    bench.runner.stopBatching();
    assert.deepEqual([runNext(bench.runner), runNext(bench.runner)], [1, 1]);
  });
});

suite('VersionRunner, ending', () => {
  test('draining refuses new calls and ends when those accepted have been answered', async () => {
    const bench = new Bench();
    const running = bench.runner.enqueue(call());
    const batch = bench.runner.take(8);
    const waiting = bench.runner.enqueue(call());
    const drained = bench.runner.drain('it is being unloaded');
    const again = bench.runner.drain('never mind');
    assert.equal(await outcomeOf(bench.runner.enqueue(call())), 'unavailable: it is being unloaded');
    assert.equal(bench.stats.refused.draining, 1);
    runNext(bench.runner);
    await waiting;
    assert.equal(await ended(drained), false);
    const timings = { queueMs: 0, hopMs: 0, computeMs: 0, batchRows: 1 };
    batch?.members[0]?.resolve({ outputs: [], timings, batch: undefined, run: Symbol() });
    bench.runner.finished(1);
    await Promise.all([running, drained, again]);
  });

  test('a version without calls is drained at once', async () => {
    await new Bench().runner.drain('it is being unloaded');
  });

  test('draining ends as well when those who wait are cancelled or expire', async () => {
    const bench = new Bench();
    const caller = new AbortController();
    const answer = outcomeOf(bench.runner.enqueue(call({ signal: caller.signal })));
    const drained = bench.runner.drain('it is being unloaded');
    caller.abort();
    bench.runner.sweep();
    await drained;
    assert.match(await answer, /^cancelled/);
  });

  test('a version that failed refuses new calls and those that wait, with the reason', async () => {
    const bench = new Bench();
    const waiting = outcomeOf(bench.runner.enqueue(call()));
    bench.runner.fail('it was taken out of service');
    assert.equal(await waiting, 'unavailable: it was taken out of service');
    assert.equal(await outcomeOf(bench.runner.enqueue(call())), 'unavailable: it was taken out of service');
  });

  test('calls that come back to a version that failed are told so, instead of waiting for ever', async () => {
    for (const alone of [true, false]) {
      const bench = new Bench();
      const answer = outcomeOf(bench.runner.enqueue(call()));
      const batch = bench.runner.take(8);
      bench.runner.fail('it was taken out of service');
      bench.runner.restore(batch?.members ?? [], { alone });
      bench.runner.finished(1);
      assert.equal(bench.runner.waitingRows, 0);
      assert.equal(await answer, 'unavailable: it was taken out of service');
    }
  });
});

/** The message of the DroppedError that a copy ended with; fails when it ended otherwise. */
async function droppedFor(copy: Promise<unknown>): Promise<string> {
  try {
    await copy;
  } catch (caught) {
    assert(caught instanceof DroppedError, String(caught));
    return caught.message;
  }
  return assert.fail('it was answered');
}

/** What the shadow's statistics say of copies that did not run. */
function unserved({ stats }: VersionRunner): Record<string, number> {
  const { dropped, expired, cancelled, refused } = stats;
  return { dropped, expired, cancelled, refused: Object.values(refused).reduce((sum, count) => sum + count, 0) };
}

suite('VersionRunner, shadow', () => {
  test('the statistics say who is live and who is the shadow', () => {
    const { live, shadow } = shadowedRunnerOf();
    assert.deepEqual([live.priority, shadow.priority], ['live', 'shadow']);
    assert.deepEqual([live.shadow, shadow.shadow], [shadow, undefined]);
  });

  test('copies wait in a queue of their own, of a quarter of the rows, and what is too much is dropped', async () => {
    const { live, shadow } = shadowedRunnerOf({ spec: spec({ settings: { maxQueueRows: 8 } }) });
    void shadow.enqueue(call({ rows: 2 }));
    const reason = 'the queue of model "iris" version "1" is full (2 rows); retry later';
    assert.equal(await droppedFor(shadow.enqueue(call())), reason);
    assert.deepEqual(unserved(shadow), { dropped: 1, expired: 0, cancelled: 0, refused: 0 });
    assert.deepEqual([live.waitingRows, shadow.waitingRows], [0, 2]);
    assert.equal(await ended(live.enqueue(call({ rows: 8 }))), false, 'callers lose no room to copies');
  });

  test('copies wait 20 ms for each other, unless they are a full batch or the settings say longer', () => {
    const dueAt = (rows: number, maxQueueDelayMs = 0): number => {
      const { shadow } = shadowedRunnerOf({ now: () => 100, spec: spec({ settings: { maxQueueDelayMs } }) });
      void shadow.enqueue(call({ rows }));
      return shadow.dueAt;
    };
    assert.deepEqual([dueAt(1), dueAt(8), dueAt(1, 5), dueAt(1, 50)], [120, 0, 120, 150]);
  });

  test('however small the queue, there is room for a copy of one row', async () => {
    const { shadow } = shadowedRunnerOf({ spec: spec({ settings: { maxQueueRows: 1 } }) });
    assert.equal(await ended(shadow.enqueue(call())), false);
    assert.match(await droppedFor(shadow.enqueue(call())), /full \(1 rows\)/);
  });

  test('copies hold no more than a quarter of the bytes, even one alone', async () => {
    const { shadow } = shadowedRunnerOf({ spec: spec({ settings: { maxQueueBytes: 64 } }) });
    const wide = call({ inputs: [tensor('x', 'FP32', [1, 5], [1, 2, 3, 4, 5])] });
    assert.match(await droppedFor(shadow.enqueue(wide)), /full \(16 bytes\)/);
    assert.equal(await ended(shadow.enqueue(call())), false);
    assert.equal(await ended(shadow.enqueue(call())), false);
    assert.match(await droppedFor(shadow.enqueue(call())), /full \(16 bytes\)/);
    assert.equal(shadow.stats.dropped, 2);
  });

  test('copies that wait until they are too old are dropped', async () => {
    const clock = { now: 0 };
    const { shadow } = shadowedRunnerOf({ now: () => clock.now });
    const copy = droppedFor(shadow.enqueue(call({ deadline: 10 })));
    clock.now = 10;
    shadow.sweep();
    assert.match(await copy, /deadline passed/);
    assert.deepEqual(unserved(shadow), { dropped: 1, expired: 0, cancelled: 0, refused: 0 });
  });

  test('copies that would wait until they are too old are dropped at once', async () => {
    // Eight rows take 2 ms.
    const { shadow } = shadowedRunnerOf();
    void shadow.enqueue(call({ rows: 8, deadline: 4 }));
    assert.match(await droppedFor(shadow.enqueue(call({ deadline: 4 }))), /8 rows waiting/);
    assert.deepEqual(unserved(shadow), { dropped: 1, expired: 0, cancelled: 0, refused: 0 });
  });

  test('draining drops the copies that wait at once, and waits for those that run', async () => {
    const { live, shadow } = shadowedRunnerOf();
    const running = shadow.enqueue(call());
    const batch = shadow.take(8);
    const waiting = droppedFor(shadow.enqueue(call()));
    const drained = live.drain('it is being unloaded');
    assert.equal(await waiting, 'it is being unloaded');
    assert.equal(await droppedFor(shadow.enqueue(call())), 'it is being unloaded');
    assert.deepEqual([shadow.waitingRows, shadow.stats.dropped], [0, 2]);
    assert.equal(await ended(drained), false);
    const timings = { queueMs: 0, hopMs: 0, computeMs: 0, batchRows: 1 };
    batch?.members[0]?.resolve({ outputs: [], timings, batch: undefined, run: Symbol() });
    shadow.finished(1);
    await Promise.all([running, drained]);
  });

  test('when the version fails, the copies that wait are dropped', async () => {
    const { live, shadow } = shadowedRunnerOf();
    const waiting = droppedFor(shadow.enqueue(call()));
    live.fail('it was taken out of service');
    assert.equal(await waiting, 'it was taken out of service');
    assert.equal(await droppedFor(shadow.enqueue(call())), 'it was taken out of service');
    assert.equal(shadow.stats.dropped, 2);
  });

  test('copies whose lane was lost before they ran are dropped', async () => {
    const { shadow } = shadowedRunnerOf();
    const copy = droppedFor(shadow.enqueue(call()));
    shadow.restore(shadow.take(8)?.members ?? [], { alone: false });
    shadow.finished(1);
    await copy;
    assert.deepEqual([shadow.waitingRows, shadow.stats.dropped, shadow.stats.reruns], [0, 1, 0]);
  });

  test('copies of a batch that failed run again alone, unless the version is being unloaded', async () => {
    const { live, shadow } = shadowedRunnerOf();
    const copies = [1, 2].map(() => shadow.enqueue(call()));
    shadow.restore(shadow.take(8)?.members ?? [], { alone: true });
    shadow.finished(2);
    assert.deepEqual([runNext(shadow), runNext(shadow)], [1, 1]);
    await Promise.all(copies);
    const late = [1, 2].map(() => droppedFor(shadow.enqueue(call())));
    const batch = shadow.take(8);
    const drained = live.drain('it is being unloaded');
    shadow.restore(batch?.members ?? [], { alone: true });
    shadow.finished(2);
    await Promise.all([...late, drained]);
    assert.deepEqual([shadow.stats.dropped, shadow.stats.reruns], [2, 2]);
  });

  test('once rows turned out to influence each other, copies are not joined either', () => {
    const { live, shadow } = shadowedRunnerOf();
    live.stopBatching();
    assert.equal(shadow.batchable, false);
  });
});
