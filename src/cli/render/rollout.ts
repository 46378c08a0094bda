/** Rollouts as people read them: where each is, and the decision record of one. */
import type { ArmView__Output } from '../../transport/gen/sluice/admin/v1/ArmView.ts';
import type { Rollout__Output } from '../../transport/gen/sluice/admin/v1/Rollout.ts';
import { optionalMs } from '../wire.ts';
import { paint, visible } from './ansi.ts';
import type { Look } from './ansi.ts';
import { bar, percent, weightText } from './bar.ts';
import { awaitedLines } from './rollout-awaited.ts';
import { recordTable } from './rollout-record.ts';
import { verdictLines } from './rollout-verdicts.ts';
import { stateCell } from './states.ts';
import { tableLines } from './table.ts';
import type { Cell } from './table.ts';
import { ago, clock, instant, lasting, when } from './time.ts';

const STAGE_CELLS = 8;
const RIGHT = { align: 'right' } as const;
/** Of the record, where the whole is redrawn and has to stay on one screen. */
const WATCHED_TRANSITIONS = 6;

export function rolloutTable(rollouts: readonly Rollout__Output[], look: Look): string[] {
  if (rollouts.length === 0) return ['There are no rollouts; "sluice rollout start MODEL CANDIDATE" begins one.'];
  return tableLines(
    {
      columns: [
        { title: 'ID', ...RIGHT },
        { title: 'MODEL', atLeast: 12 },
        { title: 'STABLE', atLeast: 8 },
        { title: 'CANDIDATE', atLeast: 9 },
        { title: 'KIND', optional: true },
        { title: 'PHASE' },
        { title: 'STAGE' },
        { title: 'WEIGHT' },
        { title: 'VERDICT' },
        { title: 'STARTED', ...RIGHT },
        { title: 'BY', atLeast: 8, optional: true },
        { title: 'REASON', atLeast: 10 },
      ],
      rows: rollouts.map((rollout) => [
        rollout.id.toString(),
        rollout.model,
        rollout.stable,
        rollout.candidate,
        kindOf(rollout),
        stateCell(rollout.phase),
        stageCell(rollout, look),
        weightText(rollout.weight, look),
        stateCell(rollout.verdict),
        ago(optionalMs(rollout.startedAt), look.now),
        rollout.startedBy,
        rollout.reason,
      ]),
    },
    look,
  );
}

function kindOf({ strategy }: Rollout__Output): string {
  if (strategy?.linear) return 'linear';
  if (strategy?.blueGreen) return 'blue-green';
  return strategy?.budget ? 'budget' : 'canary';
}

function stageCell({ stage, stageCount }: Rollout__Output, look: Look): string {
  const text = `${Math.min(stage + 1, stageCount)} of ${stageCount}`;
  return look.bars && stageCount > 0 ? `${bar(stage / stageCount, STAGE_CELLS)} ${text}` : text;
}

/** The decision record: what is done and what is to come, what is compared, and all that happened. */
export function rolloutLines(rollout: Rollout__Output, look: Look): string[] {
  return [...upToArms(rollout, look), '', ...recordTable(rollout.transitions, look)];
}

/** The same with the latest of what happened only. */
export function watchedRolloutLines(rollout: Rollout__Output, look: Look): string[] {
  return [...upToArms(rollout, look), '', ...recordTable(rollout.transitions.slice(-WATCHED_TRANSITIONS), look)];
}

function upToArms(rollout: Rollout__Output, look: Look): string[] {
  return [
    ...headLines(rollout, look),
    '',
    ...stageTable(rollout, look),
    '',
    ...verdictLines(rollout.verdicts, look),
    ...awaitedLines(rollout, look),
    '',
    ...armTable(rollout, look),
  ];
}

function headLines(rollout: Rollout__Output, look: Look): string[] {
  const { id, model, stable, candidate, phase, reason, startedAt, startedBy, endedAt, weight } = rollout;
  const title = `${visible(model)}, rollout ${id.toString()}: ${visible(candidate)} in place of ${visible(stable)}`;
  const { text, style } = stateCell(phase);
  const state = `${paint(visible(text), style, look.colour)}${reason === '' ? '' : `: ${visible(reason)}`}`;
  const ended = endedAt === null ? '' : `, ended ${when(optionalMs(endedAt), look.now)}`;
  return [
    paint(title, 'bold', look.colour),
    state,
    `${kindOf(rollout)} by ${visible(startedBy)}, started ${when(optionalMs(startedAt), look.now)}${ended}`,
    `candidate ${visible(candidate)} has ${weightText(weight, look)} of the traffic`,
    ...holdDownLine(rollout, look),
  ];
}

function holdDownLine({ candidate, holdDownUntil }: Rollout__Output, look: Look): string[] {
  const until = optionalMs(holdDownUntil);
  if (until === undefined || until <= look.now) return [];
  const what = `${visible(candidate)} cannot be rolled out again until ${instant(until)}; --force does it all the same`;
  return [paint(what, 'yellow', look.colour)];
}

function stageTable(rollout: Rollout__Output, look: Look): string[] {
  return tableLines(
    {
      columns: [
        { title: 'STAGE', ...RIGHT },
        ...(look.bars ? [{ title: '' }] : []),
        { title: 'WHAT', atLeast: 12 },
        { title: 'STATE', atLeast: 8 },
      ],
      rows: rollout.stages.map((what, at) => [
        String(at + 1),
        ...(look.bars ? [bar(stageShare(rollout, at, look.now), STAGE_CELLS)] : []),
        what,
        stageState(rollout, at, look.now),
      ]),
    },
    look,
  );
}

/** Of the time until something happens by itself; half where nothing does. */
function stageShare({ stage, stageSince, stageDeadline, endedAt }: Rollout__Output, at: number, now: number): number {
  if (at !== stage) return at < stage ? 1 : 0;
  const [since, deadline] = [optionalMs(stageSince), optionalMs(stageDeadline)];
  if (endedAt !== null || since === undefined || deadline === undefined || deadline <= since) return 0.5;
  return Math.min(Math.max((now - since) / (deadline - since), 0), 1);
}

function stageState(rollout: Rollout__Output, at: number, now: number): Cell {
  const { stage, stageSince, stageDeadline, endedAt, phase } = rollout;
  if (at < stage) return { text: 'done', style: 'green' };
  if (at > stage) return '';
  if (endedAt !== null) return stateCell(phase);
  const [since, deadline] = [optionalMs(stageSince), optionalMs(stageDeadline)];
  const lasted = since === undefined ? '' : ` for ${lasting(now - since)}`;
  const limit = deadline === undefined ? '' : `, until ${clock(deadline)} at the latest`;
  return { text: `${phase}${lasted}${limit}`, style: 'yellow' };
}

function armTable({ stableArm, candidateArm }: Rollout__Output, look: Look): string[] {
  const named = [
    ['stable', stableArm],
    ['candidate', candidateArm],
  ] as const;
  const rows = named.flatMap(([name, arm]) => (arm === null ? [] : [armRow(name, arm)]));
  if (rows.length === 0) return ['No call has been counted yet.'];
  return tableLines(
    {
      columns: [
        { title: 'ARM' },
        { title: 'VERSION', atLeast: 8 },
        ...['CALLS', 'OK', 'FAULTS', 'OVERLOADS'].map((title) => ({ title, ...RIGHT })),
        ...['P50 MS', 'P95', 'P99'].map((title) => ({ title, ...RIGHT })),
        ...['RUN P50 MS', 'P95', 'P99'].map((title) => ({ title, ...RIGHT, optional: true })),
      ],
      rows,
    },
    look,
  );
}

function armRow(name: string, arm: ArmView__Output): Cell[] {
  const { version, calls, ok, faults, overloads } = arm;
  const request = [arm.requestP50Ms, arm.requestP95Ms, arm.requestP99Ms];
  const compute = [arm.computeP50Ms, arm.computeP95Ms, arm.computeP99Ms];
  return [
    name,
    version,
    calls.toString(),
    ok.toString(),
    faults.isZero() ? '0' : { text: faults.toString(), style: 'red' },
    overloads.toString(),
    ...[...request, ...compute].map((ms) => (calls.isZero() ? '-' : latencyText(ms))),
  ];
}

function latencyText(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms.toFixed(ms >= 10 ? 1 : 2);
}

/** One line for a rollout that is watched. */
export function rolloutLine(rollout: Rollout__Output, look: Look): string {
  const { id, model, phase, stage, stageCount, weight, verdict, candidateArm, reason } = rollout;
  const { text, style } = stateCell(phase);
  const place = `stage ${Math.min(stage + 1, stageCount)} of ${stageCount}, ${percent(weight)}`;
  const calls = candidateArm === null ? '' : `, ${candidateArm.calls.toString()} calls of the candidate`;
  const head = `${clock(look.now)}  ${visible(model)} rollout ${id.toString()}  `;
  const tail = `, ${place}${calls}, ${visible(verdict)}${reason === '' ? '' : `: ${visible(reason)}`}`;
  return `${head}${paint(visible(text), style, look.colour)}${tail}`;
}
