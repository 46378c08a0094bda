import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { EvidenceBook } from '../../../src/monitor/evidence-book.ts';
import type { EvidenceKind, EvidenceSource } from '../../../src/monitor/evidence-book.ts';
import { EvidenceReporter, MAX_BODY_CHARACTERS } from '../../../src/monitor/evidence-reporter.ts';
import type { EvidenceReport } from '../../../src/monitor/evidence-reporter.ts';

const CALM_MS = 2_000;
const AGAIN_MS = 5_000;
const MAX_ROWS = 500;
const MAX_CHARACTERS = 2_000_000;
const MAX_OUTSTANDING = 64;

/** A source that counts what the test says. */
class Counter implements EvidenceSource {
  readonly kind: EvidenceKind;
  readonly model = 'iris';
  name: string;
  activity = 0;
  padding = '';

  constructor(name: string, kind: EvidenceKind = 'arm') {
    this.name = name;
    this.kind = kind;
  }

  count(times = 1): this {
    this.activity += times;
    return this;
  }

  body() {
    return { count: this.activity, padding: this.padding };
  }
}

class Scene {
  now = 0;
  readonly book = new EvidenceBook();
  readonly reporter = new EvidenceReporter(this.book, () => this.now);

  add(name: string, kind?: EvidenceKind): Counter {
    const counter = new Counter(name, kind);
    this.book.add(counter);
    return counter;
  }

  /** "name: count" of the next report. */
  told(options?: { isLast: boolean }): readonly string[] {
    return linesOf(this.reporter.collect(options));
  }

  /** The same, and it is kept. */
  kept(): readonly string[] {
    const report = this.reporter.collect();
    if (report !== undefined) this.reporter.acknowledge(report.seq);
    return linesOf(report);
  }
}

function linesOf(report: EvidenceReport | undefined): readonly string[] {
  return (report?.rows ?? []).map(({ name, bodyJson }) => `${name}: ${String(countOf(bodyJson))}`);
}

function countOf(bodyJson: string): number {
  return (JSON.parse(bodyJson) as { count: number }).count;
}

suite('EvidenceReporter', () => {
  test('tells of what counted something, once, as the whole since the start', () => {
    const scene = new Scene();
    const a = scene.add('a').count();
    scene.add('b');
    const report = scene.reporter.collect();
    assert.deepEqual(report, {
      seq: 1,
      rows: [{ kind: 'arm', model: 'iris', name: 'a', bodyJson: '{"count":1,"padding":""}' }],
    });
    scene.reporter.acknowledge(1);
    scene.now += 10 * AGAIN_MS;
    assert.equal(scene.reporter.collect(), undefined);
    a.count(2);
    assert.deepEqual(scene.kept(), ['a: 3']);
  });

  test('tells news of arms in every report, of others every two seconds, and of all in the last', () => {
    const scene = new Scene();
    const sources = [scene.add('arm'), scene.add('sketch', 'sketch'), scene.add('comparison', 'comparison')];
    const count = (): void => {
      for (const source of sources) source.count();
    };
    count();
    assert.deepEqual(scene.kept(), ['arm: 1', 'sketch: 1', 'comparison: 1']);
    count();
    scene.now += CALM_MS - 1;
    assert.deepEqual(scene.kept(), ['arm: 2']);
    assert.deepEqual(scene.told({ isLast: true }), ['sketch: 2', 'comparison: 2']);
    count();
    scene.now += CALM_MS;
    assert.deepEqual(scene.kept(), ['arm: 3', 'sketch: 3', 'comparison: 3']);
  });

  test('tells again after five seconds what is not acknowledged, in the last report at once', () => {
    const scene = new Scene();
    scene.add('a').count();
    assert.deepEqual(scene.told(), ['a: 1']);
    scene.now += AGAIN_MS - 1;
    assert.deepEqual(scene.told(), []);
    assert.deepEqual(scene.told({ isLast: true }), ['a: 1']);
    scene.now += AGAIN_MS;
    assert.deepEqual(scene.kept(), ['a: 1']);
    assert.deepEqual(scene.told({ isLast: true }), []);
  });

  test('takes an acknowledgement for what was in its report, not for what came later', () => {
    const scene = new Scene();
    const a = scene.add('a').count();
    scene.told();
    a.count();
    assert.deepEqual(scene.told(), ['a: 2']);
    scene.reporter.acknowledge(1);
    scene.reporter.acknowledge(77);
    scene.now += AGAIN_MS;
    assert.deepEqual(scene.told(), ['a: 2']);
    scene.reporter.acknowledge(2);
    scene.reporter.acknowledge(1);
    scene.now += AGAIN_MS;
    assert.deepEqual(scene.told(), ['a: 2'], 'report 3 took the place of report 2');
    scene.reporter.acknowledge(4);
    scene.now += AGAIN_MS;
    assert.deepEqual(scene.told(), []);
  });

  test('tells everything to another receiver, also what the former one kept', () => {
    const scene = new Scene();
    scene.add('a').count();
    scene.add('b').count();
    assert.deepEqual(scene.kept(), ['a: 1', 'b: 1']);
    scene.reporter.restart();
    assert.deepEqual(scene.told(), ['a: 1', 'b: 1']);
    scene.reporter.restart();
    scene.reporter.acknowledge(2);
    assert.deepEqual(scene.told(), ['a: 1', 'b: 1'], 'an acknowledgement of the former one says nothing');
  });

  test('tells at most 500 rows in one report, those first that waited longest', () => {
    const scene = new Scene();
    const counters = Array.from({ length: MAX_ROWS + 2 }, (_, index) => scene.add(String(index)).count());
    scene.now = 1;
    assert.equal(scene.told().length, MAX_ROWS);
    for (const counter of counters) counter.count();
    const next = scene.told();
    assert.equal(next.length, MAX_ROWS);
    assert.deepEqual(next.slice(0, 3), [`${String(MAX_ROWS)}: 2`, `${String(MAX_ROWS + 1)}: 2`, '0: 2']);
  });

  test('ends a report that reached 2 MB, and leaves out a row that no receiver would take', () => {
    const scene = new Scene();
    for (let index = 0; index < 9; index += 1) {
      scene.add(String(index)).count().padding = 'p'.repeat(MAX_CHARACTERS / 5);
    }
    scene.add('huge').count().padding = 'p'.repeat(MAX_BODY_CHARACTERS);
    assert.deepEqual([scene.kept().length, scene.kept().length, scene.kept().length], [5, 4, 0]);
    scene.now += AGAIN_MS;
    assert.deepEqual(scene.kept(), []);
  });

  test('tells a row that begins anew under another name, however much it counted before', () => {
    const scene = new Scene();
    const slot = scene.add('1@0', 'sketch').count(5);
    assert.deepEqual(scene.kept(), ['1@0: 5']);
    slot.name = '1@2';
    scene.now += CALM_MS;
    assert.deepEqual(scene.kept(), ['1@2: 5']);
  });

  test('waits for the acknowledgement of 64 reports; rows of older ones are told again', () => {
    const scene = new Scene();
    const old = scene.add('old').count();
    scene.told();
    const busy = scene.add('busy');
    for (let report = 0; report < MAX_OUTSTANDING; report += 1) {
      busy.count();
      scene.told();
    }
    scene.reporter.acknowledge(1);
    scene.reporter.acknowledge(MAX_OUTSTANDING + 1);
    scene.now += AGAIN_MS;
    assert.deepEqual(scene.kept(), [`old: ${String(old.activity)}`]);
  });

  test('leaves the receiver with the whole, whatever gets lost, is repeated or comes late', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('count'), at: fc.nat({ max: 3 }) }),
      fc.record({ kind: fc.constantFrom('report', 'lose', 'last', 'restart', 'tick'), at: fc.constant(0) }),
      fc.record({ kind: fc.constantFrom('keep', 'forget'), at: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const world = new World();
        for (const { kind, at } of steps) world.step(kind, at);
        world.end();
        assert.deepEqual(world.received, world.counted);
      }),
    );
  });
});

/** A receiver, a way to it that loses messages, and acknowledgements that come in any order, many times or never. */
class World {
  readonly #scene = new Scene();
  readonly #counters = (['arm', 'arm', 'sketch', 'comparison'] as const).map((kind, index) =>
    this.#scene.add(String(index), kind),
  );
  readonly #arrived: number[] = [];
  /** What the receiver has of each row. */
  readonly #has = new Map<string, number>();

  step(kind: string, at: number): void {
    const { reporter } = this.#scene;
    if (kind === 'count') this.#counters[at]?.count();
    else if (kind === 'report') this.#arrive(reporter.collect());
    else if (kind === 'last') this.#arrive(reporter.collect({ isLast: true }));
    else if (kind === 'lose') reporter.collect();
    else if (kind === 'tick') this.#scene.now += 700;
    else if (kind === 'restart') this.#restart();
    else if (this.#arrived.length > 0) {
      // Kept in any order; the same one perhaps again.
      const seq = this.#arrived[at % this.#arrived.length] ?? 0;
      if (kind === 'keep') reporter.acknowledge(seq);
      else this.#arrived.splice(this.#arrived.indexOf(seq), 1);
    }
  }

  /** Nothing is lost any more. */
  end(): void {
    for (let turn = 0; turn < 4; turn += 1) {
      this.#scene.now += AGAIN_MS;
      const report = this.#scene.reporter.collect();
      this.#arrive(report);
      if (report !== undefined) this.#scene.reporter.acknowledge(report.seq);
    }
    assert.equal(this.#scene.reporter.collect({ isLast: true }), undefined, 'there is an end to it');
  }

  get received(): Record<string, number> {
    return Object.fromEntries([...this.#has].toSorted());
  }

  get counted(): Record<string, number> {
    const active = this.#counters.filter(({ activity }) => activity > 0);
    return Object.fromEntries(active.map(({ name, activity }) => [name, activity]));
  }

  /** Another receiver, which has nothing. */
  #restart(): void {
    this.#scene.reporter.restart();
    this.#arrived.length = 0;
    this.#has.clear();
  }

  #arrive(report: EvidenceReport | undefined): void {
    if (report === undefined) return;
    this.#arrived.push(report.seq);
    for (const { name, bodyJson } of report.rows) {
      assert(countOf(bodyJson) >= (this.#has.get(name) ?? 0), 'a later report contains the earlier');
      this.#has.set(name, countOf(bodyJson));
    }
  }
}
