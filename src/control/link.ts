/** The serve process's end of the control plane: takes what should be, tells what is and what was counted. */
import type { KnownToken } from '../access/token.ts';
import type { DesiredState } from '../domain/desired-state.ts';
import { versionKey } from '../domain/version.ts';
import type { EvidenceBook } from '../monitor/evidence-book.ts';
import { EvidenceReporter } from '../monitor/evidence-reporter.ts';
import type { EvidenceReport } from '../monitor/evidence-reporter.ts';
import type { StatisticsReporter } from '../monitor/statistics-reporter.ts';
import type { DesiredDisk } from './desired-disk.ts';
import { DesiredMirror } from './desired-mirror.ts';
import type { AppliedEpoch, DesiredUpdate, InstanceReport, VersionReport } from './messages.ts';
import { wireStatistics } from './series-codec.ts';

export interface LinkOptions {
  readonly disk: DesiredDisk;
  readonly reporter: StatisticsReporter;
  readonly evidence: EvidenceBook;
  /** `retryFailed`: what kept versions from being loaded, such as the way to the admin process, may be over. */
  readonly apply: (desired: DesiredState, options: { readonly retryFailed: boolean }) => void;
  readonly onPredictionKey: (key: Uint8Array) => void;
  /** Who may call Predict from now on. */
  readonly onCallers: (tokens: readonly KnownToken[]) => void;
  readonly settled: () => boolean;
  /** Something that the admin process sent, or that lay on disk, could not be used. */
  readonly onFault: (what: string, cause: unknown) => void;
}

/** Changes of so many milliseconds go in one report. */
const GATHER_MS = 5;
const STATISTICS_MS = 1000;
/** Rollouts decide on it. */
const EVIDENCE_MS = 250;
/** What is urgent goes this often at most. */
const URGENT_MS = 20;
/** At the end, how long to wait until the last counts are acknowledged. */
const LAST_REPORT_MS = 2000;

export class ControlLink {
  readonly #options: LinkOptions;
  readonly #mirror = new DesiredMirror();
  readonly #applied = new Map<string, AppliedEpoch>();
  readonly #versions = new Map<string, VersionReport>();
  readonly #dirtyModels = new Set<string>();
  readonly #dirtyVersions = new Set<string>();
  #send: ((report: InstanceReport) => void) | undefined;
  /** It comes with the first part of a whole, and is kept once the last is there. */
  #newKey: Uint8Array | undefined;
  #revision = 0;
  #sentRevision = 0;
  #sentSettled = false;
  #gathering: NodeJS.Timeout | undefined;
  #statistics: NodeJS.Timeout | undefined;
  readonly #evidence: EvidenceReporter;
  #evidenceTimer: NodeJS.Timeout | undefined;
  #urgent: NodeJS.Timeout | undefined;
  /** While the link closes: looks again at what is left to be told. */
  #wake: ((value: undefined) => void) | undefined;
  #awaited = 0;
  /** What the report that is waited for tells of. */
  #awaitedKind: 'statistics' | 'evidence' = 'statistics';

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#evidence = new EvidenceReporter(options.evidence);
    options.evidence.onUrgent(() => {
      this.#urgent ??= setTimeout(() => {
        this.#urgent = undefined;
        this.#sendEvidence();
      }, URGENT_MS).unref();
    });
  }

  /** Takes what lay on disk. @returns whether there was anything. */
  async restore(): Promise<boolean> {
    const { disk, onFault, apply, onPredictionKey, onCallers } = this.#options;
    const { models, predictionKey, callers, unreadable, found } = await disk.restore();
    for (const path of unreadable) onFault(`${path} holds no desired state that this build can read`, undefined);
    if (!found) return false;
    if (predictionKey !== undefined) onPredictionKey(predictionKey);
    if (callers !== undefined) onCallers(callers);
    const onUnreadable = (cause: unknown): void => {
      onFault('a model of the last desired state cannot be read', cause);
    };
    apply(this.#mirror.restore(models, onUnreadable), { retryFailed: false });
    return true;
  }

  /** A stream is up: from here on reports go this way, all that is known first. */
  connected(send: (report: InstanceReport) => void): void {
    this.#send = send;
    this.#sentRevision = 0;
    this.#sentSettled = false;
    for (const model of this.#applied.keys()) this.#dirtyModels.add(model);
    for (const key of this.#versions.keys()) this.#dirtyVersions.add(key);
    this.#report();
    this.#evidence.restart();
    this.#evidenceTimer ??= setInterval(() => {
      this.#sendEvidence();
    }, EVIDENCE_MS).unref();
    this.#statistics ??= setInterval(() => {
      this.#sendStatistics();
    }, STATISTICS_MS).unref();
    this.#wake?.(undefined);
  }

  disconnected(): void {
    this.#send = undefined;
  }

  take(update: DesiredUpdate): void {
    this.#newKey = update.predictionKey ?? this.#newKey;
    if (update.predictionKey !== undefined) this.#options.onPredictionKey(update.predictionKey);
    if (update.callers !== undefined) {
      // Before anything else, and whatever becomes of the rest: one of them may have been revoked.
      this.#options.onCallers(update.callers);
      this.#options.disk.keepCallers(update.callers);
    }
    if (update.statisticsAck !== undefined) this.#acknowledge(update.statisticsAck);
    if (update.evidenceAck !== undefined) this.#acknowledgeEvidence(update.evidenceAck);
    try {
      const change = this.#mirror.take(update);
      if (change === undefined) return;
      const { state, changed, removed, isWhole } = change;
      this.#options.disk.keep(changed, removed, this.#newKey);
      this.#newKey = undefined;
      this.#revision = state.revision;
      this.#options.apply(state, { retryFailed: isWhole });
      this.gather();
    } catch (caught) {
      // The key on disk says that the whole is there.
      this.#newKey = undefined;
      this.#options.onFault('an update of the desired state cannot be used', caught);
    }
  }

  /** A policy was put in force here, or cannot be for another reason than before. */
  applied(stand: AppliedEpoch): void {
    this.#applied.set(stand.model, stand);
    this.#dirtyModels.add(stand.model);
    this.gather();
  }

  version(report: VersionReport): void {
    const key = versionKey(report.model, report.version);
    this.#versions.set(key, report);
    this.#dirtyVersions.add(key);
    this.gather();
  }

  /** Something that reports tell of may have changed. */
  gather(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#report();
    }, GATHER_MS).unref();
  }

  /** Sends the last counts, and waits a moment until they are kept; for another connection where this one breaks. */
  async close(): Promise<void> {
    clearTimeout(this.#gathering);
    this.#report();
    const over = Promise.withResolvers<'over'>();
    const timer = setTimeout(over.resolve, LAST_REPORT_MS, 'over');
    // A report holds so much and no more, and what is acknowledged is no longer in the next.
    /** @returns whether there is time left. */
    const wait = async (kind: 'statistics' | 'evidence', seq: number, send: () => void): Promise<boolean> => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#wake = resolve;
      this.#awaited = seq;
      this.#awaitedKind = kind;
      send();
      return (await Promise.race([promise, over.promise])) !== 'over';
    };
    const { reporter } = this.#options;
    for (let report = reporter.collect(); report !== undefined;) {
      const sent = report;
      const hasTime = await wait('statistics', sent.seq, () => {
        this.#sendReport(sent);
      });
      report = hasTime ? reporter.collect() : undefined;
    }
    const last = { isLast: true };
    for (let rows = this.#evidence.collect(last); rows !== undefined;) {
      const sent = rows;
      const hasTime = await wait('evidence', sent.seq, () => {
        this.#sendRows(sent);
      });
      rows = hasTime ? this.#evidence.collect(last) : undefined;
    }
    this.#wake = undefined;
    clearTimeout(timer);
    clearInterval(this.#statistics);
    clearInterval(this.#evidenceTimer);
    clearTimeout(this.#urgent);
    await this.#options.disk.flushed();
  }

  #report(): void {
    if (this.#send === undefined) return;
    const settled = this.#options.settled();
    const isNews = this.#dirtyModels.size > 0 || this.#dirtyVersions.size > 0;
    if (!isNews && settled === this.#sentSettled && this.#revision === this.#sentRevision) return;
    const applied = [...this.#dirtyModels].flatMap((model) => this.#applied.get(model) ?? []);
    const versions = [...this.#dirtyVersions].flatMap((key) => this.#versions.get(key) ?? []);
    this.#dirtyModels.clear();
    this.#dirtyVersions.clear();
    this.#sentSettled = settled;
    this.#sentRevision = this.#revision;
    for (const { model, version, gone } of versions) if (gone) this.#versions.delete(versionKey(model, version));
    this.#send({ applied, versions, revision: this.#revision, settled });
  }

  #sendStatistics(): void {
    if (this.#send === undefined || this.#wake !== undefined) return;
    const report = this.#options.reporter.collect();
    if (report !== undefined) this.#sendReport(report);
  }

  #sendReport(report: NonNullable<ReturnType<StatisticsReporter['collect']>>): void {
    const settled = this.#options.settled();
    this.#send?.({ applied: [], versions: [], revision: this.#revision, settled, statistics: wireStatistics(report) });
  }

  #acknowledge(seq: number): void {
    this.#options.reporter.acknowledge(seq);
    if (seq === this.#awaited && this.#awaitedKind === 'statistics') this.#wake?.(undefined);
  }

  #acknowledgeEvidence(seq: number): void {
    this.#evidence.acknowledge(seq);
    if (seq === this.#awaited && this.#awaitedKind === 'evidence') this.#wake?.(undefined);
  }

  #sendEvidence(): void {
    if (this.#send === undefined || this.#wake !== undefined) return;
    const report = this.#evidence.collect();
    if (report !== undefined) this.#sendRows(report);
  }

  #sendRows(evidence: EvidenceReport): void {
    const settled = this.#options.settled();
    this.#send?.({ applied: [], versions: [], revision: this.#revision, settled, evidence });
  }
}
