/** States as cells: coloured by whether a person has to look, with a bar of how far they are. */
import { steps } from './bar.ts';
import type { Look, Style } from './ansi.ts';
import type { Cell } from './table.ts';

const STYLES: Readonly<Record<string, Style>> = {
  QUALIFIED: 'green',
  READY: 'green',
  approved: 'green',
  healthy: 'green',
  pass: 'green',
  promoted: 'green',
  ok: 'green',
  none: 'green',
  better: 'green',
  concluded: 'green',
  REJECTED: 'red',
  FAILED: 'red',
  rejected: 'red',
  unhealthy: 'red',
  fail: 'red',
  aborted: 'red',
  alarm: 'red',
  drift: 'red',
  world: 'red',
  model: 'red',
  both: 'red',
  worse: 'red',
  DELETED: 'dim',
  UNLOADED: 'dim',
  stale: 'dim',
  superseded: 'dim',
  overridden: 'dim',
  planned: 'dim',
  stopped: 'dim',
};

/** What is under way, or waits for somebody. */
const UNDER_WAY: Style = 'yellow';

const QUALIFICATION = ['UPLOADED', 'QUALIFYING', 'QUALIFIED'];
const LOADING = ['FETCHING', 'QUALIFYING', 'LOADING', 'WARMING', 'READY'];

export function stateCell(state: string): Exclude<Cell, string> {
  return { text: state, style: STYLES[state] ?? UNDER_WAY };
}

/** A version in the registry; one that was refused has no bar. */
export function qualificationCell(state: string, look: Look): Exclude<Cell, string> {
  return withSteps(QUALIFICATION, state, look);
}

/** A version on a serve process. */
export function loadingCell(state: string, look: Look): Exclude<Cell, string> {
  return withSteps(LOADING, state, look);
}

function withSteps(names: readonly string[], state: string, look: Look): Exclude<Cell, string> {
  const cell = stateCell(state);
  return look.bars && names.includes(state) ? { ...cell, text: `${steps(names, state)} ${state}` } : cell;
}
