/** Imports the models directory at the start and when told, one reading after the other. */
import { access } from 'node:fs/promises';
import type { AdminContext } from '../admin/context.ts';
import { importDirectory } from '../admin/import-directory.ts';
import type { ImportReport } from '../admin/import-directory.ts';
import type { Qualifier } from '../admin/qualifier.ts';
import type { Config } from '../config/options.ts';
import { ServerError, describeError } from '../domain/errors.ts';
import type { Blobs } from '../registry/blobs.ts';
import { DirectoryReader } from '../registry/directory-reader.ts';
import type { DirectoryProblem } from '../registry/directory.ts';
import type { Store } from '../registry/store.ts';
import type { Events } from '../telemetry/events.ts';
import { defaultsOf } from './open-source.ts';

export interface DirectoryImporterOptions {
  readonly config: Config;
  readonly events: Events;
  readonly context: AdminContext;
  readonly blobs: Blobs;
  readonly qualifier: Pick<Qualifier, 'enqueue' | 'decided' | 'idle'>;
}

export class DirectoryImporter {
  readonly #options: DirectoryImporterOptions;
  /** undefined = versions come by upload alone. */
  readonly #reader: DirectoryReader | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: DirectoryImporterOptions) {
    this.#options = options;
    const { modelsDir } = options.config;
    this.#reader = modelsDir === 'off' ? undefined : new DirectoryReader(modelsDir, defaultsOf(options.config));
  }

  /** Resolves once everything that was found, or left by a former process, is qualified or rejected. Never rejects. */
  async start(): Promise<void> {
    const report = await this.read();
    await report?.settled;
    await this.#options.qualifier.idle();
  }

  /** undefined where there is no directory, or it could not be read. Never rejects. */
  read(): Promise<ImportReport | undefined> {
    const reading = this.#last.then(() => (this.#closed ? undefined : this.#read()));
    this.#last = reading;
    return reading;
  }

  /** Waits for a reading that is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }

  async #read(): Promise<ImportReport | undefined> {
    const { events, context, blobs, qualifier } = this.#options;
    const startedAt = performance.now();
    if (this.#reader === undefined) return undefined;
    try {
      const report = await importDirectory(context, { blobs, qualifier }, await this.#reader.read());
      this.#tell(report.problems);
      const { registered, problems } = report;
      const ms = Math.round(performance.now() - startedAt);
      events.imported({ registered: registered.length, problems: problems.length, ms });
      void report.settled.then((late) => {
        this.#tell(late);
      });
      return report;
    } catch (caught) {
      events.desiredStateUnreadable({ reason: describeError(caught), cause: caught });
      return undefined;
    }
  }

  #tell(problems: readonly DirectoryProblem[]): void {
    for (const { model, version, reason } of problems) this.#options.events.versionFailed({ model, version, reason });
  }
}

/**
 * An empty registry and no directory to fill it from is most likely a mistake of whoever starts it. Later the registry
 * stands for itself.
 */
export async function checkModelsDirectory(modelsDir: string, store: Store): Promise<void> {
  if (modelsDir === 'off' || (await store.models({ limit: 1 })).length > 0) return;
  try {
    await access(modelsDir);
  } catch {
    const message = `cannot read the models directory ${modelsDir}: it is not there; give one with --models-dir, or off to register versions by upload alone`;
    throw new ServerError('not_found', message);
  }
}
