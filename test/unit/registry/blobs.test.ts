/** Content-addressed files: whole or not there, and never lost to a collection that runs beside a registration. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, suite, test } from 'node:test';
import { Blobs } from '../../../src/registry/blobs.ts';
import { fromFileError } from '../../../src/registry/file-errors.ts';
import { writeFileFrom } from '../../../src/registry/write-file.ts';

let scratch = '';
let dir = '';
let count = 0;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sluice-blobs-'));
});
beforeEach(() => {
  count += 1;
  dir = join(scratch, String(count));
});
after(() => rm(scratch, { recursive: true }));

function digest(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function store(blobs: Blobs, ...contents: readonly (string | Uint8Array)[]): Promise<void> {
  await using batch = blobs.begin();
  for (const content of contents) {
    const writer = await batch.write();
    await writer.write(Buffer.from(content));
    await writer.end();
  }
  await batch.keep();
}

async function content(blobs: Blobs, sha256: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of blobs.read(sha256)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Files of the directory, the blobs by their first digits. */
async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name.slice(0, 8))
    .sort();
}

suite('writing', () => {
  test('a file of several pieces lies under its digest, read-only, and reads as it was', async () => {
    const blobs = await Blobs.open(dir);
    const large = new Uint8Array(700_000).map((_, at) => at % 251);
    await using batch = blobs.begin();
    const writer = await batch.write();
    await writer.write(large.subarray(0, 600_000));
    await writer.write(large.subarray(600_000));
    assert.deepEqual(await writer.end(), { sha256: digest(large), size: 700_000 });
    await batch.keep();
    assert.deepEqual(await content(blobs, digest(large)), Buffer.from(large));
    const path = blobs.pathOf(digest(large));
    assert.equal(path, join(dir, 'sha256', digest(large).slice(0, 2), digest(large)));
    assert.equal((await stat(path)).mode & 0o777, 0o444);
  });

  test('nothing is there before it is kept, and what is closed before leaves nothing', async () => {
    const blobs = await Blobs.open(dir);
    {
      await using batch = blobs.begin();
      await (await batch.write()).end();
      const open = await batch.write();
      await open.write(Buffer.from('half'));
      assert.equal(await blobs.has(digest('')), false);
      assert.equal((await filesOf(dir)).length, 2);
    }
    assert.deepEqual(await filesOf(dir), []);
  });

  test('the same content twice, one after the other and at the same time, is one file', async () => {
    const blobs = await Blobs.open(dir);
    await Promise.all([store(blobs, 'a', 'a'), store(blobs, 'a')]);
    await store(blobs, 'a');
    assert.deepEqual(await filesOf(dir), [digest('a').slice(0, 8)]);
  });

  test('storing the content of a damaged file again mends it', async () => {
    const blobs = await Blobs.open(dir);
    await store(blobs, 'good');
    await chmod(blobs.pathOf(digest('good')), 0o644);
    await writeFile(blobs.pathOf(digest('good')), 'bad');
    await store(blobs, 'good');
    assert.equal(String(await content(blobs, digest('good'))), 'good');
  });

  test('an imported file is a copy: what happens to the original later does not matter', async () => {
    const blobs = await Blobs.open(dir);
    const original = join(dir, 'original');
    await writeFile(original, 'first');
    await using batch = blobs.begin();
    assert.deepEqual(await batch.importFile(original), { sha256: digest('first'), size: 5 });
    await batch.keep();
    await writeFile(original, 'other');
    assert.equal(String(await content(blobs, digest('first'))), 'first');
  });

  test('an import of what is not there leaves nothing behind', async () => {
    const blobs = await Blobs.open(dir);
    await using batch = blobs.begin();
    await assert.rejects(batch.importFile(join(dir, 'nowhere')), { code: 'ENOENT' });
    assert.deepEqual(await filesOf(dir), []);
  });

  test('what a crash left half written is gone after the next start, and what was whole is there', async () => {
    const blobs = await Blobs.open(dir);
    await store(blobs, 'whole');
    const writer = await blobs.begin().write();
    await writer.write(Buffer.from('half'));
    assert.equal((await filesOf(dir)).length, 2);
    await Blobs.open(dir);
    assert.deepEqual(await filesOf(dir), [digest('whole').slice(0, 8)]);
    await writer.abort();
  });

  test('a disk that is full is told in a sentence', () => {
    const caught = fromFileError(Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' }));
    assert.deepEqual(
      [(caught as { code: string }).code, (caught as Error).message],
      [
        'resource_exhausted',
        "the disk for the registry's files is full; free some space, for example with GarbageCollect, and retry",
      ],
    );
  });
});

suite('reading', () => {
  test('a damaged file ends with DATA_LOSS, and so does one that is gone', async () => {
    const blobs = await Blobs.open(dir);
    await store(blobs, 'content');
    await chmod(blobs.pathOf(digest('content')), 0o644);
    await writeFile(blobs.pathOf(digest('content')), 'CONTENT');
    await assert.rejects(content(blobs, digest('content')), { code: 'data_loss', message: /is damaged/ });
    await assert.rejects(content(blobs, digest('never stored')), { code: 'data_loss', message: /is gone/ });
    assert.equal(await blobs.has(digest('never stored')), false);
  });

  test('what is no digest leads nowhere', async () => {
    const blobs = await Blobs.open(dir);
    for (const text of ['', '../../etc/passwd', 'a'.repeat(63), 'A'.repeat(64), `${'a'.repeat(64)}/x`]) {
      assert.throws(() => blobs.pathOf(text), { code: 'invalid_argument' });
      await assert.rejects(content(blobs, text), { code: 'invalid_argument' });
    }
  });

  test('a reader of what another process writes makes nothing', async () => {
    const blobs = Blobs.readOnly(dir);
    assert.equal(await blobs.has(digest('x')), false);
    await assert.rejects(readdir(dir), { code: 'ENOENT' });
    await store(await Blobs.open(dir), 'x');
    assert.equal(String(await content(blobs, digest('x'))), 'x');
  });

  test('the list has every blob with its size and when it was stored', async () => {
    const blobs = await Blobs.open(dir);
    await store(blobs, 'one', 'three');
    await utimes(blobs.pathOf(digest('one')), 1000, 1000);
    const found: Record<string, [number, boolean]> = {};
    for await (const { sha256, size, storedAt } of blobs.list()) found[sha256] = [size, storedAt === 1_000_000];
    assert.deepEqual(found, { [digest('one')]: [3, true], [digest('three')]: [5, false] });
  });
});

suite('withdrawing', () => {
  test('what a batch holds stays, from its keeping to its close', async () => {
    const blobs = await Blobs.open(dir);
    await store(blobs, 'free');
    {
      await using batch = blobs.begin();
      await (await batch.write()).end();
      await batch.keep();
      const withdrawal = blobs.withdraw([digest(''), digest('free')]);
      assert.deepEqual(withdrawal.sha256s, [digest('free')]);
      await withdrawal.carryOut();
    }
    assert.deepEqual(await filesOf(dir), [digest('').slice(0, 8)]);
    const later = blobs.withdraw([digest('')]);
    await later.carryOut();
    assert.deepEqual(await filesOf(dir), []);
  });

  test('whoever stores what is leaving has it afterwards', async () => {
    const blobs = await Blobs.open(dir);
    await store(blobs, 'x');
    const withdrawal = blobs.withdraw([digest('x')]);
    const storing = store(blobs, 'x');
    await withdrawal.carryOut();
    await storing;
    assert.equal(String(await content(blobs, digest('x'))), 'x');
  });

  test('a withdrawal that is cancelled removes nothing and holds nobody up', async () => {
    const blobs = await Blobs.open(dir);
    await store(blobs, 'x');
    const withdrawal = blobs.withdraw([digest('x')]);
    const storing = store(blobs, 'x');
    withdrawal.cancel();
    await storing;
    assert.equal(await blobs.has(digest('x')), true);
    assert.deepEqual(blobs.withdraw([digest('x')]).sha256s, [digest('x')]);
  });

  test('two withdrawals share nothing', async () => {
    const blobs = await Blobs.open(dir);
    await store(blobs, 'x');
    const first = blobs.withdraw([digest('x')]);
    assert.deepEqual(blobs.withdraw([digest('x')]).sha256s, []);
    await first.carryOut();
    first.cancel();
    assert.equal(await blobs.has(digest('x')), false);
  });
});

suite('writeFileFrom', () => {
  test('a file is made of its pieces, and of no piece an empty one', async () => {
    await Blobs.open(dir);
    await writeFileFrom(pieces('ab', 'c'), join(dir, 'file'));
    await writeFileFrom(pieces(), join(dir, 'empty'));
    assert.deepEqual(
      [await readFile(join(dir, 'file'), 'utf8'), await readFile(join(dir, 'empty'), 'utf8')],
      ['abc', ''],
    );
  });

  test('a source that fails leaves nothing, and a file that is there is not touched', async () => {
    await Blobs.open(dir);
    const target = join(dir, 'file');
    const broken = async function* () {
      yield* pieces('ab');
      throw new Error('the line broke');
    };
    await assert.rejects(writeFileFrom(broken(), target), /the line broke/);
    assert.deepEqual(await filesOf(dir), []);
    await writeFileFrom(pieces('ab'), target);
    await assert.rejects(writeFileFrom(pieces('new'), target), { code: 'EEXIST' });
    assert.equal(await readFile(target, 'utf8'), 'ab');
  });
});

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
