/** Rollouts over a registry in memory: what evidence, time and a failing store make of them. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { verifyChain } from '../../../src/admin/verify-chain.ts';
import { emptyComparison } from '../../../src/monitor/comparison-totals.ts';
import { FlakyStore } from '../../support/flaky-store.ts';
import { HOLD_MS, openRolloutScene, QUICK, step } from '../../support/rollout-scene.ts';
import type { RolloutScene } from '../../support/rollout-scene.ts';
import { policy, send } from '../../support/traffic.ts';

/** Each transition as "kind weight epoch". */
async function record(scene: RolloutScene, id = 0): Promise<readonly string[]> {
  const { entries } = await scene.view(id);
  return entries.map(({ kind, weight, epoch }) => `${kind} ${weight} ${epoch}`);
}

/** Until the step of this weight holds. */
async function untilHolding(scene: RolloutScene, weight: number): Promise<void> {
  await scene.apply();
  const { record: found } = await scene.until(weight === 10_000 ? 'baking' : 'holding');
  assert.equal(found.state.weight, weight);
}

async function untilWeight(scene: RolloutScene, weight: number): Promise<void> {
  while ((await scene.view()).record.state.weight !== weight) await scene.looked();
}

const arms = async (scene: RolloutScene): Promise<readonly string[]> =>
  (await scene.policy()).arms.map(({ arm, version, weight }) => `${arm}=${version}:${weight}`);

suite('a rollout by evidence', () => {
  test('of a version that is as good goes on step by step and gets all the traffic', async () => {
    await using scene = await openRolloutScene();
    await scene.start({ by: { actor: 'ann', reason: 'new data' } });
    assert.deepEqual(await arms(scene), ['1=1:9000', '2=2:1000']);
    assert.equal((await scene.policy()).failOverTo, '1');
    await untilHolding(scene, 1000);
    await scene.calls('1', { ok: 900 });
    await scene.calls('2', { ok: 200 });
    await scene.looked();
    assert.equal((await scene.view()).record.state.weight, 1000, 'the step is not over yet');
    scene.pass(HOLD_MS);
    await untilWeight(scene, 5000);
    await untilHolding(scene, 5000);
    await scene.calls('1', { ok: 900 });
    await scene.calls('2', { ok: 900 });
    scene.pass(HOLD_MS);
    await untilWeight(scene, 10_000);
    assert.deepEqual(await arms(scene), ['1=1:0', '2=2:10000']);
    await untilHolding(scene, 10_000);
    scene.pass(HOLD_MS);
    const { record: ended, seen } = await scene.until('promoted');
    assert.deepEqual(await record(scene), [
      'started 1000 2',
      'holding 1000 2',
      'stage 5000 3',
      'holding 5000 3',
      'stage 10000 4',
      'holding 10000 4',
      'promoted 10000 5',
    ]);
    assert.deepEqual(await arms(scene), ['2=2:10000']);
    assert.equal((await scene.policy()).failOverTo, '');
    assert.deepEqual([ended.document.open, ended.state.stage, ended.state.endedAt], [false, 3, scene.context.now()]);
    assert.deepEqual([seen?.candidate.calls, seen?.stable.calls, seen?.judgement.overall], [1100, 1800, 'pass']);
    assert.deepEqual(scene.faults, []);
  });

  test('is in the audit log transition by transition, with who and the numbers, and the chain verifies', async () => {
    await using scene = await openRolloutScene();
    const id = await scene.start({ by: { actor: 'ann', reason: 'new data' } });
    await untilHolding(scene, 1000);
    await scene.calls('1', { ok: 900 });
    await scene.calls('2', { ok: 200 });
    scene.pass(HOLD_MS);
    await untilWeight(scene, 5000);
    await scene.command('abort', { by: { actor: 'bob', reason: 'enough' } });
    const events = await scene.events();
    assert.deepEqual(
      events.map(({ kind, actor, model, subject, before, after }) => ({ kind, actor, model, subject, before, after })),
      [
        {
          kind: 'rollout.started',
          ...{ actor: 'ann', model: 'iris', subject: '2' },
          before: { rollout: id, phase: '', weight: 0 },
          after: { phase: 'loading', stage: 0, weight: 1000, epoch: 2, stable: '1', verdicts: [] },
        },
        {
          kind: 'rollout.advanced',
          ...{ actor: 'sluice', model: 'iris', subject: '2' },
          before: { rollout: id, phase: 'holding', weight: 1000 },
          after: { ...events[1]?.after, phase: 'loading', stage: 1, weight: 5000, epoch: 3, stable: '1' },
        },
        {
          kind: 'rollout.aborted',
          ...{ actor: 'bob', model: 'iris', subject: '2' },
          before: { rollout: id, phase: 'loading', weight: 5000 },
          after: { phase: 'aborted', stage: 1, weight: 0, epoch: 4, stable: '1', verdicts: [] },
        },
      ],
    );
    const [verdict] = events[1]?.after.verdicts as readonly Record<string, unknown>[];
    assert.deepEqual([verdict?.metric, verdict?.verdict], ['error_rate', 'pass']);
    assert.match(String(verdict?.summary), /0 of 200/);
    assert.equal((await verifyChain({ store: scene.store })).intact, true);
  });

  test('of a version that fails goes back at once, by itself, and is held down for longer each time', async () => {
    await using scene = await openRolloutScene();
    const first = await scene.start();
    await untilHolding(scene, 1000);
    await scene.calls('2', { failed: 10 });
    const { record: ended, seen } = await scene.until('aborted');
    assert.deepEqual(await arms(scene), ['1=1:10000']);
    assert.equal((await scene.policy()).failOverTo, '');
    assert.match(ended.state.reason, /^error_rate: 10 of 10 answers failed/);
    assert.equal(ended.state.holdDownUntil, scene.context.now() + 300_000);
    assert.equal(seen?.judgement.verdicts.find(({ metric }) => metric === 'fuse')?.verdict, 'fail');

    scene.pass(60_000);
    const held = /held down for 240 more s, until 2026-.*send force/;
    await assert.rejects(scene.start(), { code: 'failed_precondition', message: held });
    const second = await scene.start({ force: true });
    assert.equal(second, first + 1);
    await untilHolding(scene, 1000);
    await scene.calls('2', { failed: 10 });
    const { record: again } = await scene.until('aborted', second);
    assert.equal(again.state.holdDownUntil, scene.context.now() + 600_000);
    scene.pass(600_000);
    assert.equal(await scene.start(), first + 2, 'the hold-down is over');
  });

  test('waits for the serve processes, and goes back where they never have the candidate', async () => {
    await using scene = await openRolloutScene();
    await scene.start();
    scene.fleet.inForce.set('a', 1);
    await scene.looked();
    scene.pass(599_000);
    await scene.looked();
    assert.equal((await scene.view()).record.state.phase, 'loading');
    scene.pass(1_000);
    const { record: ended } = await scene.until('aborted');
    assert.match(ended.state.reason, /a: epoch 1$/);
  });

  test('counts what an arm did after a restart of the admin process once', async () => {
    await using scene = await openRolloutScene();
    await scene.start();
    await untilHolding(scene, 1000);
    await scene.calls('1', { ok: 500 });
    await scene.calls('2', { ok: 50 });
    await scene.looked();
    await scene.restart();
    await scene.calls('2', { ok: 25 });
    await scene.restart();
    await scene.looked();
    const { seen } = await scene.view();
    assert.deepEqual([seen?.candidate.calls, seen?.stable.calls], [75, 500]);
    assert.deepEqual(await record(scene), ['started 1000 2', 'holding 1000 2']);
  });

  test('compares copies before the first live call, and leaves out what it cannot read', async () => {
    await using scene = await openRolloutScene();
    const shadow = { share: 2500, minPairs: 100, holdMs: undefined, deadlineMs: undefined };
    const metric = { metric: 'disagreement', margin: 0.1, onFail: '', direction: '' };
    const analysis = { alpha: 0, metrics: [metric], guardrails: [], fuse: 0, onInsufficient: '' };
    await scene.start({ strategy: { ...QUICK, shadow, analysis } });
    assert.deepEqual((await scene.policy()).shadows, [{ version: '2', share: 2500 }]);
    await scene.apply();
    await scene.until('shadowing');
    scene.evidence.put('comparison', '1/2', { pairs: 'many' }, 'b');
    scene.evidence.put('comparison', '2/1', { ...emptyComparison(0), pairs: 5000, disagreed: 5000 });
    await scene.looked();
    await scene.looked();
    assert.equal(scene.faults.length, 1, 'it is told of once');
    scene.evidence.put('comparison', '1/2', {
      ...emptyComparison(0),
      pairs: 1000,
      noise: { pairs: 1000, disagreed: 0, outputs: {} },
    });
    await untilWeight(scene, 1000);
    assert.deepEqual((await scene.policy()).shadows, []);
  });

  test('goes back where clients report worse outcomes of its predictions', async () => {
    await using scene = await openRolloutScene();
    const metric = { metric: 'outcome:right', margin: 0, onFail: '', direction: '' };
    const id = await scene.start({
      strategy: {
        ...QUICK,
        analysis: { alpha: 0, metrics: [metric], guardrails: [], fuse: 0, onInsufficient: '' },
      },
    });
    await untilHolding(scene, 1000);
    await scene.store.transact(async (writer) => {
      for (let unit = 0; unit < 800; unit += 1) {
        const arm = unit % 2 === 0 ? 'stable' : 'candidate';
        const value = unit % 10 < (arm === 'stable' ? 10 : 2) ? 1 : 0;
        const outcome = { scope: `rollout:${id}`, metric: 'right', key: `${unit}`, arm, unit: `${unit}` };
        await writer.addOutcome({ ...outcome, prediction: '', part: 0, value, denominator: 1, at: unit });
      }
    });
    const { record: ended } = await scene.until('aborted');
    assert.match(ended.state.reason, /^outcome:right: /);
  });

  test('tells of a failure that only alerts once, a restart in between or not', async () => {
    await using scene = await openRolloutScene();
    const metric = { metric: 'error_rate', margin: 0, onFail: 'alert', direction: '' };
    const analysis = { alpha: 0, metrics: [metric], guardrails: [], fuse: 0, onInsufficient: '' };
    await scene.start({ strategy: { ...QUICK, analysis } });
    await untilHolding(scene, 1000);
    await scene.calls('1', { ok: 900 });
    await scene.calls('2', { failed: 50 });
    while (scene.alerts.length === 0) await scene.looked();
    await scene.restart();
    await scene.calls('2', { failed: 1 });
    await scene.looked();
    assert.equal(scene.alerts.length, 1);
    assert.match(scene.alerts[0] ?? '', /50 of 50/);
    const [, , alerted] = (await scene.view()).entries;
    assert.deepEqual([alerted?.kind, alerted?.toPhase, alerted?.weight], ['alerted', 'holding', 1000]);
  });
});

suite('traffic that is set by hand', () => {
  test('ends the rollout and stays as it was set', async () => {
    await using scene = await openRolloutScene();
    await scene.start();
    await untilHolding(scene, 1000);
    await send(scene, policy({ '1': 4000, '3': 6000 }));
    const { record: ended } = await scene.until('overridden');
    assert.deepEqual(await arms(scene), ['1=1:4000', '3=3:6000']);
    assert.equal(ended.state.reason, 'ann set the traffic by hand (epoch 3); it stays as it was set');
    assert.deepEqual(await record(scene), ['started 1000 2', 'holding 1000 2', 'overridden 1000 2']);
    assert.deepEqual((await scene.events()).at(-1)?.kind, 'rollout.ended');
  });

  test('wins over a command that comes before anybody has looked', async () => {
    await using scene = await openRolloutScene();
    await scene.start();
    await scene.controller().close();
    await send(scene, policy({ '3': 10_000 }));
    await scene.command('promote', { full: true });
    assert.equal((await scene.view()).record.state.phase, 'overridden');
    assert.deepEqual(await arms(scene), ['3=3:10000']);
  });
});

suite('a store that fails', () => {
  test('delays a decision, but loses it not and makes it once', async () => {
    await using flaky = await FlakyStore.open();
    await using scene = await openRolloutScene({ store: flaky.store });
    await scene.start();
    flaky.endings.push('fails', 'fails');
    await scene.apply();
    await scene.until('holding');
    assert.equal(scene.faults.length, 2);
    assert.match(
      scene.faults[0] ?? '',
      /^rollout 1 could not be looked at; it is tried again: Error: the disk is full/,
    );
    flaky.endings.push('seems to fail');
    await scene.calls('2', { failed: 10 });
    await scene.until('aborted');
    assert.deepEqual(await record(scene), ['started 1000 2', 'holding 1000 2', 'aborted 0 3']);
    assert.equal((await scene.events()).length, 2);
  });

  test('for one rollout keeps no other from being looked at', async () => {
    await using scene = await openRolloutScene();
    await scene.register('1', { model: 'lily' });
    await scene.register('2', { model: 'lily' });
    const lost = await scene.start({ model: 'lily' });
    await scene.start();
    await scene.store.transact((writer) => writer.putNote('rollout', lost, '{'));
    await scene.restart();
    await untilHolding(scene, 1000);
    await scene.calls('2', { failed: 10 });
    await scene.until('aborted');
    assert.match(scene.faults[0] ?? '', /^rollout 1 could not be looked at.*restore the database/s);
  });
});

test('a controller that is closed listens no more and changes nothing', async () => {
  await using scene = await openRolloutScene();
  await scene.start({ strategy: { ...QUICK, steps: [step(1000)] } });
  await scene.controller().close();
  await scene.apply();
  await scene.calls('2', { failed: 100 });
  assert.equal(scene.evidence.listeners, 0);
  assert.deepEqual(await record(scene), ['started 1000 2']);
});
