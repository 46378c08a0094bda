/** Callers that never stop: closed loops over a few connections, with every reply and every failure kept. */
import type { ServiceError } from '@grpc/grpc-js';
import { iris, SluiceClient } from './client.ts';

export interface Answered {
  readonly key: string;
  readonly epoch: number;
  readonly version: string;
}

export interface Failed {
  readonly key: string;
  readonly code: number;
  readonly details: string;
  readonly at: number;
}

export interface LoadOptions {
  readonly address: string;
  readonly model: string;
  readonly connections: number;
  readonly callersPerConnection: number;
  /** Keys that each caller cycles through. */
  readonly keys: number;
  /** Try again when the server cannot be reached, as a client with a retry policy does. */
  readonly retryUnavailable?: boolean;
}

const FLOWER = iris([5.1, 3.5, 1.4, 0.2]);
const DEADLINE_MS = 30_000;
const UNAVAILABLE = 14;
const RETRY_PAUSE_MS = 20;
/** Failures that are kept word for word. */
const MAX_KEPT = 1000;

export class SteadyLoad {
  readonly answered: Answered[] = [];
  readonly failed: Failed[] = [];
  retried = 0;
  readonly #clients: SluiceClient[];
  readonly #callers: Promise<void>[];
  #stopping = false;

  constructor(options: LoadOptions) {
    this.#clients = Array.from({ length: options.connections }, () => new SluiceClient(options.address));
    this.#callers = this.#clients.flatMap((client, connection) =>
      Array.from({ length: options.callersPerConnection }, (_, caller) =>
        this.#call(client, options, connection * options.callersPerConnection + caller),
      ),
    );
  }

  /** Lets the calls in flight end. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#callers);
    for (const client of this.#clients) client.close();
  }

  async #call(client: SluiceClient, options: LoadOptions, caller: number): Promise<void> {
    for (let count = 0; !this.#stopping; count += 1) {
      const key = `caller-${String(caller)}-${String(count % options.keys)}`;
      try {
        const request = { model: options.model, inputs: [FLOWER], routingKey: key };
        const { epoch, version } = await client.predict(request, { deadline: Date.now() + DEADLINE_MS });
        this.answered.push({ key, epoch, version });
      } catch (caught) {
        const { details } = caught as ServiceError;
        const code: number = (caught as ServiceError).code;
        if (code === UNAVAILABLE && options.retryUnavailable === true) {
          this.retried += 1;
          await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
        } else if (this.failed.length < MAX_KEPT) this.failed.push({ key, code, details, at: Date.now() });
      }
    }
  }
}
