/** Watches as server-sent events: several on one connection, since browsers open six to a host and no more. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { ServerError, toServerError } from '../domain/errors.ts';
import type { AdminCalls } from './admin-calls.ts';
import { errorText } from './http-error.ts';
import type { From } from './json-call.ts';

/** What a page wants to know. */
interface Watch {
  /** "Traffic/WatchTraffic"; or a method that only reads, which is asked again and told of when its answer changed. */
  readonly name: string;
  readonly request: unknown;
}

/** What is told of a stream that came to its end in good order. */
const ENDED = '"ended":true';

const MAX_WATCHES = 24;
/** A page that hears nothing for some of these takes the connection for lost. */
const HEART_BEAT_MS = 10_000;
const READ_AGAIN_MS = 1000;
/** A page that does not take what it asked for is let go. */
const MAX_STALL_MS = 30_000;
/** What a browser waits before it connects again. */
const RETRY_MS = 1000;

/** `of` is the query's JSON: [["Traffic/WatchTraffic", {…}], …]. */
export function parseWatches(of: string | null, calls: AdminCalls): readonly Watch[] {
  const list = parseJson(of ?? '');
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_WATCHES) {
    throw new ServerError(
      'invalid_argument',
      `give 1 to ${MAX_WATCHES} watches as of=[["Service/Method", {request}], …]`,
    );
  }
  return list.map((item: unknown) => {
    const [name, request] = listOf(item);
    if (typeof name !== 'string') throw new ServerError('invalid_argument', 'a watch is ["Service/Method", {request}]');
    calls.kindOf(name);
    return { name, request: request ?? {} };
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export class EventStream {
  readonly #response: ServerResponse;
  readonly #calls: AdminCalls;
  readonly #from: From;
  #events = 0;

  constructor(response: ServerResponse, calls: AdminCalls, from: From) {
    this.#response = response;
    this.#calls = calls;
    this.#from = from;
  }

  /** Resolves when the page has gone. */
  async run(watches: readonly Watch[]): Promise<void> {
    this.#response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    this.#response.write(`retry: ${RETRY_MS}\n\n`);
    await Promise.all([this.#beat(), ...watches.map((watch, index) => this.#run(watch, index))]);
  }

  async #beat(): Promise<void> {
    while (!this.#from.signal.aborted) {
      await this.#send('{}');
      await this.#pause(HEART_BEAT_MS);
    }
  }

  /** A stream that fails is opened again, and a read that fails is tried again: what is not there may come to be. */
  async #run({ name, request }: Watch, index: number): Promise<void> {
    const isStream = this.#calls.kindOf(name) === 'stream';
    let told = '';
    while (!this.#from.signal.aborted) {
      const outcome = await (isStream ? this.#follow({ name, request }, index) : this.#look({ name, request }));
      if (outcome !== told) await this.#tell(index, outcome);
      told = outcome;
      if (outcome === ENDED) return;
      await this.#pause(READ_AGAIN_MS);
    }
  }

  async #follow({ name, request }: Watch, index: number): Promise<string> {
    try {
      await this.#calls.watch(name, request, this.#from, (json) => this.#tell(index, `"reply":${json}`));
      return ENDED;
    } catch (caught) {
      return `"error":${errorText(toServerError(caught))}`;
    }
  }

  async #look({ name, request }: Watch): Promise<string> {
    try {
      return `"reply":${await this.#calls.ask(name, request, this.#from)}`;
    } catch (caught) {
      return `"error":${errorText(toServerError(caught))}`;
    }
  }

  async #tell(index: number, what: string): Promise<void> {
    await this.#send(`{"watch":${index},${what}}`);
  }

  /** Resolves once the page takes more. */
  async #send(json: string): Promise<void> {
    const { signal } = this.#from;
    if (signal.aborted) return;
    this.#events += 1;
    if (this.#response.write(`id: ${this.#events}\ndata: ${json}\n\n`)) return;
    const stalled = setTimeout(() => {
      this.#response.destroy();
    }, MAX_STALL_MS);
    await once(this.#response, 'drain', { signal }).catch(() => undefined);
    clearTimeout(stalled);
  }

  async #pause(ms: number): Promise<void> {
    // It rejects when the page has gone, and the loop that it is in ends.
    await pauseFor(ms, undefined, { signal: this.#from.signal }).catch(() => undefined);
  }
}
