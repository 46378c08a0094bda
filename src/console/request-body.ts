/** The bodies of requests: of a bounded size, and in a bounded time. */
import type { IncomingMessage } from 'node:http';
import { ServerError } from '../domain/errors.ts';

const MAX_JSON_BYTES = 256 * 1024;
const JSON_TIMEOUT_MS = 10_000;

/** Throws INVALID_ARGUMENT where it is no JSON, RESOURCE_EXHAUSTED where it is too long. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (request.headers['content-type']?.split(';')[0] !== 'application/json') {
    throw new ServerError('invalid_argument', 'the body is to be JSON; send content-type: application/json');
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of timely(request, JSON_TIMEOUT_MS)) {
    bytes += chunk.length;
    if (bytes > MAX_JSON_BYTES) {
      const message = `the body has more than ${MAX_JSON_BYTES} bytes; send a smaller request`;
      throw new ServerError('resource_exhausted', message);
    }
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  return parseJson(text === '' ? '{}' : text, 'the body');
}

/** `what` names it in the refusal. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ServerError('invalid_argument', `${what} is no JSON; send an object`);
  }
}

/** The body's chunks, each of which has to come within `idleMs`. What is left of it may be read on. */
export async function* timely(request: IncomingMessage, idleMs: number): AsyncGenerator<Uint8Array, void> {
  const late = (): void => {
    request.destroy(new ServerError('deadline_exceeded', `no byte came for ${idleMs / 1000} s; send them sooner`));
  };
  let timer = setTimeout(late, idleMs);
  try {
    const chunks: AsyncIterable<unknown> = request.iterator({ destroyOnReturn: false });
    for await (const chunk of chunks) {
      if (!(chunk instanceof Uint8Array)) throw new ServerError('internal', 'a body without encoding comes as bytes');
      clearTimeout(timer);
      yield chunk;
      timer = setTimeout(late, idleMs);
    }
  } finally {
    clearTimeout(timer);
  }
}
