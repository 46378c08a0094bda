/** Whether one feature is distributed as it was, or as it is beside: the tests of a drift report. Pure. */
import type { FeatureSketch, SketchTotals } from '../domain/sketch.ts';
import { jensenShannon, psiTest } from '../stats/drift.ts';
import { ksTest } from '../stats/kolmogorov-smirnov.ts';
import { holm } from '../stats/multiple.ts';
import { binFeature, bucketShares } from './drift-bins.ts';
import type { Bins } from './drift-bins.ts';

export interface DriftTest {
  readonly verdict: 'ok' | 'drift' | 'insufficient';
  readonly samples: number;
  readonly otherSamples: number;
  readonly psi: number;
  readonly psiExpected: number;
  readonly jensenShannon: number;
  /** Of numbers; 0 of labels. */
  readonly ks: number;
  /** After Holm over all features. */
  readonly pValue: number;
}

/** Units of each side below which nothing is said. */
const MIN_UNITS = 50;
/** Chance of a false alarm in a report, as far as its inputs are independent. */
const ALARM_P = 0.001;
/** With many samples a trifle is significant: only what also moved this far beyond what chance does is drift. */
const ALARM_EXCESS = 0.1;

type Tested = Omit<DriftTest, 'verdict'> & { readonly excess: number };

/** By feature; those that only one side has are left out. */
export function testFeatures(sides: {
  reference: SketchTotals;
  current: SketchTotals;
}): ReadonlyMap<string, DriftTest> {
  const tested = Object.entries(sides.current).flatMap(([feature, current]) => {
    const reference = Object.hasOwn(sides.reference, feature) ? sides.reference[feature] : undefined;
    const test = reference === undefined ? undefined : testFeature({ reference, current });
    return test === undefined ? [] : [[feature, test] as const];
  });
  const enough = tested.filter(([, test]) => isEnough(test));
  const adjusted = new Map(holm(enough.map(([, { pValue }]) => pValue)).map((p, at) => [enough[at]?.[0] ?? '', p]));
  return new Map(tested.map(([feature, test]) => [feature, decide(test, adjusted.get(feature))]));
}

/** @param adjusted undefined where there is too little of it. */
function decide({ excess, ...test }: Tested, adjusted: number | undefined): DriftTest {
  if (adjusted === undefined) return { ...test, verdict: 'insufficient' };
  const verdict = adjusted < ALARM_P && excess > ALARM_EXCESS ? 'drift' : 'ok';
  return { ...test, pValue: adjusted, verdict };
}

function isEnough({ samples, otherSamples }: Tested): boolean {
  return Math.min(samples, otherSamples) >= MIN_UNITS;
}

function testFeature({ reference, current }: { reference: FeatureSketch; current: FeatureSketch }): Tested | undefined {
  const bins = binFeature({ reference, current });
  if (bins === undefined) return undefined;
  const isNumeric = reference.kind === 'numeric' && current.kind === 'numeric';
  const units = { samples: current.units, otherSamples: reference.units };
  const ks = isNumeric ? distanceOf(bucketShares({ reference, current })) : 0;
  const psi = psiTest(bins);
  if (psi.kind === 'undefined') {
    return { ...units, psi: 0, psiExpected: 0, excess: 0, jensenShannon: 0, ks, pValue: 1 };
  }
  return {
    ...units,
    psi: psi.psi,
    psiExpected: psi.expected,
    excess: psi.excess,
    jensenShannon: jensenShannon(bins),
    ks,
    pValue: psi.pValue,
  };
}

/** Kolmogorov and Smirnov's, which describes: the p-value is that of PSI. 0 where a side is empty. */
function distanceOf(shares: Bins): number {
  const test = ksTest(shares);
  return test.kind === 'tested' ? test.distance : 0;
}
