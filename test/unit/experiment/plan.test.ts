/** Plans are completed, sized, and refused with words. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { planExperiment } from '../../../src/experiment/plan.ts';
import { METRIC, plan, wanted } from './plans.ts';

suite('a plan', () => {
  test('has its defaults filled in', () => {
    assert.deepEqual(plan(), {
      name: 'colours',
      model: 'iris',
      hypothesis: '',
      arms: [
        { name: 'control', version: '1', share: 5000 },
        { name: 'treatment', version: '2', share: 5000 },
      ],
      trafficShare: 10_000,
      layer: 'default',
      metrics: [{ ...METRIC, direction: 'increase', role: 'primary' }],
      alpha: 0.05,
      power: 0.8,
      plannedUnits: 0,
    });
  });

  test('is sized by the first primary metric that says what matters', () => {
    const metrics = [
      { ...METRIC, name: 'other', role: 'secondary', minimumEffect: 0.001, baseline: 0.5 },
      // Reference: 1,093.74 units an arm from .20 to .25 at alpha .05 and power .8.
      { ...METRIC, minimumEffect: 0.05, baseline: 0.2 },
    ];
    assert.equal(plan({ metrics }).plannedUnits, 1094);
    const spend = { ...METRIC, name: 'spend', kind: 'mean', minimumEffect: 1, standardDeviation: 10 };
    // 2 (z(.975) + z(.8))² σ²/δ² = 1,569.8.
    assert.equal(plan({ metrics: [spend] }).plannedUnits, 1570);
    assert.equal(plan({ metrics: [{ ...spend, standardDeviation: 0 }] }).plannedUnits, 0);
    assert.equal(plan({ metrics: [{ ...METRIC, minimumEffect: 0.9, baseline: 0.2 }] }).plannedUnits, 0);
  });

  const arms = wanted().arms;
  const refusals: readonly (readonly [string, Parameters<typeof wanted>[0], RegExp])[] = [
    ['without a name', { name: '' }, /name is ""/],
    ['with a name too long for its arms', { name: 'n'.repeat(64) }, /63 at most/],
    ['with one arm', { arms: arms.slice(1) }, /there are 1 arms; give 2 to 16/],
    ['with an arm twice', { arms: [...arms, ...arms] }, /"control" is there twice/],
    ['with shares that do not sum', { arms: arms.map((arm) => ({ ...arm, share: 4000 })) }, /sum to 8000/],
    ['with more than all the traffic', { trafficShare: 10_001 }, /traffic_share is 10001/],
    ['without a metric', { metrics: [] }, /there are 0 metrics/],
    ['with an unknown kind', { metrics: [{ ...METRIC, kind: 'median' }] }, /metrics\[0\].kind is "median"/],
    ['with a share above 1', { metrics: [{ ...METRIC, baseline: 1.5 }] }, /baseline is 1.5; give a share/],
    ['with a negative effect', { metrics: [{ ...METRIC, minimumEffect: -1 }] }, /minimum_effect is -1/],
    ['with a hopeless alpha', { alpha: 0.9 }, /alpha is 0.9/],
    ['with a power below alpha', { alpha: 0.2, power: 0.1 }, /power is 0.1/],
  ];
  for (const [what, over, message] of refusals) {
    test(`${what} is refused`, () => {
      assert.throws(() => planExperiment(wanted(over)), { code: 'invalid_argument', message });
    });
  }
});
