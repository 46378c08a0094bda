/** The hot methods on the lean transport: they take and give bytes, with nothing between them and the socket. */
import { toServerError } from '../../domain/errors.ts';
import { AnsweredStream } from '../answered-stream.ts';
import type { BytesHandler, BytesStreamHandler, Parts } from '../codec/parts.ts';
import type { Route, StreamRoute, UnaryCall, UnaryRoute } from '../h2/route.ts';
import type { DoorHooks } from '../hooks.ts';
import type { OpenStreams } from '../open-streams.ts';
import { RETRY_PUSHBACK, STATUS_OK, toStatus } from '../status.ts';
import { LeanCall } from './lean-call.ts';

export interface BytesRoutesOptions {
  readonly routes: Map<string, Route>;
  readonly hooks: DoorHooks;
  readonly openStreams: OpenStreams;
}

export class BytesRoutes {
  readonly #options: BytesRoutesOptions;

  constructor(options: BytesRoutesOptions) {
    this.#options = options;
  }

  unary(path: string, handler: BytesHandler): void {
    this.#options.routes.set(path, unaryRoute(path.slice(1), handler, this.#options.hooks));
  }

  stream(path: string, handler: BytesStreamHandler): void {
    const { hooks, openStreams, routes } = this.#options;
    const method = path.slice(1);
    const route: StreamRoute = {
      kind: 'stream',
      open: (call) => {
        call.listener = new AnsweredStream(call, { call: new LeanCall(method, call), handler, hooks, openStreams });
      },
    };
    routes.set(path, route);
  }
}

function unaryRoute(method: string, handler: BytesHandler, hooks: DoorHooks): UnaryRoute {
  const finish = (call: LeanCall, code: number): void => {
    const now = performance.now();
    hooks.recordRpc(method, call.outcome(code, now), now - call.receivedAt);
  };
  const fail = (target: UnaryCall, call: LeanCall, caught: unknown): void => {
    const error = toServerError(caught);
    if (error.code === 'internal') hooks.reportFault(method, error);
    const { code, message, retryPushbackMs } = toStatus(error);
    finish(call, code);
    const pushback = retryPushbackMs === undefined ? undefined : String(retryPushbackMs);
    target.fail(pushback === undefined ? { code, message } : { code, message, trailing: [[RETRY_PUSHBACK, pushback]] });
  };
  const answer = async (message: Uint8Array, target: UnaryCall): Promise<void> => {
    const call = new LeanCall(method, target);
    let parts: Parts;
    try {
      parts = await handler(message, call);
    } catch (caught) {
      fail(target, call, caught);
      return;
    }
    finish(call, STATUS_OK);
    target.reply(parts);
  };
  return { kind: 'unary', answer: (message, target) => void answer(message, target) };
}
