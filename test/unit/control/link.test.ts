/** The serve process's end of the control plane, with a disk in a temporary directory and streams that remember. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, mock, suite, test } from 'node:test';
import { DesiredDisk } from '../../../src/control/desired-disk.ts';
import { ControlLink } from '../../../src/control/link.ts';
import type { DesiredUpdate, InstanceReport, VersionReport, WireModel } from '../../../src/control/messages.ts';
import { seriesOf } from '../../../src/control/series-codec.ts';
import type { KnownToken } from '../../../src/access/token.ts';
import type { DesiredState } from '../../../src/domain/desired-state.ts';
import { EvidenceBook } from '../../../src/monitor/evidence-book.ts';
import type { EvidenceSource } from '../../../src/monitor/evidence-book.ts';
import { Monitor } from '../../../src/monitor/monitor.ts';
import { StatisticsReporter } from '../../../src/monitor/statistics-reporter.ts';
import { reportToJson } from '../../../src/registry/report-codec.ts';
import { report as qualification } from '../../support/builders.ts';
import { update, wireModel, wireVersion } from '../../support/fake-hub.ts';

const GATHER_MS = 5;
const STATISTICS_MS = 1000;
const EVIDENCE_MS = 250;
const URGENT_MS = 20;
const LAST_REPORT_MS = 2000;
/** Of one report. */
const MAX_SERIES = 500;
const KEY = new Uint8Array(32).fill(7);

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-link-'));
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
});
afterEach(async () => {
  mock.timers.reset();
  await rm(dir, { recursive: true });
});

class Scene {
  readonly monitor = new Monitor();
  readonly states: DesiredState[] = [];
  readonly keys: Uint8Array[] = [];
  readonly callers: (readonly KnownToken[])[] = [];
  readonly faults: string[] = [];
  readonly reports: InstanceReport[] = [];
  settled = false;
  readonly evidence = new EvidenceBook();
  readonly link: ControlLink;

  private constructor(disk: DesiredDisk) {
    this.link = new ControlLink({
      disk,
      // A clock that stands still, so that nothing is said again only because it was said long ago.
      reporter: new StatisticsReporter(this.monitor, () => 0),
      evidence: this.evidence,
      apply: (state) => this.states.push(state),
      onPredictionKey: (key) => this.keys.push(key),
      onCallers: (tokens) => this.callers.push(tokens),
      settled: () => this.settled,
      onFault: (what) => this.faults.push(what),
    });
  }

  static async open(): Promise<Scene> {
    return new Scene(await DesiredDisk.open(dir, assert.ifError));
  }

  connect(): void {
    this.link.connected((report) => this.reports.push(report));
  }

  /** What was sent since the last look. */
  sent(): InstanceReport[] {
    return this.reports.splice(0);
  }

  /** The same, after the time in which changes gather. */
  gathered(): InstanceReport[] {
    mock.timers.tick(GATHER_MS);
    return this.sent();
  }

  request(version = '1'): void {
    this.monitor.open('iris', version).recordRequest('ok', 1);
  }

  acknowledge(report: InstanceReport | undefined): void {
    assert(report?.statistics, 'it has statistics');
    this.link.take(update({ statisticsAck: report.statistics.seq }));
  }
}

function wire(model: string, over: Partial<WireModel> = {}): WireModel {
  const versions = [wireVersion({ reportJson: reportToJson(qualification()) })];
  return wireModel({ model, versions, policyJson: '', ...over });
}

function whole(models: readonly WireModel[], over: Partial<DesiredUpdate> = {}): DesiredUpdate {
  return update({ reset: true, models, predictionKey: KEY, ...over });
}

function stand(version: string, over: Partial<VersionReport> = {}): VersionReport {
  return { model: 'iris', version, digest: 'd', state: 'ready', reason: '', since: 5, gone: false, ...over };
}

function epoch(number: number, model = 'iris') {
  return { model, epoch: number, reason: '', at: 9 };
}

/** An arm that counts what the test says. */
class Arm implements EvidenceSource {
  readonly kind = 'arm';
  readonly model = 'iris';
  readonly name: string;
  activity = 1;

  constructor(name: string) {
    this.name = name;
  }

  body() {
    return { calls: this.activity };
  }
}

/** What the reports tell of arms, each "name: calls". */
function arms(reports: readonly InstanceReport[]): string[][] {
  return reports.flatMap(({ evidence }) =>
    evidence === undefined
      ? []
      : [
          evidence.rows.map(
            ({ name, bodyJson }) => `${name}: ${String((JSON.parse(bodyJson) as { calls: number }).calls)}`,
          ),
        ],
  );
}

/** Requests by version that a report tells of. */
function counts({ statistics }: InstanceReport): [string, number][] {
  assert(statistics, 'it has statistics');
  return seriesOf(statistics).map(({ version, totals }) => [version, totals.requests.ok?.count ?? 0]);
}

/** Lets what was resolved go on. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

suite('the desired state', () => {
  test('is applied as it comes, and is there after a start without an admin process', async () => {
    const { link, states, keys } = await Scene.open();
    assert.equal(await link.restore(), false);
    link.take(whole([wire('a'), wire('b')], { revision: 5 }));
    link.take(update({ revision: 6, models: [wire('c')], removed: ['a'] }));
    await link.close();
    assert.deepEqual(keys, [KEY]);
    assert.deepEqual(
      states.map(({ revision, models }) => [revision, models.map(({ model }) => model)]),
      [
        [5, ['a', 'b']],
        [6, ['b', 'c']],
      ],
    );

    const next = await Scene.open();
    assert.equal(await next.link.restore(), true);
    assert.deepEqual(next.keys, [KEY]);
    assert.deepEqual(next.states[0]?.models, states[1]?.models);
    assert.deepEqual([next.states[0]?.starting, next.faults], [false, []]);
  });

  test('that came in parts is there after a start too, with the key that came with the first of them', async () => {
    const { link } = await Scene.open();
    link.take(whole([wire('a')], { more: true }));
    link.take(update({ models: [wire('b')] }));
    await link.close();
    const next = await Scene.open();
    assert.equal(await next.link.restore(), true);
    assert.deepEqual(next.keys, [KEY]);
    assert.deepEqual(
      next.states[0]?.models.map(({ model }) => model),
      ['a', 'b'],
    );
  });

  test('of which only a part came before the end is not there after a start', async () => {
    const { link, states } = await Scene.open();
    link.take(whole([wire('a')], { more: true }));
    await link.close();
    assert.deepEqual(states, []);
    assert.equal(await (await Scene.open()).link.restore(), false);
  });

  test('that cannot be read is told and changes nothing, here and on disk', async () => {
    const scene = await Scene.open();
    scene.link.take(whole([wire('a')]));
    scene.link.take(update({ revision: 2, models: [wire('b'), wire('bad', { policyJson: '{' })] }));
    assert.deepEqual(scene.faults, ['an update of the desired state cannot be used']);
    assert.equal(scene.states.length, 1);
    scene.link.take(update({ revision: 3, models: [wire('c')] }));
    assert.deepEqual(
      scene.states[1]?.models.map(({ model }) => model),
      ['a', 'c'],
    );
    await scene.link.close();
    const next = await Scene.open();
    await next.link.restore();
    assert.deepEqual(next.states[0]?.models.map(({ model }) => model).toSorted(), ['a', 'c']);
  });

  test('that could not be read as a whole is not taken for one by the next start', async () => {
    const { link } = await Scene.open();
    link.take(whole([wire('a'), wire('bad', { policyJson: '{' })]));
    link.take(update({ revision: 3, models: [wire('c')] }));
    await link.close();
    assert.equal(await (await Scene.open()).link.restore(), false);
  });

  test('is restored but for what cannot be read, which is told', async () => {
    const { link } = await Scene.open();
    link.take(whole([wire('a'), wire('bad'), wire('worse')]));
    await link.close();
    await writeFile(join(dir, 'models', 'bad.json'), '{');
    const worse = { model: 'worse', versions: [], policyJson: '{', aliases: [], others: [] };
    await writeFile(join(dir, 'models', 'worse.json'), JSON.stringify(worse));
    const next = await Scene.open();
    assert.equal(await next.link.restore(), true);
    assert.deepEqual(
      next.states[0]?.models.map(({ model }) => model),
      ['a'],
    );
    assert.deepEqual(next.faults, [
      `${join(dir, 'models', 'bad.json')} holds no desired state that this build can read`,
      'a model of the last desired state cannot be read',
    ]);
  });
});

suite('reports', () => {
  test('tell what changed, of what changes at once in one', async () => {
    const scene = await Scene.open();
    scene.connect();
    assert.deepEqual(scene.sent(), []);
    scene.link.applied(epoch(1));
    scene.link.version(stand('1', { state: 'loading' }));
    scene.link.version(stand('1'));
    scene.link.version(stand('2'));
    assert.deepEqual(scene.sent(), []);
    const first = { applied: [epoch(1)], versions: [stand('1'), stand('2')], revision: 0, settled: false };
    assert.deepEqual(scene.gathered(), [first]);
    scene.link.version(stand('2', { state: 'failed', reason: 'too big' }));
    assert.deepEqual(scene.gathered(), [
      { ...first, applied: [], versions: [stand('2', { state: 'failed', reason: 'too big' })] },
    ]);
    scene.link.gather();
    assert.deepEqual(scene.gathered(), []);
  });

  test('tell that everything is settled, and which revision was taken, when that is all that is new', async () => {
    const scene = await Scene.open();
    scene.connect();
    scene.link.take(whole([wire('a')], { revision: 5 }));
    const nothing = { applied: [], versions: [] };
    assert.deepEqual(scene.gathered(), [{ ...nothing, revision: 5, settled: false }]);
    scene.settled = true;
    scene.link.gather();
    assert.deepEqual(scene.gathered(), [{ ...nothing, revision: 5, settled: true }]);
    await scene.link.close();
  });

  test('begin on every connection with all that is known, what changed without one included', async () => {
    const scene = await Scene.open();
    scene.link.applied(epoch(1));
    scene.link.version(stand('1'));
    mock.timers.tick(GATHER_MS);
    scene.connect();
    assert.deepEqual(scene.sent(), [{ applied: [epoch(1)], versions: [stand('1')], revision: 0, settled: false }]);
    scene.link.disconnected();
    scene.link.applied(epoch(2));
    scene.link.applied(epoch(1, 'mnist'));
    assert.deepEqual(scene.gathered(), []);
    scene.connect();
    const all = [epoch(2), epoch(1, 'mnist')];
    assert.deepEqual(scene.sent(), [{ applied: all, versions: [stand('1')], revision: 0, settled: false }]);
    assert.deepEqual(scene.gathered(), []);
  });

  test('tell once that a version is gone, and no more of it on the next connection', async () => {
    const scene = await Scene.open();
    scene.connect();
    scene.link.version(stand('1'));
    scene.link.version(stand('2'));
    scene.gathered();
    const gone = stand('1', { state: 'unloaded', gone: true });
    scene.link.version(gone);
    assert.deepEqual(
      scene.gathered().map(({ versions }) => versions),
      [[gone]],
    );
    scene.connect();
    assert.deepEqual(
      scene.sent().map(({ versions }) => versions),
      [[stand('2')]],
    );
  });

  test('tell of a version that was gone and came back before it was told, that it is there', async () => {
    const scene = await Scene.open();
    scene.connect();
    scene.link.version(stand('1', { state: 'unloaded', gone: true }));
    scene.link.version(stand('1'));
    scene.gathered();
    scene.connect();
    assert.deepEqual(
      scene.sent().map(({ versions }) => versions),
      [[stand('1')]],
    );
  });
});

suite('statistics', () => {
  test('are told every second until they are acknowledged, as totals', async () => {
    const scene = await Scene.open();
    scene.connect();
    scene.request();
    mock.timers.tick(STATISTICS_MS - 1);
    assert.deepEqual(scene.sent(), []);
    mock.timers.tick(1);
    const [first, ...rest] = scene.sent();
    assert(first);
    assert.deepEqual([counts(first), rest], [[['1', 1]], []]);
    mock.timers.tick(STATISTICS_MS);
    scene.request();
    mock.timers.tick(STATISTICS_MS);
    const again = scene.sent();
    assert.deepEqual(again.map(counts), [[['1', 1]], [['1', 2]]]);
    scene.acknowledge(again[0]);
    mock.timers.tick(STATISTICS_MS);
    const last = scene.sent();
    assert.deepEqual(last.map(counts), [[['1', 2]]]);
    scene.acknowledge(last[0]);
    mock.timers.tick(10 * STATISTICS_MS);
    assert.deepEqual(scene.sent(), []);
  });

  test('wait for a connection, and are told once a second however often it is made anew', async () => {
    const scene = await Scene.open();
    scene.request();
    mock.timers.tick(STATISTICS_MS);
    for (let connection = 0; connection < 3; connection += 1) {
      scene.connect();
      scene.link.disconnected();
    }
    mock.timers.tick(STATISTICS_MS);
    assert.deepEqual(scene.sent(), []);
    scene.connect();
    mock.timers.tick(STATISTICS_MS);
    assert.equal(scene.sent().length, 1);
  });

  test('do not keep a process alive that has nothing else to do', async () => {
    mock.timers.reset();
    const { link } = await Scene.open();
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    try {
      link.connected(() => undefined);
      link.gather();
      const after = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
      assert.equal(after, before);
    } finally {
      await link.close();
    }
  });
});

suite('evidence', () => {
  test('is told four times a second where it changed', async () => {
    const scene = await Scene.open();
    const arm = new Arm('1/a');
    scene.evidence.add(arm);
    mock.timers.tick(2 * EVIDENCE_MS);
    scene.connect();
    mock.timers.tick(EVIDENCE_MS - 1);
    assert.deepEqual(scene.sent(), []);
    mock.timers.tick(1);
    assert.deepEqual(arms(scene.sent()), [['1/a: 1']]);
    mock.timers.tick(EVIDENCE_MS);
    assert.deepEqual(arms(scene.sent()), []);
    arm.activity = 5;
    mock.timers.tick(EVIDENCE_MS);
    const [report, ...rest] = scene.sent();
    assert.deepEqual(report, {
      ...{ applied: [], versions: [], revision: 0, settled: false },
      evidence: { seq: 2, rows: [{ kind: 'arm', model: 'iris', name: '1/a', bodyJson: '{"calls":5}' }] },
    });
    assert.deepEqual(rest, []);
  });

  test('that is urgent leaves at once, 50 times a second at most', async () => {
    const scene = await Scene.open();
    const arm = new Arm('1/a');
    scene.evidence.add(arm);
    scene.connect();
    for (let fault = 0; fault < 200; fault += 1) {
      arm.activity += 1;
      scene.evidence.hurry();
      mock.timers.tick(1);
    }
    const told = arms(scene.sent());
    assert.equal(told.length, 200 / URGENT_MS);
    assert.deepEqual(told[0], ['1/a: 21']);
  });

  test('that is urgent waits for a connection, and is told with all that was kept by the one before', async () => {
    const scene = await Scene.open();
    const [a, b] = [new Arm('1/a'), new Arm('1/b')];
    for (const arm of [a, b]) scene.evidence.add(arm);
    scene.connect();
    mock.timers.tick(EVIDENCE_MS);
    const [report] = scene.sent();
    scene.link.take(update({ evidenceAck: report?.evidence?.seq ?? 0 }));
    scene.link.disconnected();
    a.activity += 1;
    scene.evidence.hurry();
    mock.timers.tick(4 * EVIDENCE_MS);
    assert.deepEqual(scene.sent(), []);
    scene.connect();
    mock.timers.tick(EVIDENCE_MS);
    assert.deepEqual(arms(scene.sent()), [['1/a: 2', '1/b: 1']]);
  });

  test('is told to the last at the end, also what is not yet acknowledged', async () => {
    const scene = await Scene.open();
    scene.evidence.add(new Arm('1/a'));
    scene.connect();
    mock.timers.tick(EVIDENCE_MS);
    assert.deepEqual(arms(scene.sent()), [['1/a: 1']]);
    let isClosed = false;
    const closing = scene.link.close().then(() => (isClosed = true));
    await turn();
    const [last] = scene.sent();
    assert(last?.evidence);
    assert.deepEqual([arms([last]), isClosed], [[['1/a: 1']], false]);
    scene.link.take(update({ statisticsAck: last.evidence.seq }));
    await turn();
    assert.equal(isClosed, false, 'numbers of statistics are others');
    scene.link.take(update({ evidenceAck: last.evidence.seq }));
    await closing;
    scene.evidence.hurry();
    mock.timers.tick(10 * EVIDENCE_MS);
    assert.deepEqual(scene.sent(), []);
  });

  test('is waited for after the statistics, for two seconds in all', async () => {
    const scene = await Scene.open();
    scene.evidence.add(new Arm('1/a'));
    scene.connect();
    scene.request();
    let isClosed = false;
    const closing = scene.link.close().then(() => (isClosed = true));
    const [statistics] = scene.sent();
    scene.acknowledge(statistics);
    await turn();
    assert.deepEqual(arms(scene.sent()), [['1/a: 1']]);
    mock.timers.tick(LAST_REPORT_MS - 1);
    await turn();
    assert.equal(isClosed, false);
    mock.timers.tick(1);
    await closing;
  });
});

suite('closing', () => {
  test('is over at once where everything is acknowledged', async () => {
    const scene = await Scene.open();
    scene.connect();
    await scene.link.close();
    mock.timers.tick(10 * STATISTICS_MS);
    assert.deepEqual(scene.sent(), []);
  });

  test('tells the last states and counts, and waits until they are kept', async () => {
    const scene = await Scene.open();
    scene.connect();
    scene.request();
    scene.link.version(stand('1', { state: 'draining' }));
    let isClosed = false;
    const closing = scene.link.close().then(() => (isClosed = true));
    const [states, last] = scene.sent();
    assert(states !== undefined && last !== undefined);
    assert.deepEqual(states.versions, [stand('1', { state: 'draining' })]);
    assert.deepEqual(counts(last), [['1', 1]]);
    await turn();
    assert.equal(isClosed, false);
    scene.acknowledge(last);
    await closing;
    scene.request();
    mock.timers.tick(10 * STATISTICS_MS);
    assert.deepEqual(scene.sent(), []);
  });

  test('tells all counts, also when they are more than one report holds', async () => {
    const scene = await Scene.open();
    scene.connect();
    const versions = Array.from({ length: 2 * MAX_SERIES + 1 }, (_, index) => String(index));
    for (const version of versions) scene.request(version);
    const closing = scene.link.close();
    const told: string[] = [];
    for (let reports = 0; reports < 3; reports += 1) {
      const [report] = scene.sent();
      assert(report);
      told.push(...counts(report).map(([version]) => version));
      scene.acknowledge(report);
      await turn();
    }
    await closing;
    assert.deepEqual(told.toSorted(), versions.toSorted());
  });

  test('waits two seconds for the acknowledgement, in all, and then ends without', async () => {
    const scene = await Scene.open();
    scene.connect();
    for (let index = 0; index <= MAX_SERIES; index += 1) scene.request(String(index));
    let isClosed = false;
    const closing = scene.link.close().then(() => (isClosed = true));
    const [first] = scene.sent();
    mock.timers.tick(LAST_REPORT_MS - 1);
    scene.acknowledge(first);
    await turn();
    assert.equal(scene.sent().length, 1);
    assert.equal(isClosed, false);
    mock.timers.tick(1);
    await closing;
  });

  test('tells the last counts again on a new connection where the one that it began with breaks', async () => {
    const scene = await Scene.open();
    scene.connect();
    scene.request();
    const closing = scene.link.close();
    assert.equal(scene.sent().length, 1);
    scene.link.disconnected();
    scene.connect();
    await turn();
    const [again] = scene.sent();
    assert(again);
    assert.deepEqual(counts(again), [['1', 1]]);
    scene.acknowledge(again);
    await closing;
  });

  test('waits for a connection where there is none, so that counts are not lost while the admin process restarts', async () => {
    const scene = await Scene.open();
    scene.request();
    const closing = scene.link.close();
    await turn();
    scene.connect();
    await turn();
    const [report] = scene.sent();
    assert(report);
    assert.deepEqual(counts(report), [['1', 1]]);
    scene.acknowledge(report);
    await closing;
  });
});
