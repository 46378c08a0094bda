/** Reading a models directory into the versions that it asks to be served. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { after, before, beforeEach, suite, test } from 'node:test';
import { readModelsDirectory } from '../../../src/registry/directory.ts';
import type { DirectoryListing } from '../../../src/registry/directory.ts';
import { manifestDigest } from '../../../src/registry/digest.ts';
import type { DigestCache } from '../../../src/registry/digest.ts';

const DEFAULTS = {
  maxBatchRows: 64,
  maxQueueDelayMs: 0,
  maxQueueRows: 1024,
  maxQueueBytes: 2 ** 28,
  intraOpThreads: 1,
  executionProviders: ['cpu'],
  maxRunMs: 30_000,
  weights: 'auto' as const,
};
const SETTINGS = { ...DEFAULTS, batching: true, instances: 0, isolated: false };

let scratch = '';
let dir = '';
let count = 0;

before(async () => {
  scratch = await realpath(await mkdtemp(join(tmpdir(), 'sluice-models-')));
});
beforeEach(() => {
  count += 1;
  dir = join(scratch, String(count), 'models');
});
after(async () => {
  await rm(scratch, { recursive: true });
});

/** Files by path below the models directory. */
async function lay(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
}

/** Models with their versions, and problems as "model/version: reason". */
function outline({ models, problems }: DirectoryListing) {
  return {
    models: Object.fromEntries(models.map(({ model, specs }) => [model, specs.map((spec) => spec.version)])),
    problems: problems.map(({ model, version, reason }) => `${model}/${version}: ${reason.replaceAll(dir, '<dir>')}`),
  };
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

suite('readModelsDirectory', () => {
  test('a version is its files: where they are, their bytes and one digest over all of them', async () => {
    const description = '{"framework":"numpy"}';
    await lay({ 'm/1/model.onnx': 'graph', 'm/1/model.json': description, 'm/1/data/_weights.bin': 'weights' });
    const { models, problems } = await readModelsDirectory(dir, DEFAULTS);
    const manifest = [
      ['data/_weights.bin', '7', sha256('weights')],
      ['model.json', '21', sha256(description)],
      ['model.onnx', '5', sha256('graph')],
    ];
    const spec = {
      model: 'm',
      version: '1',
      path: join(dir, 'm/1/model.onnx'),
      digest: sha256(manifest.map((file) => `${file.join('\0')}\n`).join('')),
      files: [
        { path: 'data/_weights.bin', size: 7, sha256: sha256('weights') },
        { path: 'model.json', size: 21, sha256: sha256(description) },
        { path: 'model.onnx', size: 5, sha256: sha256('graph') },
      ],
      bytes: 33,
      settings: SETTINGS,
      golden: undefined,
      metadata: { framework: 'numpy' },
      report: undefined,
    };
    assert.deepEqual(
      { models, problems },
      { models: [{ model: 'm', specs: [spec], config: {}, traffic: undefined }], problems: [] },
    );
  });

  test('the digest does not depend on where the files lie or in what order they are found', async () => {
    await lay({ 'a/1/model.onnx': 'x', 'a/1/w': 'y', 'b/7/w': 'y', 'b/7/model.onnx': 'x', 'c/1/model.onnx': 'x' });
    const { models } = await readModelsDirectory(dir, DEFAULTS);
    const [a, b, c] = models.map(({ specs }) => specs[0]?.digest);
    assert.equal(a, b);
    assert.notEqual(a, c);
    const files = ['w', 'model.onnx', 'Z', 'é'].map((path) => ({ path, size: 1, sha256: path }));
    assert.equal(manifestDigest(files), manifestDigest(files.toReversed()));
  });

  test('versions come in the order that people count in, models by name', async () => {
    await lay(Object.fromEntries(['m/10', 'm/2', 'm/1.9', 'm/1.10', 'a/1'].map((at) => [`${at}/model.onnx`, 'x'])));
    assert.deepEqual(outline(await readModelsDirectory(dir, DEFAULTS)), {
      models: { a: ['1'], m: ['1.9', '1.10', '2', '10'] },
      problems: [],
    });
  });

  test('config.json gives settings and traffic to every version of the model', async () => {
    const config = { maxBatchRows: 8, versionPolicy: 'all', traffic: { '1': 9000, '2': 1000 } };
    await lay({ 'm/config.json': JSON.stringify(config), 'm/1/model.onnx': 'x', 'm/2/model.onnx': 'y' });
    const { models } = await readModelsDirectory(dir, DEFAULTS);
    assert.deepEqual(
      models.map(({ config: running, traffic, specs }) => ({
        running,
        traffic,
        settings: specs.map((spec) => spec.settings),
      })),
      [
        {
          running: { maxBatchRows: 8 },
          traffic: new Map([
            ['1', 9000],
            ['2', 1000],
          ]),
          settings: [
            { ...SETTINGS, maxBatchRows: 8 },
            { ...SETTINGS, maxBatchRows: 8 },
          ],
        },
      ],
    );
  });

  test("what is hidden, private or no folder is nobody's model", async () => {
    await lay({
      'README.md': '#',
      'train.py': '',
      '.git/1/model.onnx': 'x',
      '__pycache__/train.pyc': '',
      'm/notes.txt': '',
      'm/.cache/x': '',
      'm/1/model.onnx': 'x',
    });
    assert.deepEqual(outline(await readModelsDirectory(dir, DEFAULTS)), { models: { m: ['1'] }, problems: [] });
  });

  test('what is broken is a problem with its reason and stops nothing else', async () => {
    await lay({
      'good/1/model.onnx': 'x',
      'good/2/readme': '',
      'good/3/model.onnx': 'x',
      'good/3/model.json': '{"golden": 3}',
      'good/4 5/model.onnx': 'x',
      'good/6/model.onnx/x': 'a folder',
      'bad name/1/model.onnx': 'x',
      'config/1/model.onnx': 'x',
      'config/config.json': '{"batching": 1}',
      'empty/notes.txt': '',
      'huge/1/model.onnx': 'x',
      'huge/1/model.json': ' '.repeat(2 ** 20 + 1),
    });
    const name = 'its name must be letters, digits, ".", "_" and "-", 128 at most, and begin with a letter or digit';
    assert.deepEqual(outline(await readModelsDirectory(dir, DEFAULTS)), {
      models: { good: ['1'] },
      problems: [
        `bad name/: ${name}`,
        'config/: <dir>/config/config.json: "batching" cannot be 1; give true or false',
        'empty/: it has no version; add a folder with a model.onnx',
        'good/6: <dir>/good/6/model.onnx is not a regular file; replace it with one',
        `good/4 5: ${name}`,
        'good/3: <dir>/good/3/model.json: "golden" is 3; give tolerance and examples',
        'good/2: there is no <dir>/good/2/model.onnx; put the model there, or remove the folder',
        'huge/1: <dir>/huge/1/model.json is larger than 1048576 bytes; make it smaller',
      ],
    });
  });

  test('a directory that is not there, or is a file, is refused in a sentence', async () => {
    await lay({ file: 'x' });
    const hint = /^cannot read the models directory .*; give one with --models-dir$/;
    await assert.rejects(readModelsDirectory(join(dir, 'no'), DEFAULTS), { code: 'invalid_argument', message: hint });
    await assert.rejects(readModelsDirectory(join(dir, 'file'), DEFAULTS), { code: 'invalid_argument', message: hint });
  });

  test('an aborted reading ends with the reason of its signal', async () => {
    await lay({ 'm/1/model.onnx': 'x' });
    const signal = AbortSignal.abort(new Error('going down'));
    await assert.rejects(readModelsDirectory(dir, DEFAULTS, { signal }), /going down/);
  });
});

suite('links', () => {
  test('a link that leaves the models directory is refused, whatever it stands for', async () => {
    await lay({ 'm/1/model.onnx': 'x', 'n/1/model.onnx': 'x', 'n/1/sub/x': '', 'c/1/model.onnx': 'x' });
    const outside = join(dir, '..', 'outside');
    await mkdir(join(outside, '1'), { recursive: true });
    await writeFile(join(outside, 'secret'), 'secret');
    await writeFile(join(outside, '1', 'model.onnx'), 'x');
    await symlink(join(outside, 'secret'), join(dir, 'm/1/weights.bin'));
    await symlink('../../outside/1', join(dir, 'm/2'));
    await symlink(outside, join(dir, 'n/1/sub/away'));
    await symlink(outside, join(dir, 'linked'));
    await symlink(join(outside, 'secret'), join(dir, 'c/config.json'));
    const leads = 'leads outside of <dir>; copy it to where it should be';
    assert.deepEqual(outline(await readModelsDirectory(dir, DEFAULTS)), {
      models: {},
      problems: [
        `c/: <dir>/c/config.json ${leads}`,
        `linked/: <dir>/linked ${leads}`,
        `m/2: <dir>/m/2/model.onnx ${leads}`,
        `m/1: <dir>/m/1/weights.bin ${leads}`,
        `n/1: <dir>/n/1/sub/away/ ${leads}`,
      ],
    });
  });

  test('links inside of the directory are followed, as Kubernetes mounts volumes', async () => {
    await lay({ 'm/1/..2026/model.onnx': 'x' });
    await symlink('..2026', join(dir, 'm/1/..data'));
    await symlink('..data/model.onnx', join(dir, 'm/1/model.onnx'));
    await symlink('1', join(dir, 'm/2'));
    const { models, problems } = await readModelsDirectory(dir, DEFAULTS);
    assert.deepEqual(problems, []);
    const digest = manifestDigest([{ path: 'model.onnx', size: 1, sha256: sha256('x') }]);
    assert.deepEqual(
      models[0]?.specs.map((spec) => [spec.version, spec.digest]),
      [
        ['1', digest],
        ['2', digest],
      ],
    );
  });

  test('links in a circle and links to nothing end in a problem', async () => {
    await lay({ 'm/1/model.onnx': 'x', 'm/2/model.onnx': 'x' });
    await symlink('.', join(dir, 'm/1/again'));
    await symlink('nowhere', join(dir, 'm/2/weights.bin'));
    assert.deepEqual(outline(await readModelsDirectory(dir, DEFAULTS)), {
      models: {},
      problems: [
        'm/2: <dir>/m/2/weights.bin leads nowhere; replace or remove it',
        'm/1: <dir>/m/1 has more than 1000 files or folders, or more than 4 levels of them',
      ],
    });
  });
});

suite('version policy', () => {
  const versions = Object.fromEntries(['1', '2', '3', '10'].map((version) => [`m/${version}/model.onnx`, version]));

  async function read(versionPolicy: unknown, more: Readonly<Record<string, string>> = {}) {
    await lay({ ...versions, ...more, 'm/config.json': JSON.stringify({ versionPolicy }) });
    return outline(await readModelsDirectory(dir, DEFAULTS));
  }

  test('the latest are the newest by count', async () => {
    assert.deepEqual(await read({ latest: 2 }), { models: { m: ['3', '10'] }, problems: [] });
  });

  test('a newest version that cannot be read displaces none that can', async () => {
    assert.deepEqual(await read({ latest: 2 }, { 'm/11/half-copied': '' }), {
      models: { m: ['3', '10'] },
      problems: ['m/11: there is no <dir>/m/11/model.onnx; put the model there, or remove the folder'],
    });
  });

  test('specific versions are those, and one that is missing is told', async () => {
    assert.deepEqual(await read({ specific: ['2', '1', '7'] }), {
      models: { m: ['1', '2'] },
      problems: ['m/7: there is no <dir>/m/7/model.onnx; put the model there, or remove the folder'],
    });
  });

  test('traffic for a version that is not served is a problem, and stays as written', async () => {
    await lay({ 'm/1/model.onnx': 'x', 'm/config.json': '{"traffic": {"1": 9000, "2": 1000}}' });
    const listing = await readModelsDirectory(dir, DEFAULTS);
    assert.deepEqual(outline(listing).problems, [
      'm/2: config.json gives it traffic, but it is not among the versions to serve',
    ]);
    assert.equal(listing.models[0]?.traffic?.get('2'), 1000);
  });
});

suite('reading again', () => {
  test('files that did not change are not read again, changed ones are, and gone ones are forgotten', async () => {
    await lay({ 'm/1/model.onnx': 'one', 'm/2/model.onnx': 'two', 'm/3/model.onnx': 'three' });
    const digests: DigestCache = new Map();
    const first = await readModelsDirectory(dir, DEFAULTS, { digests });
    const paths = ['1', '2', '3'].map((version) => join(dir, 'm', version, 'model.onnx'));
    assert.deepEqual([...digests.keys()].sort(), paths);
    const [one] = paths;
    const known = digests.get(one ?? '');
    assert(one !== undefined && known !== undefined);
    digests.set(one, { ...known, sha256: 'taken from the cache' });
    await writeFile(join(dir, 'm/2/model.onnx'), 'new');
    await rm(join(dir, 'm/3'), { recursive: true });
    const second = await readModelsDirectory(dir, DEFAULTS, { digests });
    const digest = (size: number, hash: string) => manifestDigest([{ path: 'model.onnx', size, sha256: hash }]);
    assert.deepEqual(
      [first, second].map((listing) => listing.models[0]?.specs.map((spec) => spec.digest)),
      [
        [digest(3, sha256('one')), digest(3, sha256('two')), digest(5, sha256('three'))],
        [digest(3, 'taken from the cache'), digest(3, sha256('new'))],
      ],
    );
    assert.equal(digests.size, 2);
  });

  test('a file of the same size and modification time that took the place of another is read', async () => {
    await lay({ 'm/1/model.onnx': 'one' });
    const path = join(dir, 'm/1/model.onnx');
    const then = new Date('2026-01-01T00:00:00Z');
    await utimes(path, then, then);
    const digests: DigestCache = new Map();
    await readModelsDirectory(dir, DEFAULTS, { digests });
    await writeFile(join(dir, 'new'), 'two');
    await utimes(join(dir, 'new'), then, then);
    await rename(join(dir, 'new'), path);
    const { models } = await readModelsDirectory(dir, DEFAULTS, { digests });
    const digest = manifestDigest([{ path: 'model.onnx', size: 3, sha256: sha256('two') }]);
    assert.deepEqual(
      models[0]?.specs.map((spec) => spec.digest),
      [digest],
    );
  });

  test('hashing a large file leaves the thread free in between', async () => {
    await lay({ 'm/1/model.onnx': 'x', 'm/1/weights.bin': new Uint8Array(64 * 2 ** 20) });
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await readModelsDirectory(dir, DEFAULTS);
    delay.disable();
    assert(delay.count > 10, `the event loop turned ${delay.count} times`);
    assert(delay.percentile(50) < 10e6, `the median delay is ${delay.percentile(50) / 1e6} ms`);
  });
});

test('the models and the fixtures of this repository are read without a problem', async () => {
  for (const name of ['models', 'test/models']) {
    const listing = await readModelsDirectory(join(import.meta.dirname, '../../..', name), DEFAULTS);
    assert.deepEqual(listing.problems, []);
    assert(listing.models.length >= 3);
    assert.deepEqual(structuredClone(listing), listing, 'a listing can be posted between threads');
  }
});

test('a copy of a model directory has the same digest', async () => {
  const iris = join(import.meta.dirname, '../../../models/iris');
  await lay({});
  await cp(iris, join(dir, 'copy'), { recursive: true });
  const [copy] = (await readModelsDirectory(dir, DEFAULTS)).models;
  const original = (await readModelsDirectory(dirname(iris), DEFAULTS)).models.find(({ model }) => model === 'iris');
  assert.deepEqual(
    copy?.specs.map((spec) => spec.digest),
    original?.specs.map((spec) => spec.digest),
  );
  const files = ['1/model.onnx', '1/model.json', '1/reference.json'].map((file) => readFile(join(iris, file)));
  const bytes = (await Promise.all(files)).reduce((sum, { length }) => sum + length, 0);
  assert.equal(copy?.specs[0]?.bytes, bytes);
});
