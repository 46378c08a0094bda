/**
 * Welch's test of two means, absolute and relative: for independent units of any variances, fixed in number
 * beforehand.
 */
import assert from 'node:assert/strict';
import type { DifferenceTest, Moments, Undecided } from './moments.ts';
import { studentQuantile, studentTwoSided } from './special.ts';

interface Arms {
  readonly control: Moments;
  readonly treatment: Moments;
  /** The interval is of 1 - alpha. */
  readonly alpha: number;
}

/**
 * t = (mT - mC)/√(vT/nT + vC/nC) against Student's t with Welch and Satterthwaite's degrees of freedom (Welch 1947).
 *
 * Assumes independent units (one per caller, not one per call) and means that are near normal: some tens of units, more
 * of skewed metrics. Undefined with fewer than two units in an arm, or where neither arm varies.
 */
export function welchTest({ control, treatment, alpha }: Arms): DifferenceTest | Undecided {
  const refusal = refuse({ control, treatment, alpha });
  if (refusal !== undefined) return refusal;
  const variance = treatment.variance / treatment.count + control.variance / control.count;
  return studentTest({
    difference: treatment.mean - control.mean,
    variance,
    degreesOfFreedom: satterthwaite({ control, treatment }),
    alpha,
  });
}

/**
 * The same of the relative difference (mT - mC)/|mC|, a pure number: by the delta method its variance is
 * vT/nT/mC² + vC/nC · mT²/mC⁴, as GrowthBook computes it.
 *
 * Its p-value differs from that of welchTest, since the control's mean is estimated too: decide on the absolute one and
 * report this. Needs a control mean that is well away from zero; undefined where it is 0, and where welchTest is.
 */
export function liftTest({ control, treatment, alpha }: Arms): DifferenceTest | Undecided {
  const refusal = refuse({ control, treatment, alpha });
  if (refusal !== undefined) return refusal;
  if (control.mean === 0) return { kind: 'undefined', reason: 'the mean of the control is 0' };
  const ratio = treatment.mean / control.mean;
  const square = control.mean * control.mean;
  return studentTest({
    difference: (treatment.mean - control.mean) / Math.abs(control.mean),
    variance: (treatment.variance / treatment.count + (control.variance / control.count) * ratio * ratio) / square,
    degreesOfFreedom: satterthwaite({ control, treatment }),
    alpha,
  });
}

function refuse({ control, treatment, alpha }: Arms): Undecided | undefined {
  assert(alpha > 0 && alpha < 1, `alpha is a probability between 0 and 1, not ${alpha}`);
  assert(control.variance >= 0 && treatment.variance >= 0, 'variances are not negative');
  if (control.count < 2) return { kind: 'undefined', reason: `${control.count} units in the control, 2 are needed` };
  if (treatment.count < 2) {
    return { kind: 'undefined', reason: `${treatment.count} units in the treatment, 2 are needed` };
  }
  if (control.variance + treatment.variance > 0) return undefined;
  return { kind: 'undefined', reason: 'all units of an arm have the same value' };
}

/** (a + b)²/(a²/(nT - 1) + b²/(nC - 1)) for a = vT/nT, b = vC/nC; as shares of a + b, so that none overflows. */
function satterthwaite({ control, treatment }: Omit<Arms, 'alpha'>): number {
  const a = treatment.variance / treatment.count;
  const share = a / (a + control.variance / control.count);
  return 1 / (share ** 2 / (treatment.count - 1) + (1 - share) ** 2 / (control.count - 1));
}

function studentTest(found: {
  difference: number;
  variance: number;
  degreesOfFreedom: number;
  alpha: number;
}): DifferenceTest | Undecided {
  const { difference, degreesOfFreedom } = found;
  const standardError = Math.sqrt(found.variance);
  // Of a lift, where all of the treatment is 0: then the other term of its variance is 0 as well.
  if (standardError === 0) return { kind: 'undefined', reason: 'all of the treatment is 0, so its lift has no error' };
  const statistic = difference / standardError;
  // Half of alpha, not 1 - alpha/2: that would round.
  const half = -studentQuantile({ p: found.alpha / 2, df: degreesOfFreedom }) * standardError;
  return {
    kind: 'tested',
    difference,
    standardError,
    statistic,
    degreesOfFreedom,
    pValue: studentTwoSided({ t: statistic, df: degreesOfFreedom }),
    lower: difference - half,
    upper: difference + half,
  };
}
