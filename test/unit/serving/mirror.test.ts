/** Copies of calls for shadows, with a lane made of test. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ServerError } from '../../../src/domain/errors.ts';
import type { VersionRunner } from '../../../src/runtime/version-runner.ts';
import { mirror } from '../../../src/serving/mirror.ts';
import type { MirrorTarget } from '../../../src/serving/mirror.ts';
import { report, signature, spec, tensor, tensorSpec } from '../../support/builders.ts';
import { call, outcomeOf, runNext, runnerOf, shadowedRunnerOf } from '../../support/fake-lane.ts';
import { observers } from '../../support/observers.ts';

const ALL = 10_000;
const inputs = [tensor('x', 'FP32', [2, 2], [1, 2, 3, 4])];

/** Copies a call that another version answers meanwhile. */
function copyTo(targets: readonly MirrorTarget[], random: () => number): void {
  const live = runnerOf({ spec: spec({ version: '0' }) });
  mirror(targets, { inputs, live, answering: NEVER }, { random, shadowing: observers().shadowing });
}

const NEVER = new Promise<never>(() => undefined);

/** Requests counted so far, by what became of them. */
function counted({ stats }: VersionRunner): Record<string, number> {
  const counts = stats.requests().map(([outcome, { count }]) => [outcome, count] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** All that can go on has gone on. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

suite('mirror', () => {
  test('a copy runs on the shadow of its target, counts there with its time, and nowhere else', async () => {
    const clock = { now: 100 };
    const { live, shadow } = shadowedRunnerOf({ now: () => clock.now });
    copyTo([{ runner: live, share: ALL }], () => 0.5);
    assert.deepEqual([live.waitingRows, shadow.waitingRows], [0, 2]);
    clock.now = 140;
    assert.equal(runNext(shadow), 1);
    await settled();
    assert.deepEqual([counted(shadow), counted(live)], [{ ok: 1 }, {}]);
    assert.equal(shadow.stats.snapshot().success.ns, 40e6);
  });

  test('the queue holds the tensors of the caller, not copies of them', () => {
    const { live, shadow } = shadowedRunnerOf();
    copyTo([{ runner: live, share: ALL }], () => 0);
    assert.equal(shadow.take(8)?.members[0]?.inputs[0]?.data, inputs[0]?.data);
  });

  test('each target gets its share', () => {
    for (const [share, random, rows] of [
      [0, 0, 0],
      [1, 0.00009, 2],
      [1, 0.0001, 0],
      [2_500, 0.2499, 2],
      [2_500, 0.25, 0],
      [ALL, 0.999_999, 2],
    ] as const) {
      const { live, shadow } = shadowedRunnerOf();
      copyTo([{ runner: live, share }], () => random);
      assert.equal(shadow.waitingRows, rows, `share ${String(share)} at ${String(random)}`);
    }
  });

  test('targets are drawn one by one', () => {
    const [first, second] = [shadowedRunnerOf(), shadowedRunnerOf()];
    const draws = [0.7, 0.3];
    const targets = [first, second].map(({ live }) => ({ runner: live, share: 5_000 }));
    copyTo(targets, () => draws.shift() ?? 1);
    assert.deepEqual([first.shadow.waitingRows, second.shadow.waitingRows], [0, 2]);
  });

  test('a call that does not fit the shadow counts as invalid there, and the other targets get theirs', async () => {
    const wide = signature({ inputs: [tensorSpec('x', 'FP32', ['batch', 3])] });
    const [odd, fit] = [shadowedRunnerOf({ report: report({ signature: wide }) }), shadowedRunnerOf()];
    copyTo(
      [odd, fit].map(({ live }) => ({ runner: live, share: ALL })),
      () => 0,
    );
    await settled();
    assert.deepEqual([counted(odd.shadow), fit.shadow.waitingRows], [{ invalid_argument: 1 }, 2]);
    assert.deepEqual([odd.shadow.stats.dropped, odd.shadow.waitingRows], [0, 0]);
  });

  test('a copy that finds the queue full is dropped: counted as that, and not as a request', async () => {
    const { live, shadow } = shadowedRunnerOf({ spec: spec({ settings: { maxQueueRows: 8 } }) });
    for (let copy = 0; copy < 3; copy += 1) copyTo([{ runner: live, share: ALL }], () => 0);
    runNext(shadow);
    await settled();
    assert.deepEqual([counted(shadow), shadow.stats.dropped], [{ ok: 1 }, 2]);
  });

  test('a copy waits ten seconds, whatever the caller allows, and is dropped then', async () => {
    const clock = { now: 100 };
    const { live, shadow } = shadowedRunnerOf({ now: () => clock.now });
    copyTo([{ runner: live, share: ALL }], () => 0);
    clock.now = 10_099;
    shadow.sweep();
    assert.equal(shadow.waitingRows, 2);
    clock.now = 10_100;
    shadow.sweep();
    await settled();
    assert.deepEqual([shadow.waitingRows, shadow.stats.dropped, counted(shadow)], [0, 1, {}]);
  });

  test('a run that fails is a fault of the shadow', async () => {
    const { live, shadow } = shadowedRunnerOf();
    copyTo([{ runner: live, share: ALL }], () => 0);
    shadow.take(8)?.members[0]?.reject(new ServerError('internal', 'it broke'));
    shadow.finished(1);
    await settled();
    assert.deepEqual([counted(shadow), counted(live)], [{ internal: 1 }, {}]);
    const answer = outcomeOf(live.enqueue(call()));
    runNext(live);
    assert.equal(await answer, 'ok');
  });

  test('it never throws and leaves no rejection behind, whatever goes wrong', async () => {
    const { live, shadow } = shadowedRunnerOf();
    shadow.enqueue = () => {
      throw new TypeError('a mistake of ours');
    };
    copyTo([{ runner: live, share: ALL }], () => 0);
    await settled();
    assert.deepEqual(counted(shadow), { internal: 1 });
  });

  test('a target that is unloaded or has no shadow takes nothing', async () => {
    const { live, shadow } = shadowedRunnerOf();
    await live.drain('it is being unloaded');
    const targets = [live, runnerOf()].map((runner) => ({ runner, share: ALL }));
    copyTo(targets, () => 0);
    await settled();
    assert.deepEqual([shadow.waitingRows, shadow.stats.dropped, counted(shadow)], [0, 1, {}]);
  });
});
