/** Callers at a fixed rate, whatever the answers take: an open loop with every answer kept. */
import { performance } from 'node:perf_hooks';
import type { ServiceError } from '@grpc/grpc-js';
import { SluiceClient } from './client.ts';
import type { PredictMessage, PredictReplyMessage } from './client.ts';

export interface Call {
  /** Epoch ms of its end. */
  readonly at: number;
  readonly ms: number;
  /** undefined where it failed. */
  readonly reply: PredictReplyMessage | undefined;
  /** '' where it was answered. */
  readonly error: string;
}

export interface RateOptions {
  readonly address: string;
  readonly perSecond: number;
  /** The n-th call. */
  readonly request: (count: number) => PredictMessage;
}

const CONNECTIONS = 4;
const DEADLINE_MS = 10_000;
/** Beyond this the server does not keep up, and calls are left out. */
const MAX_IN_FLIGHT = 2_000;
const TICK_MS = 5;

export class SteadyRate {
  readonly calls: Call[] = [];
  /** That were due and not made, since too many were in flight. */
  left = 0;
  readonly #options: RateOptions;
  readonly #clients: SluiceClient[];
  readonly #flying = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  readonly #startedAt = performance.now();
  #made = 0;

  constructor(options: RateOptions) {
    this.#options = options;
    this.#clients = Array.from({ length: CONNECTIONS }, () => new SluiceClient(options.address));
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - this.#startedAt) * options.perSecond) / 1000);
      for (; this.#made < due; this.#made += 1) this.#makeOne(this.#made);
    }, TICK_MS);
  }

  /** Lets the calls in flight end. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#flying);
    for (const client of this.#clients) client.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #makeOne(count: number): void {
    const client = this.#clients[count % CONNECTIONS];
    if (client === undefined) return;
    if (this.#flying.size >= MAX_IN_FLIGHT) {
      this.left += 1;
      return;
    }
    const flying = this.#call(client, this.#options.request(count)).finally(() => this.#flying.delete(flying));
    this.#flying.add(flying);
  }

  async #call(client: SluiceClient, request: PredictMessage): Promise<void> {
    const began = performance.now();
    let reply: PredictReplyMessage | undefined;
    let error = '';
    try {
      reply = await client.predict(request, { deadline: Date.now() + DEADLINE_MS });
    } catch (caught) {
      const { code, details } = caught as ServiceError;
      error = `${String(code)} ${details}`;
    }
    this.calls.push({ at: Date.now(), ms: performance.now() - began, reply, error });
  }
}
