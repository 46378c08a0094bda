/** The last desired state on disk: what a process that starts without an admin process finds. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { DesiredDisk } from '../../../src/control/desired-disk.ts';
import type { WireModel } from '../../../src/control/messages.ts';
import { wireModel } from '../../support/fake-hub.ts';
import { until } from '../../support/until.ts';

const KEY = new Uint8Array(32).fill(7);

let dir = '';
let faults: unknown[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-desired-'));
  faults = [];
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

function open(): Promise<DesiredDisk> {
  return DesiredDisk.open(dir, (cause) => faults.push(cause));
}

function wires(...names: readonly string[]): WireModel[] {
  return names.map((model) => wireModel({ model }));
}

/** What a process that starts now finds. */
async function found() {
  const { models, ...rest } = await (await open()).restore();
  return { ...rest, models: models.toSorted((a, b) => (a.model < b.model ? -1 : 1)) };
}

async function keepAll(models: readonly WireModel[], key: Uint8Array | undefined = KEY): Promise<DesiredDisk> {
  const disk = await open();
  disk.keep(models, [], key);
  await disk.flushed();
  return disk;
}

function fileOf(model: string): string {
  return join(dir, 'models', `${model}.json`);
}

suite('what was kept', () => {
  test('is found by the next process as it was', async () => {
    await keepAll(wires('iris', 'mnist'));
    assert.deepEqual(await found(), {
      models: wires('iris', 'mnist'),
      predictionKey: KEY,
      callers: undefined,
      unreadable: [],
      found: true,
    });
    assert.deepEqual(faults, []);
  });

  test('is nothing in a new directory', async () => {
    assert.deepEqual(await found(), {
      models: [],
      predictionKey: undefined,
      callers: undefined,
      unreadable: [],
      found: false,
    });
  });

  test('changes and goes model by model', async () => {
    const disk = await keepAll(wires('a', 'b', 'c'));
    const changed = wireModel({ model: 'b', policyJson: '' });
    disk.keep([changed], ['c'], undefined);
    await disk.flushed();
    assert.deepEqual((await found()).models, [...wires('a'), changed]);
  });

  test('is the last of what was said quickly, a removal that was taken back included', async () => {
    const disk = await open();
    const last = wireModel({ model: 'a', policyJson: '' });
    disk.keep(wires('a', 'b'), [], KEY);
    disk.keep([], ['a', 'b'], undefined);
    disk.keep([last], [], undefined);
    await disk.flushed();
    assert.deepEqual((await found()).models, [last]);
  });

  test('of a model that did not change is not written again, also not after a restart', async () => {
    await keepAll(wires('a'));
    const before = await stat(fileOf('a'));
    const disk = await open();
    await disk.restore();
    disk.keep(wires('a'), [], KEY);
    await disk.flushed();
    const { ino, mtimeMs } = await stat(fileOf('a'));
    assert.deepEqual({ ino, mtimeMs }, { ino: before.ino, mtimeMs: before.mtimeMs });
  });

  test('is for nobody else to read', async () => {
    await keepAll(wires('a'));
    for (const path of ['prediction.key', 'models/a.json']) {
      assert.equal((await stat(join(dir, path))).mode & 0o777, 0o600);
    }
  });

  test('of models whose names differ only in case is apart, also where a file system sees no difference', async () => {
    const models = wires('IRIS', 'Iris', 'iris');
    await keepAll(models);
    const names = await readdir(join(dir, 'models'));
    assert.equal(new Set(names.map((name) => name.toLowerCase())).size, 3);
    assert(names.includes('iris.json'));
    assert.deepEqual((await found()).models, models);
  });

  test('has room for the longest names', async () => {
    const models = wires('A'.repeat(128), 'a'.repeat(128));
    await keepAll(models);
    assert.deepEqual((await found()).models, models);
    assert.deepEqual(faults, []);
  });
});

suite('a crash', () => {
  test('before the key was written means that the whole was never there', async () => {
    const disk = await open();
    disk.keep(wires('a'), [], undefined);
    await disk.flushed();
    const { found: isFound, predictionKey } = await found();
    assert.deepEqual([isFound, predictionKey], [false, undefined]);
  });

  test('in the middle of a file leaves the former one; what it leaves beside it goes once it is old', async () => {
    await keepAll(wires('a'));
    const young = join(dir, 'models', 'a.json.1234.new');
    const old = join(dir, 'models', 'b.json.5678.new');
    const oldKey = join(dir, 'prediction.key.9.new');
    for (const path of [young, old, oldKey]) await writeFile(path, '{"model":"a","versi');
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    await utimes(old, longAgo, longAgo);
    await utimes(oldKey, longAgo, longAgo);
    assert.deepEqual((await found()).models, wires('a'));
    assert.deepEqual((await readdir(join(dir, 'models'))).toSorted(), ['a.json', 'a.json.1234.new']);
    assert.deepEqual((await readdir(dir)).toSorted(), ['models', 'prediction.key']);
  });

  test('that left a key of another size means that the whole was never there', async () => {
    await keepAll(wires('a'));
    await writeFile(join(dir, 'prediction.key'), KEY.subarray(1));
    assert.equal((await found()).found, false);
  });
});

suite('a file that is none of ours', () => {
  for (const [what, text] of [
    ['cut off', '{"model":"bad","versions":['],
    ['empty', ''],
    ['not an object', 'null'],
    ['of another model', JSON.stringify({ model: 'other', versions: [], policyJson: '', aliases: [], others: [] })],
    ['with a name that is none', JSON.stringify({ model: '../bad', versions: [], policyJson: '' })],
    ['with a version without files', '{"model":"bad","versions":[{"version":"1","files":[]}],"policyJson":""}'],
  ] as const) {
    test(`because it is ${what} is told of and skipped`, async () => {
      await keepAll(wires('a', 'b'));
      await writeFile(fileOf('bad'), text);
      const { models, unreadable, found: isFound } = await found();
      assert.deepEqual([models, unreadable, isFound], [wires('a', 'b'), [fileOf('bad')], true]);
    });
  }

  test('because it is a directory is told of and skipped', async () => {
    await keepAll(wires('a'));
    await mkdir(fileOf('bad'));
    const { models, unreadable } = await found();
    assert.deepEqual([models, unreadable], [wires('a'), [fileOf('bad')]]);
  });

  test('is replaced when its model is kept again', async () => {
    await keepAll(wires('a'));
    await writeFile(fileOf('a'), '{');
    const disk = await open();
    await disk.restore();
    disk.keep(wires('a'), [], KEY);
    await disk.flushed();
    assert.deepEqual((await found()).models, wires('a'));
  });
});

suite('a disk that fails', () => {
  /** A model's file cannot be replaced while a directory has its name. */
  async function obstruct(model: string): Promise<() => Promise<void>> {
    await mkdir(join(fileOf(model), 'in-the-way'), { recursive: true });
    return () => rm(fileOf(model), { recursive: true });
  }

  test('is told of once until it works again, and nothing is thrown', async () => {
    const mend = await obstruct('a');
    await obstruct('b');
    const disk = await open();
    disk.keep(wires('a', 'b'), [], KEY);
    await disk.flushed();
    disk.keep([wireModel({ model: 'a', policyJson: '' })], [], undefined);
    await disk.flushed();
    assert.equal(faults.length, 1);
    await mend();
    await rm(fileOf('b'), { recursive: true });
    disk.keep([], [], undefined);
    await disk.flushed();
    await obstruct('c');
    disk.keep(wires('c'), [], undefined);
    await disk.flushed();
    assert.equal(faults.length, 2);
  });

  test('does not keep other models from being written, but the key, which says that all are there', async () => {
    await obstruct('b');
    const disk = await open();
    disk.keep(wires('a', 'b', 'c'), [], KEY);
    await disk.flushed();
    assert.match(await readFile(fileOf('c'), 'utf8'), /^\{"model":"c"/);
    assert.equal((await found()).found, false);
  });

  test('gets what it did not take with the next change', async () => {
    const mend = await obstruct('b');
    const disk = await open();
    disk.keep(wires('a', 'b'), [], KEY);
    await disk.flushed();
    await mend();
    disk.keep(wires('c'), [], undefined);
    await disk.flushed();
    const { models, found: isFound } = await found();
    assert.deepEqual([models, isFound], [wires('a', 'b', 'c'), true]);
  });

  test('gets it by itself after a while', async () => {
    const mend = await obstruct('b');
    const disk = await DesiredDisk.open(dir, (cause) => faults.push(cause), 10);
    disk.keep(wires('b'), [], KEY);
    await disk.flushed();
    await mend();
    await until(() => existsSync(join(dir, 'prediction.key')));
    assert.deepEqual((await found()).models, wires('b'));
  });

  test('leaves no half-written files', async () => {
    await obstruct('a');
    await keepAll(wires('a'));
    assert.deepEqual(await readdir(join(dir, 'models')), ['a.json']);
  });
});
