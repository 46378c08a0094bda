import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { readJson } from '../../../src/console/request-body.ts';

const MAX_BYTES = 256 * 1024;
const QUOTES = 2;

describe('the body of a request', () => {
  test('has 256 KiB at most, in whatever pieces they come', async () => {
    const most = JSON.stringify('x'.repeat(MAX_BYTES - QUOTES));
    for (const pieceBytes of [MAX_BYTES + 1, 1000]) {
      assert.equal(await readJson(requestOf(most, pieceBytes)), 'x'.repeat(MAX_BYTES - QUOTES));
      await assert.rejects(readJson(requestOf(` ${most}`, pieceBytes)), {
        code: 'resource_exhausted',
        message: 'the body has more than 262144 bytes; send a smaller request',
      });
    }
  });

  test('is JSON by its content type, and an object where it is empty', async () => {
    assert.deepEqual(await readJson(requestOf('', 1)), {});
    await assert.rejects(readJson(requestOf('{}', 1, 'text/plain')), { code: 'invalid_argument' });
  });
});

function requestOf(text: string, pieceBytes: number, type = 'application/json'): IncomingMessage {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  return Object.assign(Readable.from(pieces), { headers: { 'content-type': type } }) as unknown as IncomingMessage;
}
