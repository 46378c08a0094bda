/** What serve processes counted for rollouts, experiments, shadows and drift: the newest cumulative row of each. */
import { ServerError } from '../domain/errors.ts';
import type { JsonRecord } from '../domain/registry.ts';
import { isName } from '../domain/version.ts';
import { EVIDENCE_KINDS } from '../monitor/evidence-book.ts';
import type { EvidenceKind } from '../monitor/evidence-book.ts';
import type { EvidenceLine } from '../monitor/evidence-reporter.ts';
import type { Store } from '../registry/store.ts';
import { evidenceBodyFrom } from './evidence-codec.ts';

/** One row of one life of one serve process. A later row contains the earlier. */
export interface EvidenceRow {
  readonly kind: EvidenceKind;
  readonly model: string;
  readonly name: string;
  readonly instance: string;
  readonly boot: string;
  readonly body: JsonRecord;
}

export interface EvidenceReader {
  /** The newest rows of this kind and model, of all instances and boots, also of those that are gone. */
  rows(kind: EvidenceKind, model: string): Promise<readonly EvidenceRow[]>;
  /** Called with the rows of each report as soon as they are here, before they are stored. @returns how to stop it. */
  listen(listener: (rows: readonly EvidenceRow[]) => void): () => void;
}

export interface EvidenceOptions {
  readonly store: Store;
  /** Epoch ms. */
  readonly now: () => number;
  /** Something could not be read or kept. */
  readonly onFault: (what: string, cause: unknown) => void;
}

/** Rows are stored together, this often at most: ms between two transactions' beginnings. */
const FLUSH_MS = 1_000;
/** Rows that wait to be stored; beyond this a report is refused, and comes again. */
const MAX_WAITING = 20_000;
/** Rows of one transaction: few enough that others get their turn. */
const MAX_BATCH = 200;
const KEEP_MS = 30 * 24 * 3_600_000;
/** Drift reports look back for a day. */
const KEEP_SKETCHES_MS = 26 * 3_600_000;
const MAX_NAME_CHARACTERS = 300;

/** One life of one serve process. */
interface Reporter {
  readonly instance: string;
  readonly boot: string;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Evidence implements EvidenceReader {
  readonly #options: EvidenceOptions;
  readonly #listeners = new Set<(rows: readonly EvidenceRow[]) => void>();
  /** Rows that are not yet stored, the newest of each. */
  #waiting = new Map<string, EvidenceRow>();
  /** Those that are being stored. */
  #storing = new Map<string, EvidenceRow>();
  #waiters: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #flushedAt = -Infinity;
  #closed = false;

  constructor(options: EvidenceOptions) {
    this.#options = options;
  }

  /**
   * Resolves once all rows are stored, but for those that cannot be read: they are told of and dropped. When it
   * rejects, some may be stored: the same rows may safely come again.
   */
  ingest(reporter: Reporter, rows: readonly EvidenceLine[]): Promise<void> {
    if (this.#closed) return Promise.reject(new ServerError('unavailable', 'evidence is no longer taken'));
    if (this.#waiting.size + rows.length > MAX_WAITING) {
      const message = `${String(this.#waiting.size)} rows of evidence wait to be stored already; report again later`;
      return Promise.reject(new ServerError('resource_exhausted', message));
    }
    const news = this.#read(reporter, rows);
    if (news.length === 0) return Promise.resolve();
    for (const row of news) this.#waiting.set(keyOf(row), row);
    this.#tell(news);
    const kept = Promise.withResolvers<undefined>();
    this.#waiters.push({
      resolve: () => {
        kept.resolve(undefined);
      },
      reject: kept.reject,
    });
    this.#flushSoon();
    return kept.promise;
  }

  async rows(kind: EvidenceKind, model: string): Promise<readonly EvidenceRow[]> {
    const found = new Map<string, EvidenceRow>();
    for (const { name, instance, boot, body: text } of await this.#options.store.tallies(kind, model)) {
      const body = evidenceBodyFrom(text);
      if (body === undefined) {
        this.#options.onFault(`stored evidence "${name}" (${kind}) of model "${model}" cannot be read`, undefined);
        continue;
      }
      const row = { kind, model, name, instance, boot, body };
      found.set(keyOf(row), row);
    }
    for (const [key, row] of [...this.#storing, ...this.#waiting]) {
      if (row.kind === kind && row.model === model) found.set(key, row);
    }
    return [...found.values()];
  }

  listen(listener: (rows: readonly EvidenceRow[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets rows that nobody has added to for 30 days, sketches after one. */
  async forgetOld(): Promise<void> {
    const { store, now } = this.#options;
    await store.transact(async (writer) => {
      await writer.deleteTalliesBefore(now() - KEEP_MS);
      await writer.deleteTalliesBefore(now() - KEEP_SKETCHES_MS, 'sketch');
    });
  }

  /** Stores what is there, and takes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#flushing;
    await this.#flush();
  }

  /** Those that can be read; the others are told of together, as they are as many as their sender likes. */
  #read({ instance, boot }: Reporter, lines: readonly EvidenceLine[]): readonly EvidenceRow[] {
    const rows: EvidenceRow[] = [];
    let unreadable: EvidenceLine | undefined;
    for (const line of lines) {
      const { model, name, bodyJson } = line;
      const kind = EVIDENCE_KINDS.find((known) => known === line.kind);
      const isNamed = isName(model) && name !== '' && name.length <= MAX_NAME_CHARACTERS;
      const body = kind !== undefined && isNamed ? evidenceBodyFrom(bodyJson) : undefined;
      if (kind === undefined || body === undefined) unreadable ??= line;
      else rows.push({ kind, model, name, instance, boot, body });
    }
    if (unreadable !== undefined) {
      const { kind, model, name } = unreadable;
      const which = `${JSON.stringify(cut(name))} (${cut(kind)}) of model ${JSON.stringify(cut(model))}`;
      const what = `${lines.length - rows.length} of ${lines.length} rows of evidence from ${instance} cannot be read`;
      this.#options.onFault(`${what}, such as ${which}; they are dropped`, undefined);
    }
    return rows;
  }

  #tell(rows: readonly EvidenceRow[]): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(rows);
      } catch (caught) {
        this.#options.onFault('evidence could not be taken in', caught);
      }
    }
  }

  /** The first at once, so that little is lost where the process is killed. */
  #flushSoon(): void {
    if (this.#closed || this.#flushing !== undefined) return;
    const wait = this.#flushedAt + FLUSH_MS - this.#options.now();
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        void this.#flush();
      },
      Math.min(FLUSH_MS, Math.max(0, wait)),
    );
  }

  #flush(): Promise<void> {
    this.#flushing ??= this.#storeAll().finally(() => {
      this.#flushing = undefined;
      if (this.#waiting.size > 0) this.#flushSoon();
    });
    return this.#flushing;
  }

  async #storeAll(): Promise<void> {
    this.#flushedAt = this.#options.now();
    const waiters = this.#waiters;
    this.#waiters = [];
    this.#storing = this.#waiting;
    this.#waiting = new Map();
    const rows = [...this.#storing.values()];
    const { store, now, onFault } = this.#options;
    try {
      for (let from = 0; from < rows.length; from += MAX_BATCH) {
        await store.transact(async (writer) => {
          for (const row of rows.slice(from, from + MAX_BATCH)) {
            await writer.putTally({ ...row, body: JSON.stringify(row.body), at: now() });
          }
        });
      }
      for (const { resolve } of waiters) resolve();
    } catch (caught) {
      onFault('evidence could not be stored; it is tried again', caught);
      for (const [key, row] of this.#storing) if (!this.#waiting.has(key)) this.#waiting.set(key, row);
      for (const { reject } of waiters) reject(caught);
    } finally {
      this.#storing = new Map();
    }
  }
}

function cut(text: string): string {
  return text.length > MAX_NAME_CHARACTERS ? `${text.slice(0, MAX_NAME_CHARACTERS)}…` : text;
}

function keyOf({ kind, model, name, instance, boot }: EvidenceRow): string {
  return JSON.stringify([kind, model, name, instance, boot]);
}
