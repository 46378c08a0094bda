/** Folders of versions in use: complete and checked, whatever happens to the disk or to whoever brings the files. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, suite, test } from 'node:test';
import type { RegistryFile } from '../../../src/domain/registry-file.ts';
import { Blobs } from '../../../src/registry/blobs.ts';
import { manifestDigest } from '../../../src/registry/digest.ts';
import { VersionFolders, linkOrCopy } from '../../../src/registry/version-folders.ts';
import type { VersionOrder } from '../../../src/registry/version-folders.ts';
import { settings } from '../../support/builders.ts';

const GOLDEN = {
  tolerance: 0.5,
  examples: [
    {
      inputs: { x: { datatype: 'BYTES', shape: [1], data: ['a'] } },
      outputs: { y: { datatype: 'BYTES', shape: [1], data: ['b'] } },
    },
  ],
};
const CONTENTS = {
  'model.json': JSON.stringify({ framework: 'numpy', golden: GOLDEN }),
  'model.onnx': 'graph',
  'weights/part1.bin': 'weights',
};

let scratch = '';
let dir = '';
let count = 0;
before(async () => {
  scratch = await realpath(await mkdtemp(join(tmpdir(), 'sluice-folders-')));
});
beforeEach(() => {
  count += 1;
  dir = join(scratch, String(count), 'versions');
});
after(() => rm(scratch, { recursive: true }));

function filesOf(contents: Readonly<Record<string, string>>): readonly RegistryFile[] {
  return Object.entries(contents).map(([path, content]) => ({
    path,
    size: Buffer.byteLength(content),
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
}

function order(contents: Readonly<Record<string, string>> = CONTENTS, over: Partial<VersionOrder> = {}): VersionOrder {
  const files = filesOf(contents);
  const digest = manifestDigest(files);
  const said = { settings: settings(), metadata: { owner: 'me' }, report: undefined };
  return { model: 'iris', version: '1', digest, files, ...said, ...over };
}

/** Obtains files by content, and counts. */
class Source {
  readonly asked: string[] = [];
  contents: Readonly<Record<string, string>> = CONTENTS;

  readonly obtain = async ({ path }: RegistryFile, target: string): Promise<void> => {
    this.asked.push(path);
    const content = this.contents[path];
    if (content === undefined) throw new Error('the line broke');
    await writeFile(target, content, { flag: 'wx' });
  };
}

async function open(source = new Source()): Promise<{ folders: VersionFolders; source: Source }> {
  return { folders: await VersionFolders.open({ dir, obtain: source.obtain }), source };
}

suite('bringing a version', () => {
  test('the spec has what was ordered, where the model lies, and the golden examples of its model.json', async () => {
    const { folders, source } = await open();
    const spec = await folders.bring(order());
    const { golden, ...rest } = spec;
    const wanted = order();
    assert.deepEqual(rest, { ...wanted, path: join(dir, wanted.digest, 'model.onnx'), bytes: bytesOf(wanted) });
    assert.deepEqual([golden?.tolerance, golden?.examples[0]?.inputs[0]?.data], [0.5, ['a']]);
    assert.deepEqual(await readdir(dir), [wanted.digest]);
    assert.equal(await readFile(join(dir, wanted.digest, 'weights/part1.bin'), 'utf8'), 'weights');
    assert.deepEqual(source.asked, Object.keys(CONTENTS));
  });

  test('a version without model.json has no golden examples', async () => {
    const { folders, source } = await open();
    source.contents = { 'model.onnx': 'graph' };
    assert.equal((await folders.bring(order(source.contents))).golden, undefined);
  });

  test('brings of one digest share the work, under whatever name, and later ones find it done', async () => {
    const { folders, source } = await open();
    const specs = await Promise.all([
      folders.bring(order()),
      folders.bring(order(CONTENTS, { model: 'other', version: '7', metadata: {} })),
    ]);
    await folders.bring(order());
    assert.deepEqual(
      specs.map(({ model, version, metadata, golden }) => [model, version, metadata, golden?.tolerance]),
      [
        ['iris', '1', { owner: 'me' }, 0.5],
        ['other', '7', {}, 0.5],
      ],
    );
    assert.equal(source.asked.length, 3);
  });

  test('a folder of a former process is checked, not obtained again', async () => {
    await (await open()).folders.bring(order());
    const { folders, source } = await open();
    assert.equal((await folders.bring(order())).golden?.tolerance, 0.5);
    assert.deepEqual(source.asked, []);
  });

  test('what cannot be obtained leaves nothing, and the next attempt may succeed', async () => {
    const { folders, source } = await open();
    source.contents = { 'model.json': CONTENTS['model.json'] };
    await assert.rejects(folders.bring(order()), /the line broke/);
    assert.deepEqual(await readdir(dir), []);
    source.contents = CONTENTS;
    await folders.bring(order());
  });

  test('a model.json that is wrong is the fault of the version', async () => {
    const { folders, source } = await open();
    source.contents = { 'model.onnx': 'graph', 'model.json': '{"golden": 3}' };
    await assert.rejects(folders.bring(order(source.contents)), {
      code: 'invalid_argument',
      message: /"golden" is 3; give tolerance and examples/,
    });
  });

  test('files that would leave the folder are refused before anything is written', async () => {
    const { folders, source } = await open();
    const escaping = order({ 'model.onnx': 'graph', '../outside': 'x' });
    await assert.rejects(folders.bring(escaping), { code: 'invalid_argument', message: /begins with "\.\."/ });
    await assert.rejects(folders.bring(order(CONTENTS, { digest: '../x' })), { code: 'invalid_argument' });
    await assert.rejects(folders.bring(order({ 'a.onnx': 'graph' })), {
      code: 'invalid_argument',
      message: /no model/,
    });
    assert.deepEqual([source.asked, await readdir(dir)], [[], []]);
  });
});

suite('damage', () => {
  const damages: readonly (readonly [string, (folder: string) => Promise<void>])[] = [
    ['a file with another content of the same size', (folder) => writeFile(join(folder, 'model.onnx'), 'GRAPH')],
    ['a file that was cut off', (folder) => writeFile(join(folder, 'model.onnx'), 'gra')],
    ['a file that is gone', (folder) => rm(join(folder, 'weights'), { recursive: true })],
    ['a model.json that is no JSON any more', (folder) => writeFile(join(folder, 'model.json'), '{')],
    ['a file that was added', (folder) => writeFile(join(folder, 'added'), '')],
    ['a folder in place of a file', (folder) => replaceByFolder(join(folder, 'model.json'))],
  ];

  for (const [what, damage] of damages) {
    test(`${what}: the folder is obtained again`, async () => {
      const { digest } = await (await open()).folders.bring(order());
      await damage(join(dir, digest));
      const { folders, source } = await open();
      await folders.bring(order());
      assert.deepEqual(source.asked, Object.keys(CONTENTS));
      assert.equal(await readFile(join(dir, digest, 'model.onnx'), 'utf8'), 'graph');
    });
  }

  test('a folder that loses a file after it was checked is obtained again', async () => {
    const { folders, source } = await open();
    const { digest } = await folders.bring(order());
    await rm(join(dir, digest, 'model.onnx'));
    await folders.bring(order());
    assert.equal(source.asked.length, 6);
  });

  test('files that are wrong even when obtained again are DATA_LOSS, and are not kept', async () => {
    const { folders, source } = await open();
    source.contents = { ...CONTENTS, 'model.onnx': 'GRAPH' };
    await assert.rejects(folders.bring(order()), { code: 'data_loss', message: /are not what was registered/ });
    assert.deepEqual([source.asked.length, await readdir(dir)], [6, []]);
  });
});

suite('folders that nobody needs', () => {
  test('all but those that are named are removed', async () => {
    const { folders, source } = await open();
    const one = await folders.bring(order());
    source.contents = { 'model.onnx': 'another' };
    const other = await folders.bring(order(source.contents));
    await folders.keepOnly(new Set([other.digest]));
    assert.deepEqual(await readdir(dir), [other.digest]);
    source.contents = CONTENTS;
    await folders.bring(order());
    assert.deepEqual((await readdir(dir)).sort(), [one.digest, other.digest].sort());
  });

  test('one that is just being brought stays', async () => {
    await (await open()).folders.bring(order());
    const { folders, source } = await open();
    const bringing = folders.bring(order());
    await folders.keepOnly(new Set());
    assert.deepEqual(source.asked, []);
    const { path } = await bringing;
    assert.equal((await stat(path)).size, 5);
  });

  test('what a crash left aside is gone an hour later, and not earlier: another process may be at it', async () => {
    await open();
    for (const name of ['.old', '.young']) await mkdir(join(dir, name));
    await utimes(join(dir, '.old'), 1000, 1000);
    await open();
    assert.deepEqual(await readdir(dir), ['.young']);
  });
});

suite('linkOrCopy', () => {
  test('files of local blobs are linked, so that they take no space', async () => {
    const blobs = await Blobs.open(join(dir, 'blobs'));
    await using batch = blobs.begin();
    for (const content of Object.values(CONTENTS)) {
      const writer = await batch.write();
      await writer.write(Buffer.from(content));
      await writer.end();
    }
    await batch.keep();
    const folders = await VersionFolders.open({ dir: join(dir, 'versions'), obtain: linkOrCopy(blobs) });
    const { path, files } = await folders.bring(order());
    const sha256 = files.find((file) => file.path === 'model.onnx')?.sha256 ?? '';
    assert.equal((await stat(path)).ino, (await stat(blobs.pathOf(sha256))).ino);
  });

  test('a blob that is gone is DATA_LOSS that names the file', async () => {
    const blobs = await Blobs.open(join(dir, 'blobs'));
    const folders = await VersionFolders.open({ dir: join(dir, 'versions'), obtain: linkOrCopy(blobs) });
    await assert.rejects(folders.bring(order()), { code: 'data_loss', message: /file "model\.json" .* is gone/ });
  });
});

function bytesOf({ files }: VersionOrder): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

async function replaceByFolder(path: string): Promise<void> {
  await rm(path);
  await mkdir(path);
}
