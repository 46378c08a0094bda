/** Keeps in the store when each serve process put an epoch in force: what WhoServed needs to know of hand-overs. */
import type { Application } from '../domain/registry.ts';
import type { Store } from '../registry/store.ts';
import type { AppliedEpoch } from './messages.ts';

/** Beyond, the oldest that wait are dropped, and WhoServed knows only the epoch that should be in force. */
const MAX_WAITING = 100_000;
/** Rows of one transaction: few enough that others get their turn. */
const MAX_BATCH = 500;
const RETRY_MS = 1000;

export class Applications {
  readonly #store: Store;
  readonly #onFault: (what: string, cause: unknown) => void;
  #waiting: Application[] = [];
  #writing: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(store: Store, onFault: (what: string, cause: unknown) => void) {
    this.#store = store;
    this.#onFault = onFault;
  }

  add(instance: string, applied: readonly AppliedEpoch[]): void {
    if (this.#closed) return;
    for (const { model, epoch, at } of applied) if (epoch > 0) this.#waiting.push({ instance, model, epoch, at });
    if (this.#waiting.length > MAX_WAITING) this.#waiting = this.#waiting.slice(-MAX_WAITING);
    this.#writeSoon();
  }

  /** Takes no more, and writes what waits unless the store fails. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#writing;
    await this.#writeAll();
  }

  #writeSoon(): void {
    if (this.#writing !== undefined || this.#retry !== undefined || this.#waiting.length === 0) return;
    this.#writing = this.#writeAll().then((isAllWritten) => {
      this.#writing = undefined;
      if (!isAllWritten && !this.#closed) this.#writeLater();
    });
  }

  #writeLater(): void {
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#writeSoon();
    }, RETRY_MS);
    this.#retry.unref();
  }

  /** What is added meanwhile too. @returns false at the first fault. */
  async #writeAll(): Promise<boolean> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, MAX_BATCH);
      this.#waiting = this.#waiting.slice(MAX_BATCH);
      try {
        await this.#store.transact(async (writer) => {
          for (const application of batch) await writer.recordApplication(application);
        });
      } catch (caught) {
        this.#waiting = [...batch, ...this.#waiting];
        this.#onFault('who applied which epoch could not be kept', caught);
        return false;
      }
    }
    return true;
  }
}
