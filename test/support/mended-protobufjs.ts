/**
 * protobufjs without its three guesses: it reads past a varint that has no end, takes one of 6 to 9 bytes for one of 10,
 * and takes what there is of a string that is cut short.
 */
import { createRequire } from 'node:module';

interface Reader {
  readonly buf: Buffer;
  readonly len: number;
  pos: number;
  bytes(): Buffer;
}

/** For the rest of the process. */
export function mendReader(): void {
  const load = createRequire(import.meta.resolve('@grpc/proto-loader'));
  const { Reader, BufferReader } = load('protobufjs') as Record<'Reader' | 'BufferReader', { prototype: object }>;
  const halves = (reader: Reader) => {
    const value = readVarint(reader);
    return { low: Number(BigInt.asIntN(32, value)), high: Number(BigInt.asIntN(32, value >> 32n)) };
  };
  Object.assign(Reader.prototype, {
    uint32(this: Reader) {
      return Number(BigInt.asUintN(32, readVarint(this)));
    },
    int64(this: Reader) {
      return halves(this);
    },
    uint64(this: Reader) {
      return halves(this);
    },
    skip(this: Reader, length?: number) {
      if (length === undefined) readVarint(this);
      else if (this.pos + length > this.len) throw new RangeError('index out of range');
      else this.pos += length;
      return this;
    },
  });
  Object.assign(BufferReader.prototype, {
    string(this: Reader) {
      return this.bytes().toString();
    },
  });
}

function readVarint(reader: Reader): bigint {
  let value = 0n;
  for (let index = 0; index < 10; index += 1) {
    if (reader.pos >= reader.len) throw new RangeError('index out of range');
    const byte = reader.buf[reader.pos++]!;
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return value;
  }
  throw new Error('invalid varint encoding');
}
