/** The message `Payload { bytes payload = 1 }` by hand, as the servers without a protobuf library read and write it. */

const PAYLOAD_TAG = (1 << 3) | 2;
const MAX_HEAD_BYTES = 6;

/** A view of the payload. Nothing but the one field is expected. */
export function decodePayload(message: Uint8Array): Uint8Array {
  if (message.length === 0) return message;
  let at = 1;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = message[at] ?? 0;
    at += 1;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  if (message[0] !== PAYLOAD_TAG || at + length !== message.length) throw new Error('a message of another kind');
  return message.subarray(at);
}

/** The message's two parts: tag and length, and the payload itself. */
export function encodePayload(payload: Uint8Array): [head: Buffer, payload: Uint8Array] {
  const head = Buffer.allocUnsafe(MAX_HEAD_BYTES);
  head[0] = PAYLOAD_TAG;
  let at = 1;
  let rest = payload.length;
  for (; rest >= 0x80; rest >>>= 7) {
    head[at] = (rest & 0x7f) | 0x80;
    at += 1;
  }
  head[at] = rest;
  return [head.subarray(0, at + 1), payload];
}
