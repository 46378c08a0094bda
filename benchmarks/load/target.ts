/** What a load is aimed at: connections and requests taken in turn, and a check of answers by sampling. */
import { MODEL_INFER, inferRequest, sameOutputs } from '../support/infer-request.ts';
import { jsonRequest, sameJson } from '../support/json-request.ts';
import { uniform } from '../support/random.ts';
import { Connection, frameMessage } from './connection.ts';
import { STATUS, STATUS_NAMES } from './grpc-status.ts';
import { HttpPool, jsonPost } from './http-pool.ts';
import type { LoadOptions } from './options.ts';
import type { Tally } from './tally.ts';

interface Request {
  readonly body: Buffer;
  /** The answer that it got alone, if answers are checked. */
  readonly answer: Buffer | undefined;
}

/** A pool is many connections, and as good as one that carries many calls. */
type Caller = Connection | HttpPool;

export class Target {
  inFlight = 0;
  readonly #options: LoadOptions;
  readonly #connections: Caller[];
  readonly #requests: readonly Request[];
  readonly #replacing = new Set<number>();
  #calls = 0;
  #closed = false;

  private constructor(options: LoadOptions, connections: Caller[], requests: readonly Request[]) {
    this.#options = options;
    this.#connections = connections;
    this.#requests = requests;
  }

  static async open(options: LoadOptions): Promise<Target> {
    const connections: Caller[] = [];
    try {
      const count = options.wire === 'json' ? 1 : options.connections;
      while (connections.length < count) connections.push(await openCaller(options));
      return new Target(options, connections, await prepareRequests(options));
    } catch (caught) {
      for (const connection of connections) connection.close();
      throw caught;
    }
  }

  /** How many calls were made to know the right answers. */
  get checkCalls(): number {
    return this.#options.verifyEvery > 0 ? this.#requests.length : 0;
  }

  send(call: {
    readonly dueMs: number;
    readonly nowMs: number;
    readonly tally: Tally;
    readonly done?: () => void;
  }): void {
    const { dueMs, nowMs, tally, done } = call;
    const at = this.#calls;
    this.#calls += 1;
    const slot = at % this.#connections.length;
    const connection = this.#connections[slot];
    const request = this.#requests[at % this.#requests.length];
    if (connection === undefined || request === undefined) throw new Error('there is a connection and a request');
    if (!connection.isOpen) this.#replace(slot, connection, tally);
    tally.recordSent(dueMs, nowMs);
    this.inFlight += 1;
    connection.call(request.body, (status, reply) => {
      this.inFlight -= 1;
      tally.recordAnswer({ dueMs, nowMs: performance.now(), status });
      if (status === STATUS.OK && at % this.#options.verifyEvery === 0) this.#check(request, reply, tally);
      done?.();
    });
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#connections) connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** As a client library would: a lost connection is opened anew, and calls fail meanwhile. */
  #replace(slot: number, lost: Caller, tally: Tally): void {
    if (this.#replacing.has(slot)) return;
    this.#replacing.add(slot);
    tally.recordLostConnection(lost.lostBecause ?? 'closed without a word');
    const replace = async (): Promise<void> => {
      const connection = await openCaller(this.#options);
      this.#connections[slot] = connection;
      if (this.#closed) connection.close();
    };
    void replace()
      .catch(() => undefined)
      .finally(() => this.#replacing.delete(slot));
  }

  #check({ answer }: Request, reply: Buffer | undefined, tally: Tally): void {
    tally.checked += 1;
    const same = this.#options.wire === 'json' ? sameJson : sameOutputs;
    if (answer === undefined || reply === undefined || !same(answer, reply)) tally.wrong += 1;
  }
}

async function openCaller(options: LoadOptions): Promise<Caller> {
  if (options.wire === 'json') return await HttpPool.open(options);
  return await Connection.open({ ...options, method: MODEL_INFER });
}

async function prepareRequests(options: LoadOptions): Promise<Request[]> {
  const random = uniform(options.seed);
  const requests: Request[] = [];
  using alone = await openCaller({ ...options, deadlineMs: 0 });
  for (let at = 0; at < options.requests; at += 1) {
    const body = requestBytes(options, random);
    requests.push({ body, answer: options.verifyEvery > 0 ? await answerAlone(alone, body) : undefined });
  }
  return requests;
}

function requestBytes({ wire, host, model, input }: LoadOptions, random: () => number): Buffer {
  if (wire === 'grpc') return frameMessage(inferRequest(model, input, random));
  return jsonPost({ host, path: `/predict/${model}`, json: jsonRequest(input, random) });
}

async function answerAlone(connection: Caller, body: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  connection.call(body, (status, reply) => {
    if (reply !== undefined) resolve(Buffer.from(reply));
    else reject(new Error(`the server answers a single call with ${STATUS_NAMES[status] ?? status}`));
  });
  return await promise;
}
