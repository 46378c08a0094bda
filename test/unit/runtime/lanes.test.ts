/** What all lanes do with a version before it is ready. */
import '../../support/no-telemetry.ts';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LayoutFigures, WeightsLayout } from '../../../src/domain/weights.ts';
import type { QualificationReport } from '../../../src/domain/version.ts';
import { LaneBench } from '../../support/lane-bench.ts';

/** Of a model that fails where it gets more than one row: whether it was given more shows in its being ready. */
async function isReady(over: Partial<QualificationReport>): Promise<boolean> {
  const bench = new LaneBench(1);
  try {
    await bench.load('fixed_shape', {}, { batchRows: 8, ...over });
    return true;
  } catch {
    return false;
  } finally {
    await bench.lanes.close();
  }
}

function measured(layout: WeightsLayout, ofTwo: number): Partial<QualificationReport> {
  const figures: LayoutFigures = { loadMs: 1, memoryBytes: 1, runs: [{ rows: 2, ms: ofTwo }] };
  const quick: LayoutFigures = { ...figures, runs: [{ rows: 2, ms: 1 }] };
  const both = { exported: layout === 'exported' ? figures : quick, shared: layout === 'shared' ? figures : quick };
  return { batchRunMs: 1, weights: { layout, reason: '', sharedBytes: 1, digest: '', ...both } };
}

suite('Lanes', () => {
  test('several rows are run before a version is ready, as long as that takes 50 ms at most', async () => {
    assert.deepEqual([await isReady({ batchRunMs: 50 }), await isReady({ batchRunMs: 51 })], [false, true]);
  });

  test('what they take is what was measured in the layout that was chosen', async () => {
    for (const layout of ['exported', 'shared'] as const) {
      const ready = [await isReady(measured(layout, 50)), await isReady(measured(layout, 51))];
      assert.deepEqual(ready, [false, true], layout);
    }
  });
});
