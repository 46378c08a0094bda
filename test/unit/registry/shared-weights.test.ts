/** What a serve process loads of a version whose weights are to be shared, and what it keeps on its disk for that. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import type { WeightsReport } from '../../../src/domain/weights.ts';
import { SharedWeights } from '../../../src/registry/shared-weights.ts';
import { shareWeights } from '../../../src/runtime/share-weights.ts';
import { report, spec } from '../../support/builders.ts';
import { encodeModel, twoLayers } from '../../support/onnx-models.ts';

let root = '';
let faults: string[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-shared-'));
  faults = [];
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const DIGEST = 'd'.repeat(64);
const exported = { loadMs: 500, memoryBytes: 1000, runs: [{ rows: 1, ms: 3 }] };
const shared = { loadMs: 5, memoryBytes: 10, runs: [{ rows: 1, ms: 2 }] };

function open(): SharedWeights {
  const onFault = (what: string): void => {
    faults.push(what);
  };
  return new SharedWeights({ dir: join(root, 'layouts'), pool: join(root, 'weights'), onFault });
}

/** A version on the disk with the report of its qualification. */
async function version(over: Partial<WeightsReport> = {}) {
  const path = join(root, 'version', 'model.onnx');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, encodeModel(twoLayers()));
  const { digest } = shareWeights({ model: path, folder: join(root, randomUUID()), pool: join(root, 'scratch') });
  const choice = { layout: 'shared', reason: '', sharedBytes: 245_760, digest, exported, shared, ...over } as const;
  const found = report({ loadMs: shared.loadMs, memoryBytes: shared.memoryBytes, weights: choice });
  return { spec: spec({ path, digest: DIGEST }), report: found };
}

async function filesIn(...path: readonly string[]): Promise<readonly string[]> {
  return await readdir(join(root, ...path)).catch(() => []);
}

suite('SharedWeights', () => {
  test('the model file anew is loaded where that was chosen', async () => {
    const prepared = await version();
    const weights = open();
    const { spec: brought, report: kept } = await weights.prepare(prepared);
    assert.equal(brought.path, join(root, 'layouts', DIGEST, 'model.onnx'));
    assert.deepEqual(kept, prepared.report);
    assert.equal((await filesIn('layouts', DIGEST)).length, 3);
    assert.equal((await weights.prepare(prepared)).spec.path, brought.path);
    assert.deepEqual(faults, []);
  });

  test("the version's own file is loaded where nothing was rewritten, or nothing chosen", async () => {
    const weights = open();
    const own = [await version({ digest: '' }), await version({ layout: 'exported' })];
    const old = await version();
    own.push({ ...old, report: report() });
    for (const prepared of own) assert.deepEqual(await weights.prepare(prepared), prepared);
    assert.deepEqual(await filesIn('layouts'), []);
  });

  test('a version whose weights cannot be laid out here serves as it was exported, and that is said', async () => {
    const prepared = await version({ digest: 'e'.repeat(64) });
    const { spec: brought, report: kept } = await open().prepare(prepared);
    assert.equal(brought.path, prepared.spec.path);
    assert.deepEqual([kept.loadMs, kept.memoryBytes, kept.weights?.layout], [500, 1000, 'exported']);
    assert.match(
      kept.weights?.reason ?? '',
      /^the weights of iris 1 could not be laid out: its weights, laid out anew/,
    );
    assert.deepEqual(faults, [kept.weights?.reason]);
  });

  test('a process and its successor may lay out the same version at once', async () => {
    const prepared = await version();
    const both = await Promise.all([open().prepare(prepared), open().prepare(prepared)]);
    const path = join(root, 'layouts', DIGEST, 'model.onnx');
    assert.deepEqual(
      both.map(({ spec: brought }) => brought.path),
      [path, path],
    );
    assert.deepEqual([(await filesIn('weights')).length, faults], [2, []]);
  });

  test('what a former process left is read through before it is used', async () => {
    const prepared = await version();
    const { path } = (await open().prepare(prepared)).spec;
    const [name = ''] = (await filesIn('weights')).toSorted();
    const damaged = join(dirname(path), name);
    const whole = await readFile(damaged);
    await chmod(damaged, 0o644);
    await writeFile(damaged, Buffer.alloc(whole.length));
    await open().prepare(prepared);
    assert(whole.equals(await readFile(damaged)));
  });

  test('weights go with their version, and at the start those of versions that are not there any more', async () => {
    const prepared = await version();
    const weights = open();
    await weights.prepare(prepared);
    await weights.keepOnly(new Set([DIGEST]));
    assert.equal((await filesIn('weights')).length, 2);
    await weights.drop(DIGEST);
    assert.deepEqual([await filesIn('layouts'), await filesIn('weights')], [[], []]);
    await weights.prepare(prepared);
    await open().keepOnly(new Set());
    assert.deepEqual([await filesIn('layouts'), await filesIn('weights'), faults], [[], [], []]);
  });

  test('what cannot be removed is said, and fails nobody', async () => {
    await writeFile(join(root, 'layouts'), 'a file');
    await open().keepOnly(new Set());
    assert.deepEqual(faults, ['weights that are not needed could not be removed']);
  });
});
