/** The body of an upload, taken apart into files. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { parseFiles, piecesOf } from '../../../src/console/upload-body.ts';

async function* chunksOf(body: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array, void> {
  let at = 0;
  for (const size of sizes) {
    yield body.subarray(at, at + size);
    at += size;
  }
  yield body.subarray(at);
}

async function filesOf(files: readonly (readonly [string, number])[], chunks: AsyncIterable<Uint8Array>) {
  const found = new Map<string, Buffer>();
  for await (const { path, data } of piecesOf(parseFiles(JSON.stringify(files)), chunks)) {
    assert(data.length <= 2 ** 20, 'a piece is small enough for RegisterVersion');
    found.set(path, Buffer.concat([found.get(path) ?? Buffer.alloc(0), data]));
  }
  return found;
}

suite('an upload', () => {
  test('gives every file its bytes, however the body comes', async () => {
    const sizes = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.array(fc.nat({ max: 30 }), { maxLength: 12 }), async (lengths, cuts) => {
        const files = lengths.map((length, index) => [`file-${index}`, length] as const);
        const body = Uint8Array.from({ length: lengths.reduce((sum, length) => sum + length, 0) }, (_, index) => index);
        const found = await filesOf(files, chunksOf(body, cuts));
        let at = 0;
        for (const [path, length] of files) {
          assert.deepEqual(found.get(path), Buffer.from(body.subarray(at, at + length)));
          at += length;
        }
      }),
    );
  });

  test('has pieces of at most a mebibyte', async () => {
    const body = new Uint8Array(3 * 2 ** 20 + 1);
    const found = await filesOf([['model.onnx', body.length]], chunksOf(body, []));
    assert.equal(found.get('model.onnx')?.length, body.length);
  });

  test('is refused with a byte too many or one too few', async () => {
    const body = new Uint8Array(10);
    await assert.rejects(filesOf([['a', 9]], chunksOf(body, [])), /more bytes than its files/);
    await assert.rejects(filesOf([['a', 11]], chunksOf(body, [])), /ended 1 bytes before the end of "a"/);
  });

  test('has 1 to 1,000 files with a path and a size', () => {
    const many = (length: number): string => JSON.stringify(Array.from({ length }, () => ['a', 1]));
    assert.equal(parseFiles(many(1000)).length, 1000);
    for (const text of [many(1001), '[]', '{', null, '[1]', '[["a"]]', '[["a",-1]]', '[["a",0.5]]', '[[1,1]]']) {
      assert.throws(() => parseFiles(text), /files=|a file is/);
    }
  });
});
