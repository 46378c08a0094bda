/** What the admin process publishes of rollouts and traffic. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RolloutState } from '../../../src/rollout/state.ts';
import { DAWN } from '../../support/admin-scene.ts';
import { adminMetrics, nameInPrometheus, standing } from '../../support/all-metrics.ts';

/** Labels and values of one metric, a minute after DAWN, with rollouts in these states. */
function published(name: string, ...states: readonly Partial<RolloutState>[]): unknown[] {
  const found = adminMetrics({ models: states.map(standing) }).find((each) => nameInPrometheus(each) === name);
  assert(found && found.kind !== 'histogram');
  return found.points.map(({ attributes, value }) => ({ ...attributes, value }));
}

const rollout = { model: 'iris', candidate: '2' };

test('the phase is of the last rollout of each model, when it ended and whether by the evidence', () => {
  const states = [{ phase: 'holding' }, { model: 'wine', phase: 'aborted', endedAt: DAWN + 5_000 }] as const;
  assert.deepEqual(published('sluice_rollout_phase', ...states), [
    { ...rollout, phase: 'holding', value: 1 },
    { ...rollout, model: 'wine', phase: 'aborted', value: 1 },
  ]);
  const ended = { ...rollout, model: 'wine', phase: 'aborted', value: DAWN / 1000 + 5 };
  assert.deepEqual(published('sluice_rollout_ended_timestamp_seconds', ...states), [{ ...ended, held_down: 'false' }]);
  const byEvidence = { ...states[1], holdDownUntil: DAWN + 300_000 };
  assert.deepEqual(published('sluice_rollout_ended_timestamp_seconds', byEvidence), [{ ...ended, held_down: 'true' }]);
});

test('both arms have their weight while it is open, and none afterwards', () => {
  const name = 'sluice_rollout_weight_ratio';
  assert.deepEqual(published(name, { phase: 'holding', weight: 2500 }, { phase: 'promoted', endedAt: DAWN }), [
    { model: 'iris', version: '2', arm: 'candidate', value: 0.25 },
    { model: 'iris', version: '1', arm: 'stable', value: 0.75 },
  ]);
});

test('a step is overdue beyond its hold time, where it loads from its begin, and never while it waits for people', () => {
  const overdue = (state: Partial<RolloutState>): unknown => {
    const [{ value } = { value: -1 }] = published('sluice_rollout_step_overdue_seconds', state) as { value: number }[];
    return value;
  };
  const step = { kind: 'bake', holdMs: 40_000, approval: false } as const;
  const strategy = { ...standing({}).rollout!.state.strategy, stages: [step] };
  assert.equal(overdue({ strategy, phase: 'baking', stageSince: DAWN }), 20);
  assert.equal(overdue({ strategy, phase: 'baking', stageSince: DAWN + 20_000 }), 0);
  assert.equal(overdue({ strategy, phase: 'loading', stageSince: DAWN }), 60);
  assert.equal(overdue({ strategy, phase: 'paused', stageSince: DAWN }), 0);
  assert.equal(overdue({ strategy, phase: 'awaiting_approval', stageSince: DAWN }), 0);
});

test('weights of several arms of one version are one', () => {
  const [model] = [standing({})];
  const { policy } = model.epoch!;
  const arms = policy.arms.flatMap((arm) => [arm, { ...arm, arm: `${arm.arm}b` }]);
  const epoch = { ...model.epoch!, policy: { ...policy, arms } };
  const found = adminMetrics({ models: [{ ...model, epoch }] }).find(({ name }) => name === 'sluice.traffic.weight');
  assert(found && found.kind !== 'histogram');
  assert.deepEqual(
    found.points.map(({ attributes, value }) => [attributes.version, value]),
    [
      ['1', 1.98],
      ['2', 0.02],
    ],
  );
});
