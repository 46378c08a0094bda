/** A shadow as an operator sees it: what it disagrees about is what the two versions, asked by name, disagree about. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { AdminClient } from '../support/admin-client.ts';
import { SluiceClient } from '../support/client.ts';
import type { PredictReplyMessage } from '../support/client.ts';
import { MODELS, Sluice } from '../support/sluice.ts';

/** Far enough that the linear model and the forest agree about some flowers and not about others. */
const TOLERANCE = 0.2;
const CALLS = 120;
/** So that no copy has to be left uncompared for want of time. */
const PACE_MS = 30;
const WAIT_MS = 30_000;

interface Comparison {
  readonly live: string;
  readonly shadow: string;
  readonly pairs: number;
  readonly disagreed: number;
  readonly disagreement: number;
  readonly disagreementLower: number;
  readonly disagreementUpper: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly shadowErrors: Readonly<Record<string, number>>;
  readonly outputs: readonly {
    readonly output: string;
    readonly kind: string;
    readonly argmaxAgreed: number;
    readonly maxAbsolute: number;
  }[];
  readonly noisePairs: number;
  readonly noiseDisagreed: number;
  readonly latency: { readonly pairs: number; readonly lowerMs: number; readonly upperMs: number };
}

interface Examples {
  readonly note: string;
  readonly examples: readonly {
    readonly score: number;
    readonly output: string;
    readonly inputsJson: string;
    readonly shadowJson: string;
  }[];
}

interface DriftReport {
  readonly version: string;
  readonly against: string;
  readonly samples: number;
  readonly referenceSamples: number;
  readonly verdict: string;
  readonly features: readonly {
    readonly feature: string;
    readonly kind: string;
    readonly reference: { readonly samples: number };
  }[];
}

/** Measurements of a flower, between those that there are. */
function flower(at: number): readonly number[] {
  const part = (step: number, from: number, to: number): number => from + ((at * step) % 97) * ((to - from) / 97);
  return [part(1, 4.5, 7.5), part(5, 2.2, 4), part(7, 1.2, 6.5), part(11, 0.2, 2.4)].map(Math.fround);
}

const request = (at: number, version = '') => ({
  model: 'iris',
  version,
  inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 4], floats: flower(at) }],
});

interface Answer {
  readonly label: number;
  readonly probabilities: readonly number[];
}

function answerOf({ outputs }: PredictReplyMessage): Answer {
  const of = (name: string) => outputs.find((output) => output.name === name);
  return { label: of('label')?.int64s[0] ?? NaN, probabilities: of('probabilities')?.floats ?? [] };
}

/** What the server should find out about the two answers. */
function compare(
  live: Answer,
  shadow: Answer,
): { readonly disagreed: boolean; readonly agreed: boolean; readonly score: number } {
  const apart = live.probabilities.map((score, at) => Math.abs(score - (shadow.probabilities[at] ?? NaN)));
  const best = ({ probabilities }: Answer): number => probabilities.indexOf(Math.max(...probabilities));
  const largest = Math.max(...apart);
  const agreed = best(live) === best(shadow);
  const labels = live.label !== shadow.label;
  const score = Math.max(largest / TOLERANCE, labels ? 1 : 0);
  return { disagreed: labels || !agreed || largest > TOLERANCE, agreed, score };
}

/** Reports are on their way for a while. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + WAIT_MS; ;) {
    try {
      return await attempt();
    } catch (caught) {
      if (Date.now() > deadline) throw caught;
      await pause(100);
    }
  }
}

suite('a shadow', () => {
  let modelsDir = '';
  let server: Sluice;
  let admin: AdminClient;
  let client: SluiceClient;

  before(async () => {
    modelsDir = await mkdtemp(join(tmpdir(), 'sluice-models-'));
    await cp(join(MODELS, 'iris'), join(modelsDir, 'iris'), { recursive: true });
    const tolerances = { probabilities: { absolute: TOLERANCE, relative: 0 } };
    await writeFile(join(modelsDir, 'iris', 'config.json'), JSON.stringify({ shadow: { tolerances } }));
    server = await Sluice.start({ modelsDir });
    admin = new AdminClient(server.adminAddress);
    client = new SluiceClient(server.predictAddress);
    const policy = { arms: [{ version: '1', weight: 10_000 }], shadows: [{ version: '2', share: 10_000 }] };
    const order = { model: 'iris', policy, waitMs: WAIT_MS };
    const { applied } = await admin.call<{ applied: boolean }>('Traffic', 'SetTraffic', order);
    assert.equal(applied, true);
  });

  after(async () => {
    admin.close();
    client.close();
    await server.stop();
    await rm(modelsDir, { recursive: true });
  });

  test('disagrees exactly where the two versions do', async () => {
    const offline: (ReturnType<typeof compare> & { readonly at: number })[] = [];
    for (let at = 0; at < CALLS; at += 1) {
      const answered = await client.predict(request(at));
      assert.equal(answered.version, '1');
      const named = await Promise.all(['1', '2'].map((version) => client.predict(request(at, version))));
      const [live, shadow] = named.map(answerOf);
      assert(live !== undefined && shadow !== undefined);
      assert.deepEqual(answerOf(answered), live);
      offline.push({ ...compare(live, shadow), at });
      await pause(PACE_MS);
    }
    const comparison = await eventually(async () => {
      const found = await admin.call<Comparison>('Shadows', 'GetComparison', { model: 'iris' });
      const skipped = Object.values(found.skipped).reduce((sum, count) => sum + count, 0);
      assert.equal(found.pairs + skipped, CALLS);
      return found;
    });
    const { live, shadow, pairs, disagreed, skipped, shadowErrors, noiseDisagreed } = comparison;
    const disagreements = offline.filter((pair) => pair.disagreed).length;
    assert.ok(disagreements > 0 && disagreements < CALLS, String(disagreements));
    assert.deepEqual(
      { live, shadow, pairs, disagreed, skipped, shadowErrors, noiseDisagreed },
      {
        live: '1',
        shadow: '2',
        pairs: CALLS,
        disagreed: disagreements,
        skipped: {},
        shadowErrors: {},
        noiseDisagreed: 0,
      },
    );
    const share = disagreements / CALLS;
    assert.equal(comparison.disagreement, share);
    assert.ok(comparison.disagreementLower < share && share < comparison.disagreementUpper);
    const scores = comparison.outputs.find(({ output }) => output === 'probabilities');
    const largest = Math.max(...offline.map(({ score }) => score));
    assert.deepEqual([scores?.kind, scores?.argmaxAgreed], ['scores', offline.filter(({ agreed }) => agreed).length]);
    assert.equal((scores?.maxAbsolute ?? 0) / TOLERANCE, largest);
    assert.equal(comparison.latency.pairs, CALLS);
    assert.ok(comparison.latency.lowerMs < comparison.latency.upperMs);
    await checkExamples(offline);
  });

  async function checkExamples(offline: readonly { score: number; disagreed: boolean; at: number }[]): Promise<void> {
    const worst = offline
      .filter(({ disagreed }) => disagreed)
      .sort((a, b) => b.score - a.score || a.at - b.at)
      .slice(0, 10);
    await eventually(async () => {
      const { note, examples } = await admin.call<Examples>('Shadows', 'ListExamples', { model: 'iris' });
      assert.equal(note, '');
      const found = examples.map(({ score, output, inputsJson }) => {
        const { X } = JSON.parse(inputsJson) as { X: { values: readonly number[] } };
        return { score, output, inputs: X.values.map(Math.fround) };
      });
      assert.deepEqual(
        found,
        worst.map(({ score, at }) => ({ score, output: 'probabilities', inputs: flower(at) })),
      );
    });
  }

  test('is published as pairs and disagreements of its version', async () => {
    const { pairs, disagreed } = await admin.call<Comparison>('Shadows', 'GetComparison', { model: 'iris' });
    const text = await (await fetch(`http://${server.metricsAddress}/metrics`)).text();
    const valueOf = (name: string): number => {
      const line = text.split('\n').find((found) => found.startsWith(`${name}{`) && found.includes('version="2"'));
      return Number(line?.split(' ')[1]);
    };
    assert.deepEqual(
      [valueOf('sluice_shadow_pairs_total'), valueOf('sluice_shadow_disagreed_total')],
      [pairs, disagreed],
    );
  });

  test('is held against itself too, and both versions against their reference', async () => {
    const { noisePairs } = await admin.call<Comparison>('Shadows', 'GetComparison', { model: 'iris' });
    assert.ok(noisePairs > 0 && noisePairs <= CALLS / 20, String(noisePairs));
    let at = 0;
    await eventually(async () => {
      // A busy process samples less than it is offered.
      await client.predict(request(at++ % CALLS));
      const report = await admin.call<DriftReport>('Drift', 'GetDrift', { model: 'iris' });
      const { version, against, referenceSamples, features } = report;
      assert.deepEqual([version, against, referenceSamples], ['1', '2', 150]);
      assert.deepEqual(
        features.map(({ feature, kind }) => `${kind} ${feature}`),
        [
          ...[0, 1, 2, 3].map((column) => `numeric input X[${String(column)}]`),
          'label output label',
          ...[0, 1, 2].map((column) => `numeric output probabilities[${String(column)}]`),
        ],
      );
      assert.ok(report.samples >= 50, String(report.samples));
      // These flowers are spread evenly over all measurements, which flowers are not.
      assert.match(report.verdict, /^(world|both)$/);
    });
  });
});
