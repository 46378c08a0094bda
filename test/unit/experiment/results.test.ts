/** What is found of sums that are known. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { UnitSums } from '../../../src/domain/experiment.ts';
import { conclude } from '../../../src/experiment/conclusion.ts';
import { metricResults } from '../../../src/experiment/results.ts';
import type { MetricSums } from '../../../src/experiment/results.ts';
import { exposureRatio, reportingRatio } from '../../../src/experiment/sample-ratios.ts';
import { METRIC, plan } from './plans.ts';

/** Of units with one outcome each. */
function proportion(arm: string, successes: number, units: number): UnitSums {
  const sums = { y: successes, d: units, yy: successes, dd: units, yd: successes, m: successes, mm: successes };
  return { arm, units, outcomes: units, ...sums, repeated: 0 };
}

function found(...sums: readonly UnitSums[]): ReadonlyMap<string, MetricSums> {
  return new Map([['conversion', { sums, quantiles: new Map() }]]);
}

const FINE = { verdict: 'ok', pValue: 1, sequentialPValue: 1, summary: '' } as const;

function sentence(sums: ReadonlyMap<string, MetricSums>, of = plan()): string {
  return conclude({ plan: of, metrics: metricResults(of, sums), exposures: FINE, reporting: FINE });
}

const PARTS = 20;
const ARM = { arm: '', share: 5000, slots: evenly(5000), calls: evenly(0), reported: evenly(0) };

function evenly(total: number): readonly number[] {
  return Array.from({ length: PARTS }, (_, part) => Math.floor((total + part) / PARTS));
}

suite('results', () => {
  test('of two proportions are those of the textbook', () => {
    const [metric] = metricResults(plan(), found(proportion('control', 12, 99), proportion('treatment', 5, 83)));
    const [comparison] = metric?.comparisons ?? [];
    // statsmodels' documentation, and the reference's V7: p = 0.1591812918, pooled.
    assert.equal(comparison?.fixedPValue.toFixed(8), '0.15918129');
    assert.equal(comparison.difference.toFixed(10), (5 / 83 - 12 / 99).toFixed(10));
    assert.equal(comparison.verdict, 'undecided');
  });

  test('of units that repeat take the mean of each as one observation', () => {
    const sums = [
      { ...proportion('control', 10, 100), repeated: 3 },
      { ...proportion('treatment', 30, 100), repeated: 0 },
    ];
    const [metric] = metricResults(plan(), found(...sums));
    const [a, b] = metric?.arms ?? [];
    assert(a);
    assert(b);
    const [comparison] = metric?.comparisons ?? [];
    const t = (b.mean - a.mean) / Math.sqrt(a.variance / 100 + b.variance / 100);
    assert(comparison && Math.abs(comparison.fixedPValue - 0.0004) < 0.0002, `Welch's p of t = ${t}`);
  });

  test('without units, or without variance, are undecided and finite where shown', () => {
    for (const sums of [found(), found(proportion('control', 0, 50), proportion('treatment', 0, 50))]) {
      const [comparison] = metricResults(plan(), sums)[0]?.comparisons ?? [];
      assert(comparison);
      assert.deepEqual([comparison.verdict, comparison.anytimePValue, comparison.fixedPValue], ['undecided', 1, 1]);
    }
  });

  test('are adjusted over all metrics of a role, and not by those of another', () => {
    const names = ['conversion', 'b', 'c'];
    const metrics = [...names.map((name) => ({ ...METRIC, name })), { ...METRIC, name: 'd', role: 'guardrail' }];
    const own = plan({ metrics });
    const sums = [proportion('control', 500, 5000), proportion('treatment', 660, 5000)];
    const of = new Map([...names, 'd'].map((name) => [name, { sums, quantiles: new Map() }]));
    const results = metricResults(own, of);
    const raw = results[0]?.comparisons[0]?.anytimePValue ?? NaN;
    const adjusted = results.map(({ comparisons }) => comparisons[0]?.adjustedPValue ?? NaN);
    assert(raw > 0 && raw < 0.05);
    assert.deepEqual(
      adjusted,
      [3 * raw, 3 * raw, 3 * raw, raw].map((p) => Math.min(1, p)),
    );
  });
});

suite('the conclusion', () => {
  test('says which arm is better, by how much and how sure', () => {
    const text = sentence(found(proportion('control', 500, 5000), proportion('treatment', 700, 5000)));
    assert.match(text, /^"treatment" beats "control": conversion \+0\.04 \(\+40\.0 %/);
  });

  test('says so where less is better and there is more', () => {
    const own = plan({ metrics: [{ ...METRIC, direction: 'decrease' }] });
    assert.match(
      sentence(found(proportion('control', 500, 5000), proportion('treatment', 700, 5000)), own),
      /is worse/,
    );
  });

  test('says that a guardrail is harmed before anything else', () => {
    const own = plan({ metrics: [{ ...METRIC, role: 'guardrail' }] });
    assert.match(
      sentence(found(proportion('control', 700, 5000), proportion('treatment', 500, 5000)), own),
      /^Stop "tr/,
    );
  });

  test('says how far it is while nothing is decided', () => {
    const own = plan({ metrics: [{ ...METRIC, minimumEffect: 0.05, baseline: 0.2 }] });
    const text = sentence(found(proportion('control', 10, 100), proportion('treatment', 11, 120)), own);
    assert.match(text, /^Undecided after 100 units per arm of 1,094 planned/);
  });

  test('is that nothing can be trusted where the arms did not get their shares', () => {
    const exposures = exposureRatio([
      { ...ARM, arm: 'a', calls: evenly(1000) },
      { ...ARM, arm: 'b', calls: evenly(1200) },
    ]);
    // Reference V9: p = 2.00786561e-5.
    assert.equal(exposures.pValue.toPrecision(9), '0.0000200786561');
    assert.equal(exposures.verdict, 'alarm');
    assert.match(conclude({ plan: plan(), metrics: [], exposures, reporting: FINE }), /^Do not trust the results/);
  });
});

suite('outcomes per exposure', () => {
  const arms = (a: number, b: number): Parameters<typeof reportingRatio>[0] => [
    { ...ARM, arm: 'a', calls: evenly(2000), reported: evenly(a) },
    { ...ARM, arm: 'b', calls: evenly(2000), reported: evenly(b) },
  ];
  const cases: readonly (readonly [string, number, number, string])[] = [
    ['all of both arms', 2000, 2000, 'ok'],
    ['2 % of one arm missing', 2000, 1960, 'alarm'],
    ['half of both', 1000, 1013, 'ok'],
    ['none at all', 0, 0, 'insufficient'],
    ['hardly any', 3, 4, 'insufficient'],
    ['one arm only', 2000, 0, 'alarm'],
  ];
  for (const [what, a, b, verdict] of cases) {
    test(`${what}: ${verdict}`, () => {
      assert.equal(reportingRatio(arms(a, b)).verdict, verdict);
    });
  }
});
