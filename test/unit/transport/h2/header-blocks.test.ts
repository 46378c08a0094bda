import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HeaderBlocks } from '../../../../src/transport/h2/header-blocks.ts';

const MAX_BYTES = 1000;
const MAX_FRAMES = 32;
const BLOCK = { stream: 1, endStream: false, since: 0 };
const REFUSAL = { kind: 'continuation', message: 'a header block of more than 1000 bytes or 32 frames' };

describe('a block of headers', () => {
  test('may have as many frames as the limit, full or empty, and not one more', () => {
    for (const bytes of [0, 1]) {
      const blocks = begun(Buffer.alloc(bytes));
      for (let frame = 2; frame <= MAX_FRAMES; frame += 1) blocks.add(Buffer.alloc(bytes));
      assert.throws(() => blocks.add(Buffer.alloc(bytes)), REFUSAL);
    }
    const blocks = begun(Buffer.from('a'));
    for (let frame = 2; frame <= MAX_FRAMES; frame += 1) blocks.add(Buffer.from('b'));
    assert.equal(blocks.end().toString(), `a${'b'.repeat(MAX_FRAMES - 1)}`);
    assert.equal(blocks.open, undefined);
  });

  test('may have as many bytes as the limit, and not one more', () => {
    const blocks = begun(Buffer.alloc(MAX_BYTES - 1));
    blocks.add(Buffer.alloc(1));
    assert.equal(blocks.end().length, MAX_BYTES);
    assert.throws(() => begun(Buffer.alloc(MAX_BYTES)).add(Buffer.alloc(1)), REFUSAL);
    assert.throws(() => begun(Buffer.alloc(MAX_BYTES + 1)), REFUSAL);
  });

  test('owes nothing to the one before', () => {
    const blocks = begun(Buffer.alloc(MAX_BYTES));
    blocks.end();
    blocks.begin(BLOCK, Buffer.alloc(MAX_BYTES));
    assert.equal(blocks.end().length, MAX_BYTES);
  });
});

function begun(payload: Buffer): HeaderBlocks {
  const blocks = new HeaderBlocks(MAX_BYTES);
  blocks.begin(BLOCK, payload);
  return blocks;
}
