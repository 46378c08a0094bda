/**
 * The Admin methods in JSON: the same handlers behind the same gate as on the Admin port, so that a browser can do
 * what gRPC can, is refused what gRPC refuses, and reads the same words.
 */
import { replyText } from '../cli/json-codec.ts';
import { loadAdminServices } from '../cli/schema-codec.ts';
import { ServerError } from '../domain/errors.ts';
import type { Status } from '../transport/h2/route.ts';
import { outcomeOf, STATUS_OK } from '../transport/status.ts';
import { JsonCall } from './json-call.ts';
import type { From } from './json-call.ts';
import type { AdminRoutes } from './method-codec.ts';
import { methodsOf } from './method-codec.ts';
import type { Method } from './method-codec.ts';
import { readRequest } from './request-codec.ts';
import type { Shapes } from './request-codec.ts';

/** A piece of an uploaded file. */
export interface UploadPiece {
  readonly path: string;
  readonly data: Uint8Array;
}

const REGISTER = 'Registry/RegisterVersion';
/** What changes nothing may be asked again and again. */
const READS = /^\w+\/(Get|List|Check)/;

export class AdminCalls {
  readonly #routes: AdminRoutes;
  readonly #methods: ReadonlyMap<string, Method>;
  readonly #shapes: Shapes;

  constructor(routes: AdminRoutes) {
    const services = loadAdminServices();
    this.#routes = routes;
    this.#methods = methodsOf(services);
    this.#shapes = { ...services };
  }

  /** "Traffic/SetTraffic", …: all that can be asked or watched. */
  get names(): readonly string[] {
    return [...this.#methods.keys()];
  }

  /** Answers with JSON, or throws what a gRPC caller would be told. */
  async ask(name: string, request: unknown, from: From): Promise<string> {
    const method = this.#method(name);
    if (method.requestStream || method.responseStream) {
      throw new ServerError(
        'unimplemented',
        `${name} has no single answer; watch it at /api/watch, or use PUT /api/upload`,
      );
    }
    const message = this.#encode(method, request);
    const answer = Promise.withResolvers<string>();
    const call = this.#open(method, from, untilReply(answer));
    call.listener?.message(message);
    call.listener?.end();
    return await answer.promise;
  }

  /** What to watch: a stream of replies, or a method that only reads. */
  kindOf(name: string): 'stream' | 'read' {
    const { requestStream, responseStream } = this.#method(name);
    if (!requestStream && responseStream && name !== 'Registry/DownloadVersion') return 'stream';
    if (!requestStream && !responseStream && READS.test(name)) return 'read';
    throw new ServerError('invalid_argument', `${name} cannot be watched; it is no stream and does not only read`);
  }

  /** Resolves when the stream ends in good order; `send` when the next reply may follow. */
  async watch(name: string, request: unknown, from: From, send: (json: string) => Promise<void>): Promise<void> {
    const method = this.#method(name);
    const message = this.#encode(method, request);
    const ended = Promise.withResolvers<undefined>();
    const call = this.#open(method, from, {
      reply: (json) => {
        void send(json).then(() => call.listener?.drained(), ended.reject);
        return false;
      },
      end: (status) => {
        if (status.code === STATUS_OK) ended.resolve(undefined);
        else ended.reject(errorOf(status));
      },
    });
    call.listener?.message(message);
    call.listener?.end();
    await ended.promise;
  }

  /** Registers a version from the pieces of its files. */
  async register(version: unknown, pieces: AsyncIterable<UploadPiece>, from: From): Promise<string> {
    const method = this.#method(REGISTER);
    const first = this.#encode(method, { version });
    const answer = Promise.withResolvers<string>();
    const call = this.#open(method, from, untilReply(answer));
    call.listener?.message(first);
    const feed = async (): Promise<void> => {
      for await (const file of pieces) {
        await call.ready();
        if (call.over) return;
        call.listener?.message(method.encode({ file }));
      }
      call.listener?.end();
    };
    feed().catch((caught: unknown) => {
      // A body that breaks off is no version.
      answer.reject(caught);
      call.listener?.gone();
    });
    return await answer.promise;
  }

  #method(name: string): Method {
    const method = this.#methods.get(name);
    if (method !== undefined) return method;
    throw new ServerError(
      'not_found',
      `there is no method ${JSON.stringify(name.slice(0, 100))}; see proto/sluice/admin/v1`,
    );
  }

  #encode(method: Method, request: unknown): Buffer {
    return method.encode(readRequest(this.#shapes, method.requestType, request));
  }

  #open(method: Method, from: From, on: CallEvents): JsonCall {
    const route = this.#routes.get(method.path);
    if (route?.kind !== 'stream') throw new ServerError('unimplemented', `${method.path} is not served here`);
    const onReply = (bytes: Uint8Array): boolean => on.reply(replyText(method.decode(bytes)));
    const call = new JsonCall({ path: method.path, from, onReply, onEnd: on.end });
    route.open(call);
    return call;
  }
}

interface CallEvents {
  /** False: wait for `drained` before more. */
  readonly reply: (json: string) => boolean;
  readonly end: (status: Status) => void;
}

/** Of a call with one reply. */
function untilReply({ resolve, reject }: PromiseWithResolvers<string>): CallEvents {
  return {
    reply: (json) => {
      resolve(json);
      return true;
    },
    end: (status) => {
      reject(errorOf(status));
    },
  };
}

function errorOf({ code, message = '' }: Status): ServerError {
  const outcome = outcomeOf(code);
  return new ServerError(outcome === 'ok' ? 'internal' : outcome, message);
}
