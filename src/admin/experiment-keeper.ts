/** Looks after experiments while nobody asks: notices when they were overridden, and keeps their counts of calls. */
import type { AdminContext } from './context.ts';
import type { EvidenceReader } from './evidence.ts';
import type { ExperimentRecord } from './experiment-body.ts';
import { experimentFrom } from './experiment-codec.ts';
import { currentExposures } from './experiment-exposures.ts';
import { putExposures } from './experiment-note.ts';
import { settleExperiment } from './experiment-record.ts';

export interface ExperimentKeeperOptions {
  readonly context: Pick<AdminContext, 'store' | 'changes' | 'now' | 'newSalt'>;
  readonly evidence: EvidenceReader;
  readonly onFault: (what: string, cause: unknown) => void;
  /** How often calls are kept. */
  readonly everyMs?: number;
}

/** Rows of evidence outlast their process by 30 days. */
const EVERY_MS = 600_000;
/** Calls that had begun before the end are told of after it. */
const AFTER_END_MS = 2 * 24 * 3_600_000;
/** Experiments that are looked at: the newest, and those that run. */
const MAX_EXPERIMENTS = 1000;

export class ExperimentKeeper {
  readonly #options: ExperimentKeeperOptions;
  readonly #stop: () => void;
  readonly #timer: NodeJS.Timeout;
  /** What is done is done one after the other. */
  #work: Promise<void> = Promise.resolve();
  readonly #touched = new Set<string>();

  constructor(options: ExperimentKeeperOptions) {
    this.#options = options;
    this.#stop = options.context.changes.listen((model, source) => {
      if (source === 'fleet' || this.#touched.has(model)) return;
      this.#touched.add(model);
      this.#do('experiments could not be looked at', () => this.#settle(model));
    });
    const keep = (): void => {
      this.#do('the calls of experiments could not be kept', () => this.#keepCalls());
    };
    keep();
    this.#timer = setInterval(keep, options.everyMs ?? EVERY_MS);
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.#stop();
    clearInterval(this.#timer);
    await this.#work;
  }

  #do(what: string, work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((caught: unknown) => {
      this.#options.onFault(what, caught);
    });
  }

  async #settle(model: string): Promise<void> {
    this.#touched.delete(model);
    const { context } = this.#options;
    const filter = { kind: 'experiment' as const, model, open: true };
    let isNews = false;
    for (const { name } of await context.store.documents(filter, { limit: MAX_EXPERIMENTS })) {
      const { phase } = await settleExperiment(context, name);
      isNews ||= phase !== 'running';
    }
    if (isNews) context.changes.tell(model);
  }

  async #keepCalls(): Promise<void> {
    const { context, evidence } = this.#options;
    const { store } = context;
    const newest = await store.documents({ kind: 'experiment' }, { limit: MAX_EXPERIMENTS });
    const running = await store.documents({ kind: 'experiment', open: true }, { limit: MAX_EXPERIMENTS });
    const records = new Map<number, ExperimentRecord>();
    for (const document of [...newest, ...running]) records.set(document.id, experimentFrom(document));
    for (const [id, record] of records) {
      const { startedAt, endedAt = Infinity } = record;
      if (startedAt === undefined || endedAt < context.now() - AFTER_END_MS) continue;
      const exposures = await currentExposures({ store, evidence }, record);
      await store.transact((writer) => putExposures(writer, id, exposures));
    }
  }
}
