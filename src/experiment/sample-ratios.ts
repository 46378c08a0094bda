/** Whether the arms got what they should: their shares of the calls, and as many outcomes for each call. */
import { sampleRatioTest } from '../stats/sample-ratio.ts';
import { sequentialRatioTest } from '../stats/sequential-ratio.ts';
import { chiSquaredUpper } from '../stats/special.ts';
import { dispersionOfCalls, dispersionOfReports } from './dispersion.ts';

/** Of one arm; counts by part of the slots, see SLOT_PARTS. */
export interface ArmCounts {
  readonly arm: string;
  /** Of the experiment's traffic, in any unit. */
  readonly share: number;
  readonly slots: readonly number[];
  /** That fell into it. */
  readonly calls: readonly number[];
  /** Predictions with at least one outcome. */
  readonly reported: readonly number[];
}

export interface SampleRatio {
  readonly verdict: 'ok' | 'alarm' | 'insufficient';
  readonly pValue: number;
  readonly sequentialPValue: number;
  readonly summary: string;
}

/** The usual threshold of alarms: a mismatch makes all results worthless, and chance rarely makes one. */
const ALARM = 0.001;
/** A cell that is expected to hold fewer makes chi-squared rough. */
const MIN_EXPECTED = 5;

/**
 * Chi-squared of the calls against the shares, arms - 1 degrees of freedom; the sequential p-value may be looked at any
 * time. Where callers call repeatedly, both are of the counts divided by their dispersion.
 */
export function exposureRatio(arms: readonly ArmCounts[]): SampleRatio {
  const calls = arms.map((arm) => sumOf(arm.calls));
  const dispersion = dispersionOfCalls(arms);
  const counts = calls.map((count) => count / dispersion);
  const weights = arms.map(({ share }) => share);
  const test = sampleRatioTest({ counts, weights });
  const sequentialPValue = sequentialRatioTest({ counts, weights }).pValue;
  if (test.kind === 'undefined' || test.smallestExpected < MIN_EXPECTED) {
    const summary = 'too few calls to tell whether the arms got their shares';
    return { verdict: 'insufficient', pValue: 1, sequentialPValue, summary };
  }
  const { pValue } = test;
  const shown = arms.map(({ arm }, at) => `${arm} ${(calls[at] ?? 0).toLocaleString('en')}`).join(', ');
  const seen = `(${shown}; p = ${short(pValue)}${repeated(dispersion)})`;
  const isOff = pValue < ALARM;
  const summary = isOff
    ? `the arms did not get their shares of the calls ${seen}: find out why before you believe any result`
    : `the arms got their shares of the calls ${seen}`;
  return { verdict: isOff ? 'alarm' : 'ok', pValue, sequentialPValue, summary };
}

/**
 * Chi-squared of the table (has an outcome, has none) by arm: outcomes of one arm that get lost on their way, or that
 * are reported more eagerly, look like an effect. Arms - 1 degrees of freedom; over the dispersion, as above.
 */
export function reportingRatio(arms: readonly ArmCounts[]): SampleRatio {
  const none = { pValue: 1, sequentialPValue: 1 };
  // The last calls may be told of after their outcomes.
  const table = arms.map(({ arm, calls, reported }) => {
    const all = sumOf(calls);
    return { arm, all, reported: Math.min(sumOf(reported), all) };
  });
  const all = sumOf(table.map((row) => row.all));
  const reported = sumOf(table.map((row) => row.reported));
  const shown = table.map((row) => `${row.arm} ${percent(row.reported, row.all)}`).join(', ');
  if (all > 0 && reported === all) {
    return { ...none, verdict: 'ok', summary: `every prediction of every arm has an outcome (${shown})` };
  }
  const dispersion = dispersionOfReports(arms);
  const rate = all === 0 ? 0 : reported / all;
  const smallest = (Math.min(...table.map((row) => row.all)) * Math.min(rate, 1 - rate)) / dispersion;
  if (smallest < MIN_EXPECTED) {
    const summary = `too few outcomes to tell whether arms report alike (${shown})`;
    return { ...none, verdict: 'insufficient', summary };
  }
  const statistic = table.reduce((sum, row) => {
    const miss = row.reported - row.all * rate;
    return sum + (miss * miss) / (row.all * rate * (1 - rate) * dispersion);
  }, 0);
  const pValue = chiSquaredUpper({ x: statistic, df: arms.length - 1 });
  const seen = `p = ${short(pValue)}${repeated(dispersion)}`;
  const isOff = pValue < ALARM;
  const summary = isOff
    ? `outcomes of one arm are missing more often than of another (${shown} of the predictions have one; ${seen}): what is missing may be what matters`
    : `predictions of all arms have outcomes alike (${shown}; ${seen})`;
  return { pValue, sequentialPValue: 1, verdict: isOff ? 'alarm' : 'ok', summary };
}

function repeated(dispersion: number): string {
  return dispersion === 1 ? '' : `, ${dispersion.toFixed(1)} calls counted as one since callers repeat`;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${((100 * part) / whole).toFixed(1)} %`;
}

function short(p: number): string {
  return String(Number(p.toPrecision(2)));
}
