/** Strategies of rollouts over their real bytes: what is shown of one, sent again, is the same one. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Strategy } from '../../../src/domain/strategy.ts';
import { LATENCY_METRICS } from '../../../src/domain/strategy.ts';
import { compileStrategy, describeStage } from '../../../src/rollout/strategy.ts';
import { formatStrategy, parseStrategy } from '../../../src/transport/codec/admin/strategy-codec.ts';
import type { Strategy as Wire } from '../../../src/transport/gen/sluice/admin/v1/Strategy.ts';
import { loadAdminSchema } from '../../../src/transport/grpc-js/codec.ts';

const { Start } = loadAdminSchema().sluice.admin.v1.Rollouts.service;

/** As it is read from a request's bytes. */
function received(strategy: Wire | null): Strategy {
  return parseStrategy(Start.requestDeserialize(Start.requestSerialize({ strategy })).strategy);
}

/** Or left out. */
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });
/** To the millisecond. */
const seconds = ({ least, most }: { readonly least: number; readonly most: number }) =>
  fc.record({
    seconds: fc.integer({ min: least, max: most }),
    nanos: fc.integer({ min: 0, max: 999 }).map((ms) => ms * 1_000_000),
  });
const hold = maybe(seconds({ least: 0, most: 9_999 }));
/** More than any hold. */
const deadline = maybe(seconds({ least: 110_000, most: 2_000_000 }));
const count = fc.integer({ min: 0, max: 1_000_000 });
const onFail = fc.constantFrom('', 'rollback', 'pause', 'alert');

const canary = fc
  .record({
    weights: fc.uniqueArray(fc.integer({ min: 1, max: 9_999 }), { maxLength: 6 }),
    steps: fc.array(
      fc.record({
        ...{ hold, minRequests: maybe(count), analysis: maybe(fc.boolean()), approval: fc.boolean(), deadline },
      }),
      { minLength: 6, maxLength: 6 },
    ),
    last: maybe(fc.record({ hold, approval: fc.boolean() })),
  })
  .map(({ weights, steps, last }) => {
    const sorted = weights.toSorted((a, b) => a - b).map((weight, index) => ({ weight, ...steps[index] }));
    return { canary: { steps: last === undefined ? sorted : [...sorted, { weight: 10_000, ...last }] } };
  });
const linear = fc.record({
  linear: fc.record({
    increment: fc.oneof(fc.constant(0), fc.integer({ min: 100, max: 5000 })),
    every: hold,
    minRequests: maybe(count),
  }),
});
const blueGreen = fc.record({ blueGreen: fc.record({ approval: fc.boolean() }) });
const budget = fc.record({
  budget: fc.record({
    extraFaults: fc.integer({ min: 1, max: 1_000_000 }),
    alpha: fc.constantFrom(0, 0.001, 0.05, 0.5),
    maxWeight: fc.integer({ min: 0, max: 9_999 }),
    hold,
    deadline,
  }),
});

const metric = fc.oneof(
  fc.record({ metric: fc.constantFrom('error_rate', 'disagreement'), margin: fc.double({ min: 0, max: 1 }) }),
  fc.record({ metric: fc.constantFrom(...LATENCY_METRICS), margin: fc.double({ min: 1, max: 100 }) }),
  fc.record({ metric: fc.constantFrom('outcome:right', 'outcome:revenue.eur'), margin: fc.double({ min: 0, max: 9 }) }),
);
const guardrail = fc.oneof(
  fc.record({ metric: fc.constant('success_rate'), limit: fc.double({ min: 0.01, max: 1 }) }),
  fc.record({ metric: fc.constantFrom(...LATENCY_METRICS), limit: fc.double({ min: 0.01, max: 60_000 }) }),
);
const analysis = fc.record({
  alpha: fc.constantFrom(0, 0.01, 0.5),
  metrics: fc.uniqueArray(
    fc
      .tuple(metric, onFail, fc.constantFrom('', 'increase', 'decrease'))
      .map(([named, then, direction]) => ({ ...named, onFail: then, direction })),
    { selector: (plan) => plan.metric, maxLength: 8 },
  ),
  guardrails: fc.array(
    fc
      .tuple(guardrail, onFail, count, maybe(seconds({ least: 10, most: 3_599 })))
      .map(([named, then, minRequests, window]) => ({ ...named, onFail: then, minRequests, window })),
    { maxLength: 3 },
  ),
  fuse: maybe(count),
  onInsufficient: fc.constantFrom('', 'pause', 'rollback'),
});

const anyStrategy: fc.Arbitrary<Wire> = fc
  .tuple(
    fc.oneof(canary, linear, blueGreen, budget),
    fc.record({
      shadow: maybe(fc.record({ share: fc.integer({ min: 0, max: 10_000 }), minPairs: count, hold, deadline })),
      analysis: maybe(analysis),
      failOver: maybe(fc.boolean()),
      bake: hold,
      deadline,
    }),
  )
  .map(([kind, common]) => ({ ...kind, ...common }));

suite('a strategy', () => {
  test('as it is shown, sent again, is the same', () => {
    fc.assert(
      fc.property(anyStrategy, (wire) => {
        const strategy = received(wire);
        assert.deepEqual(received(formatStrategy(strategy)), strategy);
      }),
    );
  });

  test('that nobody gives is a canary with the default steps, and is shown with all of them', () => {
    const strategy = received(null);
    assert.deepEqual(strategy, compileStrategy({ kind: 'canary' }));
    assert.deepEqual(received({}), strategy);
    assert.deepEqual(strategy.stages.map(describeStage), [
      '10 % for 1m, 100 calls',
      '25 % for 1m, 100 calls',
      '50 % for 1m, 100 calls',
      '100 % for 5m',
    ]);
    const { kind, canary: shown, failOver, bake, analysis: compared } = formatStrategy(strategy);
    assert.deepEqual([kind, failOver, bake, compared?.fuse], ['canary', true, { seconds: 300, nanos: 0 }, 10]);
    assert.deepEqual(shown?.steps?.[0], {
      ...{ weight: 1000, minRequests: 100, analysis: true, approval: false },
      ...{ hold: { seconds: 60, nanos: 0 }, deadline: { seconds: 3600, nanos: 0 } },
    });
  });

  test('of a canary whose last step has all the traffic is shown with that step where it says something', () => {
    const strategy = received({ canary: { steps: [{ weight: 10_000, approval: true, hold: { seconds: 7 } }] } });
    assert.deepEqual(strategy.stages, [{ kind: 'bake', holdMs: 7000, approval: true }]);
    const step = { weight: 10_000, hold: { seconds: 7, nanos: 0 }, approval: true };
    assert.deepEqual(formatStrategy(strategy).canary, { steps: [step] });
  });

  test('is refused with the field where a number or a duration cannot be', () => {
    const refused = (wire: Wire, message: RegExp): void => {
      assert.throws(() => received(wire), { code: 'invalid_argument', message });
    };
    refused({ canary: { steps: [{ weight: 1 }, { weight: 2, hold: { seconds: -1 } }] } }, /canary\.steps\[1\]\.hold/);
    refused({ canary: { steps: [{ weight: 2 }, { weight: 2 }] } }, /canary\.steps\[1\]\.weight is 2/);
    refused({ linear: { every: { nanos: 2_000_000_000 } } }, /linear\.every/);
    refused({ linear: { increment: 99 } }, /linear\.increment is 99/);
    refused({ budget: {} }, /budget\.extra_faults is 0/);
    refused({ shadow: { hold: { seconds: 31 * 86_400 } } }, /shadow\.hold is 2678400000 ms/);
    refused({ analysis: { metrics: [{ metric: 'outcome:' }] } }, /metrics\[0\]\.metric is "outcome:"/);
    refused({ analysis: { guardrails: [{ metric: 'success_rate' }] } }, /guardrails\[0\]\.limit is 0/);
    refused({ analysis: { onInsufficient: 'pass' } }, /on_insufficient is "pass"/);
    refused({ bake: { seconds: 31 * 86_400 } }, /bake/);
    refused({ deadline: { seconds: 0 } }, /deadline/);
  });
});
