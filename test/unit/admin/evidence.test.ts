import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, suite, test } from 'node:test';
import { Evidence } from '../../../src/admin/evidence.ts';
import type { EvidenceRow } from '../../../src/admin/evidence.ts';
import type { EvidenceLine } from '../../../src/monitor/evidence-reporter.ts';
import { FlakyStore } from '../../support/flaky-store.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const FLUSH_MS = 1_000;
const DAY_MS = 24 * 3_600_000;
const MAX_WAITING = 20_000;
const BATCH = 200;
const A = { instance: 'a', boot: 'b1' };

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
});
afterEach(() => {
  mock.timers.reset();
});

class Scene implements AsyncDisposable {
  readonly disk: FlakyStore;
  readonly faults: string[] = [];
  now = NOON;
  evidence: Evidence;

  private constructor(disk: FlakyStore) {
    this.disk = disk;
    this.evidence = this.#open();
  }

  static async open(): Promise<Scene> {
    return new Scene(await FlakyStore.open());
  }

  /** Another process on the same store; the former is killed. */
  restart(): void {
    this.evidence = this.#open();
  }

  /** Lets time pass, and what is due then happen. */
  async pass(ms: number): Promise<void> {
    this.now += ms;
    mock.timers.tick(ms);
    await turns();
  }

  /** "instance name: calls" of this kind and of iris. */
  async rows(kind: EvidenceRow['kind'] = 'arm'): Promise<readonly string[]> {
    return (await this.evidence.rows(kind, 'iris')).map(shown).toSorted();
  }

  /** The same, as a process that starts now would see it. */
  async stored(): Promise<readonly string[]> {
    const { evidence } = this;
    this.restart();
    const rows = await this.rows();
    this.evidence = evidence;
    return rows;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disk[Symbol.asyncDispose]();
  }

  #open(): Evidence {
    return new Evidence({
      store: this.disk.store,
      now: () => this.now,
      onFault: (what) => this.faults.push(what),
    });
  }
}

function shown({ instance, boot, name, body }: EvidenceRow): string {
  return `${instance}/${boot} ${name}: ${String(body.calls)}`;
}

function line(name: string, calls: number, over: Partial<EvidenceLine> = {}): EvidenceLine {
  return { kind: 'arm', model: 'iris', name, bodyJson: JSON.stringify({ calls }), ...over };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** How it ended, or that it has not yet. */
function endOf(promise: Promise<void>): { end: string } {
  const seen = { end: 'waits' };
  promise.then(
    () => (seen.end = 'stored'),
    (caught: unknown) => (seen.end = String(caught)),
  );
  return seen;
}

suite('Evidence', () => {
  test('stores the first report at once, and what comes after it together a second later', async () => {
    await using scene = await Scene.open();
    const first = endOf(scene.evidence.ingest(A, [line('1/a', 1)]));
    await scene.pass(0);
    assert.deepEqual([first.end, scene.disk.transactions], ['stored', 1]);
    const others = [
      endOf(scene.evidence.ingest(A, [line('1/a', 2), line('1/b', 1)])),
      endOf(scene.evidence.ingest({ ...A, instance: 'b' }, [line('1/a', 7)])),
      endOf(scene.evidence.ingest(A, [line('1/a', 3)])),
    ];
    await scene.pass(FLUSH_MS - 1);
    assert.deepEqual(
      others.map(({ end }) => end),
      ['waits', 'waits', 'waits'],
    );
    await scene.pass(1);
    assert.deepEqual(
      others.map(({ end }) => end),
      ['stored', 'stored', 'stored'],
    );
    assert.equal(scene.disk.transactions, 2);
    assert.deepEqual(await scene.stored(), ['a/b1 1/a: 3', 'a/b1 1/b: 1', 'b/b1 1/a: 7']);
  });

  test('has rows as they were told last, stored or not, of every life of every process', async () => {
    await using scene = await Scene.open();
    void scene.evidence.ingest(A, [line('1/a', 1), line('1/b', 1)]);
    assert.deepEqual(await scene.rows(), ['a/b1 1/a: 1', 'a/b1 1/b: 1']);
    await scene.pass(0);
    scene.restart();
    void scene.evidence.ingest({ ...A, boot: 'b2' }, [line('1/a', 5)]);
    void scene.evidence.ingest(A, [
      line('1/a', 2),
      line('1/a', 9, { model: 'wine' }),
      line('1', 4, { kind: 'sketch' }),
    ]);
    assert.deepEqual(await scene.rows(), ['a/b1 1/a: 2', 'a/b1 1/b: 1', 'a/b2 1/a: 5']);
    assert.deepEqual(await scene.rows('sketch'), ['a/b1 1: 4']);
    assert.deepEqual(await scene.rows('comparison'), []);
  });

  test('tells listeners at once and in order, until they stop listening; one that fails harms nobody', async () => {
    await using scene = await Scene.open();
    const heard: string[] = [];
    scene.evidence.listen(() => {
      throw new Error('no use for it');
    });
    const stop = scene.evidence.listen((rows) => heard.push(...rows.map(shown)));
    const end = endOf(scene.evidence.ingest(A, [line('1/a', 1), line('1/b', 2)]));
    assert.deepEqual(heard, ['a/b1 1/a: 1', 'a/b1 1/b: 2']);
    stop();
    void scene.evidence.ingest(A, [line('1/a', 3)]);
    assert.equal(heard.length, 2);
    await scene.pass(0);
    assert.deepEqual(
      [end.end, scene.faults],
      ['stored', ['evidence could not be taken in', 'evidence could not be taken in']],
    );
  });

  test('drops what it cannot read, tells of it once for a report, and keeps the others', async () => {
    await using scene = await Scene.open();
    const bad = [
      line('bad json', 1, { bodyJson: '{' }),
      line('a list', 1, { bodyJson: '[]' }),
      line('null', 1, { bodyJson: 'null' }),
      line('huge', 1, { bodyJson: JSON.stringify('x'.repeat(512_000)) }),
      line('a kind from the future', 1, { kind: 'dream' }),
      line('no model', 1, { model: '../etc' }),
      line('', 1),
      line('n'.repeat(301), 1),
    ];
    const heard: string[] = [];
    scene.evidence.listen((rows) => heard.push(...rows.map(shown)));
    const end = endOf(scene.evidence.ingest(A, [...bad, line('1/a', 1)]));
    await scene.pass(0);
    assert.deepEqual([end.end, heard], ['stored', ['a/b1 1/a: 1']]);
    assert.deepEqual(await scene.stored(), ['a/b1 1/a: 1']);
    assert.deepEqual(scene.faults, [
      '8 of 9 rows of evidence from a cannot be read, such as "bad json" (arm) of model "iris"; they are dropped',
    ]);
    for (const each of bad) {
      scene.faults.length = 0;
      await scene.evidence.ingest(A, [each]);
      assert.equal(scene.faults.length, 1, each.name);
      assert(!JSON.stringify(scene.faults).includes('n'.repeat(301)), 'what is told is short');
    }
  });

  test('tells of a stored row that cannot be read, and has the others', async () => {
    await using scene = await Scene.open();
    const row = { kind: 'arm', model: 'iris', instance: 'a', boot: 'b1', at: NOON };
    await scene.disk.change(async (writer) => {
      await writer.putTally({ ...row, name: '1/a', body: '{"calls":1}' });
      await writer.putTally({ ...row, name: '1/b', body: '{"calls":' });
    });
    assert.deepEqual(await scene.rows(), ['a/b1 1/a: 1']);
    assert.deepEqual(scene.faults, ['stored evidence "1/b" (arm) of model "iris" cannot be read']);
  });

  for (const ending of ['fails', 'seems to fail'] as const) {
    test(`a transaction that ${ending} is told of, its reports come again, and nothing counts less or twice`, async () => {
      await using scene = await Scene.open();
      scene.disk.endings.push(ending);
      const end = endOf(scene.evidence.ingest(A, [line('1/a', 1), line('1/b', 1)]));
      await scene.pass(0);
      assert.match(end.end, /Error: the (disk is full|connection was lost)/);
      assert.deepEqual(scene.faults, ['evidence could not be stored; it is tried again']);
      assert.deepEqual(await scene.rows(), ['a/b1 1/a: 1', 'a/b1 1/b: 1']);
      const again = endOf(scene.evidence.ingest(A, [line('1/a', 2)]));
      await scene.pass(FLUSH_MS);
      assert.equal(again.end, 'stored');
      assert.deepEqual(await scene.stored(), ['a/b1 1/a: 2', 'a/b1 1/b: 1']);
    });
  }

  test('stores many rows in several transactions, so that others get their turn', async () => {
    await using scene = await Scene.open();
    const lines = Array.from({ length: 2 * BATCH + 1 }, (_, index) => line(`1/${String(index)}`, 1));
    const end = endOf(scene.evidence.ingest(A, lines));
    await scene.pass(0);
    await turns();
    assert.deepEqual([end.end, scene.disk.transactions], ['stored', 3]);
    assert.equal((await scene.stored()).length, lines.length);
  });

  test('refuses a report beyond what may wait, tells nobody of it, and takes it once there is room', async () => {
    await using scene = await Scene.open();
    const many = Array.from({ length: MAX_WAITING }, (_, index) => line(String(index), 1));
    const first = endOf(scene.evidence.ingest(A, many));
    const heard: string[] = [];
    scene.evidence.listen((rows) => heard.push(...rows.map(shown)));
    await assert.rejects(scene.evidence.ingest(A, [line('more', 1)]), {
      code: 'resource_exhausted',
      message: '20000 rows of evidence wait to be stored already; report again later',
    });
    assert.deepEqual(heard, []);
    await scene.evidence.close();
    await turns();
    assert.equal(first.end, 'stored');
  });

  test('forgets rows that nobody added to for 30 days', async () => {
    await using scene = await Scene.open();
    void scene.evidence.ingest(A, [line('1/a', 1), line('1/b', 1)]);
    await scene.pass(0);
    scene.now += 20 * DAY_MS;
    void scene.evidence.ingest(A, [line('1/b', 2)]);
    await scene.pass(FLUSH_MS);
    scene.now = NOON + 30 * DAY_MS;
    await scene.evidence.forgetOld();
    assert.deepEqual(await scene.rows(), ['a/b1 1/a: 1', 'a/b1 1/b: 2']);
    scene.now += 1;
    await scene.evidence.forgetOld();
    assert.deepEqual(await scene.rows(), ['a/b1 1/b: 2']);
  });

  test('forgets sketches of which nobody has told for a day and two hours', async () => {
    await using scene = await Scene.open();
    void scene.evidence.ingest(A, [line('1/a', 1), line('1@7', 1, { kind: 'sketch' })]);
    await scene.pass(0);
    scene.now = NOON + 26 * 3_600_000;
    await scene.evidence.forgetOld();
    assert.deepEqual(await scene.rows('sketch'), ['a/b1 1@7: 1']);
    scene.now += 1;
    await scene.evidence.forgetOld();
    assert.deepEqual([await scene.rows('sketch'), await scene.rows()], [[], ['a/b1 1/a: 1']]);
  });

  test('stores what waits when it is closed, and takes nothing more', async () => {
    await using scene = await Scene.open();
    void scene.evidence.ingest(A, [line('1/a', 1)]);
    await scene.pass(0);
    const end = endOf(scene.evidence.ingest(A, [line('1/a', 2)]));
    await scene.evidence.close();
    assert.equal(end.end, 'stored');
    await assert.rejects(scene.evidence.ingest(A, [line('1/a', 3)]), { code: 'unavailable' });
    assert.deepEqual(await scene.stored(), ['a/b1 1/a: 2']);
  });
});
