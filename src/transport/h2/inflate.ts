/** Taking compressed messages apart, off the main thread and never beyond a limit. */
import { gunzip, inflate } from 'node:zlib';
import { describeFailure } from './describe-failure.ts';

export type Inflated =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'broken'; readonly reason: string };

/** `encoding` is one that the response heads offer. */
export function inflateMessage(encoding: string, bytes: Buffer, maxBytes: number): Promise<Inflated> {
  const unpack = encoding === 'gzip' ? gunzip : inflate;
  return new Promise((resolve) => {
    unpack(bytes, { maxOutputLength: maxBytes }, (error, result) => {
      if (error === null) resolve({ kind: 'bytes', bytes: result });
      else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') resolve({ kind: 'too_large' });
      else resolve({ kind: 'broken', reason: describeFailure(error) });
    });
  });
}
