/** Whether what a server sends keeps to the rules of HTTP/2, whatever it was sent. */
import assert from 'node:assert/strict';
import { ACK, END_HEADERS, END_STREAM, type Frame, TYPE } from '../support/raw-h2.ts';

/** The most that a session of sessions.ts asks for. */
const MAX_FRAME_BYTES = 116_384;

/** Where a stream stands, as the server's frames tell. */
type State = 'answering' | 'ended';

/** Throws an AssertionError for the first frame that breaks a rule. */
export function checkServerFrames(frames: readonly Frame[]): void {
  const streams = new Map<number, State>();
  let block: { readonly stream: number; readonly ends: boolean } | undefined;
  for (const [index, { type, flags, stream, payload }] of frames.entries()) {
    const what = `frame ${index}: type ${type}, flags ${flags}, stream ${stream}, ${payload.length} bytes`;
    assert.ok(payload.length <= MAX_FRAME_BYTES, what);
    if (index === 0) assert.ok(type === TYPE.settings && (flags & ACK) === 0, what);
    if (block !== undefined) assert.ok(type === TYPE.continuation && stream === block.stream, what);
    const ends = (flags & END_STREAM) !== 0;
    const state = streams.get(stream);
    switch (type) {
      case TYPE.headers:
        assert.ok(stream % 2 === 1 && state !== 'ended', what);
        // Headers after the first end the stream.
        assert.ok(state === undefined || ends, what);
        if ((flags & END_HEADERS) === 0) block = { stream, ends };
        streams.set(stream, ends ? 'ended' : 'answering');
        break;
      case TYPE.continuation:
        assert.ok(block, what);
        if ((flags & END_HEADERS) !== 0) block = undefined;
        break;
      case TYPE.data:
        assert.ok(state === 'answering', what);
        if (ends) streams.set(stream, 'ended');
        break;
      case TYPE.rstStream:
        assert.ok(stream !== 0 && payload.length === 4, what);
        streams.set(stream, 'ended');
        break;
      case TYPE.settings:
        assert.ok(stream === 0 && payload.length % 6 === 0, what);
        break;
      case TYPE.ping:
        assert.ok(stream === 0 && payload.length === 8, what);
        break;
      case TYPE.goaway:
        assert.ok(stream === 0 && payload.length >= 8, what);
        break;
      case TYPE.windowUpdate:
        assert.ok(payload.length === 4 && payload.readUInt32BE() > 0, what);
        break;
      default:
        assert.fail(what);
    }
  }
}
