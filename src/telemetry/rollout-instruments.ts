/** The metrics of rollouts: where the last one of each model stands, and what the evidence of an open one says. */
import type { Seen } from '../admin/rollout-body.ts';
import type { RolloutViews } from '../admin/rollout-view.ts';
import type { ModelStanding } from '../admin/standings.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { ArmSums } from '../rollout/evidence.ts';
import type { RolloutState, Verdict } from '../rollout/state.ts';
import { isEnded, stageOf } from '../rollout/steps.ts';
import { readings } from './instrument.ts';
import type { Instrument, Point } from './instrument.ts';

interface Rollouts {
  /** Epoch ms. */
  readonly at: number;
  readonly models: readonly ModelStanding[];
  readonly live: RolloutViews['live'];
}

interface OpenRollout {
  readonly state: RolloutState;
  readonly seen: Seen | undefined;
}

export function rolloutInstruments({ at, models, live }: Rollouts): Instrument[] {
  const last = models.flatMap(({ rollout }) => (rollout === undefined ? [] : [rollout]));
  const states = last.map(({ state }) => state);
  const open = last
    .filter(({ state }) => !isEnded(state.phase))
    .map(({ state, document, last: stored }): OpenRollout => ({ state, seen: live(document.id) ?? stored }));
  return [
    readings('sluice.rollout.phase', '{rollout}', {
      description:
        '1 for the phase of the last rollout of a model: open until promoted, aborted, superseded, overridden.',
      points: states.map((state) => point(state, 1, { candidate: state.candidate, phase: state.phase })),
    }),
    readings('sluice.rollout.ended.timestamp', 's', {
      description: 'When it ended, in Unix time; `held_down` tells that the evidence or a deadline ended it.',
      points: states.flatMap((state) => {
        const { candidate, phase, endedAt, holdDownUntil } = state;
        const labels = { candidate, phase, held_down: String(holdDownUntil > 0) };
        return endedAt === undefined ? [] : [point(state, endedAt / 1000, labels)];
      }),
    }),
    ...stepInstruments(at, open),
    ...evidenceInstruments(open),
  ];
}

function stepInstruments(at: number, open: readonly OpenRollout[]): Instrument[] {
  const each = (read: (state: RolloutState) => number): Point<number>[] =>
    open.map(({ state }) => point(state, read(state), { candidate: state.candidate }));
  return [
    readings('sluice.rollout.weight', '1', {
      description: 'Share of the traffic that an open rollout gives its candidate and its stable version.',
      points: open.flatMap(({ state }) => {
        const { stable, candidate, weight } = state;
        return [
          point(state, weight / TOTAL_WEIGHT, { version: candidate, arm: 'candidate' }),
          point(state, 1 - weight / TOTAL_WEIGHT, { version: stable, arm: 'stable' }),
        ];
      }),
    }),
    readings('sluice.rollout.step', '{step}', {
      description: 'The step that it is at, from 1 on.',
      points: each(({ stage }) => stage + 1),
    }),
    readings('sluice.rollout.step.age', 's', {
      description: 'Time in this step.',
      points: each(({ stageSince }) => Math.max(0, at - stageSince) / 1000),
    }),
    readings('sluice.rollout.step.overdue', 's', {
      description: 'Time beyond what the step is to last: it waits for evidence, or for serve processes.',
      points: each((state) => overdueMs(state, at) / 1000),
    }),
  ];
}

/** Of what waits for people nothing is overdue. */
function overdueMs(state: RolloutState, at: number): number {
  if (state.phase === 'awaiting_approval' || state.phase === 'paused') return 0;
  const expectedMs = state.phase === 'loading' ? 0 : stageOf(state).holdMs;
  return Math.max(0, at - state.stageSince - expectedMs);
}

function evidenceInstruments(open: readonly OpenRollout[]): Instrument[] {
  const verdicts = open.flatMap(({ state, seen }) =>
    (seen?.judgement.verdicts ?? []).map((verdict) => ({ state, verdict })),
  );
  const overall = open.flatMap(({ state, seen }) =>
    seen === undefined ? [] : [{ state, verdict: { metric: 'all', verdict: seen.judgement.overall } }],
  );
  const budgets = verdicts.filter(({ verdict }) => verdict.metric === 'budget');
  const ofBudget = (read: (verdict: Verdict) => number): Point<number>[] =>
    budgets.map(({ state, verdict }) => point(state, read(verdict), { candidate: state.candidate }));
  return [
    readings('sluice.rollout.verdict', '{verdict}', {
      description: '1 for what the evidence of an open rollout says: pass, fail or insufficient, by metric and of all.',
      points: [...overall, ...verdicts].map(({ state, verdict: { metric, verdict } }) =>
        point(state, 1, { candidate: state.candidate, metric, verdict }),
      ),
    }),
    {
      kind: 'counter',
      name: 'sluice.rollout.calls',
      unit: '{request}',
      description: 'Calls that count as evidence of an open rollout, by arm and what became of them.',
      points: open.flatMap(({ state, seen }) =>
        seen === undefined
          ? []
          : [
              ...calls(state, seen.candidate, { version: state.candidate, arm: 'candidate' }),
              ...calls(state, seen.stable, { version: state.stable, arm: 'stable' }),
            ],
      ),
    },
    readings('sluice.rollout.budget.spent', '{fault}', {
      description: 'Extra faults that a budget rollout has made.',
      points: ofBudget(({ candidate }) => candidate),
    }),
    readings('sluice.rollout.budget.limit', '{fault}', {
      description: 'Extra faults that it may make.',
      points: ofBudget(({ limit }) => limit),
    }),
  ];
}

function calls(
  state: RolloutState,
  { calls: all, ok, faults, overloads }: ArmSums,
  labels: { readonly version: string; readonly arm: string },
): Point<number>[] {
  const counts = { ok, fault: faults, overload: overloads, caller_error: all - ok - faults - overloads };
  return Object.entries(counts).map(([outcome, value]) => point(state, value, { ...labels, outcome }));
}

function point(state: RolloutState, value: number, labels: Readonly<Record<string, string>>): Point<number> {
  return { attributes: { model: state.model, ...labels }, startMs: state.startedAt, value };
}
