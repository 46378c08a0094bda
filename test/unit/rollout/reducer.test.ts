/** The rollout reducer: what holds for any sequence of events. The sequences themselves are in test/golden/rollout. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { ServerError } from '../../../src/domain/errors.ts';
import { begin, holdDownMs, next } from '../../../src/rollout/reducer.ts';
import type { Effect, Look, RolloutEvent, RolloutState, Step } from '../../../src/rollout/state.ts';
import { isEnded } from '../../../src/rollout/steps.ts';
import { compileStrategy } from '../../../src/rollout/strategy.ts';
import type { WantedStrategy } from '../../../src/rollout/strategy.ts';
import { verdictOf } from './rollout-script.ts';

const STRATEGIES: readonly WantedStrategy[] = [
  { kind: 'canary' },
  {
    kind: 'canary',
    steps: [
      { weight: 500, holdMs: 0, minRequests: 0, analysis: false, approval: false, deadlineMs: undefined },
      { weight: 5000, holdMs: 60_000, minRequests: 10, analysis: true, approval: true, deadlineMs: 120_000 },
      {
        weight: 10_000,
        holdMs: 1000,
        minRequests: undefined,
        analysis: undefined,
        approval: true,
        deadlineMs: undefined,
      },
    ],
    deadlineMs: 3_600_000,
  },
  { kind: 'linear', linear: { increment: 3000, everyMs: 1000, minRequests: 0 }, bakeMs: 0 },
  { kind: 'blue_green', approval: true },
  { kind: 'blue_green', shadow: { share: 0, minPairs: 10, holdMs: undefined, deadlineMs: undefined } },
  { kind: 'budget', budget: { extraFaults: 5, alpha: 0, maxWeight: 4000, holdMs: 1000, deadlineMs: 60_000 } },
];

const strategies = fc.constantFrom(...STRATEGIES);
const command = fc.record({
  actor: fc.constantFrom('ann', 'bob'),
  reason: fc.constantFrom('', 'because'),
  expectedGeneration: fc.constantFrom(0, 0, 0, 3),
});
const failure = fc.record({
  metric: fc.constantFrom('error_rate', 'guardrail:success_rate', 'fuse'),
  onFail: fc.constantFrom('rollback' as const, 'pause' as const, 'alert' as const),
});
const look: fc.Arbitrary<Look> = fc
  .record({
    applied: fc.boolean(),
    passes: fc.boolean(),
    failures: fc.oneof(
      { weight: 5, arbitrary: fc.array(failure, { maxLength: 0 }) },
      { weight: 1, arbitrary: fc.array(failure, { maxLength: 2 }) },
    ),
    candidateCalls: fc.nat(1000),
    shadowPairs: fc.nat(20),
    weight: fc.option(fc.nat(10_000), { nil: undefined }),
  })
  .map(({ applied, passes, failures, weight, ...rest }) => ({
    ...rest,
    applied,
    waitingFor: '',
    verdicts: failures.map(({ metric, onFail }) => verdictOf(metric, { verdict: 'fail', onFail })),
    overall: failures.some(({ onFail }) => onFail !== 'alert') ? 'fail' : passes ? 'pass' : 'insufficient',
    budget: { weight, extraFaults: 0, summary: 'as spent' },
  }));
const event: fc.Arbitrary<RolloutEvent> = fc.oneof(
  { weight: 12, arbitrary: look.map((each) => ({ kind: 'tick' as const, look: each })) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('pause' as const, 'resume' as const, 'approve' as const),
      by: command,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('promote' as const), full: fc.boolean(), by: command }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const), by: command }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('superseded' as const), by: command, candidate: fc.constant('3') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('overridden' as const), epoch: fc.nat(), actor: fc.constant('eve') }),
  },
);
const later = fc.constantFrom(0, 250, 1000, 60_000, 3_600_000);
const events = fc.array(fc.record({ event, later }), { maxLength: 40 });

function started(wanted: WantedStrategy, now = 0): Step {
  const names = { model: 'iris', stable: '1', candidate: '2', candidateDigest: 'd', holdDownMs: 1000 };
  return begin({ ...names, strategy: compileStrategy(wanted), actor: 'ann', reason: '' }, now);
}

/** A refusal changes nothing. */
function attempt(state: RolloutState, each: RolloutEvent, now: number): Step {
  try {
    return next(state, each, now);
  } catch (caught) {
    assert(caught instanceof ServerError && caught.code !== 'internal', String(caught));
    return { state, transitions: [], effects: [] };
  }
}

interface Moment extends Step {
  readonly before: RolloutState;
  readonly event: RolloutEvent;
  readonly now: number;
}

/** What each event did; refusals did nothing. */
function* history(
  wanted: WantedStrategy,
  sequence: readonly { event: RolloutEvent; later: number }[],
): Generator<Moment> {
  let { state } = started(wanted);
  let now = 0;
  for (const { event: each, later: ms } of sequence) {
    now += ms;
    const before = state;
    const step = attempt(state, each, now);
    ({ state } = step);
    yield { ...step, before, event: each, now };
  }
}

const trafficOf = (effects: readonly Effect[]): Extract<Effect, { kind: 'traffic' }> | undefined =>
  effects.find((effect) => effect.kind === 'traffic');

suite('for any sequence of events', () => {
  test('the generation grows by one with each transition, and nothing changes without one', () => {
    fc.assert(
      fc.property(strategies, events, (wanted, sequence) => {
        for (const { before, state, transitions, effects } of history(wanted, sequence)) {
          assert.equal(state.generation, before.generation + transitions.length);
          if (transitions.length === 0) assert.deepEqual({ state, effects }, { state: before, effects: [] });
          if (transitions.length === 0) assert.equal(state, before);
        }
      }),
    );
  });

  test('the weight of the state is the one that was put in force last', () => {
    fc.assert(
      fc.property(strategies, events, (wanted, sequence) => {
        let inForce = trafficOf(started(wanted).effects)?.candidateWeight;
        for (const { state, effects } of history(wanted, sequence)) {
          inForce = trafficOf(effects)?.candidateWeight ?? inForce;
          assert.equal(state.weight, inForce);
        }
      }),
    );
  });

  test('what ended without being promoted or overridden has no traffic, and what ended does nothing more', () => {
    fc.assert(
      fc.property(strategies, events, (wanted, sequence) => {
        for (const { before, state, transitions, effects } of history(wanted, sequence)) {
          if (isEnded(before.phase)) assert.equal(transitions.length, 0);
          else if (state.phase === 'aborted' || state.phase === 'superseded') {
            assert.deepEqual(
              [state.weight, trafficOf(effects)?.candidateWeight, trafficOf(effects)?.holdCandidate],
              [0, 0, false],
            );
          }
        }
      }),
    );
  });

  test('an abort ends an open rollout, whatever generation it expects', () => {
    fc.assert(
      fc.property(strategies, events, command, (wanted, sequence, by) => {
        for (const { state, now } of history(wanted, sequence)) {
          if (isEnded(state.phase)) return;
          const aborted = next(state, { kind: 'abort', by }, now);
          assert.deepEqual([aborted.state.phase, aborted.state.weight, aborted.state.holdDownUntil], ['aborted', 0, 0]);
        }
      }),
    );
  });

  test('a failure that rolls back does so in every open phase, and holds the candidate down', () => {
    fc.assert(
      fc.property(strategies, events, look, (wanted, sequence, seen) => {
        const verdicts = [verdictOf('error_rate', { verdict: 'fail', onFail: 'rollback' })];
        for (const { state, now } of history(wanted, sequence)) {
          if (isEnded(state.phase)) return;
          const step = next(state, { kind: 'tick', look: { ...seen, verdicts, overall: 'fail' } }, now);
          assert.deepEqual([step.state.phase, step.state.holdDownUntil], ['aborted', now + 1000]);
        }
      }),
    );
  });

  test('nothing raises the weight by itself while a metric fails or, where it is asked for, is insufficient', () => {
    fc.assert(
      fc.property(strategies, events, (wanted, sequence) => {
        for (const { before, state, event: each } of history(wanted, sequence)) {
          if (each.kind !== 'tick' || state.weight <= before.weight) continue;
          const stage = before.strategy.stages[before.stage];
          assert(stage);
          const isAsked =
            stage.kind === 'weight' ? stage.analysis : stage.kind === 'budget' && state.stage > before.stage;
          if (isAsked) assert.equal(each.look.overall, 'pass');
          assert(!each.look.verdicts.some(({ verdict, onFail }) => verdict === 'fail' && onFail === 'rollback'));
        }
      }),
    );
  });

  test('nobody gets past a stage that needs an approval without one', () => {
    fc.assert(
      fc.property(strategies, events, (wanted, sequence) => {
        for (const { before, state, transitions } of history(wanted, sequence)) {
          if (isEnded(state.phase) && state.phase !== 'promoted') continue;
          const { stages } = before.strategy;
          const gates = stages.flatMap((stage, index) => {
            if (stage.kind === 'weight' && stage.approval) {
              return [{ index, passed: state.stage > index && before.stage <= index }];
            }
            if (stage.kind !== 'bake' || !stage.approval) return [];
            return [{ index, passed: state.weight === 10_000 && before.weight < 10_000 }];
          });
          for (const gate of gates) {
            if (gate.passed) assert.equal(transitions[0]?.kind, 'approved', `gate ${gate.index}`);
          }
          if (transitions[0]?.kind === 'approved') assert.notEqual(transitions[0].actor, before.startedBy);
        }
      }),
    );
  });

  test('the state is plain JSON: after a restart everything goes on as it would have', () => {
    fc.assert(
      fc.property(strategies, events, (wanted, sequence) => {
        for (const { before, state, transitions, effects, event: each, now } of history(wanted, sequence)) {
          const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
          const again = attempt(json(before) as RolloutState, each, now);
          if (transitions.length === 0) assert.deepEqual(json(again.state), json(before));
          else assert.deepEqual(json(again), json({ state, transitions, effects }));
        }
      }),
    );
  });

  test('a rollout that nobody touches has ended by its deadline', () => {
    fc.assert(
      fc.property(strategies, events, look, (wanted, sequence, seen) => {
        let { state } = started(wanted);
        for (const moment of history(wanted, sequence)) ({ state } = moment);
        const { state: last } = next(state, { kind: 'tick', look: seen }, state.startedAt + state.strategy.deadlineMs);
        assert(isEnded(last.phase));
      }),
    );
  });
});

test('a candidate is held down for 5 minutes, twice as long after each rollback, a day at most', () => {
  const minutes = [0, 1, 2, 8, 9, 100, 2000].map((former) => holdDownMs(former) / 60_000);
  assert.deepEqual(minutes, [5, 10, 20, 1280, 1440, 1440, 1440]);
});
