/** Compressed requests: unpacked within the limit on messages, refused where they are broken, never out of order. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { type H2Server, serve } from '../../../../src/transport/h2/serve.ts';
import { answerOn, messagesOf, statusOn } from '../../../support/h2-answer.ts';
import { CHAT, ECHO, labRoutes } from '../../../support/h2-routes.ts';
import { data, END_STREAM, grpcMessage, openCall, RawH2, rstStream } from '../../../support/raw-h2.ts';
import { until } from '../../../support/until.ts';

const MAX_BYTES = 10_000;

/** A message that says that it is compressed. */
function packed(bytes: Uint8Array): Buffer {
  const message = grpcMessage(bytes);
  message[0] = 1;
  return message;
}

suite('compressed requests', () => {
  const seen = { slowCalls: 0, slowAtWork: 0, openChats: 0 };
  let server: H2Server;
  before(async () => {
    const routes = labRoutes(seen);
    server = await serve(routes, { host: '127.0.0.1', port: 0, limits: { maxMessageBytes: MAX_BYTES } });
  });
  after(() => server.close());

  const call = async (encoding: string, body: Buffer, path = ECHO): Promise<string | string[]> => {
    using raw = await RawH2.greet(server.port);
    const more = encoding === '' ? [] : [['grpc-encoding', encoding] as const];
    raw.write(Buffer.concat([openCall(1, path, ...more), data(1, body, END_STREAM)]));
    const { body: reply, trailers } = await answerOn(raw, 1);
    return trailers['grpc-status'] === '0' ? messagesOf(reply) : await statusOn(raw, 1);
  };

  for (const [encoding, pack] of [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ] as const) {
    test(`by ${encoding} are unpacked up to the limit and not beyond`, async () => {
      assert.deepEqual(await call(encoding, packed(pack('hello'))), ['hello']);
      assert.deepEqual(await call(encoding, packed(pack(''))), ['']);
      assert.deepEqual(await call(encoding, packed(pack('x'.repeat(MAX_BYTES)))), ['x'.repeat(MAX_BYTES)]);
      const says = `8 the message is larger than ${MAX_BYTES} bytes once unpacked`;
      assert.equal(await call(encoding, packed(pack('x'.repeat(MAX_BYTES + 1)))), says);
    });

    test(`by ${encoding} are refused where they are broken`, async () => {
      for (const bytes of [Buffer.alloc(0), Buffer.from('nonsense'), pack('cut off').subarray(0, -5)]) {
        assert.match(String(await call(encoding, packed(bytes))), new RegExp(`^13 the message is not ${encoding}: `));
      }
    });
  }

  test('may have messages among them that are not compressed', async () => {
    assert.deepEqual(await call('gzip', grpcMessage(Buffer.from('plain'))), ['plain']);
  });

  test('have to say how they are compressed', async () => {
    const says = '13 a message says that it is compressed, and grpc-encoding does not say how';
    for (const encoding of ['', 'identity']) assert.equal(await call(encoding, packed(gzipSync('x'))), says);
  });

  test('by other means are refused with those that are taken', async () => {
    using raw = await RawH2.greet(server.port);
    raw.write(Buffer.concat([openCall(1, ECHO, ['grpc-encoding', 'br']), data(1, packed(gzipSync('x')), END_STREAM)]));
    const { trailers } = await answerOn(raw, 1);
    assert.equal(trailers['grpc-status'], '12');
    assert.equal(trailers['grpc-accept-encoding'], 'identity,gzip,deflate');
  });

  test('keep the order of a stream, whatever each takes to unpack', async () => {
    const texts = ['first '.repeat(1500), 'second', 'third '.repeat(1500), 'fourth', 'fifth'];
    const messages = texts.map((text, at) => (at % 2 === 0 ? packed(gzipSync(text)) : grpcMessage(Buffer.from(text))));
    assert.deepEqual(await call('gzip', Buffer.concat(messages), CHAT), texts);
  });

  test('end a stream at the first that is broken', async () => {
    const messages = [packed(gzipSync('good')), packed(Buffer.from('bad')), packed(gzipSync('unheard'))];
    using raw = await RawH2.greet(server.port);
    raw.write(Buffer.concat([openCall(1, CHAT, ['grpc-encoding', 'gzip']), data(1, Buffer.concat(messages))]));
    const { body, trailers } = await answerOn(raw, 1);
    assert.deepEqual([messagesOf(body), trailers['grpc-status']], [['good'], '13']);
  });

  test('of which one is cancelled while it is unpacked leave nothing behind', async () => {
    await until(() => seen.openChats === 0);
    using raw = await RawH2.greet(server.port);
    raw.write(openCall(1, CHAT, ['grpc-encoding', 'gzip']));
    raw.write(Buffer.concat([data(1, packed(gzipSync('x'.repeat(MAX_BYTES)))), rstStream(1)]));
    assert.equal(await raw.closes(), false);
    assert.equal(seen.openChats, 0);
    assert.equal(raw.dataBytes(1), 0);
  });
});
