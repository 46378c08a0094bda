import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { Statistics } from '../../../src/admin/statistics.ts';
import { Monitor } from '../../../src/monitor/monitor.ts';
import { addTotals, emptyTotals, ROLES } from '../../../src/monitor/series.ts';
import type { Role, SeriesTotals } from '../../../src/monitor/series.ts';
import { totalsFromJson } from '../../../src/monitor/series-codec.ts';
import { StatisticsReporter } from '../../../src/monitor/statistics-reporter.ts';
import type { SeriesReport } from '../../../src/monitor/statistics-reporter.ts';
import { VersionStats } from '../../../src/monitor/version-stats.ts';
import type { StatisticsSlot } from '../../../src/registry/store.ts';
import { FlakyStore } from '../../support/flaky-store.ts';
import type { Ending } from '../../support/flaky-store.ts';

const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** On a whole hour, so that slots begin where one expects. */
const NOON = Date.UTC(2026, 0, 1, 12);
const BOOT = { instance: 'one', boot: 'a' };

class Scene implements AsyncDisposable {
  readonly disk: FlakyStore;
  readonly faults: string[] = [];
  now = NOON;
  statistics: Statistics;

  private constructor(disk: FlakyStore) {
    this.disk = disk;
    this.statistics = this.#open();
  }

  static async open(): Promise<Scene> {
    return new Scene(await FlakyStore.open());
  }

  restart(): void {
    this.statistics = this.#open();
  }

  /** Requests that were answered well, of iris 1 unless told otherwise. */
  async ok(over: { version?: string; role?: Role; windowMs?: number } = {}): Promise<number> {
    const { totals } = await this.statistics.query({
      model: 'iris',
      version: '1',
      role: 'live',
      windowMs: 5 * MINUTE,
      ...over,
    });
    return totals.requests.ok?.count ?? 0;
  }

  async slots(): Promise<readonly StatisticsSlot[]> {
    return await this.disk.change(async (writer) => {
      const end = [Number.MAX_SAFE_INTEGER, 100_000] as const;
      const fine = await writer.statisticsBefore(10 * SECOND, ...end);
      return [...fine, ...(await writer.statisticsBefore(5 * MINUTE, ...end))];
    });
  }

  /** "width in s @ seconds since noon". */
  async shownSlots(): Promise<readonly string[]> {
    return (await this.slots()).map(({ at, widthMs }) => `${widthMs / SECOND}@${(at - NOON) / SECOND}`);
  }

  /** Whether totals of iris 1 are known. */
  async knows(reporter: { readonly instance: string; readonly boot: string }): Promise<boolean> {
    const key = { ...reporter, model: 'iris', version: '1', role: 'live' };
    return (await this.disk.store.seriesTotals(key)) !== undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disk[Symbol.asyncDispose]();
  }

  #open(): Statistics {
    return new Statistics({
      store: this.disk.store,
      now: () => this.now,
      onFault: (what) => this.faults.push(what),
    });
  }
}

/** So many ok requests since the boot, of iris 1 unless told otherwise. */
function report(ok: number, over: Partial<SeriesReport> = {}): SeriesReport {
  const stats = new VersionStats({ model: 'iris', version: '1' });
  for (let i = 0; i < ok; i++) stats.recordRequest('ok', 1 + (i % 7));
  return { model: 'iris', version: '1', role: 'live', totals: stats.totals(), ...over };
}

suite('a report', () => {
  test('counts what came since the one before', async () => {
    await using scene = await Scene.open();
    await scene.statistics.ingest(BOOT, [report(3)]);
    await scene.statistics.ingest(BOOT, [report(5)]);
    assert.equal(await scene.ok(), 5);
  });

  test('that is repeated, or older than what is known, changes nothing and is no fault', async () => {
    await using scene = await Scene.open();
    await scene.statistics.ingest(BOOT, [report(5)]);
    scene.now += 10 * SECOND;
    await scene.statistics.ingest(BOOT, [report(5)]);
    await scene.statistics.ingest(BOOT, [report(3)]);
    assert.deepEqual(await scene.shownSlots(), ['10@0']);
    await scene.statistics.ingest(BOOT, [report(6)]);
    assert.deepEqual([await scene.ok(), scene.faults], [6, []]);
  });

  test('whose totals went backwards is not counted and told once; the other series of it are counted', async () => {
    await using scene = await Scene.open();
    await scene.statistics.ingest(BOOT, [report(5)]);
    const stats = new VersionStats({ model: 'iris', version: '1' });
    for (let i = 0; i < 9; i++) stats.recordRequest('ok', 5000);
    const strange = report(0, { totals: stats.totals() });
    await scene.statistics.ingest(BOOT, [strange, report(4, { version: '2' })]);
    await scene.statistics.ingest(BOOT, [strange]);
    assert.deepEqual([await scene.ok(), await scene.ok({ version: '2' })], [5, 4]);
    assert.equal(scene.faults.length, 1);
    assert.match(scene.faults[0] ?? '', /iris 1 \(live\) from instance one, boot a went backwards/);
  });

  test('counts apart by instance, boot, version and role', async () => {
    await using scene = await Scene.open();
    await scene.statistics.ingest(BOOT, [report(1), report(2, { version: '2' }), report(4, { role: 'shadow' })]);
    await scene.statistics.ingest({ instance: 'one', boot: 'b' }, [report(8)]);
    await scene.statistics.ingest({ instance: 'two', boot: 'a' }, [report(16)]);
    assert.deepEqual(
      [await scene.ok(), await scene.ok({ version: '2' }), await scene.ok({ role: 'shadow' })],
      [25, 2, 4],
    );
  });

  test('is kept when its promise resolves, and survives a restart', async () => {
    await using scene = await Scene.open();
    await scene.statistics.ingest(BOOT, [report(5)]);
    scene.restart();
    assert.equal(await scene.ok(), 5);
    await scene.statistics.ingest(BOOT, [report(7)]);
    assert.equal(await scene.ok(), 7);
  });

  test('counts nothing before it is committed', async () => {
    await using scene = await Scene.open();
    const kept = scene.statistics.ingest(BOOT, [report(5)]);
    assert.equal(await scene.ok(), 0);
    await kept;
    assert.equal(await scene.ok(), 5);
  });

  for (const ending of ['fails', 'seems to fail'] as const) {
    test(`whose transaction ${ending} rejects, and counts once when it is sent again`, async () => {
      await using scene = await Scene.open();
      await scene.statistics.ingest(BOOT, [report(2)]);
      scene.disk.endings.push(ending);
      await assert.rejects(scene.statistics.ingest(BOOT, [report(5)]), /the disk is full|the connection was lost/);
      await scene.statistics.ingest(BOOT, [report(5)]);
      assert.equal(await scene.ok(), 5);
    });
  }

  test('of many series takes several transactions; where one fails, all count once in the end', async () => {
    await using scene = await Scene.open();
    const many = Array.from({ length: 120 }, (_, i) => report(1, { version: String(i) }));
    scene.disk.endings.push('commits', 'fails');
    await assert.rejects(scene.statistics.ingest(BOOT, many));
    assert.equal(scene.disk.transactions, 1);
    await scene.statistics.ingest(BOOT, many);
    assert.equal(scene.disk.transactions, 4);
    const { totals } = await scene.statistics.query({ model: 'iris', role: 'live', windowMs: MINUTE });
    assert.equal(totals.requests.ok?.count, 120);
  });

  test('shares a transaction with others that come at the same time', async () => {
    await using scene = await Scene.open();
    const instances = ['one', 'two', 'three'].map((instance) => ({ instance, boot: 'a' }));
    await Promise.all(instances.map((reporter) => scene.statistics.ingest(reporter, [report(2)])));
    assert.deepEqual([await scene.ok(), scene.disk.transactions], [6, 1]);
  });

  test('that comes while another is kept is kept after it', async () => {
    await using scene = await Scene.open();
    const first = scene.statistics.ingest(BOOT, [report(2)]);
    const second = first.then(() => scene.statistics.ingest(BOOT, [report(3)]));
    await Promise.all([first, second]);
    assert.equal(await scene.ok(), 3);
  });

  test('is refused where 50,000 series wait already, and counts when it comes again', async () => {
    await using scene = await Scene.open();
    const waiting = scene.statistics.ingest(BOOT, Array<SeriesReport>(50_000).fill(report(1)));
    await assert.rejects(scene.statistics.ingest(BOOT, [report(2)]), { code: 'resource_exhausted' });
    scene.disk.endings.push('fails');
    await assert.rejects(waiting);
    await scene.statistics.ingest(BOOT, [report(2)]);
    assert.equal(await scene.ok(), 2);
  });

  test('after the end is refused; what waited is kept', async () => {
    await using scene = await Scene.open();
    const kept = scene.statistics.ingest(BOOT, [report(2)]);
    await scene.statistics.close();
    await kept;
    await assert.rejects(scene.statistics.ingest(BOOT, [report(3)]), { code: 'unavailable' });
    assert.equal(await scene.ok(), 2);
  });

  test('to known totals that cannot be read is where counting goes on from', async () => {
    await using scene = await Scene.open();
    await scene.statistics.ingest(BOOT, [report(2)]);
    const key = { ...BOOT, model: 'iris', version: '1', role: 'live' };
    await scene.disk.change((writer) => writer.putSeriesTotals(key, 'x', scene.now));
    await scene.statistics.ingest(BOOT, [report(5)]);
    await scene.statistics.ingest(BOOT, [report(6)]);
    assert.deepEqual([await scene.ok(), scene.faults.length], [3, 1]);
  });
});

suite('a window', () => {
  test('has the slots that begin in it', async () => {
    await using scene = await Scene.open();
    for (let i = 1; i <= 6; i++) {
      await scene.statistics.ingest(BOOT, [report(i)]);
      scene.now += 10 * SECOND;
    }
    // It is noon and 60 s; the slots begin at 0, 10, … 50.
    const within = async (windowMs: number): Promise<number> => await scene.ok({ windowMs });
    assert.deepEqual([await within(10 * SECOND), await within(30 * SECOND), await within(MINUTE)], [1, 3, 6]);
    scene.now += 1;
    assert.deepEqual([await within(10 * SECOND), await within(30 * SECOND), await within(MINUTE)], [0, 2, 5]);
    const { from, to } = await scene.statistics.query({ model: 'iris', role: 'live', windowMs: MINUTE });
    assert.deepEqual([from, to], [NOON + 10 * SECOND, NOON + MINUTE + 1]);
  });

  test('of more than 20 minutes takes whole the 5 minutes that it begins in, whether or not they are merged', async () => {
    await using scene = await Scene.open();
    scene.now = NOON + 40 * SECOND;
    await scene.statistics.ingest(BOOT, [report(1)]);
    scene.now = NOON + 4 * MINUTE;
    await scene.statistics.ingest(BOOT, [report(3)]);
    scene.now = NOON + 31 * MINUTE;
    const before = await scene.ok({ windowMs: 29 * MINUTE });
    await scene.statistics.rollUp();
    assert.deepEqual([before, await scene.ok({ windowMs: 29 * MINUTE }), await scene.shownSlots()], [3, 3, ['300@0']]);
    assert.equal(await scene.ok({ windowMs: 25 * MINUTE }), 0);
  });

  test('is from 10 s to 24 h', async () => {
    await using scene = await Scene.open();
    for (const windowMs of [10 * SECOND, DAY]) assert.equal(await scene.ok({ windowMs }), 0);
    for (const windowMs of [10 * SECOND - 1, DAY + 1, 0, -1, NaN]) {
      await assert.rejects(scene.ok({ windowMs }), { code: 'invalid_argument' });
    }
  });

  test('of a model has all its versions', async () => {
    await using scene = await Scene.open();
    await scene.statistics.ingest(BOOT, [report(1), report(2, { version: '2' }), report(4, { model: 'other' })]);
    const { totals } = await scene.statistics.query({ model: 'iris', role: 'live', windowMs: MINUTE });
    assert.equal(totals.requests.ok?.count, 3);
  });
});

suite('the roll-up', () => {
  test('leaves what is younger than 20 minutes, merges what is older, deletes what is older than 25 hours', async () => {
    await using scene = await Scene.open();
    await scene.statistics.ingest(BOOT, [report(1)]);
    scene.now = NOON + 4 * MINUTE + 50 * SECOND;
    await scene.statistics.ingest(BOOT, [report(2)]);
    scene.now = NOON + 25 * MINUTE - 1;
    await scene.statistics.rollUp();
    assert.deepEqual(await scene.shownSlots(), ['10@0', '10@290']);
    scene.now += 1;
    await scene.statistics.rollUp();
    assert.deepEqual([await scene.shownSlots(), await scene.ok({ windowMs: HOUR })], [['300@0'], 2]);
    scene.now = NOON + 25 * HOUR;
    await scene.statistics.rollUp();
    assert.deepEqual(await scene.shownSlots(), ['300@0']);
    scene.now += 1;
    await scene.statistics.rollUp();
    assert.deepEqual(await scene.shownSlots(), []);
  });

  test('does 2,000 slots a step and the rest in the next ones', async () => {
    await using scene = await Scene.open();
    const reports = Array.from({ length: 2050 }, (_, i) => report(1, { version: String(i) }));
    await scene.statistics.ingest(BOOT, reports);
    scene.now += HOUR;
    const all = async (): Promise<unknown> => {
      const { totals } = await scene.statistics.query({ model: 'iris', role: 'live', windowMs: 2 * HOUR });
      return totals.requests.ok?.count;
    };
    const width = async (widthMs: number): Promise<number> =>
      (await scene.slots()).filter((slot) => slot.widthMs === widthMs).length;
    await scene.statistics.rollUp();
    assert.deepEqual([await width(10 * SECOND), await width(5 * MINUTE), await all()], [50, 2000, 2050]);
    await scene.statistics.rollUp();
    assert.deepEqual([await width(10 * SECOND), await width(5 * MINUTE), await all()], [0, 2050, 2050]);
  });

  test('adds to a coarse slot what came late for it', async () => {
    await using scene = await Scene.open();
    await scene.statistics.ingest(BOOT, [report(1)]);
    scene.now += HOUR;
    await scene.statistics.rollUp();
    scene.now = NOON + MINUTE;
    await scene.statistics.ingest(BOOT, [report(3)]);
    scene.now += HOUR;
    await scene.statistics.rollUp();
    assert.deepEqual([await scene.shownSlots(), await scene.ok({ windowMs: 2 * HOUR })], [['300@0'], 3]);
  });

  test('that fails has merged nothing, and does it the next time', async () => {
    await using scene = await Scene.open();
    await scene.statistics.ingest(BOOT, [report(2)]);
    scene.now += HOUR;
    scene.disk.endings.push('fails');
    await assert.rejects(scene.statistics.rollUp(), /the disk is full/);
    assert.deepEqual(await scene.shownSlots(), ['10@0']);
    await scene.statistics.rollUp();
    assert.deepEqual([await scene.shownSlots(), await scene.ok({ windowMs: 2 * HOUR })], [['300@0'], 2]);
  });

  test('tells of a slot that cannot be read and goes on without it', async () => {
    await using scene = await Scene.open();
    await scene.statistics.ingest(BOOT, [report(2)]);
    const [slot] = await scene.slots();
    assert(slot);
    await scene.disk.change((writer) => writer.putStatistics({ ...slot, totals: '{}' }));
    scene.now += 20 * SECOND;
    await scene.statistics.ingest(BOOT, [report(5)]);
    await assert.rejects(scene.ok(), { code: 'data_loss' });
    scene.now += HOUR;
    await scene.statistics.rollUp();
    assert.deepEqual([await scene.ok({ windowMs: 2 * HOUR }), scene.faults.length], [3, 1]);
    assert.match(scene.faults[0] ?? '', /iris 1 \(live\) of 10 s from 2026-01-01T12:00:00.000Z on/);
  });

  test('forgets the totals of boots that were silent for 7 days', async () => {
    await using scene = await Scene.open();
    await scene.statistics.ingest(BOOT, [report(2)]);
    const living = { instance: 'two', boot: 'a' };
    await scene.statistics.ingest(living, [report(2)]);
    scene.now += 6 * DAY;
    await scene.statistics.ingest(living, [report(2)]);
    await scene.statistics.rollUp();
    assert.deepEqual([await scene.knows(BOOT), await scene.knows(living)], [true, true]);
    scene.now += DAY + 2 * HOUR;
    await scene.statistics.rollUp();
    assert.deepEqual([await scene.knows(BOOT), await scene.knows(living)], [false, true]);
    await scene.statistics.ingest(living, [report(3)]);
    assert.equal(await scene.ok(), 1);
  });

  test('forgets no totals before it has listened for 2 hours, however long nobody did', async () => {
    await using scene = await Scene.open();
    await scene.statistics.ingest(BOOT, [report(2)]);
    scene.now += 30 * DAY;
    scene.restart();
    scene.now += 2 * HOUR - 1;
    await scene.statistics.rollUp();
    await scene.statistics.ingest(BOOT, [report(3)]);
    assert.equal(await scene.ok(), 1);
    scene.now += 1;
    await scene.statistics.rollUp();
    assert(await scene.knows(BOOT));
  });
});

// Whatever happens ------------------------------------------------------------------------------------------------------

type Step =
  | { readonly kind: 'records'; readonly version: string; readonly role: Role; readonly times: number }
  | { readonly kind: 'records late' | 'drops'; readonly version: string }
  | { readonly kind: 'reports'; readonly ending: Ending; readonly acknowledged: boolean }
  | { readonly kind: 'repeats' | 'serve restarts' | 'admin restarts' | 'rolls up' }
  | { readonly kind: 'waits'; readonly ms: number };

const version = fc.constantFrom('1', '2');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record<Step & { kind: 'records' }>({
      kind: fc.constant('records'),
      version,
      role: fc.constantFrom(...ROLES),
      times: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record<Step & { kind: 'records late' | 'drops' }>({
      kind: fc.constantFrom('records late', 'drops'),
      version,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record<Step & { kind: 'reports' }>({
      kind: fc.constant('reports'),
      ending: fc.constantFrom<Ending[]>('commits', 'commits', 'fails', 'seems to fail'),
      acknowledged: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record<Step & { kind: 'repeats' | 'serve restarts' | 'admin restarts' | 'rolls up' }>({
      kind: fc.constantFrom('repeats', 'serve restarts', 'admin restarts', 'rolls up'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record<Step & { kind: 'waits' }>({
      kind: fc.constant('waits'),
      ms: fc.constantFrom(SECOND, 10 * SECOND, 7 * MINUTE, 31 * MINUTE),
    }),
  },
);

/** A serve process and the admin process, and beside them a count of everything that was ever recorded. */
class World {
  readonly scene: Scene;
  readonly recorded = new Map<string, VersionStats>();
  readonly #all: { boot: string; series: readonly SeriesReport[] }[] = [];
  #boots = 0;
  #monitor = new Monitor();
  #reporter = new StatisticsReporter(this.#monitor);
  /** Every opening of a version that there was in this boot: requests may end in any of them. */
  #openings: VersionStats[] = [];

  constructor(scene: Scene) {
    this.scene = scene;
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'records': {
        const stats = this.#monitor.open('iris', step.version, step.role);
        if (!this.#openings.includes(stats)) this.#openings.push(stats);
        for (let i = 0; i < step.times; i++) this.#record(stats);
        return;
      }
      case 'records late': {
        const first = this.#openings.find((stats) => stats.version === step.version);
        if (first !== undefined) this.#record(first);
        return;
      }
      case 'drops':
        this.#monitor.drop('iris', step.version);
        return;
      case 'reports':
        await this.#report(step.ending, step.acknowledged);
        return;
      case 'repeats': {
        const earlier = this.#all[Math.floor(this.#all.length / 2)];
        if (earlier === undefined) return;
        await this.scene.statistics.ingest({ instance: 'one', boot: earlier.boot }, earlier.series);
        return;
      }
      case 'serve restarts':
        // A process that ends in order reports what it has; one that is killed loses it with everything in flight.
        await this.settle();
        this.#boots += 1;
        this.#monitor = new Monitor();
        this.#reporter = new StatisticsReporter(this.#monitor);
        this.#openings = [];
        return;
      case 'admin restarts':
        this.scene.restart();
        return;
      case 'rolls up':
        await this.scene.statistics.rollUp();
        return;
      case 'waits':
        this.scene.now += step.ms;
    }
  }

  async settle(): Promise<void> {
    await this.#report('commits', true);
    assert.equal(this.#reporter.collect(), undefined);
  }

  async #report(ending: Ending, acknowledged: boolean): Promise<void> {
    const collected = this.#reporter.collect();
    if (collected === undefined) return;
    const { seq, series } = collected;
    this.#all.push({ boot: String(this.#boots), series });
    this.scene.disk.endings.push(ending);
    try {
      await this.scene.statistics.ingest({ instance: 'one', boot: String(this.#boots) }, series);
    } catch {
      return;
    }
    if (acknowledged) this.#reporter.acknowledge(seq);
  }

  #record(stats: VersionStats): void {
    const key = `${stats.version}/${stats.role}`;
    const whole = this.recorded.get(key) ?? new VersionStats({ model: 'iris', version: stats.version });
    this.recorded.set(key, whole);
    const n = whole.activity;
    for (const each of [stats, whole]) {
      each.recordRequest(n % 3 === 0 ? 'unavailable' : 'ok', 1.7 ** (n % 20));
      each.recordQueue(n % 5);
      each.recordBatch({ rows: 1 + (n % 9), computeMs: n % 11, hopMs: 0.1, closed: 'idle' });
      if (n % 4 === 0) each.recordRefusal('deadline');
      if (n % 7 === 0) each.recordDropped();
    }
  }
}

/** Sums are as exact as floating point is, extremes as their buckets. */
function countsOf(totals: SeriesTotals): unknown {
  return JSON.parse(
    JSON.stringify(totals, (key, value: unknown) => (['sum', 'min', 'max'].includes(key) ? undefined : value)),
  );
}

test('all slots together hold exactly what was recorded, whatever was lost, repeated, restarted or dropped', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      await using scene = await Scene.open();
      const world = new World(scene);
      for (const each of steps) await world.take(each);
      await world.settle();
      for (const rolledUp of [false, true]) {
        if (rolledUp) await scene.statistics.rollUp();
        const all = await scene.slots();
        for (const version of ['1', '2']) {
          for (const role of ROLES) {
            const whole = world.recorded.get(`${version}/${role}`)?.totals() ?? emptyTotals();
            const slots = all.filter((slot) => slot.version === version && slot.role === role);
            const sum = slots.map((slot) => totalsFromJson(slot.totals)).reduce(addTotals, emptyTotals());
            assert.deepEqual(countsOf(sum), countsOf(whole));
          }
        }
      }
      assert.deepEqual(scene.faults, []);
    }),
    { numRuns: 50 },
  );
});

test('a window holds the same before and after the roll-up', async () => {
  const windows = fc.constantFrom(10 * SECOND, 5 * MINUTE, 20 * MINUTE, 21 * MINUTE, HOUR + 1, 3 * HOUR, DAY);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), windows, async (steps, windowMs) => {
      await using scene = await Scene.open();
      const world = new World(scene);
      for (const each of steps) if (each.kind !== 'rolls up') await world.take(each);
      await world.settle();
      const query = { model: 'iris', role: 'live', windowMs } as const;
      const before = await scene.statistics.query(query);
      await scene.statistics.rollUp();
      const after = await scene.statistics.query(query);
      assert.deepEqual(countsOf(after.totals), countsOf(before.totals));
      assert.deepEqual([after.from, after.to], [before.from, before.to]);
    }),
    { numRuns: 30 },
  );
});
