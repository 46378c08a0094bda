import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/transport/h2/options.ts';
import { H2Lab } from '../support/h2-lab.ts';
import { BIG, CHAT, ECHO, SLOW } from '../support/h2-routes.ts';
import {
  data,
  END_STREAM,
  frame,
  grpcMessage,
  openCall,
  RawH2,
  rstStream,
  SETTING,
  settings,
  TYPE,
  uint32,
  unaryCall,
  windowUpdate,
} from '../support/raw-h2.ts';
import { until } from '../support/until.ts';

const DEFAULT_WINDOW = 65_535;
const PREFIX_BYTES = 5;

describe('games with windows, frames and sockets', () => {
  it('a window made smaller than what was sent counts below zero', async () => {
    using server = await H2Lab.open();
    using raw = await RawH2.greet(server.port, [SETTING.initialWindowSize, 1000]);
    raw.write(unaryCall(1, BIG, uint32(100_000)));
    await comes(raw, 1, 1000);
    raw.write(settings([SETTING.initialWindowSize, 100]));
    raw.write(windowUpdate(1, 900));
    await answered(raw);
    assert.equal(raw.dataBytes(1), 1000, 'the window is 0');
    raw.write(windowUpdate(1, 10));
    await comes(raw, 1, 1010);
    raw.write(settings([SETTING.initialWindowSize, 150]));
    await comes(raw, 1, 1060);
    await answered(raw);
    assert.equal(raw.dataBytes(1), 1060);
  });

  it('a window of a byte at a time lets a byte at a time through', async () => {
    using server = await H2Lab.open();
    using raw = await RawH2.greet(server.port, [SETTING.initialWindowSize, 0]);
    raw.write(unaryCall(1, BIG, uint32(300)));
    for (let bytes = 1; bytes <= 300 + PREFIX_BYTES; bytes += 1) {
      raw.write(windowUpdate(1, 1));
      await comes(raw, 1, bytes);
    }
    await ended(raw, 1);
  });

  it('the window of the connection is shared by its calls, exactly', async () => {
    using server = await H2Lab.open();
    using raw = await RawH2.greet(server.port, [SETTING.initialWindowSize, 2 ** 20]);
    for (const stream of [1, 3, 5]) raw.write(unaryCall(stream, BIG, uint32(100_000)));
    const total = (): number => raw.dataBytes(1) + raw.dataBytes(3) + raw.dataBytes(5);
    await until(() => total() === DEFAULT_WINDOW);
    await answered(raw);
    raw.write(windowUpdate(0, 100));
    await until(() => total() === DEFAULT_WINDOW + 100);
    raw.write(windowUpdate(0, 1_000_000));
    for (const stream of [1, 3, 5]) await ended(raw, stream);
    assert.equal(total(), 3 * (100_000 + PREFIX_BYTES));
  });

  it('large answers take turns', async () => {
    using server = await H2Lab.open();
    using raw = await RawH2.greet(server.port, [SETTING.initialWindowSize, 2 ** 24]);
    raw.write(unaryCall(1, BIG, uint32(1_000_000)));
    raw.write(unaryCall(3, BIG, uint32(1_000_000)));
    await until(() => raw.dataBytes(1) + raw.dataBytes(3) === DEFAULT_WINDOW);
    raw.write(windowUpdate(0, 1_000_000));
    await until(() => raw.dataBytes(1) + raw.dataBytes(3) === DEFAULT_WINDOW + 1_000_000);
    const shares = [raw.dataBytes(1), raw.dataBytes(3)];
    assert.ok(Math.min(...shares) > 400_000, `of a million bytes they got ${shares.join(' and ')}`);
  });

  it('a small message is taken in frames of 1 byte', async () => {
    using server = await H2Lab.open();
    using raw = await RawH2.greet(server.port);
    raw.write(openCall(1, ECHO));
    const bytes = grpcMessage(Buffer.alloc(1000, 7));
    raw.write(Buffer.concat([...bytes].map((byte) => data(1, Buffer.from([byte])))));
    raw.write(data(1, Buffer.alloc(0), END_STREAM));
    await ended(raw, 1);
    assert.equal(raw.dataBytes(1), bytes.length);
  });

  it('a large message in frames of 1 byte ends the connection', async () => {
    using server = await H2Lab.open();
    using raw = await RawH2.greet(server.port);
    raw.write(openCall(1, ECHO));
    raw.write(data(1, grpcMessage(Buffer.alloc(0), 1_000_000)));
    const some = Buffer.concat(Array.from({ length: 1000 }, () => data(1, Buffer.alloc(1))));
    assert.ok(await raw.flood(() => some, 60), '60,000 frames were taken');
    assert.equal(server.report.abuse.control_frames, 1);
  });

  it('a client that sends more than its window loses the call, or the connection', async () => {
    using server = await H2Lab.open();
    using raw = await RawH2.greet(server.port);
    raw.write(openCall(1, CHAT));
    raw.write(data(1, grpcMessage(Buffer.alloc(0), 4_000_000)));
    // The window grows once the message's length is known, which this does not wait for.
    raw.write(Buffer.concat(Array.from({ length: 400 }, () => data(1, Buffer.alloc(16_384)))));
    await until(() => (server.report.abuse.flow_control ?? 0) > 0);
    assert.equal(server.report.openChats, 0);
  });

  it('a frame that says it is larger than allowed ends the connection before it has come', async () => {
    using server = await H2Lab.open();
    using raw = await RawH2.greet(server.port);
    raw.write(frame(TYPE.data, 0, 1, Buffer.alloc(0), 2 ** 24 - 1));
    await raw.closed();
    assert.equal(raw.goaway, 6);
    assert.equal(server.report.abuse.frame_too_large, 1);
  });

  it('a frame of the largest size is taken, and one byte more is not', async () => {
    using server = await H2Lab.open();
    using raw = await RawH2.greet(server.port);
    raw.write(openCall(1, CHAT));
    raw.write(data(1, grpcMessage(Buffer.alloc(16_379))));
    await comes(raw, 1, 16_384);
    raw.write(data(1, grpcMessage(Buffer.alloc(16_380))));
    await raw.closed();
    assert.equal(server.report.abuse.frame_too_large, 1);
  });

  it('one call more than allowed at a time is refused, and taken once another is done', async () => {
    using server = await H2Lab.open({ maxConcurrentStreams: 3 });
    using raw = await RawH2.greet(server.port);
    for (const stream of [1, 3, 5]) raw.write(openCall(stream, CHAT));
    raw.write(openCall(7, CHAT));
    const { stream, payload } = await raw.next(({ type }) => type === TYPE.rstStream);
    assert.deepEqual([stream, payload.readUInt32BE()], [7, 7]);
    assert.equal(server.report.openChats, 3);
    raw.write(data(3, Buffer.alloc(0), END_STREAM));
    await ended(raw, 3);
    raw.write(openCall(9, CHAT));
    await until(() => server.report.openChats === 3);
    assert.ok(DEFAULT_LIMITS.maxConcurrentStreams > 3);
  });

  it('streams that are cancelled, however many, leave room for others', async () => {
    using server = await H2Lab.open({ maxConcurrentStreams: 3 });
    using raw = await RawH2.greet(server.port);
    for (let index = 0; index < 20; index += 1) {
      raw.write(openCall(2 * index + 1, CHAT));
      await until(() => server.report.openChats === 1);
      raw.write(rstStream(2 * index + 1));
      await until(() => server.report.openChats === 0);
    }
    assert.deepEqual(server.report.abuse, {});
  });

  it('a client that closes its half leaves nothing behind', async () => {
    using server = await H2Lab.open();
    using raw = await RawH2.greet(server.port);
    raw.write(openCall(1, CHAT));
    raw.write(unaryCall(3, SLOW, uint32(50)));
    await until(() => server.report.openChats === 1 && server.report.slowAtWork === 1);
    raw.socket.end();
    await raw.closed();
    await until(() => {
      const { connections, openChats, slowAtWork } = server.report;
      return connections === 0 && openChats === 0 && slowAtWork === 0;
    });
  });

  it('a client that vanishes in the middle of everything leaves nothing behind', async () => {
    using server = await H2Lab.open();
    for (let round = 0; round < 20; round += 1) {
      const raw = await RawH2.greet(server.port);
      for (let index = 0; index < 20; index += 1) raw.write(openCall(2 * index + 1, CHAT));
      raw.write(data(1, grpcMessage(Buffer.alloc(10), 1000)));
      raw.write(unaryCall(41, BIG, uint32(1_000_000)));
      await until(() => server.report.openChats >= 20);
      raw.socket.resetAndDestroy();
      await until(() => server.report.openChats === 0 && server.report.connections === 0);
    }
  });
});

/** So many bytes of DATA have come on the stream. */
async function comes(raw: RawH2, stream: number, bytes: number): Promise<void> {
  await until(() => raw.dataBytes(stream) >= bytes);
  assert.equal(raw.dataBytes(stream), bytes);
}

async function ended(raw: RawH2, stream: number): Promise<void> {
  await raw.next((seen) => seen.stream === stream && seen.type === TYPE.headers && (seen.flags & END_STREAM) !== 0);
}

/** Everything sent before this was seen by the server, and answered as far as it will be. */
async function answered(raw: RawH2): Promise<void> {
  assert.equal(await raw.closes(), false);
}
