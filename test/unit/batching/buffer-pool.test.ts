/** Buffers that are filled again, up to a limit. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BufferPool, POOLED_BYTES } from '../../../src/batching/buffer-pool.ts';

suite('BufferPool', () => {
  test('a buffer that was given back is taken again, by whoever needs about as much', () => {
    const pool = new BufferPool(2 ** 20);
    const first = pool.take(100_000);
    assert.equal(first.byteLength, 2 ** 17);
    pool.give(first);
    assert.equal(pool.take(POOLED_BYTES + 1), first);
    assert.notEqual(pool.take(POOLED_BYTES + 1), first, 'it is in use');
  });

  test('a buffer is not taken for what would fill less than half of it, or does not fit', () => {
    const pool = new BufferPool(2 ** 20);
    const buffer = pool.take(2 * POOLED_BYTES);
    pool.give(buffer);
    assert.equal(pool.take(POOLED_BYTES).byteLength, POOLED_BYTES);
    assert.equal(pool.take(2 * POOLED_BYTES + 1).byteLength, 4 * POOLED_BYTES);
    assert.equal(pool.take(2 * POOLED_BYTES), buffer);
  });

  test('small buffers are as long as asked for, and not kept', () => {
    const pool = new BufferPool(2 ** 20);
    const small = pool.take(POOLED_BYTES - 1);
    assert.equal(small.byteLength, POOLED_BYTES - 1);
    pool.give(small);
    assert.equal(pool.bytes, 0);
    assert.equal(pool.take(0).byteLength, 0);
  });

  test('no more bytes wait than the limit says', () => {
    const pool = new BufferPool(3 * POOLED_BYTES);
    const buffers = Array.from({ length: 4 }, () => pool.take(POOLED_BYTES));
    for (const buffer of buffers.slice(0, 3)) pool.give(buffer);
    assert.equal(pool.bytes, 3 * POOLED_BYTES);
    for (const buffer of buffers.slice(3)) pool.give(buffer);
    assert.equal(pool.bytes, 3 * POOLED_BYTES);
    const again = buffers.map(() => pool.take(POOLED_BYTES));
    assert.deepEqual(
      again.map((buffer) => buffers.indexOf(buffer)),
      [2, 1, 0, -1],
    );
    assert.equal(pool.bytes, 0);
  });

  test('a pool that was cleared holds nothing, and goes on', () => {
    const pool = new BufferPool(POOLED_BYTES);
    const buffer = pool.take(POOLED_BYTES);
    pool.give(buffer);
    pool.clear();
    assert.equal(pool.bytes, 0);
    assert.notEqual(pool.take(POOLED_BYTES), buffer);
    pool.give(buffer);
    assert.equal(pool.take(POOLED_BYTES), buffer);
  });

  test('what is longer than the limit is as long as asked for, since it could not be kept', () => {
    const pool = new BufferPool(3 * POOLED_BYTES);
    assert.equal(pool.take(3 * POOLED_BYTES + 1).byteLength, 3 * POOLED_BYTES + 1);
  });

  test('a buffer that was moved away meanwhile is not taken again', () => {
    const pool = new BufferPool(2 ** 20);
    const buffer = pool.take(POOLED_BYTES);
    structuredClone(buffer, { transfer: [buffer] });
    pool.give(buffer);
    assert.equal(pool.take(POOLED_BYTES).byteLength, POOLED_BYTES);
  });
});
