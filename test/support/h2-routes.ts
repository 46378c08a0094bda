/** Methods for tests of the lean transport: what they do is told by the message. */
import type { Route, Routes, StreamCall } from '../../src/transport/h2/route.ts';

export const ECHO = '/test.Lab/Echo';
/** A number of milliseconds, 4 bytes; answered, empty, when they have passed, whoever has gone meanwhile. */
export const SLOW = '/test.Lab/Slow';
/** A number of bytes, 4 bytes; answered with so many. */
export const BIG = '/test.Lab/Big';
/** Sends each message back, at the pace of the reader. */
export const CHAT = '/test.Lab/Chat';

/** Takes no message, ever. */
export const HOLD = '/test.Lab/Hold';

const CANCELLED = 1;
const MAX_SLOW_MS = 120_000;
const MAX_BIG_BYTES = 2 ** 20;

/** What the routes have seen. */
export interface Seen {
  slowCalls: number;
  /** Of those, in work now. */
  slowAtWork: number;
  openChats: number;
}

export function labRoutes(seen: Seen): Routes {
  return new Map<string, Route>([
    [ECHO, { kind: 'unary', answer: (message, call) => call.reply([message]) }],
    [
      SLOW,
      {
        kind: 'unary',
        answer: (message, call) => {
          seen.slowCalls += 1;
          seen.slowAtWork += 1;
          setTimeout(
            () => {
              seen.slowAtWork -= 1;
              call.reply([]);
            },
            // Other bytes than one number are a fuzzer's: work that goes on would be taken for a leak.
            message.length === 4 ? Math.min(uint32Of(message), MAX_SLOW_MS) : 0,
          );
        },
      },
    ],
    [
      BIG,
      {
        kind: 'unary',
        answer: (message, call) => call.reply([Buffer.alloc(Math.min(uint32Of(message), MAX_BIG_BYTES))]),
      },
    ],
    [CHAT, { kind: 'stream', open: (call) => chat(call, seen) }],
    [HOLD, { kind: 'stream', open: hold }],
  ]);
}

function chat(call: StreamCall, seen: Seen): void {
  seen.openChats += 1;
  call.listener = {
    message: (bytes) => {
      if (!call.send([bytes])) call.pause();
    },
    end: () => {
      seen.openChats -= 1;
      call.end({ code: 0 });
    },
    gone: () => {
      seen.openChats -= 1;
      call.end({ code: CANCELLED });
    },
    drained: () => call.resume(),
  };
}

function hold(call: StreamCall): void {
  const nothing = (): void => undefined;
  call.listener = { message: nothing, end: nothing, gone: () => call.end({ code: CANCELLED }), drained: nothing };
  call.pause();
}

function uint32Of(message: Uint8Array): number {
  return message.length < 4 ? 0 : Buffer.from(message.buffer, message.byteOffset, 4).readUInt32BE();
}
