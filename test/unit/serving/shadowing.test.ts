/** Comparing what a shadow answers with what the caller got, with lanes made of test. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ComparisonTotals } from '../../../src/domain/comparison.ts';
import { ServerError } from '../../../src/domain/errors.ts';
import { comparisonFromJson, examplesFromJson } from '../../../src/monitor/comparison-codec.ts';
import type { ComparisonExample } from '../../../src/monitor/comparison-examples.ts';
import { emptyComparison } from '../../../src/monitor/comparison-totals.ts';
import type { VersionRunner } from '../../../src/runtime/version-runner.ts';
import { mirror } from '../../../src/serving/mirror.ts';
import { report, signature, spec, tensor, tensorSpec } from '../../support/builders.ts';
import { call, shadowedRunnerOf } from '../../support/fake-lane.ts';
import { observers } from '../../support/observers.ts';

const ALL = 10_000;

interface Ran {
  readonly y: readonly number[] | ServerError;
  readonly ms?: number;
}

interface BenchOptions {
  readonly isPrivate?: boolean;
}

/** Version 1 answers callers, version 2 gets all their calls. */
class Bench {
  now = 100;
  wall = 5000;
  readonly observers = observers({ now: () => this.now, wallClock: () => this.wall });
  readonly live: VersionRunner;
  readonly shadow: VersionRunner;
  readonly #target: VersionRunner;

  constructor({ isPrivate = false }: BenchOptions = {}) {
    const shape = signature({ outputs: [tensorSpec('y', 'FP32', ['batch', 1])] });
    const shadowing = { tolerances: { y: { absolute: 0.5, relative: 0 } }, private: isPrivate };
    const versionOf = (version: string): { live: VersionRunner; shadow: VersionRunner } =>
      shadowedRunnerOf({
        report: report({ signature: shape }),
        spec: spec({ version, settings: { shadow: shadowing, maxBatchRows: 1, maxQueueRows: 400 } }),
        now: () => this.now,
      });
    this.live = versionOf('1').live;
    const other = versionOf('2');
    this.#target = other.live;
    this.shadow = other.shadow;
  }

  /** One call with its copy; both wait. */
  send(x: readonly number[] = [1, 2]): void {
    const inputs = [tensor('x', 'FP32', [1, 2], x)];
    const answering = this.live.enqueue(call({ inputs }));
    // The caller's own handler.
    answering.catch(() => undefined);
    const { shadowing } = this.observers;
    mirror(
      [{ runner: this.#target, share: ALL }],
      { inputs, live: this.live, answering },
      { random: () => 0, shadowing },
    );
  }

  /** The next call of this runner runs. */
  run(runner: VersionRunner | undefined, { y, ms = 0 }: Ran): void {
    assert(runner, 'there is such a runner');
    const member = runner.take(1)?.members[0];
    assert(member, 'nothing waits');
    const timings = { queueMs: 0, hopMs: 0, computeMs: ms, batchRows: 1 };
    if (y instanceof ServerError) member.reject(y);
    else member.resolve({ outputs: [tensor('y', 'FP32', [y.length, 1], y)], timings, batch: undefined, run: Symbol() });
    runner.finished(1);
  }

  totals(): ComparisonTotals | undefined {
    const row = this.observers.rows('comparison')['1/2'];
    return row === undefined ? undefined : comparisonFromJson(row);
  }

  examples(): readonly ComparisonExample[] {
    const row = this.observers.rows('examples')['1/2'];
    return row === undefined ? [] : examplesFromJson(row);
  }
}

/** All that can go on has gone on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

suite('a copied call', () => {
  test('is compared once both answers are there, in a later turn, whoever is first', async () => {
    for (const order of [
      ['live', 'shadow'],
      ['shadow', 'live'],
    ] as const) {
      const bench = new Bench();
      bench.send();
      const ran = { live: { y: [1], ms: 2 }, shadow: { y: [1.25], ms: 5 } };
      for (const side of order) bench.run(bench[side], ran[side]);
      await Promise.resolve();
      assert.equal(bench.totals(), undefined);
      await settled();
      const { pairs, disagreed, since, outputs, liveMs, shadowMs, differenceMs, differenceMsSquared, shadowSlower } =
        bench.totals() ?? emptyComparison(0);
      assert.deepEqual(
        { pairs, disagreed, since, liveMs, shadowMs, differenceMs, differenceMsSquared, shadowSlower },
        {
          pairs: 1,
          disagreed: 0,
          since: 5000,
          liveMs: 2,
          shadowMs: 5,
          differenceMs: 3,
          differenceMsSquared: 9,
          shadowSlower: 1,
        },
      );
      assert.equal(outputs.y?.maxAbsolute, 0.25);
    }
  });

  test('counts as a pair of the shadow, and as a disagreement where it is one', async () => {
    const bench = new Bench();
    for (const y of [1, 9]) {
      bench.send();
      bench.run(bench.live, { y: [1] });
      bench.run(bench.shadow, { y: [y] });
    }
    await settled();
    assert.deepEqual([bench.totals()?.pairs, bench.totals()?.disagreed], [2, 1]);
    assert.deepEqual([bench.shadow.stats.pairs, bench.shadow.stats.disagreed], [2, 1]);
    assert.equal(bench.live.stats.pairs, 0);
  });

  test('that either version does not answer is told by why', async () => {
    const bench = new Bench();
    const fault = new ServerError('internal', 'it broke');
    bench.send();
    bench.run(bench.live, { y: fault });
    bench.run(bench.shadow, { y: [1] });
    bench.send();
    bench.run(bench.live, { y: [1] });
    bench.run(bench.shadow, { y: fault });
    bench.send();
    bench.run(bench.live, { y: fault });
    bench.run(bench.shadow, { y: fault });
    bench.send();
    bench.run(bench.live, { y: [1] });
    bench.now += 10_000;
    bench.shadow.sweep();
    await settled();
    assert.deepEqual(bench.totals(), {
      ...emptyComparison(5000),
      shadowErrors: { internal: 1 },
      skipped: { dropped: 1, live_failed: 2, too_large: 0, over_budget: 0 },
    });
  });

  test('of more than 262,144 elements is not compared', async () => {
    const bench = new Bench();
    for (const size of [262_144, 262_145]) {
      bench.send();
      bench.run(bench.live, { y: new Array<number>(size).fill(0) });
      bench.run(bench.shadow, { y: new Array<number>(size).fill(0) });
    }
    await settled();
    assert.deepEqual([bench.totals()?.pairs, bench.totals()?.skipped.too_large], [1, 1]);
  });

  test('waits for its copy with no more than 64 MiB of outputs in all', async () => {
    const bench = new Bench();
    const large = new Array<number>(4 * 2 ** 20).fill(0);
    for (let sent = 0; sent < 5; sent += 1) {
      bench.send();
      bench.run(bench.live, { y: large });
      await settled();
    }
    for (let copy = 0; copy < 5; copy += 1) bench.run(bench.shadow, { y: [0] });
    await settled();
    assert.deepEqual(bench.totals()?.skipped, { dropped: 5, live_failed: 0, too_large: 0, over_budget: 0 });
    bench.send();
    bench.run(bench.live, { y: [1] });
    bench.run(bench.shadow, { y: [1] });
    await settled();
    assert.equal(bench.totals()?.pairs, 1);
  });
});

suite('noise', () => {
  test('one of twenty copied calls runs again on the live version, as a shadow of itself', async () => {
    const bench = new Bench();
    for (let sent = 0; sent < 41; sent += 1) {
      bench.send();
      bench.run(bench.live, { y: [1] });
      bench.run(bench.shadow, { y: [1] });
      if (sent % 20 === 0) bench.run(bench.live.shadow, { y: [sent === 20 ? 9 : 1] });
      await settled();
    }
    const { pairs, disagreed, noise } = bench.totals() ?? emptyComparison(0);
    assert.deepEqual([pairs, disagreed, noise.pairs, noise.disagreed], [41, 0, 3, 1]);
    assert.equal(bench.live.shadow?.waitingRows, 0);
  });

  test('a second run that fails or is dropped says nothing', async () => {
    const bench = new Bench();
    bench.send();
    bench.run(bench.live, { y: [1] });
    bench.run(bench.shadow, { y: [1] });
    bench.run(bench.live.shadow, { y: new ServerError('internal', 'it broke') });
    await settled();
    const { pairs, noise, skipped, shadowErrors } = bench.totals() ?? emptyComparison(0);
    assert.deepEqual([pairs, noise.pairs, skipped.dropped, shadowErrors], [1, 0, 0, {}]);
  });
});

suite('examples', () => {
  test('of pairs that disagree the ten that differ most are kept, with what came in and what went out', async () => {
    const bench = new Bench();
    for (let sent = 0; sent < 12; sent += 1) {
      bench.wall = 6000 + sent;
      bench.send([sent, 0.1]);
      bench.run(bench.live, { y: [1] });
      bench.run(bench.shadow, { y: [1 + sent] });
      await settled();
    }
    assert.deepEqual(
      bench.examples().map(({ at, score }) => [at, score]),
      [11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map((sent) => [6000 + sent, 2 * sent]),
    );
    assert.deepEqual(bench.examples()[0], {
      at: 6011,
      score: 22,
      output: 'y',
      inputs: '{"x":{"shape":[1,2],"datatype":"FP32","values":[11,0.1],"elements":2}}',
      live: '{"y":{"shape":[1,1],"datatype":"FP32","values":[1],"elements":1}}',
      shadow: '{"y":{"shape":[1,1],"datatype":"FP32","values":[12],"elements":1}}',
      summary: 'output "y" differs by up to 11, 22 times the tolerance',
    });
  });

  test('pairs that agree are none', async () => {
    const bench = new Bench();
    bench.send();
    bench.run(bench.live, { y: [1] });
    bench.run(bench.shadow, { y: [1.4] });
    await settled();
    assert.deepEqual([bench.totals()?.pairs, bench.examples()], [1, []]);
  });

  test('a private model gives none', async () => {
    const bench = new Bench({ isPrivate: true });
    bench.send();
    bench.run(bench.live, { y: [1] });
    bench.run(bench.shadow, { y: [9] });
    await settled();
    assert.deepEqual([bench.totals()?.disagreed, bench.examples()], [1, []]);
  });
});

test('a pair has one row, and what the shadow was sent and answered is sketched under its name', async () => {
  const bench = new Bench();
  bench.send();
  bench.run(bench.live, { y: [1] });
  bench.run(bench.shadow, { y: [1] });
  await settled();
  assert.deepEqual(Object.keys(bench.observers.rows('comparison')), ['1/2']);
  assert.deepEqual(bench.observers.rows('sketch')['2@0'], {
    slot: 0,
    calls: 1,
    features: {
      'input x[0]': { kind: 'numeric', units: 1, buckets: [128, 1], nan: 0 },
      'input x[1]': { kind: 'numeric', units: 1, buckets: [136, 1], nan: 0 },
      'output y[0]': { kind: 'numeric', units: 1, buckets: [128, 1], nan: 0 },
    },
  });
});
