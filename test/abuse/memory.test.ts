import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Limits } from '../../src/transport/h2/options.ts';
import { H2Process } from '../support/h2-process.ts';
import { BIG, CHAT, ECHO, HOLD, SLOW } from '../support/h2-routes.ts';
import {
  data,
  END_STREAM,
  frame,
  grpcMessage,
  openCall,
  RawH2,
  SETTING,
  TYPE,
  uint32,
  unaryCall,
} from '../support/raw-h2.ts';

const KIB = 1024;
const MIB = KIB * KIB;
const STREAMS = 300;
const IDLE_CONNECTIONS = 2000;

const LIMITS: Partial<Limits> = { maxPartialBytes: 8 * MIB, maxUnsentBytes: 8 * MIB };

/** What a heap at work takes beside what is asked of it. */
const SLACK_BYTES = 32 * MIB;
/** Every call has a window of 64 KiB, whatever else is granted. */
const WINDOWS_BYTES = STREAMS * 64 * KIB;

describe('the memory of a connection', () => {
  let server: H2Process;
  before(async () => {
    server = await H2Process.start(LIMITS);
    // The heap takes what it wants anyway.
    using raw = await RawH2.greet(server.port);
    await raw.flood((index) => unaryCall(2 * index + 1, ECHO, Buffer.alloc(10_000)), 3000);
  });
  after(() => server.stop());

  it('does not follow a message that says it has 4 GB', async () => {
    await growsLess(SLACK_BYTES / 4, async (raw) => {
      for (let index = 0; index < STREAMS; index += 1) {
        raw.write(openCall(2 * index + 1, CHAT));
        raw.write(data(2 * index + 1, grpcMessage(Buffer.alloc(10), 2 ** 32 - 1)));
      }
      for (let index = 0; index < STREAMS; index += 1) {
        await raw.next(({ stream, type }) => stream === 2 * index + 1 && type === TYPE.headers);
      }
    });
  });

  it('does not follow messages that say they are as large as is allowed', async () => {
    await growsLess(SLACK_BYTES, async (raw) => {
      for (let index = 0; index < STREAMS; index += 1) {
        raw.write(openCall(2 * index + 1, CHAT));
        raw.write(data(2 * index + 1, grpcMessage(Buffer.alloc(1), 4 * MIB)));
      }
      assert.equal(await raw.closes(), false);
    });
  });

  it('has a budget for messages that have begun, however many', async () => {
    await growsLess(8 * MIB + WINDOWS_BYTES + SLACK_BYTES, async (raw) => {
      // All but the last byte.
      const sent = await sendsAsAllowed(raw, CHAT, grpcMessage(Buffer.alloc(4 * MIB)).subarray(0, -1));
      assert.ok(sent < 8 * MIB + 4 * MIB + WINDOWS_BYTES, `it was let send ${sent} bytes`);
      assert.ok(sent > 8 * MIB, `it was let send ${sent} bytes only`);
    });
  });

  it('has a budget for messages that a route does not take', async () => {
    await growsLess(8 * MIB + 2 * WINDOWS_BYTES + SLACK_BYTES, async (raw) => {
      await sendsAsAllowed(
        raw,
        HOLD,
        Buffer.concat(Array.from({ length: 40 }, () => grpcMessage(Buffer.alloc(MIB / 4)))),
      );
    });
  });

  it('has a budget for whole messages of unary calls that do not end', async () => {
    await growsLess(8 * MIB + WINDOWS_BYTES + SLACK_BYTES, async (raw) => {
      await sendsAsAllowed(raw, ECHO, grpcMessage(Buffer.alloc(4 * MIB)));
    });
  });

  it('has a budget for answers that nobody takes', async () => {
    const before = (await server.report()).abuse.unsent_bytes ?? 0;
    await growsLess(
      8 * MIB + SLACK_BYTES,
      async (raw) => {
        for (let index = 0; index < STREAMS; index += 1) raw.write(unaryCall(2 * index + 1, BIG, uint32(MIB)));
        // The first are kept and wait; the others are answered with RESOURCE_EXHAUSTED.
        await raw.next(({ stream, flags }) => stream === 2 * STREAMS - 1 && (flags & END_STREAM) !== 0);
      },
      [SETTING.initialWindowSize, 0],
    );
    const { abuse } = await server.report();
    assert.ok((abuse.unsent_bytes ?? 0) - before > STREAMS / 2, JSON.stringify(abuse));
  });

  it('does not grow with what is echoed to one who gives no window', async () => {
    await growsLess(
      8 * MIB + 2 * WINDOWS_BYTES + SLACK_BYTES,
      async (raw) => {
        await sendsAsAllowed(
          raw,
          CHAT,
          Buffer.concat(Array.from({ length: 100 }, () => grpcMessage(Buffer.alloc(10_000)))),
        );
      },
      [SETTING.initialWindowSize, 0],
    );
  });

  it('does not grow with answers to pings that nobody reads', async () => {
    await growsLess(SLACK_BYTES, async (raw) => {
      raw.socket.pause();
      const pings = Buffer.concat(Array.from({ length: 1000 }, () => frame(TYPE.ping, 0, 0, Buffer.alloc(8))));
      for (let index = 0; index < 100; index += 1) raw.write(pings);
      await server.until(({ connections }) => connections === 0);
    });
  });

  it('is bounded when small messages unpack to large ones', async () => {
    const bomb = Buffer.concat([Buffer.from([1]), lengthOf(gzipSync(Buffer.alloc(4 * MIB)))]);
    await growsLess(4 * SLACK_BYTES, async (raw) => {
      for (let index = 0; index < STREAMS; index += 1) {
        raw.write(openCall(2 * index + 1, SLOW, ['grpc-encoding', 'gzip']));
        raw.write(data(2 * index + 1, bomb, END_STREAM));
      }
      await raw.next(({ stream, flags }) => stream === 2 * STREAMS - 1 && (flags & END_STREAM) !== 0);
    });
  });

  it('refuses a message that unpacks to a byte more than allowed', async () => {
    using raw = await RawH2.greet(server.port);
    for (const [index, bytes] of [4 * MIB, 4 * MIB + 1].entries()) {
      const stream = 2 * index + 1;
      raw.write(openCall(stream, SLOW, ['grpc-encoding', 'gzip']));
      raw.write(data(stream, Buffer.concat([Buffer.from([1]), lengthOf(gzipSync(Buffer.alloc(bytes)))]), END_STREAM));
      const end = await raw.next((seen) => seen.stream === stream && (seen.flags & END_STREAM) !== 0);
      assert.ok(end.payload.includes(index === 0 ? 'grpc-status\x010' : 'grpc-status\x018'), end.payload.toString());
    }
  });

  it(`is small while it is idle: ${IDLE_CONNECTIONS} of them`, async () => {
    const before = await server.residentBytes();
    const all: RawH2[] = [];
    for (let index = 0; index < IDLE_CONNECTIONS; index += 1) all.push(await RawH2.greet(server.port));
    const each = ((await server.residentBytes()) - before) / IDLE_CONNECTIONS;
    for (const raw of all) raw.destroy();
    await server.until(({ connections }) => connections === 0);
    assert.ok(each < 48 * KIB, `${Math.round(each / KIB)} KiB each`);
  });

  /** While it lasts and after it, with garbage collected. */
  async function growsLess(
    bytes: number,
    attack: (raw: RawH2) => Promise<void>,
    ...settings: readonly (readonly [id: number, value: number])[]
  ): Promise<void> {
    const before = await server.residentBytes();
    using raw = await RawH2.greet(server.port, ...settings);
    await attack(raw);
    const growth = (await server.residentBytes()) - before;
    assert.ok(growth < bytes, `it grew by ${Math.round(growth / KIB)} KiB; allowed are ${bytes / KIB}`);
    raw.destroy();
    await server.until(({ connections, openChats }) => connections === 0 && openChats === 0);
  }
});

function lengthOf(message: Buffer): Buffer {
  return Buffer.concat([uint32(message.length), message]);
}

/** Sends these bytes on many streams, as much as windows allow; returns how many were sent in all. */
async function sendsAsAllowed(raw: RawH2, path: string, bytes: Buffer): Promise<number> {
  const streams = Array.from({ length: STREAMS }, (_, index) => ({ id: 2 * index + 1, window: 65_535, at: 0 }));
  for (const { id } of streams) raw.write(openCall(id, path));
  let connection = 65_535;
  let sent = 0;
  for (let before = -1; before !== sent;) {
    before = sent;
    for (const { type, stream, payload } of raw.frames.splice(0)) {
      const mine = streams[(stream - 1) / 2];
      if (type === TYPE.rstStream && mine !== undefined) mine.at = bytes.length;
      if (type !== TYPE.windowUpdate) continue;
      if (mine === undefined) connection += payload.readUInt32BE();
      else mine.window += payload.readUInt32BE();
    }
    for (const stream of streams) {
      for (;;) {
        const most = Math.min(stream.window, connection, 16_384, bytes.length - stream.at);
        if (most <= 0) break;
        raw.write(data(stream.id, bytes.subarray(stream.at, stream.at + most)));
        stream.window -= most;
        stream.at += most;
        connection -= most;
        sent += most;
      }
    }
    // What the server grants for this has come when it answers.
    assert.equal(await raw.closes(), false, raw.farewell);
  }
  return sent;
}
