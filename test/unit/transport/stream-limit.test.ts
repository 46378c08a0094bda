/** The limit on concurrent streams, and clients that cancel faster than a stream is taken down. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { it } from 'node:test';
import { openFakeDoor, TRANSPORTS } from '../../support/fake-door.ts';

const LIMIT = 4;
const ROUNDS = 200;
const [DATA_END, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY] = [0x4, 0x1, 0x3, 0x4, 0x6, 0x7];
const CANCEL = Buffer.from([0, 0, 0, 8]);

for (const transport of TRANSPORTS) {
  it(`a client that cancels at its limit of streams and calls again at once keeps its connection (${transport})`, async () => {
    const fake = await openFakeDoor({ transport, maxConcurrentStreams: LIMIT });
    const [host, port] = fake.target.split(':');
    const socket = connect(Number(port), host);
    const frames = [Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(SETTINGS, 0, 0, Buffer.alloc(0))];
    for (let round = 0, id = 1; round < ROUNDS; round += 1, id += 2 * LIMIT) {
      const ids = Array.from({ length: LIMIT }, (_, at) => id + 2 * at);
      // In one packet, so that the server reads the new calls before it has taken the cancelled ones down.
      for (const stream of ids) frames.push(frame(HEADERS, DATA_END, stream, headerBlock()));
      for (const stream of ids) frames.push(frame(RST_STREAM, 0, stream, CANCEL));
    }
    frames.push(frame(PING, 0, 0, Buffer.from('are you?')));
    socket.write(Buffer.concat(frames));
    assert.equal(await firstOf(socket, [PING, GOAWAY]), PING);
    socket.destroy();
    await fake.door.drain(1000);
  });
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** HPACK without the dynamic table (RFC 7541, 6.2.2): static names where there are, literal values. */
function headerBlock(): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  return Buffer.concat([
    Buffer.from([0x83, 0x86, 0x04]),
    text('/sluice.v1.PredictService/Predict'),
    Buffer.from([0x01]),
    text('here'),
    Buffer.from([0x0f, 0x10]),
    text('application/grpc'),
    Buffer.from([0x00]),
    text('te'),
    text('trailers'),
  ]);
}

/** The first frame of one of these types that the server sends; undefined when it hangs up before. */
function firstOf(socket: ReturnType<typeof connect>, types: readonly number[]): Promise<number | undefined> {
  let bytes = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => {
      resolve(undefined);
    });
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= 9 && bytes.length >= 9 + bytes.readUIntBE(0, 3)) {
        const type = bytes.readUInt8(3);
        if (types.includes(type)) resolve(type);
        bytes = bytes.subarray(9 + bytes.readUIntBE(0, 3));
      }
    });
  });
}
