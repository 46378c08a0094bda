/** Qualification as the server sees it: real children, real limits, and models that deserve them. */
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { qualifyVersion } from '../../../src/registry/qualification.ts';
import type { QualificationOptions } from '../../../src/registry/qualification.ts';
import type { VersionSpec } from '../../../src/domain/version.ts';
import { fixture, spec } from '../../support/builders.ts';
import { encodeModel, twoLayers } from '../../support/onnx-models.ts';

const CHILD = fileURLToPath(new URL('../../../src/runtime/qualification-child.ts', import.meta.url));

const LINUX = process.platform === 'linux';

let scratch = '';
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sluice-qualification-'));
});
after(() => rm(scratch, { recursive: true }));

function support(name: string): string {
  return fileURLToPath(new URL(`../../support/${name}.ts`, import.meta.url));
}

function options(over: Partial<QualificationOptions> = {}): QualificationOptions {
  return {
    nodePath: process.execPath,
    childFile: CHILD,
    cacheDir: join(scratch, 'cache'),
    weightsPool: join(scratch, 'weights'),
    timeoutMs: 30_000,
    maxMemoryBytes: 2 ** 30,
    revision: 'test',
    ...over,
  };
}

/** Where only a crash is to be seen: no child may start. */
const NO_CHILD = { childFile: support('crashing-child') };

/** The reason of the rejection. */
async function reasonOf(spec: VersionSpec, over: Partial<QualificationOptions> = {}): Promise<string> {
  try {
    await qualifyVersion(spec, options(over));
  } catch (caught) {
    const { code, message } = caught as { code: string; message: string };
    return `${code}: ${message}`;
  }
  return assert.fail(`${spec.model} was qualified`);
}

suite('qualifyVersion', { concurrency: 1 }, () => {
  test('a good version has a report, and the second time no child is asked', async () => {
    const spec = await fixture('simple');
    const report = await qualifyVersion(spec, options());
    assert.deepEqual([report.digest, report.batchable, report.batchRows], [spec.digest, true, 8]);
    assert(report.memoryBytes >= 0 && report.singleRunMs > 0);
    assert.deepEqual(await qualifyVersion(spec, options(NO_CHILD)), report);
  });

  test('a report holds for the files, the settings and the revision that it was made with, and no others', async () => {
    const cacheDir = join(scratch, 'other-cache');
    const spec = await fixture('simple');
    await qualifyVersion(spec, options({ cacheDir }));
    const others: [VersionSpec, Partial<QualificationOptions>][] = [
      [{ ...spec, digest: 'other' }, {}],
      [{ ...spec, settings: { ...spec.settings, maxBatchRows: 4 } }, {}],
      [{ ...spec, settings: { ...spec.settings, intraOpThreads: 2 } }, {}],
      [{ ...spec, settings: { ...spec.settings, weights: 'memory' } }, {}],
      [spec, { revision: 'other' }],
    ];
    for (const [other, over] of others) {
      assert.match(await reasonOf(other, { ...NO_CHILD, cacheDir, ...over }), /SIGABRT/);
    }
    // What else there is in the settings changes nothing about the version.
    await qualifyVersion(
      { ...spec, settings: { ...spec.settings, maxQueueRows: 1 } },
      options({ ...NO_CHILD, cacheDir }),
    );
  });

  test('both layouts of weights are measured in the sizes in use, and the shared one is chosen for memory', async () => {
    const path = join(scratch, 'two-layers.onnx');
    await writeFile(path, encodeModel(twoLayers()));
    const settings = { ...(await fixture('simple')).settings, weights: 'memory' as const };
    const { weights, ...report } = await qualifyVersion(spec({ path, digest: 'layers', settings }), options());
    assert(weights?.shared);
    const sizes = [weights.exported, weights.shared].map(({ runs }) => runs.map(({ rows }) => rows));
    assert.deepEqual(sizes, [
      [1, 3, 8],
      [1, 3, 8],
    ]);
    assert.deepEqual([weights.layout, weights.sharedBytes], ['shared', 245_760]);
    assert.match(weights.reason, /^one copy for all, as the preference for memory says; runs take .*x at 8 rows/);
    const { loadMs, memoryBytes, runs } = weights.shared;
    assert.deepEqual([report.loadMs, report.memoryBytes, report.batchRunMs], [loadMs, memoryBytes, runs.at(-1)?.ms]);
    // The layout is gone; its weights wait for who loads the version.
    const left = await readdir(join(scratch, 'weights'));
    assert.deepEqual([left.length, left.every((name) => /^[0-9a-f]{64}$/.test(name))], [2, true]);
  });

  test('a version whose weights cannot be shared serves as it was exported, and the reason is said', async () => {
    const path = join(scratch, 'mixed.onnx');
    await writeFile(path, encodeModel(twoLayers()));
    const weightsPool = join(scratch, 'no-pool');
    await writeFile(weightsPool, 'a file');
    const settings = { ...(await fixture('simple')).settings, weights: 'memory' as const };
    const { weights } = await qualifyVersion(spec({ path, digest: 'mixed', settings }), options({ weightsPool }));
    assert.deepEqual([weights?.layout, weights?.shared, weights?.sharedBytes], ['exported', undefined, 245_760]);
    assert.match(weights?.reason ?? '', /^its weights cannot be shared: (EEXIST|ENOTDIR)/);
  });

  test('a report that cannot be read is made again', async () => {
    const cacheDir = join(scratch, 'broken-cache');
    const spec = await fixture('simple');
    await qualifyVersion(spec, options({ cacheDir }));
    const [file = ''] = await readdir(cacheDir);
    const whole = await readFile(join(cacheDir, file));
    await writeFile(join(cacheDir, file), whole.subarray(0, 20));
    await qualifyVersion(spec, options({ cacheDir }));
    assert.equal((await readFile(join(cacheDir, file))).length, whole.length);
  });

  test('a cache that cannot be written does not keep a version from being qualified', async () => {
    const file = join(scratch, 'a-file');
    await writeFile(file, '');
    assert.equal((await qualifyVersion(await fixture('simple'), options({ cacheDir: file }))).batchable, true);
  });

  test('a version that answers its golden example wrongly is rejected, each time anew', async () => {
    const spec = await fixture('wrong_golden');
    const expected = /^invalid_argument: golden example 1 is answered wrongly: output "y" has 1\.5 at element 0/;
    assert.match(await reasonOf(spec), expected);
    assert.match(await reasonOf(spec), expected);
  });

  test('a file that was cut off is rejected with a reason that names no directory', async () => {
    const { path, ...spec } = await fixture('simple');
    const cut = join(scratch, 'model.onnx');
    await copyFile(path, cut);
    const whole = await readFile(cut);
    await writeFile(cut, whole.subarray(0, whole.length / 2));
    const reason = await reasonOf({ ...spec, path: cut, digest: 'cut' });
    assert.match(reason, /^invalid_argument: the model file has \d+ bytes announced where \d+ are left/);
    assert(!reason.includes(scratch), reason);
  });

  test('a file that is not there is rejected', async () => {
    const spec = await fixture('simple');
    assert.match(
      await reasonOf({ ...spec, path: join(scratch, 'nowhere.onnx'), digest: 'none' }),
      /^invalid_argument: /,
    );
  });

  test('a model that hangs is ended when its time is over', async () => {
    assert.equal(
      await reasonOf(await fixture('endless_loop'), { timeoutMs: 2000 }),
      'invalid_argument: qualification did not finish within 2 s; the model hangs, or raise qualification-timeout',
    );
  });

  test('a model that grows beyond the memory limit is ended', async () => {
    const maxMemoryBytes = 300 * 2 ** 20;
    assert.equal(
      await reasonOf(await fixture('hungry_slowly'), { maxMemoryBytes }),
      `invalid_argument: the model needs more memory than qualification-memory allows (${String(maxMemoryBytes)} bytes)`,
    );
  });

  test('a model that asks for more at once than there is fails, and with it only its own qualification', async () => {
    const [hungry, endless, good] = await Promise.all([
      reasonOf(await fixture('hungry')),
      reasonOf(await fixture('endless_loop'), { timeoutMs: 6000 }),
      qualifyVersion(await fixture('simple'), options({ cacheDir: join(scratch, 'beside') })),
    ]);
    assert.match(hungry, /^invalid_argument: .*(ConstantOfShape|allocat|bad_alloc|qualification-memory)/i);
    assert.match(endless, /^invalid_argument: qualification did not finish within 6 s/);
    assert.equal(good.batchable, true);
  });

  test('the child has limits of the system, and nothing of what its parent knows', { skip: !LINUX }, async () => {
    process.env.SLUICE_DATABASE_URL = 'postgres://sluice:secret@nowhere/sluice';
    const model = { ...(await fixture('simple')), bytes: 1000, digest: 'telling' };
    const limits = { childFile: support('telling-child'), timeoutMs: 10_000, maxMemoryBytes: 2 ** 30 };
    const reason = await reasonOf(model, limits);
    delete process.env.SLUICE_DATABASE_URL;
    const { environment, ...told } = JSON.parse(reason.replace('invalid_argument: ', '')) as { environment: string[] };
    const shells = new Set(['PWD', 'OLDPWD', 'SHLVL', '_']);
    assert.deepEqual(
      environment.filter((name) => !shells.has(name) && !name.startsWith('NODE_CHANNEL_')),
      ['ORT_DISABLE_TELEMETRY'],
    );
    const cpuSeconds = 10 * availableParallelism();
    const fileBytes = Math.ceil((1000 + 2 ** 26) / 512) * 512;
    const dataBytes = Math.ceil((2 ** 30 + 2 * (2 ** 30 + 1000)) / 1024) * 1024;
    assert.deepEqual(told, {
      limits: [0, 1024, cpuSeconds, fileBytes, dataBytes].map((limit) => `${limit} ${limit}`),
      oomScore: '1000',
      leads: true,
      reserved: 'RangeError: Array buffer allocation failed',
    });
  });

  test('a model that crashes its process is rejected with how it ended, and names no directory', async () => {
    const reason = await reasonOf({ ...(await fixture('simple')), digest: 'crash' }, NO_CHILD);
    assert.match(reason, /^invalid_argument: the qualification process was ended by SIGABRT: .*terminate called/s);
    assert(!reason.includes('\n') && !/\/\w+\/\w+/.test(reason), reason);
  });

  test('a process that ends without an answer is a rejection as well', async () => {
    assert.equal(
      await reasonOf({ ...(await fixture('simple')), digest: 'left' }, { childFile: support('leaving-child') }),
      'invalid_argument: the qualification process ended with exit code 3',
    );
  });
});
