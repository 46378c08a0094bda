/** Which calls are sketched, and in which slots of time. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MAX_VERSIONS } from '../../../src/serving/drift-sampler.ts';
import { SLOT_MS } from '../../../src/monitor/sketch-slots.ts';
import type { VersionRunner } from '../../../src/runtime/version-runner.ts';
import { spec, tensor } from '../../support/builders.ts';
import { runnerOf, shadowedRunnerOf } from '../../support/fake-lane.ts';
import { observers } from '../../support/observers.ts';

const inputs = [tensor('x', 'FP32', [1, 2], [1, 2])];
const outputs = [tensor('y', 'FP32', [1, 2], [3, 4])];

class Bench {
  now = 0;
  wall = 7 * SLOT_MS;
  readonly observers = observers({ now: () => this.now, wallClock: () => this.wall });

  async offer(runner: VersionRunner, times = 1): Promise<void> {
    for (let call = 0; call < times; call += 1) this.observers.sampler.offer(runner, { inputs }, { outputs });
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Sampled calls by row. */
  get calls(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.observers.rows('sketch')).map(([name, { calls }]) => [name, calls]));
  }
}

suite('DriftSampler', () => {
  test('of each version fifty calls a second are sketched, whatever its role', async () => {
    const bench = new Bench();
    const [first, second] = [shadowedRunnerOf(), runnerOf({ spec: spec({ version: '2' }) })];
    await bench.offer(first.live, 3);
    await bench.offer(second);
    bench.now = 19;
    await bench.offer(first.shadow);
    bench.now = 20;
    await bench.offer(first.shadow);
    bench.now = 10_000;
    await bench.offer(first.live, 2);
    bench.wall += 5000;
    assert.deepEqual(bench.calls, { '1@7': 3, '2@7': 1 });
    assert.deepEqual([first.live.stats.sampled, first.shadow.stats.sampled], [2, 1]);
  });

  test('a version that is loaded anew goes on where it was', async () => {
    const bench = new Bench();
    await bench.offer(runnerOf());
    bench.now = 100;
    await bench.offer(runnerOf());
    bench.wall += 5000;
    assert.deepEqual(bench.calls, { '1@7': 2 });
  });

  test('one version more than may be takes the place of the one that was called longest ago', async () => {
    const bench = new Bench();
    for (let version = 0; version <= MAX_VERSIONS; version += 1) {
      bench.now = version;
      await bench.offer(runnerOf({ spec: spec({ version: String(version) }) }));
    }
    // Version 0 begins anew, and version 1 made room for it.
    bench.now = 10_000;
    await bench.offer(runnerOf({ spec: spec({ version: '0' }) }));
    await bench.offer(runnerOf({ spec: spec({ version: '2' }) }));
    bench.wall += 5000;
    const told = bench.observers.book.sources().filter(({ kind, activity }) => kind === 'sketch' && activity > 0);
    const callsOf = (version: string) =>
      told.filter(({ name }) => name === `${version}@7`).map((row) => row.body().calls);
    assert.deepEqual(['0', '2', String(MAX_VERSIONS)].map(callsOf), [[1, 1], [2], [1]]);
  });

  test('strings of a private model stay here', async () => {
    const bench = new Bench();
    const shadow = { tolerances: {}, private: true };
    await bench.offer(runnerOf({ spec: spec({ settings: { shadow } }) }));
    assert.deepEqual(Object.keys(bench.observers.rows('sketch')['1@7']?.features ?? {}), [
      'input x[0]',
      'input x[1]',
      'output y[0]',
      'output y[1]',
    ]);
  });
});

suite('SketchSlots', () => {
  test('each ten minutes have a row of their own, and the one before stays to be told', async () => {
    const bench = new Bench();
    const runner = runnerOf();
    await bench.offer(runner);
    assert.deepEqual(bench.calls, { '1@7': 1 });
    for (const turn of [1, 2, 3]) {
      bench.wall += SLOT_MS / 2;
      bench.now += 1000;
      await bench.offer(runner);
      assert.deepEqual(bench.calls, [{ '1@7': 1 }, { '1@7': 2 }, { '1@7': 2, '1@8': 1 }, { '1@7': 2, '1@8': 2 }][turn]);
    }
    bench.wall += SLOT_MS / 2;
    bench.now += 1000;
    await bench.offer(runner);
    assert.deepEqual(bench.calls, { '1@8': 2, '1@9': 1 });
  });

  test('a row is told every five seconds, and its name comes again after 150 slots', async () => {
    const bench = new Bench();
    const runner = runnerOf();
    await bench.offer(runner);
    const [source] = bench.observers.book.sources().filter(({ kind, activity }) => kind === 'sketch' && activity > 0);
    assert(source);
    const activities: number[] = [];
    for (const [later, calls] of [
      [1000, 1],
      [3999, 0],
      [1, 0],
    ] as const) {
      bench.wall += later;
      bench.now += later;
      if (calls > 0) await bench.offer(runner);
      activities.push(source.activity);
    }
    assert.deepEqual(activities, [1, 1, 2]);
    bench.wall = 7 * SLOT_MS + 300 * SLOT_MS;
    bench.now += 1000;
    await bench.offer(runner);
    const body = bench.observers.rows('sketch')['1@7'];
    assert.deepEqual([body?.slot, body?.calls, source.activity], [307, 1, 3]);
  });

  test('a clock that was set back does not silence a row', async () => {
    const bench = new Bench();
    const runner = runnerOf();
    bench.wall += 60_000;
    await bench.offer(runner);
    const [source] = bench.observers.book.sources().filter(({ kind, activity }) => kind === 'sketch' && activity > 0);
    bench.wall -= 30_000;
    bench.now += 1000;
    await bench.offer(runner);
    assert.equal(source?.activity, 2);
  });
});
