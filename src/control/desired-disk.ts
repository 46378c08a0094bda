/** The last desired state on the serve process's own disk: with it, it serves although no admin process is there. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { KnownToken } from '../access/token.ts';
import { callersFromText, callersToText } from './callers-codec.ts';
import { wireFromText, wireToText } from './desired-codec.ts';
import type { WireModel } from './messages.ts';

const SUFFIX = '.json';
/** Files that are being written end so; a crash may leave some. */
const NEW = '.new';
/** A file of that age is nobody's: a successor may be at work in the same directory. */
const LEFTOVER_MS = 3_600_000;
const KEY_FILE = 'prediction.key';
const KEY_BYTES = 32;
const CALLERS_FILE = 'callers.list';
/** A disk that was full may have room again, and nothing else would tell. */
const RETRY_MS = 5000;
/** The registry has no more models. */
const MAX_MODELS = 100_000;

export interface Restored {
  readonly models: readonly WireModel[];
  readonly predictionKey: Uint8Array | undefined;
  /** Who may call Predict; undefined = nobody has said, or it cannot be read. */
  readonly callers: readonly KnownToken[] | undefined;
  /** Files that hold no model that this build can read. */
  readonly unreadable: readonly string[];
  /** false = there was never the whole of it. */
  readonly found: boolean;
}

/** One file per model, so that a change costs what changed. */
export class DesiredDisk {
  readonly #dir: string;
  readonly #models: string;
  readonly #onFault: (cause: unknown) => void;
  readonly #retryMs: number;
  /** As the files are, by model. */
  readonly #texts = new Map<string, string>();
  /** What is to be written; undefined = the model's file is to go. */
  readonly #due = new Map<string, WireModel | undefined>();
  #dueKey: Uint8Array | undefined;
  #dueCallers: string | undefined;
  #writing: Promise<void> | undefined;
  #failing = false;
  #retry: NodeJS.Timeout | undefined;

  private constructor(dir: string, onFault: (cause: unknown) => void, retryMs: number) {
    this.#dir = dir;
    this.#models = join(dir, 'models');
    this.#onFault = onFault;
    this.#retryMs = retryMs;
  }

  static async open(dir: string, onFault: (cause: unknown) => void, retryMs = RETRY_MS): Promise<DesiredDisk> {
    const disk = new DesiredDisk(dir, onFault, retryMs);
    await mkdir(disk.#models, { recursive: true, mode: 0o700 });
    await removeLeftovers(dir);
    await removeLeftovers(disk.#models);
    return disk;
  }

  async restore(): Promise<Restored> {
    const models: WireModel[] = [];
    const unreadable: string[] = [];
    const names = (await readdir(this.#models)).filter((name) => name.endsWith(SUFFIX)).slice(0, MAX_MODELS);
    for (const name of names) {
      const path = join(this.#models, name);
      const text = await readFile(path, 'utf8').catch(() => '');
      const wire = wireFromText(text);
      if (wire === undefined || name !== fileNameOf(wire.model)) {
        unreadable.push(path);
        continue;
      }
      this.#texts.set(wire.model, text);
      models.push(wire);
    }
    const key = await this.#readKey();
    const callers = await this.#readCallers(unreadable);
    return { models, predictionKey: key, callers, unreadable, found: key !== undefined };
  }

  /**
   * Writes in the background, of a model that changes quickly only the last. A disk that fails is told of once until it
   * works again; what could not be written is tried again with the next change, every few seconds, and at the end.
   */
  keep(changed: readonly WireModel[], removed: readonly string[], predictionKey: Uint8Array | undefined): void {
    for (const wire of changed) this.#due.set(wire.model, wire);
    for (const model of removed) this.#due.set(model, undefined);
    this.#dueKey = predictionKey ?? this.#dueKey;
    this.#writeSoon();
  }

  /** Who may call Predict, with the hashes of their tokens. */
  keepCallers(tokens: readonly KnownToken[]): void {
    this.#dueCallers = callersToText(tokens);
    this.#writeSoon();
  }

  /** Resolves when everything so far is written, or could not be. */
  async flushed(): Promise<void> {
    await this.#writing;
    await this.#writeAll();
  }

  #writeSoon(): void {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
      // It may have come when the rest was written.
      if (this.#dueCallers !== undefined && !this.#failing) this.#writeSoon();
    });
  }

  /** Never rejects. */
  async #writeAll(): Promise<void> {
    const failed = new Map<string, WireModel | undefined>();
    const faults: unknown[] = [];
    for (const [model, wire] of this.#due) {
      this.#due.delete(model);
      failed.delete(model);
      try {
        await this.#write(model, wire);
      } catch (caught) {
        failed.set(model, wire);
        faults.push(caught);
      }
    }
    for (const [model, wire] of failed) this.#due.set(model, wire);
    try {
      await this.#writeCallers();
    } catch (caught) {
      faults.push(caught);
    }
    try {
      // Last: with the key there, the models are.
      if (failed.size === 0) await this.#writeKey();
    } catch (caught) {
      faults.push(caught);
    }
    if (faults.length > 0 && !this.#failing) this.#onFault(faults[0]);
    this.#failing = faults.length > 0;
    clearTimeout(this.#retry);
    if (!this.#failing) return;
    this.#retry = setTimeout(() => {
      this.#writeSoon();
    }, this.#retryMs).unref();
  }

  async #write(model: string, wire: WireModel | undefined): Promise<void> {
    const path = join(this.#models, fileNameOf(model));
    if (wire === undefined) {
      await rm(path, { force: true });
      this.#texts.delete(model);
      return;
    }
    const text = wireToText(wire);
    if (this.#texts.get(model) === text) return;
    await replaceFile(path, text);
    this.#texts.set(model, text);
  }

  async #writeKey(): Promise<void> {
    const key = this.#dueKey;
    if (key === undefined) return;
    await syncDirectory(this.#models);
    await replaceFile(join(this.#dir, KEY_FILE), key);
    if (this.#dueKey === key) this.#dueKey = undefined;
  }

  async #writeCallers(): Promise<void> {
    const text = this.#dueCallers;
    if (text === undefined) return;
    await replaceFile(join(this.#dir, CALLERS_FILE), text);
    if (this.#dueCallers === text) this.#dueCallers = undefined;
  }

  /** A file that cannot be read is told of; then nobody may call until the admin process says who may. */
  async #readCallers(unreadable: string[]): Promise<readonly KnownToken[] | undefined> {
    const path = join(this.#dir, CALLERS_FILE);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    const callers = text === undefined ? undefined : callersFromText(text);
    if (text !== undefined && callers === undefined) unreadable.push(path);
    return callers;
  }

  async #readKey(): Promise<Uint8Array | undefined> {
    try {
      const key = await readFile(join(this.#dir, KEY_FILE));
      return key.byteLength === KEY_BYTES ? new Uint8Array(key) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Models that differ only in case have files that differ in more: not every file system tells capitals apart. */
function fileNameOf(model: string): string {
  if (model === model.toLowerCase()) return `${model}${SUFFIX}`;
  const mark = createHash('sha256').update(model).digest('hex').slice(0, 16);
  return `${model}~${mark}${SUFFIX}`;
}

/** All or nothing, also when the machine loses power. */
async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}${NEW}`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (caught) {
    await rm(temporary, { force: true });
    throw caught;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeLeftovers(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!name.endsWith(NEW)) continue;
    const path = join(dir, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > LEFTOVER_MS) await rm(path, { force: true });
  }
}
