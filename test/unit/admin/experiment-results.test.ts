/** What an experiment's results are made of, and what outlasts what. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { suite, test } from 'node:test';
import { stopExperiment } from '../../../src/admin/change-experiment.ts';
import { ExperimentKeeper } from '../../../src/admin/experiment-keeper.ts';
import { experimentResults } from '../../../src/admin/experiment-results.ts';
import type { ExperimentResults } from '../../../src/admin/experiment-results.ts';
import { ArmRecorder } from '../../../src/monitor/arm-recorder.ts';
import { slotOf } from '../../../src/routing/pick.ts';
import type { LongCall } from '../../../src/transport/long-call.ts';
import type { ExperimentResults as ResultsOut } from '../../../src/transport/gen/sluice/admin/v1/ExperimentResults.ts';
import { experimentService } from '../../../src/transport/services/admin/experiment-service.ts';
import { order } from '../../support/admin-scene.ts';
import { openExperiments, outcome } from '../../support/experiment-scene.ts';
import type { ExperimentScene } from '../../support/experiment-scene.ts';
import { FakeEvidence } from '../../support/fake-evidence.ts';
import { policy, send, switchTo } from '../../support/traffic.ts';

interface Told {
  readonly calls: number;
  readonly instance?: string;
  /** Of each key's first calls, how many there are. */
  readonly each?: number;
  readonly into?: FakeEvidence;
}

/** Calls with keys of their own to the policy in force, as a serve process tells of them. */
async function tell(
  scene: ExperimentScene,
  { calls, instance = 'a', each = 1, into = scene.evidence }: Told,
): Promise<void> {
  const { salt, epoch, arms } = await scene.policy();
  const recorders = new Map(arms.map(({ arm }) => [arm, new ArmRecorder({ model: 'iris', epoch, arm })]));
  for (let call = 0; call < calls; call += 1) {
    const slot = slotOf(salt, `${instance}-${Math.floor(call / each)}`);
    const owner = arms.find(({ slots }) => slots.some(([from, below]) => from <= slot && slot < below));
    recorders.get(owner?.arm ?? '')?.record({ outcome: 'ok', ms: 1, slot, keyed: true, run: undefined });
  }
  for (const recorder of recorders.values()) into.put('arm', recorder.name, recorder.body(), instance);
}

function results(scene: ExperimentScene, evidence = scene.evidence): Promise<ExperimentResults> {
  return experimentResults({ ...scene.context, evidence }, 'colours');
}

function exposures({ arms }: ExperimentResults): readonly number[] {
  return arms.map((arm) => arm.exposures);
}

function stop(scene: ExperimentScene): Promise<object> {
  return stopExperiment(scene.context, { name: 'colours', expectedGeneration: 0 }, order());
}

suite('the results of an experiment', () => {
  test('are empty before it begins', async () => {
    await using scene = await openExperiments();
    await scene.create();
    const { arms, exposures: shares, reporting, metrics, conclusion, refused } = await results(scene);
    const none = { exposures: 0, units: 0, outcomes: 0, reported: 0 };
    assert.deepEqual(arms, [
      { arm: 'control', version: '1', ...none },
      { arm: 'treatment', version: '2', ...none },
    ]);
    assert.deepEqual([shares.verdict, reporting.verdict, refused], ['insufficient', 'insufficient', {}]);
    assert.deepEqual(
      metrics.map(({ metric }) => metric.name),
      ['conversion', 'amount', 'clicks'],
    );
    assert.match(conclusion, /^Undecided after 0 units per arm/);
  });

  test('have the calls of all serve processes while it ran, and no others', async () => {
    await using scene = await openExperiments();
    await send(scene, policy({ '1': 5000, '3': 5000 }));
    await tell(scene, { calls: 100, instance: 'before' });
    await scene.run();
    await tell(scene, { calls: 1000 });
    await tell(scene, { calls: 500, instance: 'b' });
    await send(scene, policy({}, { arms: (await scene.policy()).arms, shadows: [{ version: '3', share: 1 }] }));
    await tell(scene, { calls: 250, instance: 'c' });
    const { arms } = await scene.policy();
    const others: Record<string, number> = { 'colours.control': 4000, 'colours.treatment': 6000 };
    await send(scene, policy({}, { arms: arms.map((arm) => ({ ...arm, weight: others[arm.arm] ?? 0 })) }));
    await tell(scene, { calls: 100, instance: 'after' });
    const found = await results(scene);
    assert.equal(found.record.phase, 'overridden');
    const [control = 0, treatment = 0] = exposures(found);
    assert.deepEqual([control + treatment, found.exposures.verdict], [1750, 'ok']);
    assert(control > 700 && treatment > 700);
  });

  test('count predictions with an outcome once, whatever the metric', async () => {
    await using scene = await openExperiments();
    await scene.run();
    const { predictionId, arm } = await scene.call('user-1');
    const { predictionId: second } = await scene.call('user-1');
    await scene.outcomes.keep([
      outcome({ predictionId }),
      outcome({ predictionId, metric: 'amount', value: 2 }),
      outcome({ predictionId: second, metric: 'amount', value: 6 }),
      outcome({ experiment: 'colours', routingKey: 'user-1', id: 'by key', value: 0 }),
    ]);
    const { arms, metrics } = await results(scene);
    const own = arms.find((candidate) => `colours.${candidate.arm}` === arm);
    assert.deepEqual([own?.units, own?.outcomes, own?.reported], [1, 4, 2]);
    const means = metrics.map((metric) => metric.arms.find((each) => each.arm === own?.arm)?.mean);
    assert.deepEqual(means, [0.5, 4, 0]);
  });

  test('have quantiles of the units, by rank', async () => {
    await using scene = await openExperiments();
    await scene.run({
      arms: [
        { name: 'control', version: '1', share: 9999 },
        { name: 'treatment', version: '2', share: 1 },
      ],
    });
    const outcomes = Array.from({ length: 100 }, (_, user) =>
      outcome({ experiment: 'colours', routingKey: `user-${user}`, metric: 'amount', value: user + 1 }),
    );
    assert.equal((await scene.outcomes.keep(outcomes)).accepted, 100);
    const amount = (await results(scene)).metrics.find(({ metric }) => metric.name === 'amount');
    const [control] = amount?.arms ?? [];
    assert.deepEqual([control?.count, control?.p50, control?.p95, control?.p99], [100, 50, 95, 99]);
  });

  test('do not alarm where few callers make all the calls', async () => {
    await using scene = await openExperiments();
    await scene.run();
    await tell(scene, { calls: 40_000, each: 500 });
    const { exposures: shares, arms } = await results(scene);
    const [control = 0, treatment = 0] = arms.map((arm) => arm.exposures);
    // Taken one by one, these calls would be no chance.
    assert((control - treatment) ** 2 / 40_000 > 11, `${control} and ${treatment}`);
    assert.notEqual(shares.verdict, 'alarm');
  });
});

suite('the keeper of experiments', () => {
  const open = (scene: ExperimentScene, evidence = scene.evidence) => {
    const faults: string[] = [];
    const keeper = new ExperimentKeeper({ context: scene.context, evidence, onFault: (what) => faults.push(what) });
    return { keeper, faults };
  };

  test('keeps calls of which nobody tells any more, also after the end', async () => {
    await using scene = await openExperiments();
    await scene.run();
    await tell(scene, { calls: 300 });
    await open(scene).keeper.close();
    const later = new FakeEvidence();
    await tell(scene, { calls: 200, instance: 'b', into: later });
    await stop(scene);
    const { keeper, faults } = open(scene, later);
    await keeper.close();
    const found = await results(scene, new FakeEvidence());
    assert.equal(
      exposures(found).reduce((sum, count) => sum + count),
      500,
    );
    // What is told of again counts once.
    assert.deepEqual(exposures(await results(scene, later)), exposures(found));
    assert.deepEqual(faults, []);
  });

  test('leaves refused outcomes where they are', async () => {
    await using scene = await openExperiments();
    await scene.run();
    await scene.outcomes.keep([outcome({ experiment: 'colours', routingKey: 'k', value: 0.5 })]);
    await tell(scene, { calls: 10 });
    await open(scene).keeper.close();
    assert.deepEqual((await results(scene)).refused, { invalid: 1 });
  });

  test('notices at once that somebody set the traffic by hand, and tells', async () => {
    await using scene = await openExperiments();
    await scene.run();
    const { keeper } = open(scene);
    await switchTo(scene, '3');
    await keeper.close();
    const running = await scene.store.documents({ kind: 'experiment', open: true }, { limit: 1 });
    assert.deepEqual(running, []);
    assert.deepEqual(scene.told.slice(-2), ['iris', 'iris']);
  });

  test('goes on after what fails', async () => {
    await using scene = await openExperiments();
    await scene.run();
    let isBroken = true;
    const evidence = new FakeEvidence();
    await tell(scene, { calls: 10, into: evidence });
    const rows: FakeEvidence['rows'] = (kind, model) =>
      isBroken ? Promise.reject(new Error('the disk is gone')) : evidence.rows(kind, model);
    const faults: string[] = [];
    const keeper = new ExperimentKeeper({
      context: scene.context,
      evidence: { rows, listen: () => () => undefined },
      onFault: (what) => faults.push(what),
    });
    await keeper.close();
    isBroken = false;
    await new ExperimentKeeper({
      context: scene.context,
      evidence: { rows, listen: () => () => undefined },
      onFault: (what) => faults.push(what),
    }).close();
    assert.deepEqual(faults, ['the calls of experiments could not be kept']);
    assert.equal(
      exposures(await results(scene, new FakeEvidence())).reduce((sum, count) => sum + count),
      10,
    );
  });
});

suite('watching results', () => {
  test('tells of them when they change, and ends when the experiment does', async () => {
    await using scene = await openExperiments();
    await scene.run();
    const ticks = new EventEmitter();
    const pause = async (): Promise<void> => {
      await once(ticks, 'tick');
    };
    const { context, evidence, outcomes } = scene;
    const service = experimentService({ ...context, evidence, outcomes }, pause);
    const sent = new EventEmitter();
    const told: ResultsOut[] = [];
    const call = { signal: new AbortController().signal } as LongCall;
    const watching = service.watchResults({ name: 'colours' }, call, (reply) => {
      told.push(reply);
      sent.emit('reply');
      return Promise.resolve();
    });
    await once(sent, 'reply');
    scene.pass(5000);
    await scene.outcomes.keep([outcome({ experiment: 'colours', routingKey: 'user-1' })]);
    const second = once(sent, 'reply');
    ticks.emit('tick');
    await second;
    await stop(scene);
    ticks.emit('tick');
    await watching;
    assert.equal(evidence.listeners, 0);
    const seen = told.map(({ experiment, arms }) => [
      experiment?.phase,
      arms?.reduce((sum, { units }) => sum + Number(units), 0),
    ]);
    assert.deepEqual(seen, [
      ['running', 0],
      ['running', 1],
      ['stopped', 1],
    ]);
  });
});
