/** Sketching a version's reference.json, with a session made of test. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Block } from '../../../src/batching/join-and-split.ts';
import { toTensor } from '../../../src/batching/join-and-split.ts';
import { elementsOf } from '../../../src/domain/elements.ts';
import type { Signature } from '../../../src/domain/signature.ts';
import type { ReferenceSketches } from '../../../src/domain/sketch.ts';
import { reportFromJson, reportToJson } from '../../../src/registry/report-codec.ts';
import { sketchReference } from '../../../src/runtime/reference.ts';
import { report, signature, tensorSpec } from '../../support/builders.ts';

const NUMERIC = { kind: 'numeric', nan: 0 } as const;

/** Answers each run with its first input, under the name of the first output. */
class Echo {
  readonly signature: Signature;
  readonly runs: (readonly (readonly unknown[])[])[] = [];
  fails = false;

  constructor(shape: Signature = signature({ outputs: [tensorSpec('y', 'FP32', ['batch', 2])] })) {
    this.signature = shape;
  }

  run(blocks: readonly Block[]): Promise<{ outputs: readonly Block[]; computeMs: number }> {
    if (this.fails) return Promise.reject(new Error('index out of range'));
    this.runs.push(blocks.map((block) => Array.from(elementsOf(toTensor(block)))));
    const [first] = blocks;
    const name = this.signature.outputs[0]?.name ?? '';
    return Promise.resolve({ outputs: first === undefined ? [] : [{ ...first, name }], computeMs: 1 });
  }
}

suite('sketchReference', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reference-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function sketch(
    json: unknown,
    { session = new Echo(), batchable = true, now }: { session?: Echo; batchable?: boolean; now?: () => number } = {},
  ): Promise<ReferenceSketches | undefined> {
    await writeFile(join(folder, 'reference.json'), typeof json === 'string' ? json : JSON.stringify(json));
    return await sketchReference(session, { path: join(folder, 'model.onnx'), batchable }, now);
  }

  test('a version without one has none', async () => {
    assert.equal(await sketchReference(new Echo(), { path: '/nowhere/model.onnx', batchable: true }), undefined);
  });

  test('its rows are run and counted one by one, inputs and outputs', async () => {
    const rows = Array.from({ length: 20 }, (_, at) => [1, at < 5 ? -2 : 4]);
    const session = new Echo();
    const found = await sketch({ inputs: { x: rows } }, { session });
    const columns = [
      { ...NUMERIC, units: 20, buckets: [128, 20] },
      { ...NUMERIC, units: 20, buckets: [-136, 5, 144, 15] },
    ] as const;
    assert.deepEqual(found, {
      format: 1,
      rows: 20,
      features: {
        'input x[0]': columns[0],
        'input x[1]': columns[1],
        'output y[0]': columns[0],
        'output y[1]': columns[1],
      },
    });
    assert.deepEqual(
      session.runs.map(([x]) => (x?.length ?? 0) / 2),
      [16, 4],
    );
  });

  test('rows of a model that may not join them run alone, those of a fixed size together', async () => {
    const alone = new Echo();
    await sketch(
      {
        inputs: {
          x: [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        },
      },
      { session: alone, batchable: false },
    );
    const fixed = new Echo(signature({ inputs: [tensorSpec('x', 'FP32', [2, 2])] }));
    await sketch(
      {
        inputs: {
          x: [
            [1, 2],
            [3, 4],
            [5, 6],
            [7, 8],
          ],
        },
      },
      { session: fixed, batchable: false },
    );
    assert.deepEqual([alone.runs.length, fixed.runs.length], [3, 2]);
  });

  test('every type is read, rows may be single values', async () => {
    const inputs = [
      tensorSpec('word', 'BYTES', ['n']),
      tensorSpec('truth', 'BOOL', ['n']),
      tensorSpec('id', 'INT64', ['n', 1]),
      tensorSpec('half', 'FP16', ['n', 1, 2]),
    ];
    const session = new Echo(signature({ inputs, outputs: [tensorSpec('z', 'BYTES', ['n'])] }));
    await sketch(
      { inputs: { word: ['a', 'b'], truth: [true, false], id: [[7], [-8]], half: [[[0.5, 'NaN']], [[2, 3]]] } },
      { session },
    );
    assert.deepEqual(session.runs, [
      [
        ['a', 'b'],
        [1, 0],
        [7n, -8n],
        [0.5, NaN, 2, 3],
      ],
    ]);
  });

  test('a slow model is run on what fits in ten seconds', async () => {
    let at = 0;
    const found = await sketch(
      { inputs: { x: Array.from({ length: 100 }, () => [1, 2]) } },
      { now: () => (at += 3000) },
    );
    assert.equal(found?.rows, 48);
  });

  test('what cannot be used is refused with what to do', async () => {
    const wide = Array.from({ length: 10_001 }, () => [1, 2]);
    for (const [json, reason] of [
      ['{', /^reference.json: /],
      [[], /holds \[\]; write \{"inputs": \{NAME: \[row, …\]\}\}/],
      [{ inputs: { z: [[1, 2]] } }, /the model has no input "z"; it has "x"/],
      [{ inputs: {} }, /input "x" is undefined; give a list of 1 to 10000 rows/],
      [{ inputs: { x: wide } }, /give a list of 1 to 10000 rows/],
      [{ inputs: { x: [[1, 2], [3]] } }, /input "x" has a row of shape \[1\] after one of \[2\]/],
      [{ inputs: { x: [[[1], [2, 3]]] } }, /lists of different lengths/],
      [{ inputs: { x: [[1, 'two']] } }, /input "x" has "two" in a row; give numbers, or "NaN"/],
    ] as const) {
      await assert.rejects(sketch(json), { code: 'invalid_argument', message: reason });
    }
    const session = new Echo();
    session.fails = true;
    await assert.rejects(sketch({ inputs: { x: [[1, 2]] } }, { session }), {
      message: 'reference.json: the model fails on its rows from 1 on: index out of range',
    });
  });
});

suite('a report as JSON', () => {
  const reference: ReferenceSketches = {
    format: 1,
    rows: 1,
    features: { 'input x': { ...NUMERIC, units: 1, buckets: [128, 1] } },
  };

  test('keeps the reference', () => {
    assert.deepEqual(reportFromJson(reportToJson(report({ reference }))), report({ reference }));
  });

  test('of an older release has none, and that of a later one is not read', () => {
    assert.deepEqual(reportFromJson(reportToJson(report())), report());
    const later = reportToJson(report({ reference })).replace('"format":1', '"format":2');
    assert.deepEqual(reportFromJson(later), report());
  });
});
