/** Whether the arms got what they should: their shares of the calls, and as many outcomes for each call. */
import { chiSquaredUpper } from '../stats/distributions.ts';
import { sampleRatioTest } from '../stats/sample-ratio.ts';
import { sequentialRatioTest } from '../stats/sequential-ratio.ts';

export interface ArmCounts {
  readonly arm: string;
  /** Of the experiment's traffic, in any unit. */
  readonly share: number;
  /** Calls that fell into it. */
  readonly exposures: number;
  /** Predictions with at least one outcome. */
  readonly reported: number;
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

/** Chi-squared of the exposures against the shares; the sequential p-value may be looked at any time. */
export function exposureRatio(arms: readonly ArmCounts[]): SampleRatio {
  const counts = arms.map(({ exposures }) => exposures);
  const weights = arms.map(({ share }) => share);
  const test = sampleRatioTest({ counts, weights });
  const sequentialPValue = sequentialRatioTest({ counts, weights }).pValue;
  if (test.kind === 'undefined' || test.smallestExpected < MIN_EXPECTED) {
    return {
      verdict: 'insufficient',
      pValue: 1,
      sequentialPValue,
      summary: 'too few calls to tell whether the arms got their shares',
    };
  }
  const shown = arms.map(({ arm, exposures }) => `${arm} ${exposures.toLocaleString('en')}`).join(', ');
  const isOff = test.pValue < ALARM;
  const summary = isOff
    ? `the arms did not get their shares of the calls (${shown}; p = ${short(test.pValue)}): find out why before you believe any result`
    : `the arms got their shares of the calls (${shown}; p = ${short(test.pValue)})`;
  return { verdict: isOff ? 'alarm' : 'ok', pValue: test.pValue, sequentialPValue, summary };
}

/**
 * Chi-squared of the table (has an outcome, has none) by arm: outcomes of one arm that get lost on their way, or that are
 * reported more eagerly, look like an effect. Arms - 1 degrees of freedom.
 */
export function reportingRatio(arms: readonly ArmCounts[]): SampleRatio {
  const none = { pValue: 1, sequentialPValue: 1 };
  const exposures = arms.reduce((sum, arm) => sum + arm.exposures, 0);
  const reported = arms.reduce((sum, arm) => sum + Math.min(arm.reported, arm.exposures), 0);
  const rate = exposures === 0 ? 0 : reported / exposures;
  const shown = arms.map(({ arm, ...of }) => `${arm} ${percent(of.reported, of.exposures)}`).join(', ');
  const smallest = Math.min(...arms.map((arm) => arm.exposures)) * Math.min(rate, 1 - rate);
  if (exposures > 0 && reported === exposures) {
    return { ...none, verdict: 'ok', summary: `every prediction of every arm has an outcome (${shown})` };
  }
  if (smallest < MIN_EXPECTED) {
    return {
      ...none,
      verdict: 'insufficient',
      summary: `too few outcomes to tell whether arms report alike (${shown})`,
    };
  }
  const statistic = arms.reduce((sum, arm) => {
    const expected = arm.exposures * rate;
    const miss = Math.min(arm.reported, arm.exposures) - expected;
    return sum + (miss * miss) / expected + (miss * miss) / (arm.exposures - expected);
  }, 0);
  const pValue = chiSquaredUpper({ x: statistic, df: arms.length - 1 });
  const isOff = pValue < ALARM;
  const summary = isOff
    ? `outcomes of one arm are missing more often than of another (${shown} of the predictions have one; p = ${short(pValue)}): what is missing may be what matters`
    : `predictions of all arms have outcomes alike (${shown}; p = ${short(pValue)})`;
  return { pValue, sequentialPValue: 1, verdict: isOff ? 'alarm' : 'ok', summary };
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${((100 * part) / whole).toFixed(1)} %`;
}

function short(p: number): string {
  return String(Number(p.toPrecision(2)));
}
