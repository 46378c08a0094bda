/** Who is let in at the Admin port: every call by its identity, and streams for as long as that is good. */
import type { Caller, Gate } from '../access/gate.ts';
import { letIn } from '../admin/let-in.ts';
import type { ServerError } from '../domain/errors.ts';
import type { StoreReader } from '../registry/store.ts';
import type { Call, Handler } from './call.ts';
import type { Guard } from './guard.ts';
import type { ClientStreamHandler, LongCall, ServerStreamHandler } from './long-call.ts';

export interface AdminGuardOptions {
  readonly gate: Gate;
  /** Where it is looked up which model a rollout, an experiment or a transition is of. */
  readonly store: StoreReader;
}

export class AdminGuard implements Guard {
  readonly #options: AdminGuardOptions;

  constructor(options: AdminGuardOptions) {
    this.#options = options;
  }

  unary<Request, Reply>(method: string, handler: Handler<Request, Reply>): Handler<Request, Reply> {
    return async (request, call) => {
      const caller = await this.#letIn(method, request, call);
      return await handler(request, { ...call, caller });
    };
  }

  serverStream<Request, Reply>(
    method: string,
    handler: ServerStreamHandler<Request, Reply>,
  ): ServerStreamHandler<Request, Reply> {
    return async (request, call, send) => {
      const caller = await this.#letIn(method, request, call);
      await this.#whileGood(caller, call, (admitted) => handler(request, admitted, send));
    };
  }

  /** The first message tells what it is about. */
  clientStream<Request, Reply>(
    method: string,
    handler: ClientStreamHandler<Request, Reply>,
  ): ClientStreamHandler<Request, Reply> {
    return async (messages, call) => {
      const iterator = messages[Symbol.asyncIterator]();
      const first = await iterator.next();
      const caller = await this.#letIn(method, first.done === true ? undefined : first.value, call);
      return await this.#whileGood(caller, call, (admitted) => handler(withFirst(first, iterator), admitted));
    };
  }

  #letIn(method: string, request: unknown, { header, certificateNames }: Call): Promise<Caller> {
    const credentials = { authorization: header('authorization'), certificateNames };
    return letIn(this.#options, credentials, { method, request });
  }

  /** Rejects, and aborts the work's signal, as soon as the caller is let in no longer. */
  async #whileGood<Result>(caller: Caller, call: LongCall, work: (call: LongCall) => Promise<Result>): Promise<Result> {
    const ending = new AbortController();
    const ended = Promise.withResolvers<never>();
    const stop = this.#options.gate.watch(caller, (reason: ServerError) => {
      ended.reject(reason);
      ending.abort();
    });
    try {
      const signal = AbortSignal.any([call.signal, ending.signal]);
      return await Promise.race([work({ ...call, caller, signal }), ended.promise]);
    } finally {
      stop();
    }
  }
}

async function* withFirst<Request>(
  first: IteratorResult<Request, unknown>,
  rest: AsyncIterator<Request, unknown>,
): AsyncGenerator<Request, void> {
  for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
}
