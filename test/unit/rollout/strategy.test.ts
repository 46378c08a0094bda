/** Strategies made complete: defaults, limits, and what they are called. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ServerError } from '../../../src/domain/errors.ts';
import type { Stage } from '../../../src/domain/strategy.ts';
import type { WantedAnalysis } from '../../../src/rollout/analysis-plan.ts';
import { compileStrategy, describeStage } from '../../../src/rollout/strategy.ts';
import type { WantedStep, WantedStrategy } from '../../../src/rollout/strategy.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const step = (weight: number, over: Partial<WantedStep> = {}): WantedStep => ({
  weight,
  holdMs: undefined,
  minRequests: undefined,
  analysis: undefined,
  approval: false,
  deadlineMs: undefined,
  ...over,
});

const weightStage = (weight: number, over: Partial<Extract<Stage, { kind: 'weight' }>> = {}): Stage => ({
  kind: 'weight',
  weight,
  holdMs: MINUTE,
  minRequests: 100,
  analysis: true,
  approval: false,
  deadlineMs: HOUR,
  ...over,
});

const bake = (over: Partial<Extract<Stage, { kind: 'bake' }>> = {}): Stage => ({
  kind: 'bake',
  holdMs: 5 * MINUTE,
  approval: false,
  ...over,
});

const analysis = (over: Partial<WantedAnalysis>): WantedAnalysis => ({
  alpha: 0,
  metrics: [],
  guardrails: [],
  fuse: undefined,
  onInsufficient: '',
  ...over,
});

const LATENCIES = ['compute_p50', 'compute_p95', 'compute_p99', 'request_p50', 'request_p95', 'request_p99'];

suite('a canary', () => {
  test('has 10, 25 and 50 percent by default, then a bake, every default of which is filled in', () => {
    const guardrail = { minRequests: 100, windowMs: MINUTE, onFail: 'rollback' };
    assert.deepEqual(compileStrategy({ kind: 'canary' }), {
      kind: 'canary',
      stages: [weightStage(1000), weightStage(2500), weightStage(5000), bake()],
      analysis: {
        alpha: 0.05,
        metrics: [
          { metric: 'error_rate', margin: 0.02, onFail: 'rollback', direction: 'increase' },
          ...LATENCIES.map((metric) => ({ metric, margin: 1.19, onFail: 'rollback', direction: 'increase' })),
        ],
        guardrails: [
          { metric: 'success_rate', limit: 0.95, ...guardrail },
          { metric: 'request_p99', limit: 10_000, ...guardrail },
        ],
        fuse: 10,
        onInsufficient: 'pause',
      },
      failOver: true,
      deadlineMs: 7 * DAY,
    });
  });

  test('takes its steps as they are, and a deadline of ten holds where those are long', () => {
    const { stages } = compileStrategy({
      kind: 'canary',
      steps: [
        step(1, { holdMs: HOUR, minRequests: 0, analysis: false }),
        step(9999, { holdMs: 0, approval: true, deadlineMs: 1 }),
      ],
      bakeMs: 0,
    });
    assert.deepEqual(stages, [
      weightStage(1, { holdMs: HOUR, minRequests: 0, analysis: false, deadlineMs: 10 * HOUR }),
      weightStage(9999, { holdMs: 0, approval: true, deadlineMs: 1 }),
      bake({ holdMs: 0 }),
    ]);
  });

  test('has a last step of all the traffic as its bake', () => {
    const stagesOf = (last: WantedStep): readonly Stage[] =>
      compileStrategy({ kind: 'canary', steps: [step(5000), last], bakeMs: MINUTE }).stages;
    assert.deepEqual(stagesOf(step(10_000)), [weightStage(5000), bake({ holdMs: MINUTE })]);
    const approved = step(10_000, { holdMs: HOUR, approval: true });
    assert.deepEqual(stagesOf(approved), [weightStage(5000), bake({ holdMs: HOUR, approval: true })]);
  });
});

test('linear is equal steps below all the traffic', () => {
  const weightsOf = (increment: number): readonly number[] =>
    compileStrategy({
      kind: 'linear',
      linear: { increment, everyMs: undefined, minRequests: undefined },
    }).stages.flatMap((stage) => (stage.kind === 'weight' ? [stage.weight] : []));
  assert.deepEqual(weightsOf(0), [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000]);
  assert.deepEqual(weightsOf(5000), [5000]);
  assert.deepEqual(weightsOf(3000), [3000, 6000, 9000]);
  const { stages } = compileStrategy({ kind: 'linear', linear: { increment: 5000, everyMs: HOUR, minRequests: 7 } });
  assert.deepEqual(stages, [weightStage(5000, { holdMs: HOUR, minRequests: 7, deadlineMs: 10 * HOUR }), bake()]);
});

test('blue-green is the bake alone', () => {
  assert.deepEqual(compileStrategy({ kind: 'blue_green', approval: true, bakeMs: 1 }).stages, [
    bake({ approval: true, holdMs: 1 }),
  ]);
});

test('a budget has defaults for all but the budget', () => {
  const absent = { alpha: 0, maxWeight: 0, holdMs: undefined, deadlineMs: undefined };
  assert.deepEqual(compileStrategy({ kind: 'budget', budget: { extraFaults: 20, ...absent } }).stages, [
    { kind: 'budget', extraFaults: 20, alpha: 0.01, maxWeight: 5000, holdMs: MINUTE, deadlineMs: DAY },
    bake(),
  ]);
});

test('shadow first goes before any kind, and has disagreement compared too', () => {
  const { stages, analysis: plan } = compileStrategy({
    kind: 'blue_green',
    shadow: { share: 0, minPairs: 0, holdMs: undefined, deadlineMs: undefined },
  });
  assert.deepEqual(stages, [{ kind: 'shadow', share: 10_000, minPairs: 200, holdMs: 0, deadlineMs: HOUR }, bake()]);
  assert.deepEqual(plan.metrics.at(-1), {
    metric: 'disagreement',
    margin: 0.01,
    onFail: 'rollback',
    direction: 'increase',
  });
});

test('metrics and guardrails are taken as they are given, with what they leave out filled in', () => {
  const { analysis: plan } = compileStrategy({
    kind: 'canary',
    analysis: analysis({
      alpha: 0.2,
      metrics: [
        { metric: 'request_p99', margin: 2, onFail: 'alert', direction: '' },
        { metric: 'outcome:wait', margin: 0, onFail: 'pause', direction: 'decrease' },
      ],
      guardrails: [{ metric: 'compute_p95', limit: 3, minRequests: 0, windowMs: HOUR, onFail: 'alert' }],
      fuse: 0,
      onInsufficient: 'rollback',
    }),
  });
  assert.deepEqual(plan, {
    alpha: 0.2,
    metrics: [
      { metric: 'request_p99', margin: 2, onFail: 'alert', direction: 'increase' },
      { metric: 'outcome:wait', margin: 0, onFail: 'pause', direction: 'decrease' },
    ],
    guardrails: [{ metric: 'compute_p95', limit: 3, minRequests: 100, windowMs: HOUR, onFail: 'alert' }],
    fuse: 0,
    onInsufficient: 'rollback',
  });
});

suite('what cannot be is refused with the field, the value and what is allowed', () => {
  const budget = { extraFaults: 1, alpha: 0, maxWeight: 0, holdMs: undefined, deadlineMs: undefined };
  const shadow = { share: 0, minPairs: 0, holdMs: undefined, deadlineMs: undefined };
  const withMetric = (over: Partial<WantedAnalysis['metrics'][number]>): WantedStrategy => ({
    kind: 'canary',
    analysis: analysis({ metrics: [{ metric: 'error_rate', margin: 0, onFail: '', direction: '', ...over }] }),
  });
  const withGuardrail = (over: Partial<WantedAnalysis['guardrails'][number]>): WantedStrategy => {
    const absent = { metric: 'success_rate', limit: 0.9, minRequests: 0, windowMs: undefined, onFail: '' };
    return { kind: 'canary', analysis: analysis({ guardrails: [{ ...absent, ...over }] }) };
  };
  const cases: readonly (readonly [WantedStrategy, string])[] = [
    [{ kind: 'canary', steps: [step(0)] }, 'canary.steps[0].weight is 0; give a whole number from 1 to 10000'],
    [{ kind: 'canary', steps: [step(1.5)] }, 'canary.steps[0].weight is 1.5; give a whole number from 1 to 10000'],
    [{ kind: 'canary', steps: [step(10_001)] }, 'canary.steps[0].weight is 10001; give a whole number from 1 to 10000'],
    [
      { kind: 'canary', steps: [step(10), step(10)] },
      'canary.steps[1].weight is 10, and the step before has 10; weights grow from step to step',
    ],
    [
      { kind: 'canary', steps: Array.from({ length: 51 }, (_, index) => step(index + 1)) },
      'canary.steps has 51 steps; at most 50 are allowed',
    ],
    [
      { kind: 'canary', steps: [step(1, { minRequests: -1 })] },
      'canary.steps[0].min_requests is -1; give a whole number from 0 to 1000000000',
    ],
    [{ kind: 'canary', steps: [step(1, { holdMs: -1 })] }, 'canary.steps[0].hold is -1 ms; give 0 to 30 days'],
    [
      { kind: 'canary', steps: [step(1, { holdMs: 5, deadlineMs: 5 })] },
      'canary.steps[0].deadline is 5 ms, no more than the hold of 5 ms; give it more time',
    ],
    [
      { kind: 'canary', steps: [step(10_000, { minRequests: 5 })] },
      'canary.steps[0] has all the traffic, so nothing can be compared in it; leave all but hold and approval out',
    ],
    [{ kind: 'canary', bakeMs: 31 * DAY }, 'bake is 2678400000 ms; give 0 to 30 days'],
    [{ kind: 'canary', deadlineMs: 0 }, 'deadline is 0 ms, no more than the hold of 0 ms; give it more time'],
    [
      { kind: 'linear', linear: { increment: 99, everyMs: undefined, minRequests: undefined } },
      'linear.increment is 99; give a whole number from 100 to 5000',
    ],
    [{ kind: 'budget' }, 'budget.extra_faults is 0; give a whole number from 1 to 1000000'],
    [
      { kind: 'budget', budget: { ...budget, alpha: 0.6 } },
      'budget.alpha is 0.6; give a probability above 0, at most 0.5',
    ],
    [
      { kind: 'budget', budget: { ...budget, maxWeight: 10_000 } },
      'budget.max_weight is 10000; give a whole number from 1 to 9999',
    ],
    [
      { kind: 'budget', budget: { ...budget, holdMs: HOUR, deadlineMs: HOUR } },
      'budget.deadline is 3600000 ms, no more than the hold of 3600000 ms; give it more time',
    ],
    [
      { kind: 'canary', shadow: { ...shadow, share: 10_001 } },
      'shadow.share is 10001; give a whole number from 1 to 10000',
    ],
    [
      { kind: 'canary', analysis: analysis({ alpha: 0.51 }) },
      'analysis.alpha is 0.51; give a probability above 0, at most 0.5',
    ],
    [
      { kind: 'canary', analysis: analysis({ fuse: 1.5 }) },
      'analysis.fuse is 1.5; give a whole number from 0 to 1000000',
    ],
    [
      { kind: 'canary', analysis: analysis({ onInsufficient: 'pass' }) },
      'analysis.on_insufficient is "pass"; give one of pause, rollback',
    ],
    [
      withMetric({ metric: 'speed' }),
      `analysis.metrics[0].metric is "speed"; give one of error_rate, ${LATENCIES.join(', ')}, disagreement or outcome:NAME`,
    ],
    [withMetric({ margin: 2 }), 'analysis.metrics[0].margin is 2; of error_rate it goes from 0 to 1'],
    [
      withMetric({ metric: 'compute_p50', margin: 0.5 }),
      'analysis.metrics[0].margin is 0.5; of compute_p50 it goes from 1 to 100',
    ],
    [withMetric({ onFail: 'panic' }), 'analysis.metrics[0].on_fail is "panic"; give one of rollback, pause, alert'],
    [withMetric({ direction: 'up' }), 'analysis.metrics[0].direction is "up"; give one of increase, decrease'],
    [
      withGuardrail({ metric: 'error_rate' }),
      `analysis.guardrails[0].metric is "error_rate"; give one of success_rate, ${LATENCIES.join(', ')}`,
    ],
    [
      withGuardrail({ limit: 1.1 }),
      'analysis.guardrails[0].limit is 1.1; of success_rate give a share above 0, at most 1',
    ],
    [
      withGuardrail({ metric: 'request_p50', limit: 0 }),
      'analysis.guardrails[0].limit is 0; of request_p50 give milliseconds above 0',
    ],
    [withGuardrail({ windowMs: 9999 }), 'analysis.guardrails[0].window is 9999 ms; give 10 s to 1 h'],
  ];
  for (const [wanted, message] of cases) {
    test(message, () => {
      assert.throws(
        () => compileStrategy(wanted),
        (error: ServerError) => error.code === 'invalid_argument' && error.message === message,
      );
    });
  }

  test('a metric that is named twice', () => {
    const metric = { metric: 'error_rate', margin: 0, onFail: '', direction: '' };
    assert.throws(
      () => compileStrategy({ kind: 'canary', analysis: analysis({ metrics: [metric, metric] }) }),
      /analysis.metrics: "error_rate" is there twice; name each once/,
    );
  });
});

test('stages have names for people', () => {
  const described = [
    weightStage(1050, { holdMs: 90_000 }),
    weightStage(100, { analysis: false, approval: true, holdMs: 0 }),
    bake({ approval: true, holdMs: 2 * HOUR }),
    ...compileStrategy({
      kind: 'budget',
      budget: { extraFaults: 20, alpha: 0, maxWeight: 0, holdMs: undefined, deadlineMs: undefined },
      shadow: { share: 2000, minPairs: 0, holdMs: 5000, deadlineMs: undefined },
      bakeMs: 0,
    }).stages,
  ].map(describeStage);
  assert.deepEqual(described, [
    '10.5 % for 90s, 100 calls',
    '1 %, 100 calls, no analysis, then approval',
    'approval, then 100 % for 2h',
    'shadow 20 % until 200 pairs for 5s',
    'up to 50 % at 20 extra faults',
    '100 %',
  ]);
});
