/** One client-streaming call of grpc-js: its messages as they are asked for, then one reply. */
import type { handleClientStreamingCall, ServerReadableStream } from '@grpc/grpc-js';
import { ServerError } from '../../domain/errors.ts';
import type { ClientStreamHandler } from '../long-call.ts';
import { CallEnd } from './call-end.ts';
import { MalformedMessage } from './codec.ts';
import type { DoorHooks } from '../hooks.ts';
import { errorOf } from './unary.ts';

export interface CollectedStreamOptions<Request, Reply> {
  /** `package.Service/Method`. */
  readonly method: string;
  readonly handler: ClientStreamHandler<Request, Reply>;
  readonly hooks: DoorHooks;
  /** A caller that is silent for longer, while its next message is waited for, is given up. */
  readonly idleTimeoutMs: number;
}

export function collectStream<Request, Reply>({
  method,
  handler,
  hooks,
  idleTimeoutMs,
}: CollectedStreamOptions<Request, Reply>): handleClientStreamingCall<Request | MalformedMessage, Reply> {
  return (stream, respond) => {
    const end = new CallEnd(method, stream, hooks, () => undefined);
    const messages = messagesOf(stream, { signal: end.call.signal, idleTimeoutMs });
    const answer = async (): Promise<void> => {
      try {
        const reply = await handler(messages, end.call);
        if (end.succeed()) respond(null, reply);
      } catch (caught) {
        const status = end.fail(caught);
        if (status !== undefined) respond(errorOf(status));
      }
    };
    void answer();
  };
}

interface Waiting {
  readonly signal: AbortSignal;
  readonly idleTimeoutMs: number;
}

/** Reads one message at a time. The generator's end does not end the stream: the reply does. */
async function* messagesOf<Request>(
  stream: ServerReadableStream<Request | MalformedMessage, unknown>,
  waiting: Waiting,
): AsyncGenerator<Request, void> {
  const iterator: AsyncIterator<Request | MalformedMessage, undefined> = stream.iterator({ destroyOnReturn: false });
  for (;;) {
    const { done, value } = await nextOf(iterator, waiting);
    if (done === true) return;
    if (value instanceof MalformedMessage) throw value.error;
    yield value;
  }
}

function nextOf<T>(iterator: AsyncIterator<T, undefined>, waiting: Waiting): Promise<IteratorResult<T, undefined>> {
  const { signal, idleTimeoutMs } = waiting;
  return new Promise((resolve, reject) => {
    const over = new ServerError('cancelled', 'the caller has gone before its last message');
    if (signal.aborted) {
      reject(over);
      return;
    }
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      finish();
    };
    const onAbort = (): void => {
      settle(() => reject(over));
    };
    const timer = setTimeout(() => {
      const message = `no message came for ${idleTimeoutMs / 1000} s; send the next one sooner`;
      settle(() => reject(new ServerError('deadline_exceeded', message)));
    }, idleTimeoutMs);
    signal.addEventListener('abort', onAbort);
    iterator.next().then(
      (result) => settle(() => resolve(result)),
      // The stream was torn down.
      () => settle(() => reject(over)),
    );
  });
}
