/** Who is let in at the Predict port: each call, and each message of a stream, by its token. */
import type { PredictGate } from '../access/predict-gate.ts';
import type { Call, Handler } from './call.ts';
import type { BytesHandler, BytesStreamHandler } from './codec/parts.ts';
import type { BytesGuard } from './guard.ts';
import type { ClientStreamHandler, ServerStreamHandler } from './long-call.ts';

export class PredictGuard implements BytesGuard {
  readonly #gate: PredictGate;

  constructor(gate: PredictGate) {
    this.#gate = gate;
  }

  bytes(handler: BytesHandler): BytesHandler {
    return (message, call) => handler(message, this.#letIn(call));
  }

  bytesStream({ answer, refuse }: BytesStreamHandler): BytesStreamHandler {
    return { answer: this.bytes(answer), refuse };
  }

  unary<Request, Reply>(_method: string, handler: Handler<Request, Reply>): Handler<Request, Reply> {
    return (request, call) => handler(request, this.#letIn(call));
  }

  serverStream<Request, Reply>(
    _method: string,
    handler: ServerStreamHandler<Request, Reply>,
  ): ServerStreamHandler<Request, Reply> {
    return async (request, call, send) => {
      await handler(request, this.#letIn(call), send);
    };
  }

  clientStream<Request, Reply>(
    _method: string,
    handler: ClientStreamHandler<Request, Reply>,
  ): ClientStreamHandler<Request, Reply> {
    return async (messages, call) => {
      const admitted = this.#letIn(call);
      return await handler(this.#each(messages, call), admitted);
    };
  }

  /** A token that is revoked meanwhile is good for no further message. */
  async *#each<Request>(messages: AsyncIterable<Request>, call: Call): AsyncGenerator<Request, void> {
    let isFirst = true;
    for await (const message of messages) {
      if (!isFirst) this.#letIn(call);
      isFirst = false;
      yield message;
    }
  }

  #letIn<Admitted extends Call>(call: Admitted): Admitted {
    return { ...call, caller: this.#gate.admit(call.header('authorization'), performance.now()) };
  }
}
