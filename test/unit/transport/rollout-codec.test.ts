/** Strategies and rollouts as messages, over their real bytes. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { LATENCY_METRICS } from '../../../src/domain/strategy.ts';
import type { Strategy } from '../../../src/domain/strategy.ts';
import { compileStrategy } from '../../../src/rollout/strategy.ts';
import type { WantedStrategy } from '../../../src/rollout/strategy.ts';
import { formatRollout } from '../../../src/transport/codec/admin/rollout-codec.ts';
import { formatStrategy, parseStrategy } from '../../../src/transport/codec/admin/strategy-codec.ts';
import type { Rollout } from '../../../src/transport/gen/sluice/admin/v1/Rollout.ts';
import type { Strategy as StrategyMessage } from '../../../src/transport/gen/sluice/admin/v1/Strategy.ts';
import { loadAdminSchema } from '../../../src/transport/grpc-js/codec.ts';
import { DAWN } from '../../support/admin-scene.ts';
import { openRolloutScene, QUICK, step } from '../../support/rollout-scene.ts';

const { Start } = loadAdminSchema().sluice.admin.v1.Rollouts.service;

function received(strategy: StrategyMessage | null): Strategy {
  const request = { model: 'iris', candidate: '2', strategy };
  return parseStrategy(Start.requestDeserialize(Start.requestSerialize(request)).strategy);
}

/** As a client gets it. */
function shown(rollout: Rollout) {
  return Start.responseDeserialize(Start.responseSerialize(rollout));
}

const holdMs = fc.option(fc.nat(60_000), { nil: undefined });
const later = fc.option(fc.integer({ min: 120_000, max: 86_400_000 }), { nil: undefined });
const onFail = fc.constantFrom('', 'rollback', 'pause', 'alert');
const count = fc.nat(10_000);
const steps = fc
  .uniqueArray(
    fc.record({
      weight: fc.integer({ min: 1, max: 9999 }),
      holdMs,
      minRequests: fc.option(count, { nil: undefined }),
      analysis: fc.option(fc.boolean(), { nil: undefined }),
      approval: fc.boolean(),
      deadlineMs: fc.option(fc.integer({ min: 120_000, max: 86_400_000 }), { nil: undefined }),
    }),
    { selector: ({ weight }) => weight, maxLength: 5 },
  )
  .map((list) => list.toSorted((a, b) => a.weight - b.weight));
const last = fc.record({
  ...{ weight: fc.constant(10_000), holdMs, approval: fc.boolean() },
  ...{ minRequests: fc.constant(undefined), analysis: fc.constant(undefined), deadlineMs: fc.constant(undefined) },
});
const metric = fc.record({
  metric: fc.constantFrom('error_rate', 'disagreement', 'outcome:clicks', ...LATENCY_METRICS),
  margin: fc.constantFrom(0, 0.5),
  onFail,
  direction: fc.constant(''),
});
const analysis = fc.record({
  alpha: fc.constantFrom(0, 0.01, 0.5),
  metrics: fc
    .uniqueArray(metric, { selector: (each) => each.metric, maxLength: 3 })
    .map((list) => list.map((each) => (each.metric.includes('_p') ? { ...each, margin: 2 * each.margin + 1 } : each))),
  guardrails: fc.array(
    fc.record({
      ...{ metric: fc.constant('success_rate'), limit: fc.constantFrom(0.5, 0.99), minRequests: count },
      ...{ windowMs: fc.option(fc.integer({ min: 10_000, max: 3_600_000 }), { nil: undefined }), onFail },
    }),
    { maxLength: 1 },
  ),
  fuse: fc.option(fc.nat(100), { nil: undefined }),
  onInsufficient: fc.constantFrom('', 'pause', 'rollback'),
});
const kinds: fc.Arbitrary<WantedStrategy> = fc.oneof(
  fc.record({ kind: fc.constant('canary' as const), steps }),
  fc.record({
    kind: fc.constant('canary' as const),
    steps: fc.tuple(steps, last).map(([first, end]) => [...first, end]),
  }),
  fc.record({
    kind: fc.constant('linear' as const),
    linear: fc.record({
      increment: fc.integer({ min: 100, max: 5000 }),
      everyMs: holdMs,
      minRequests: fc.option(count, { nil: undefined }),
    }),
  }),
  fc.record({ kind: fc.constant('blue_green' as const), approval: fc.boolean() }),
  fc.record({
    kind: fc.constant('budget' as const),
    budget: fc.record({
      ...{ extraFaults: fc.integer({ min: 1, max: 1000 }), alpha: fc.constantFrom(0, 0.05) },
      ...{ maxWeight: fc.nat(9999), holdMs, deadlineMs: later },
    }),
  }),
);
const shadow = fc.record({ share: fc.nat(10_000), minPairs: count, holdMs, deadlineMs: later });
const wanted: fc.Arbitrary<WantedStrategy> = fc
  .record({
    kind: kinds,
    shadow: fc.option(shadow, { nil: undefined }),
    analysis: fc.option(analysis, { nil: undefined }),
    failOver: fc.option(fc.boolean(), { nil: undefined }),
    ...{ bakeMs: holdMs, deadlineMs: later },
  })
  .map(({ kind, ...rest }) => ({ ...rest, ...kind }));

suite('a strategy', () => {
  test('that is shown and sent again is the same, whatever it is', () => {
    fc.assert(
      fc.property(wanted, (each) => {
        const strategy = compileStrategy(each);
        assert.deepEqual(received(formatStrategy(strategy)), strategy);
      }),
    );
  });

  test('that is not sent, or of no kind, is a canary with the default steps', () => {
    const canary = compileStrategy({ kind: 'canary' });
    assert.deepEqual(received(null), canary);
    assert.deepEqual(received({}), canary);
    assert.deepEqual(received({ kind: 'canary', canary: {} }), canary);
  });

  test('means what its fields say', () => {
    const strategy = received({
      canary: { steps: [{ weight: 500, hold: { seconds: 2, nanos: 500_000_000 }, minRequests: 0, analysis: false }] },
      shadow: { share: 100 },
      failOver: false,
      bake: { seconds: 0 },
      deadline: { seconds: 3600 },
    });
    assert.deepEqual(strategy.stages, [
      { kind: 'shadow', share: 100, minPairs: 200, holdMs: 0, deadlineMs: 3_600_000 },
      {
        ...{ kind: 'weight', weight: 500, holdMs: 2500, minRequests: 0 },
        ...{ analysis: false, approval: false, deadlineMs: 3_600_000 },
      },
      { kind: 'bake', holdMs: 0, approval: false },
    ]);
    assert.deepEqual([strategy.failOver, strategy.deadlineMs], [false, 3_600_000]);
  });

  test('that is wrong is refused with the field, the value and what is allowed', () => {
    const refusals: readonly [StrategyMessage, RegExp][] = [
      [{ canary: { steps: [{ weight: 10_001 }] } }, /^canary\.steps\[0\]\.weight is 10001; .* 1 to 10000$/],
      [{ canary: { steps: [{ weight: 5, hold: { seconds: -1 } }] } }, /^canary\.steps\[0\]\.hold is negative/],
      [{ linear: { increment: 99 } }, /^linear\.increment is 99; .* 100 to 5000$/],
      [{ budget: {} }, /^budget\.extra_faults is 0; .* 1 to 1000000$/],
      [{ canary: {}, bake: { seconds: 2_592_001 } }, /^bake is 2592001000 ms; give 0 to 30 days$/],
      [{ canary: {}, analysis: { metrics: [{ metric: 'luck' }] } }, /luck/],
    ];
    for (const [message, refusal] of refusals) {
      assert.throws(() => received(message), { code: 'invalid_argument', message: refusal });
    }
  });
});

test('a rollout is shown with its stages in words, its verdicts, both arms and what happened', async () => {
  await using scene = await openRolloutScene();
  await scene.start({ strategy: { ...QUICK, steps: [step(1000)] } });
  await scene.apply();
  await scene.until('holding');
  await scene.calls('1', { ok: 90 });
  await scene.calls('2', { ok: 9, failed: 1 });
  await scene.looked();
  const rollout = shown(formatRollout(await scene.view()));
  const { verdicts, candidateArm, stableArm, transitions, ...rest } = rollout;
  const at = { seconds: DAWN / 1000, nanos: 0 };
  assert.deepEqual(
    { ...rest, strategy: rest.strategy?.kind },
    {
      ...{ id: 1, model: 'iris', stable: '1', candidate: '2', strategy: 'canary', phase: 'holding' },
      reason: 'every serve process sends 10 % of the calls to the candidate',
      ...{ generation: 2, stage: 0, stageCount: 2, stages: ['10 % for 1m, 100 calls', '100 % for 1m'] },
      ...{ weight: 1000, epoch: 2, startedAt: at, stageSince: at },
      stageDeadline: { seconds: DAWN / 1000 + 3600, nanos: 0 },
      ...{ endedAt: null, startedBy: 'ann', verdict: 'insufficient', holdDownUntil: null },
    },
  );
  assert.deepEqual(
    verdicts.map(({ metric: name }) => name),
    ['error_rate', 'guardrail:success_rate', 'guardrail:request_p99', 'fuse'],
  );
  assert.deepEqual(
    [candidateArm, stableArm].map((arm) => [arm?.version, arm?.calls, arm?.ok, arm?.faults, arm?.overloads]),
    [
      ['2', 10, 9, 1, 0],
      ['1', 90, 90, 0, 0],
    ],
  );
  assert(candidateArm !== null && Math.abs(candidateArm.requestP99Ms - 1) < 0.1);
  assert.deepEqual(
    transitions.map(({ seq, kind, fromPhase, toPhase, actor }) => [seq, kind, fromPhase, toPhase, actor]),
    [
      [1, 'started', '', 'loading', 'ann'],
      [2, 'holding', 'loading', 'holding', 'sluice'],
    ],
  );
});
