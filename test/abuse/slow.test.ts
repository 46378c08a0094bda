import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { AbuseKind, Limits } from '../../src/transport/h2/options.ts';
import { H2Lab } from '../support/h2-lab.ts';
import { BIG, CHAT, ECHO, SLOW } from '../support/h2-routes.ts';
import {
  callHeaders,
  data,
  END_STREAM,
  frame,
  grpcMessage,
  literal,
  openCall,
  PREFACE,
  RawH2,
  SETTING,
  settings,
  TYPE,
  uint32,
  unaryCall,
} from '../support/raw-h2.ts';
import { until } from '../support/until.ts';

/** As short as the server's looking at its connections, once a second, makes sense of. */
const LIMITS: Partial<Limits> = {
  headersTimeoutMs: 1000,
  messageTimeoutMs: 1000,
  sendTimeoutMs: 1000,
  keepaliveMs: 1000,
  keepaliveTimeoutMs: 1000,
  maxConnections: 400,
};

const MANY_BYTES = uint32(1_000_000);
const CANCEL = 8;

/** At once, each with a server of its own: most of their time is waiting. */
describe('who is slow', { concurrency: true }, () => {
  it('is cut off when the preface comes a byte at a time', async () => {
    await counts('slow_headers', async (server) => {
      using raw = await RawH2.dial(server.port);
      await trickles(raw, PREFACE);
    });
  });

  it('is cut off when nothing comes at all', async () => {
    await counts('slow_headers', async (server) => {
      using raw = await RawH2.dial(server.port);
      await raw.closed();
    });
  });

  it('is cut off when a header block never ends', async () => {
    await counts('slow_headers', async (server) => {
      using raw = await RawH2.greet(server.port);
      raw.write(frame(TYPE.headers, 0, 1, callHeaders(ECHO)));
      await raw.closed();
    });
  });

  it('is cut off when a header block goes on a byte at a time', async () => {
    await counts('slow_headers', async (server) => {
      using raw = await RawH2.greet(server.port);
      raw.write(frame(TYPE.headers, 0, 1, callHeaders(ECHO)));
      for (let sent = 0; !raw.isClosed; sent += 1) {
        assert.ok(sent < 31, 'the count of frames is another limit');
        raw.write(frame(TYPE.continuation, 0, 1, literal('x', 'y').subarray(sent % 5, (sent % 5) + 1)));
        await delay(150);
      }
    });
  });

  it('is cut off when a frame never ends', async () => {
    await counts('slow_headers', async (server) => {
      using raw = await RawH2.greet(server.port);
      raw.write(frame(TYPE.settings, 0, 0, Buffer.alloc(60)).subarray(0, 20));
      await raw.closed();
    });
  });

  it('is cut off when every frame comes a byte at a time', async () => {
    await counts('slow_headers', async (server) => {
      using raw = await RawH2.greet(server.port);
      await trickles(raw, unaryCall(1, ECHO, Buffer.alloc(100)));
    });
  });

  it('loses the call, and not the connection, when its message comes a byte at a time', async () => {
    await counts('slow_message', async (server) => {
      using raw = await RawH2.greet(server.port);
      raw.write(openCall(1, CHAT));
      raw.write(data(1, grpcMessage(Buffer.alloc(1), 1000)));
      const sending = setInterval(() => raw.write(data(1, Buffer.alloc(1))), 100);
      const reset = await raw.next(({ type, stream }) => type === TYPE.rstStream && stream === 1);
      clearInterval(sending);
      assert.equal(reset.payload.readUInt32BE(), CANCEL);
      await answers(raw, 3);
    });
  });

  it('loses the call when the only message of a unary call never begins', async () => {
    await counts('slow_message', async (server) => {
      using raw = await RawH2.greet(server.port);
      raw.write(openCall(1, ECHO));
      const reset = await raw.next(({ type, stream }) => type === TYPE.rstStream && stream === 1);
      assert.equal(reset.payload.readUInt32BE(), CANCEL);
      await answers(raw, 3);
    });
  });

  it('loses the call when it gives no window for the answer', async () => {
    await counts('slow_reader', async (server) => {
      using raw = await RawH2.greet(server.port, [SETTING.initialWindowSize, 0]);
      raw.write(unaryCall(1, BIG, MANY_BYTES));
      await raw.next(({ type, stream }) => type === TYPE.rstStream && stream === 1);
      assert.equal(raw.dataBytes(1), 0);
      raw.write(settings([SETTING.initialWindowSize, 65_535]));
      await answers(raw, 3);
    });
  });

  it('is cut off when it does not read what it asked for', async () => {
    await counts('slow_reader', async (server) => {
      using raw = await RawH2.greet(server.port, [SETTING.initialWindowSize, 2 ** 31 - 1]);
      raw.write(frame(TYPE.windowUpdate, 0, 0, uint32(2 ** 30)));
      raw.socket.pause();
      for (let index = 0; index < 20; index += 1) raw.write(unaryCall(2 * index + 1, BIG, MANY_BYTES));
      await until(() => server.report.connections === 0);
    });
  });

  it('is cut off when it does not answer a ping', async () => {
    await counts('keepalive', async (server) => {
      using raw = await RawH2.greet(server.port);
      await raw.next(({ type, flags }) => type === TYPE.ping && flags === 0);
      await raw.closed();
    });
  });

  it('is not who is quiet while its call is at work, and answers pings', async () => {
    using server = await H2Lab.open(LIMITS);
    using raw = await RawH2.greet(server.port);
    raw.socket.on('data', () => {
      for (const { type, flags, payload } of raw.frames.splice(0)) {
        if (type === TYPE.ping && flags === 0) raw.write(frame(TYPE.ping, 1, 0, payload));
        if (type === TYPE.headers) raw.socket.emit('answered');
      }
    });
    raw.write(unaryCall(1, SLOW, uint32(4000)));
    await Promise.race([once(raw.socket, 'answered'), raw.closed()]);
    assert.equal(raw.isClosed, false);
  });

  it('is not who uploads steadily, though no chunk ends where a frame does', async () => {
    using server = await H2Lab.open(LIMITS);
    using raw = await RawH2.greet(server.port);
    raw.write(openCall(1, CHAT));
    const message = data(1, grpcMessage(Buffer.alloc(100)));
    raw.write(message.subarray(0, 50));
    for (let sent = 0; sent < 50; sent += 1) {
      raw.write(Buffer.concat([message.subarray(50), message.subarray(0, 50)]));
      await delay(80);
      assert.equal(raw.isClosed, false, `closed after ${sent} messages`);
      for (const { type, flags, payload } of raw.frames.splice(0)) {
        if (type === TYPE.ping && flags === 0) assert.fail(`asked whether it is there: ${payload.toString()}`);
      }
    }
  });

  it('are closed at once where there are too many', async () => {
    await counts('connections', async (server) => {
      const all: RawH2[] = [];
      for (let index = 0; index < 400; index += 1) all.push(await RawH2.greet(server.port));
      const one = await RawH2.dial(server.port);
      await one.closed();
      await answers(all[0]!, 1);
      for (const raw of all) raw.destroy();
      await until(() => server.report.connections === 0);
      using again = await RawH2.greet(server.port);
      await answers(again, 1);
    });
  });
});

/** The limit of this kind is hit once or more, and nothing is left behind. */
async function counts(kind: AbuseKind, attack: (server: H2Lab) => Promise<void>): Promise<void> {
  using server = await H2Lab.open(LIMITS);
  await attack(server);
  await until(() => server.report.connections === 0 && server.report.openChats === 0);
  assert.ok((server.report.abuse[kind] ?? 0) > 0, JSON.stringify(server.report));
}

/** Sends a byte at a time; the server is to close before the last. */
async function trickles(raw: RawH2, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length && !raw.isClosed; at += 1) {
    raw.write(bytes.subarray(at, at + 1));
    await delay(150);
  }
  assert.ok(raw.isClosed, 'it was heard to the end');
}

async function answers(raw: RawH2, stream: number): Promise<void> {
  raw.write(unaryCall(stream, ECHO, Buffer.from('still here')));
  await raw.next((seen) => seen.stream === stream && (seen.flags & END_STREAM) !== 0);
  assert.equal(raw.dataBytes(stream), 15);
}
