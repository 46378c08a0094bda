/** Finds a call's gRPC status in a header block, without a HPACK decoder: see readGrpcStatus for when that is enough. */

export const STATUS_NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

export const STATUS = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  RESOURCE_EXHAUSTED: 8,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;

const NAME = Buffer.from('grpc-status');
const NAME_HUFFMAN = Buffer.from('9acac8b21234da8f', 'hex');
const HUFFMAN_DIGITS: Readonly<Record<string, number>> = {
  '00000': 0,
  '00001': 1,
  '00010': 2,
  '011001': 3,
  '011010': 4,
  '011011': 5,
  '011100': 6,
  '011101': 7,
  '011110': 8,
  '011111': 9,
};

interface Text {
  readonly bytes: Buffer;
  readonly huffman: boolean;
}

/**
 * The block must have been written for a dynamic table of size 0, as our SETTINGS demand, so that every field is a
 * static index or a literal, and only the one literal that matters has to be read. UNKNOWN where there is none.
 */
export function readGrpcStatus(block: Buffer): number {
  let at = 0;

  const readInteger = (prefixBits: number): number => {
    const limit = 2 ** prefixBits - 1;
    let value = block.readUInt8(at) & limit;
    at += 1;
    if (value < limit) return value;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = block.readUInt8(at);
      at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };

  const readText = (): Text => {
    const huffman = block.readUInt8(at) >= 0x80;
    const length = readInteger(7);
    at += length;
    return { bytes: block.subarray(at - length, at), huffman };
  };

  while (at < block.byteLength) {
    const first = block.readUInt8(at);
    if (first >= 0x80) {
      readInteger(7);
    } else if (first >= 0x20 && first < 0x40) {
      readInteger(5);
    } else {
      const nameIndex = readInteger(first >= 0x40 ? 6 : 4);
      const name = nameIndex === 0 ? readText() : undefined;
      const value = readText();
      if (name?.bytes.equals(name.huffman ? NAME_HUFFMAN : NAME) === true) return readNumber(value);
    }
  }
  return STATUS.UNKNOWN;
}

function readNumber({ bytes, huffman }: Text): number {
  if (!huffman) return Number(bytes.toString('latin1'));
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let value = 0;
  for (let at = 0; ;) {
    const width = HUFFMAN_DIGITS[bits.slice(at, at + 5)] === undefined ? 6 : 5;
    const digit = HUFFMAN_DIGITS[bits.slice(at, at + width)];
    // What is left is padding: ones.
    if (digit === undefined) return value;
    value = value * 10 + digit;
    at += width;
  }
}
