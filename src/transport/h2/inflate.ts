/** Taking compressed messages apart: off the main thread, a few at a time, never beyond a limit. */
import { gunzip, inflate } from 'node:zlib';
import { describeFailure } from './describe-failure.ts';

export type Inflated =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'broken'; readonly reason: string };

/** Of one process: Node has as many threads for it. Small messages may unpack to large ones, which all take memory. */
const MAX_AT_ONCE = 4;

/** Each piece of output is a trip to another thread and back. */
const PIECE_BYTES = 256 * 1024;

let atOnce = 0;
const waiting: (() => void)[] = [];

/** `encoding` is one that the response heads offer. `wanted` is asked when the turn comes: else nothing is done. */
export async function inflateMessage(
  encoding: string,
  bytes: Buffer,
  { maxBytes, wanted }: { readonly maxBytes: number; readonly wanted: () => boolean },
): Promise<Inflated> {
  if (atOnce >= MAX_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else atOnce += 1;
  try {
    if (!wanted()) return { kind: 'broken', reason: 'nobody waits for it' };
    return await unpack(encoding === 'gzip' ? gunzip : inflate, bytes, maxBytes);
  } finally {
    const next = waiting.shift();
    // The place goes on to the next, or is free.
    if (next === undefined) atOnce -= 1;
    else next();
  }
}

function unpack(work: typeof gunzip, bytes: Buffer, maxBytes: number): Promise<Inflated> {
  const options = { maxOutputLength: maxBytes, chunkSize: Math.max(64, Math.min(PIECE_BYTES, maxBytes)) };
  return new Promise((resolve) => {
    work(bytes, options, (error, result) => {
      if (error === null) resolve({ kind: 'bytes', bytes: result });
      else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') resolve({ kind: 'too_large' });
      else resolve({ kind: 'broken', reason: describeFailure(error) });
    });
  });
}
