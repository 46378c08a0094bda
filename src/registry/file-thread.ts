/**
 * A thread that reads model files for another one: begun when it is needed, and gone when nobody has asked for a while.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ModelDefaults } from '../config/model-config.ts';
import { ServerError } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { DigestCache } from './digest.ts';
import type { LayoutPlace } from '../runtime/share-weights.ts';
import type { DirectoryListing } from './directory.ts';
import type { ModelDescription } from './model-json.ts';

const THREAD_FILE = fileURLToPath(
  new URL(`./directory-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);

/** A thread takes some 50 ms to begin and 8 MB while it is there. */
const IDLE_MS = 5000;

/** See share-weights.ts. */
interface BringLayout {
  readonly place: LayoutPlace;
  readonly digest: string;
  readonly checked: boolean;
}

type RemoveLayout = Omit<LayoutPlace, 'model'>;

interface KeepLayouts {
  readonly dir: string;
  readonly pool: string;
  readonly digests: ReadonlySet<string>;
}

/** What the thread is asked; replies carry the order's id. */
export type ThreadOrder =
  | {
      readonly kind: 'read';
      readonly id: number;
      readonly dir: string;
      readonly defaults: ModelDefaults;
      readonly digests: DigestCache;
    }
  | { readonly kind: 'inspect'; readonly id: number; readonly directory: string; readonly digest: string }
  | ({ readonly kind: 'bring layout'; readonly id: number } & BringLayout)
  | ({ readonly kind: 'remove layout'; readonly id: number } & RemoveLayout)
  | ({ readonly kind: 'keep layouts'; readonly id: number } & KeepLayouts);

export type ThreadReply =
  | { readonly kind: 'read'; readonly id: number; readonly listing: DirectoryListing; readonly digests: DigestCache }
  | { readonly kind: 'inspected'; readonly id: number; readonly description: ModelDescription | undefined }
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly code: ErrorCode; readonly reason: string };

interface Waiting {
  readonly resolve: (reply: ThreadReply) => void;
  readonly reject: (reason: unknown) => void;
}

export class FileThread {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #lastId = 0;

  async readModels(
    order: Readonly<{ dir: string; defaults: ModelDefaults; digests: DigestCache }>,
  ): Promise<{ readonly listing: DirectoryListing; readonly digests: DigestCache }> {
    const reply = await this.#ask((id) => ({ kind: 'read', id, ...order }));
    if (reply.kind === 'read') return reply;
    throw unexpected(reply);
  }

  /** See inspectFolder. */
  async inspect(directory: string, digest: string): Promise<ModelDescription | undefined> {
    const reply = await this.#ask((id) => ({ kind: 'inspect', id, directory, digest }));
    if (reply.kind === 'inspected') return reply.description;
    throw unexpected(reply);
  }

  async bringLayout(order: BringLayout): Promise<void> {
    await this.#do((id) => ({ kind: 'bring layout', id, ...order }));
  }

  async removeLayout(order: RemoveLayout): Promise<void> {
    await this.#do((id) => ({ kind: 'remove layout', id, ...order }));
  }

  /** Of the layouts in `dir` only these stay, of the weights in the pool those that somebody uses. */
  async keepLayouts(order: KeepLayouts): Promise<void> {
    await this.#do((id) => ({ kind: 'keep layouts', id, ...order }));
  }

  async #do(order: (id: number) => ThreadOrder): Promise<void> {
    const reply = await this.#ask(order);
    if (reply.kind !== 'done') throw unexpected(reply);
  }

  #ask(order: (id: number) => ThreadOrder): Promise<ThreadReply> {
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<ThreadReply>();
    this.#waiting.set(id, { resolve, reject });
    const worker = (this.#worker ??= this.#begin());
    clearTimeout(this.#idle);
    worker.ref();
    worker.postMessage(order(id));
    return promise;
  }

  #begin(): Worker {
    const worker = new Worker(THREAD_FILE);
    worker.on('message', (reply: ThreadReply) => {
      this.#waiting.get(reply.id)?.resolve(reply);
      this.#waiting.delete(reply.id);
      if (this.#waiting.size === 0) this.#rest(worker);
    });
    worker.on('error', (error: unknown) => {
      this.#lose(worker, error);
    });
    worker.on('exit', () => {
      this.#lose(worker, new Error('the thread that reads model files ended without a word'));
    });
    return worker;
  }

  /** It keeps nobody from ending, and ends itself when it is not asked again. */
  #rest(worker: Worker): void {
    worker.unref();
    this.#idle = setTimeout(() => {
      if (this.#worker === worker) this.#worker = undefined;
      void worker.terminate();
    }, IDLE_MS).unref();
  }

  #lose(worker: Worker, reason: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const waiting of this.#waiting.values()) waiting.reject(reason);
    this.#waiting.clear();
  }
}

function unexpected(reply: ThreadReply): Error {
  return reply.kind === 'failed'
    ? new ServerError(reply.code, reply.reason)
    : new Error(`the thread that reads model files answered with ${reply.kind} what it was not asked`);
}
