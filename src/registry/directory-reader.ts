/** Reads the models directory in a thread of its own, and remembers between readings which files it knows. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { ModelDefaults } from '../config/model-config.ts';
import { ServerError } from '../domain/errors.ts';
import type { DigestCache } from './digest.ts';
import type { DirectoryOrder, DirectoryReply } from './directory-thread.ts';
import type { DirectoryListing } from './directory.ts';

const THREAD_FILE = fileURLToPath(
  new URL(`./directory-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);

export class DirectoryReader {
  readonly #dir: string;
  readonly #defaults: ModelDefaults;
  #digests: DigestCache = new Map();
  #reading: Promise<unknown> = Promise.resolve();

  constructor(dir: string, defaults: ModelDefaults) {
    this.#dir = dir;
    this.#defaults = defaults;
  }

  /** One reading after the other. Fails with a sentence when the directory cannot be read at all. */
  read(): Promise<DirectoryListing> {
    const reading = this.#reading.then(() => this.#readOnce());
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  async #readOnce(): Promise<DirectoryListing> {
    const reply = await this.#ask({ dir: this.#dir, defaults: this.#defaults, digests: this.#digests });
    if (reply.kind === 'unreadable') throw new ServerError('invalid_argument', reply.reason);
    this.#digests = reply.digests;
    return reply.listing;
  }

  #ask(order: DirectoryOrder): Promise<DirectoryReply> {
    const thread = new Worker(THREAD_FILE);
    return new Promise((resolve, reject) => {
      thread.once('message', (reply: DirectoryReply) => {
        resolve(reply);
      });
      thread.once('error', reject);
      thread.once('exit', () => {
        reject(new Error('the thread that reads the models directory ended without a word'));
      });
      thread.postMessage(order);
    });
  }
}
