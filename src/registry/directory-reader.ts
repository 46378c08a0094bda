/** Reads the models directory in a thread of its own, and remembers between readings which files it knows. */
import type { ModelDefaults } from '../config/model-config.ts';
import type { DigestCache } from './digest.ts';
import type { DirectoryListing } from './directory.ts';
import { FileThread } from './file-thread.ts';

export class DirectoryReader {
  readonly #dir: string;
  readonly #defaults: ModelDefaults;
  readonly #thread = new FileThread();
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
    const order = { dir: this.#dir, defaults: this.#defaults, digests: this.#digests };
    const { listing, digests } = await this.#thread.readModels(order);
    this.#digests = digests;
    return listing;
  }
}
