/** Which layout of weights is chosen, by preference and figures. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LayoutFigures } from '../../../src/domain/weights.ts';
import { AUTO_MIN_BYTES, chooseLayout, whyNotMeasured } from '../../../src/runtime/choose-layout.ts';

function figures(...ms: readonly [one: number, some: number, full: number]): LayoutFigures {
  return { loadMs: 1, memoryBytes: 1, runs: [1, 8, 64].map((rows, at) => ({ rows, ms: ms[at] ?? 0 })) };
}

const exported = figures(20, 40, 100);

suite('chooseLayout', () => {
  test('memory takes the shared layout whatever it costs', () => {
    assert.deepEqual(chooseLayout('memory', { exported, shared: figures(40, 80, 300) }), {
      layout: 'shared',
      reason:
        'one copy for all, as the preference for memory says; runs take 2.00x at 1, 2.00x at 8, 3.00x at 64 rows, shared to exported',
    });
  });

  test('throughput takes the faster one in full batches, whatever single rows do', () => {
    assert.equal(chooseLayout('throughput', { exported, shared: figures(10, 20, 100.1) }).layout, 'exported');
    assert.equal(chooseLayout('throughput', { exported, shared: figures(40, 80, 100) }).layout, 'shared');
  });

  test('auto shares as long as no batch size costs more than a quarter more', () => {
    assert.equal(chooseLayout('auto', { exported, shared: figures(25, 50, 125) }).layout, 'shared');
    for (const dear of [figures(25.1, 40, 100), figures(20, 50.1, 100), figures(20, 40, 125.1)]) {
      const { layout, reason } = chooseLayout('auto', { exported, shared: dear });
      assert.equal(layout, 'exported');
      assert.match(reason, /^sharing would cost more than the 1.25x that auto allows; runs take /);
    }
  });

  test('where there is nothing to share nothing is measured, and auto measures from 64 MiB on', () => {
    assert.equal(whyNotMeasured('memory', 0), 'it has no weights that are worth sharing');
    assert.equal(whyNotMeasured('memory', 1), undefined);
    assert.equal(whyNotMeasured('throughput', 1), undefined);
    assert.equal(whyNotMeasured('auto', AUTO_MIN_BYTES), undefined);
    assert.match(whyNotMeasured('auto', AUTO_MIN_BYTES - 1) ?? '', /^67108863 bytes of weights could be shared; auto/);
  });
});
