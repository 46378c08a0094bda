/** Comparisons of shadows as an operator asks for them. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { suite, test } from 'node:test';
import { getComparison } from '../../../src/admin/get-comparison.ts';
import { listExamples } from '../../../src/admin/list-examples.ts';
import type { ShadowQuery } from '../../../src/admin/shadow-pairs.ts';
import type { ComparisonTotals } from '../../../src/domain/comparison.ts';
import { examplesToJson } from '../../../src/monitor/comparison-codec.ts';
import { emptyComparison } from '../../../src/monitor/comparison-totals.ts';
import { formatComparison, formatExample } from '../../../src/transport/codec/admin/shadow-codec.ts';
import type { LongCall } from '../../../src/transport/long-call.ts';
import { shadowService } from '../../../src/transport/services/admin/shadow-service.ts';
import { openScene } from '../../support/admin-scene.ts';
import type { Scene } from '../../support/admin-scene.ts';
import { settings } from '../../support/builders.ts';
import { FakeEvidence } from '../../support/fake-evidence.ts';
import { policy, send } from '../../support/traffic.ts';

function query(over: Partial<ShadowQuery> = {}): ShadowQuery {
  return { model: 'iris', shadow: '', live: '', ...over };
}

function totals(over: Partial<ComparisonTotals> = {}): ComparisonTotals {
  return { ...emptyComparison(1000), ...over };
}

async function openBench(shadows: readonly string[] = []) {
  const scene = await openScene();
  for (const version of ['1', '2', '3', '4']) await scene.register(version);
  if (shadows.length > 0) await putShadows(scene, shadows);
  const evidence = new FakeEvidence();
  const context = { ...scene.context, evidence };
  return { scene, evidence, context, [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose]() };
}

async function putShadows(scene: Scene, shadows: readonly string[]): Promise<void> {
  const wanted = shadows.map((version) => ({ version, share: 10_000 }));
  await send(scene, policy({ '1': 10_000 }, { shadows: wanted }));
}

suite('getComparison', () => {
  test('adds up what all serve processes compared, with bounds', async () => {
    await using bench = await openBench();
    bench.evidence.put('comparison', '1/2', totals({ pairs: 60, disagreed: 6, since: 2000 }));
    bench.evidence.put('comparison', '1/2', totals({ pairs: 40, disagreed: 4, since: 1500 }), 'b');
    const { disagreementLower, disagreementUpper, latency, ...view } = await getComparison(bench.context, query());
    assert.deepEqual(view, {
      model: 'iris',
      live: '1',
      shadow: '2',
      totals: totals({ pairs: 100, disagreed: 10, since: 1500 }),
      disagreement: 0.1,
    });
    assert.ok(
      disagreementLower > 0.01 && disagreementLower < 0.1 && disagreementUpper > 0.1 && disagreementUpper < 0.4,
    );
    assert.deepEqual([latency?.pairs, latency?.meanDifferenceMs], [100, 0]);
  });

  test('before the first pair the share may be anything, and nothing is said about time', async () => {
    await using bench = await openBench();
    bench.evidence.put('comparison', '1/2', totals({ shadowErrors: { internal: 3 } }));
    const { disagreement, disagreementLower, disagreementUpper, latency } = await getComparison(bench.context, query());
    assert.deepEqual([disagreement, disagreementLower, disagreementUpper, latency], [0, 0, 1, undefined]);
  });

  test('run times are compared in pairs', async () => {
    await using bench = await openBench();
    // Differences of 1 and 3 ms, 50 times each.
    const times = { liveMs: 500, shadowMs: 700, differenceMs: 200, differenceMsSquared: 500, shadowSlower: 100 };
    bench.evidence.put('comparison', '1/2', totals({ pairs: 100, ...times }));
    const { latency } = await getComparison(bench.context, query());
    assert.ok(latency !== undefined);
    const { lowerMs, upperMs, ...means } = latency;
    const found = { pairs: 100, liveMeanMs: 5, shadowMeanMs: 7, meanDifferenceMs: 2, shadowSlowerShare: 1 };
    assert.deepEqual(means, found);
    const half = upperMs - 2;
    assert.ok(Math.abs(2 - lowerMs - half) < 1e-12);
    // Wider than the 1.96 standard errors of a single look, which are 0.197.
    assert.ok(half > 0.197 && half < 1, String(half));
  });

  test('the shadow is the one of the policy, else the last; the live version the one that was compared most', async () => {
    for (const [shadows, found] of [
      [['4', '2'], '3/2'],
      [[], '1/3'],
    ] as const) {
      await using bench = await openBench(shadows);
      bench.evidence.put('comparison', '1/2', totals({ pairs: 5, since: 1000 }));
      bench.evidence.put('comparison', '3/2', totals({ pairs: 7, since: 2000 }));
      bench.evidence.put('comparison', '1/3', totals({ pairs: 1, since: 3000 }));
      const { live, shadow } = await getComparison(bench.context, query());
      assert.equal(`${live}/${shadow}`, found);
      const named = await getComparison(bench.context, query({ shadow: '2', live: '1' }));
      assert.equal(named.totals.pairs, 5);
    }
  });

  test('where nothing was compared it says what there is', async () => {
    await using bench = await openBench();
    await assert.rejects(getComparison(bench.context, query({ model: 'none' })), { code: 'not_found' });
    await assert.rejects(getComparison(bench.context, query()), {
      code: 'not_found',
      message:
        'no answers of model "iris" were compared for this question; give it a shadow with SetTraffic and send it calls',
    });
    bench.evidence.put('comparison', '1/2', totals({ pairs: 1 }));
    await assert.rejects(getComparison(bench.context, query({ shadow: '3' })), {
      message: 'no answers of model "iris" were compared for this question; there are (live/shadow) 1/2',
    });
  });

  test('what a process of another release wrote is left out', async () => {
    await using bench = await openBench();
    bench.evidence.put('comparison', '1/2', totals({ pairs: 2 }));
    bench.evidence.put('comparison', '1/2', { pairs: 'many' }, 'b');
    assert.equal((await getComparison(bench.context, query())).totals.pairs, 2);
  });
});

suite('listExamples', () => {
  const example = (at: number, score: number) => ({
    at,
    score,
    output: 'y',
    inputs: '{"x":1}',
    live: '{"y":1}',
    shadow: '{"y":2}',
    summary: 'far apart',
  });

  test('the worst of all processes', async () => {
    await using bench = await openBench();
    bench.evidence.put('comparison', '1/2', totals({ pairs: 9, disagreed: 3 }));
    bench.evidence.put('examples', '1/2', examplesToJson([example(1, Infinity), example(2, 3)]));
    bench.evidence.put('examples', '1/2', examplesToJson([example(3, 5)]), 'b');
    bench.evidence.put('examples', '1/3', examplesToJson([example(4, 9)]));
    assert.deepEqual(await listExamples(bench.context, query()), {
      note: '',
      examples: [example(1, Infinity), example(3, 5), example(2, 3)],
    });
  });

  test('where there are none it says why', async () => {
    await using bench = await openBench();
    bench.evidence.put('comparison', '1/2', totals({ pairs: 9 }));
    assert.deepEqual(await listExamples(bench.context, query()), { note: 'all 9 pairs agree', examples: [] });
    const settingsOf = () => settings({ shadow: { tolerances: {}, private: true } });
    const note = 'the config of model "iris" says that its values are private';
    assert.deepEqual(await listExamples({ ...bench.context, settingsOf }, query()), { note, examples: [] });
  });
});

suite('the Shadows service', () => {
  test('a watch tells of new pairs, and of nothing that stayed the same', async () => {
    await using bench = await openBench();
    bench.evidence.put('comparison', '1/2', totals({ pairs: 1 }));
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const service = shadowService(bench.context, turn);
    const replies = new EventEmitter();
    const sent: unknown[] = [];
    const controller = new AbortController();
    const call = { signal: controller.signal } as LongCall;
    const watching = service.watchComparison(query(), call, ({ pairs }) => {
      sent.push(pairs);
      replies.emit('reply');
      return Promise.resolve();
    });
    await once(replies, 'reply');
    bench.evidence.put('examples', '1/2', {});
    bench.evidence.put('comparison', '1/2', totals({ pairs: 0 }), 'c');
    await turn();
    bench.evidence.put('comparison', '1/2', totals({ pairs: 2 }), 'b');
    await once(replies, 'reply');
    assert.deepEqual([sent, bench.evidence.listeners], [[1, 3], 1]);
    controller.abort();
    await assert.rejects(Promise.resolve(watching), { name: 'AbortError' });
    assert.equal(bench.evidence.listeners, 0);
  });

  test('shows what there is on the wire', async () => {
    await using bench = await openBench();
    const output = {
      kind: 'scores' as const,
      pairs: 2,
      disagreed: 1,
      elements: 4,
      elementsBeyond: 1,
      maxAbsolute: 3,
      sumAbsolute: 4,
      maxRelative: 1,
      sumRelative: 2,
      rows: 2,
      argmaxAgreed: 1,
      topKOverlapSum: 1.5,
      topK: 2,
      equalElements: 1,
      shapeDifferences: 0,
      nanDifferences: 0,
      tolerance: { absolute: 0.5, relative: 0.25 },
    };
    const skipped = { dropped: 2, live_failed: 0, too_large: 0, over_budget: 1 };
    bench.evidence.put('comparison', '1/2', totals({ pairs: 1, outputs: { y: output }, skipped }));
    const wire = formatComparison(await getComparison(bench.context, query()));
    const { sumAbsolute, sumRelative, topKOverlapSum, tolerance, ...counts } = output;
    assert.deepEqual([sumAbsolute, sumRelative, topKOverlapSum, tolerance.absolute], [4, 2, 1.5, 0.5]);
    assert.deepEqual(wire.outputs, [
      {
        ...counts,
        output: 'y',
        meanAbsolute: 1,
        meanRelative: 0.5,
        topKOverlap: 0.75,
        absoluteTolerance: 0.5,
        relativeTolerance: 0.25,
      },
    ]);
    assert.deepEqual(
      [wire.since, wire.latency, wire.skipped],
      [{ seconds: 1, nanos: 0 }, null, { dropped: 2, over_budget: 1 }],
    );
    const example = { at: 1500, score: Infinity, output: 'y', inputs: 'i', live: 'l', shadow: 's', summary: '' };
    assert.deepEqual(formatExample(example), {
      at: { seconds: 1, nanos: 500_000_000 },
      score: Infinity,
      output: 'y',
      inputsJson: 'i',
      liveJson: 'l',
      shadowJson: 's',
      summary: '',
    });
  });
});
