/** A server with canned answers, and the command run against it as main.ts would. */
import { EventEmitter } from 'node:events';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type {
  sendUnaryData,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { runCli } from '../../src/cli/run.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { loadAdminSchema, loadSchema } from '../../src/transport/grpc-js/codec.ts';

/** Gets the request, or all messages of an upload, and the number of the call, from 1 on; gives a reply or a stream of them. */
export type Handler = (request: never, attempt: number) => object | Promise<object> | AsyncIterable<object>;

export interface Call {
  readonly method: string;
  readonly actor: string;
  readonly request: object;
  /** Until the caller gives up; Infinity where it does not. */
  readonly leftMs: number;
}

/** Thrown by a handler: what the server says. */
export class Refusal extends Error {
  readonly code: number;
  readonly details: string;

  constructor(code: keyof typeof status, details: string) {
    super(details);
    this.code = status[code];
    this.details = details;
  }
}

export class FakeAdmin {
  readonly calls: Call[] = [];
  readonly #handlers: Readonly<Record<string, Handler>>;
  readonly #server = new Server();
  #port = 0;

  private constructor(handlers: Readonly<Record<string, Handler>>) {
    this.#handlers = handlers;
  }

  /** Handlers by method name; other methods answer UNIMPLEMENTED. */
  static async start(handlers: Readonly<Record<string, Handler>>): Promise<FakeAdmin> {
    const admin = new FakeAdmin(handlers);
    const { Registry, Traffic, Rollouts, Experiments, Shadows, Drift, Monitor, Audit } =
      loadAdminSchema().sluice.admin.v1;
    const { OutcomeService, PredictService } = loadSchema().sluice.v1;
    const all = [
      Registry,
      Traffic,
      Rollouts,
      Experiments,
      Shadows,
      Drift,
      Monitor,
      Audit,
      OutcomeService,
      PredictService,
    ];
    for (const { service } of all) {
      const methods = Object.entries(service).filter(([name]) => name in handlers);
      const implementation = methods.map(([name, { requestStream, responseStream }]) => [
        name,
        requestStream ? admin.#upload(name) : responseStream ? admin.#stream(name) : admin.#unary(name),
      ]);
      admin.#server.addService(service, Object.fromEntries(implementation) as UntypedServiceImplementation);
    }
    const credentials = ServerCredentials.createInsecure();
    admin.#port = await new Promise<number>((resolve, reject) => {
      admin.#server.bindAsync('127.0.0.1:0', credentials, (error, port) => {
        if (error === null) resolve(port);
        else reject(error);
      });
    });
    return admin;
  }

  get address(): string {
    return `127.0.0.1:${String(this.#port)}`;
  }

  /** The requests that a method has had. */
  requests<Request = Record<string, unknown>>(method: string): Request[] {
    return this.calls.filter((call) => call.method === method).map(({ request }) => request as Request);
  }

  close(): void {
    this.#server.forceShutdown();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #unary(method: string) {
    return (call: ServerUnaryCall<object, object>, done: sendUnaryData<object>): void => {
      void this.#answer(method, call.request, call).then((reply) => {
        done(null, reply as object);
      }, done);
    };
  }

  #upload(method: string) {
    return (call: ServerReadableStream<object, object>, done: sendUnaryData<object>): void => {
      const collect = async (): Promise<object> => {
        const messages: object[] = [];
        for await (const message of call as AsyncIterable<object>) messages.push(message);
        return (await this.#answer(method, messages, call)) as object;
      };
      void collect().then((reply) => {
        done(null, reply);
      }, done);
    };
  }

  #stream(method: string) {
    return (call: ServerWritableStream<object, object>): void => {
      const write = async (): Promise<void> => {
        const replies = (await this.#answer(method, call.request, call)) as AsyncIterable<object>;
        for await (const reply of replies) call.write(reply);
        call.end();
      };
      void write().catch((caught: unknown) => call.emit('error', caught));
    };
  }

  async #answer(method: string, request: object, call: AnyCall): Promise<object | AsyncIterable<object>> {
    this.calls.push({ method, request, actor: actorOf(call), leftMs: Number(call.getDeadline()) - Date.now() });
    const handler = this.#handlers[method];
    if (handler === undefined) throw new Refusal('UNIMPLEMENTED', `no ${method} here`);
    const attempt = this.calls.filter((each) => each.method === method).length;
    return await handler(request as never, attempt);
  }
}

type AnyCall = Pick<ServerUnaryCall<object, object>, 'metadata' | 'getDeadline'>;

function actorOf({ metadata }: AnyCall): string {
  return String(metadata.get('x-sluice-actor')[0] ?? '');
}

/** Never answers. */
export function silence(): Promise<object> {
  return Promise.withResolvers<object>().promise;
}

/** Replies one after the other, and then nothing until the caller goes. */
export async function* andThenNothing(...replies: readonly object[]): AsyncGenerator<object> {
  yield* replies;
  await silence();
}

export async function* inTurn(...replies: readonly object[]): AsyncGenerator<object> {
  yield* replies;
}

/** When the commands of these tests run: 2026-01-31 12:00:00 UTC. */
export const NOW = Date.UTC(2026, 0, 31, 12);

/** A google.protobuf.Timestamp that long before NOW. */
export function before(seconds: number): object {
  return { seconds: NOW / 1000 - seconds, nanos: 0 };
}

export interface CommandOptions {
  readonly admin?: FakeAdmin;
  readonly env?: Readonly<Record<string, string>>;
  /** Columns of a terminal; none without. */
  readonly terminal?: number;
  /** That a live screen takes over. */
  readonly screen?: Terminal;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  /** Hears of what is written to stdout. */
  readonly onOutput?: (text: string) => void;
  /** The reader of stdout has gone, as "| head" does. */
  readonly isOutputClosed?: boolean;
}

export interface CommandResult {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command to its end. */
export async function sluice(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { admin, env = {}, terminal, screen, stdin = '', signal, onOutput, isOutputClosed = false } = options;
  const stdout: Memory = new Memory(isOutputClosed ? () => stdout.emit('error', new Error('EPIPE')) : onOutput);
  const stderr = new Memory();
  const code = await runCli({
    argv,
    env: { ...(admin === undefined ? {} : { SLUICE_ADMIN_ADDRESS: admin.address }), ...env },
    nodeVersion: process.version,
    stdin: inTurn(Buffer.from(stdin)) as AsyncIterable<Buffer>,
    stdout,
    stderr,
    isTty: terminal !== undefined,
    columns: terminal ?? 80,
    terminal: screen,
    user: 'ann@desk',
    now: () => NOW,
    signal: signal ?? new AbortController().signal,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class Memory extends EventEmitter {
  text = '';
  readonly #onOutput: ((text: string) => void) | undefined;

  constructor(onOutput?: (text: string) => void) {
    super();
    this.#onOutput = onOutput;
  }

  write(text: string): boolean {
    this.text += text;
    this.#onOutput?.(text);
    return true;
  }
}
