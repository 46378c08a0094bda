/** Takes versions from UPLOADED to QUALIFIED or REJECTED, a few at a time, whatever happens in between. */
import { setTimeout } from 'node:timers/promises';
import { ServerError, describeError } from '../domain/errors.ts';
import type { RegisteredVersion } from '../domain/registry.ts';
import type { ModelSettings, QualificationReport, QualificationVerdict, VersionSpec } from '../domain/version.ts';
import { qualificationKey } from '../registry/qualification.ts';
import { reportFromJson, reportToJson } from '../registry/report-codec.ts';
import type { VersionFolders } from '../registry/version-folders.ts';
import type { AdminContext } from './context.ts';
import { QualificationLine } from './qualification-line.ts';
import type { Turn } from './qualification-line.ts';
import { enterQualified, enterQualifying, enterRejected, enterUploaded } from './qualifier-states.ts';

/** A fault of the server, not of the model; it is tried again unless `isLast`. */
export interface QualificationFault extends Turn {
  readonly reason: string;
  readonly cause: unknown;
  readonly isLast: boolean;
}

export interface QualifierOptions {
  readonly context: AdminContext;
  readonly folders: Pick<VersionFolders, 'bring' | 'drop'>;
  /** Rejects with INVALID_ARGUMENT where it is the version's fault. Must end when the signal aborts. */
  readonly qualify: (spec: VersionSpec, signal: AbortSignal) => Promise<QualificationReport>;
  /** Of the server and the runtime: a report holds for one of them. */
  readonly revision: string;
  readonly onFault: (fault: QualificationFault) => void;
  /** How long to wait before the second, third, … attempt. */
  readonly retryDelayMs?: (attempt: number) => number;
}

const MAX_AT_ONCE = 2;
const MAX_ATTEMPTS = 5;

export class Qualifier {
  readonly #options: QualifierOptions;
  readonly #line = new QualificationLine();
  readonly #closing = new AbortController();
  /** Reports that are being made, by digest and key: the same files are not asked twice. */
  readonly #making = new Map<string, Promise<QualificationReport>>();
  /** Children that are at work in a folder, by digest. */
  readonly #using = new Map<string, number>();
  #listeners: (() => void)[] = [];

  constructor(options: QualifierOptions) {
    this.#options = options;
  }

  enqueue(model: string, version: string): void {
    if (this.#closing.signal.aborted) return;
    this.#line.add({ model, version });
    this.#startTurns();
  }

  /** Takes up what a former process left: those that wait, and those that it was at. */
  async resume(): Promise<void> {
    const left = await this.#options.context.store.versionsInState(['uploaded', 'qualifying']);
    for (const { model, version } of left) this.enqueue(model, version);
  }

  /** Versions, now. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.#line.running, waiting: this.#line.waiting };
  }

  /** Resolves once nothing waits or is being qualified. */
  async idle(): Promise<void> {
    while (!this.#line.isEmpty()) await this.#nextEnd();
  }

  /** Resolves once nothing of this model does, or the qualifier is closed. */
  async decided(model: string): Promise<void> {
    while (this.#line.has(model)) await this.#nextEnd();
  }

  /** Breaks off what is under way; a later process takes it up again. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#line.clear();
    await this.idle();
  }

  #startTurns(): void {
    while (this.#line.running < MAX_AT_ONCE) {
      const turn = this.#line.take();
      if (turn === undefined) return;
      void this.#take(turn);
    }
  }

  /** Never rejects: what goes wrong in a turn is told as a fault. */
  async #take(turn: Turn): Promise<void> {
    try {
      await this.#attempts(turn);
    } catch (caught) {
      this.#options.onFault({ ...turn, reason: describeError(caught), cause: caught, isLast: true });
    }
    this.#line.end(turn);
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
    this.#startTurns();
  }

  #nextEnd(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#listeners.push(resolve);
    return promise;
  }

  async #attempts(turn: Turn): Promise<void> {
    const { context, onFault, retryDelayMs = backOff } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#qualify(turn);
        return;
      } catch (caught) {
        if (this.#closing.signal.aborted) return;
        const isLast = attempt === MAX_ATTEMPTS;
        const reason = describeError(caught);
        onFault({ ...turn, reason, cause: caught, isLast });
        if (isLast) {
          await enterRejected(context, turn, `it could not be qualified in ${MAX_ATTEMPTS} attempts: ${reason}`);
          return;
        }
        if (!(await this.#pause(retryDelayMs(attempt)))) return;
      }
    }
  }

  /** Rejects only with faults of the server. */
  async #qualify(turn: Turn): Promise<void> {
    const { context } = this.#options;
    const version = await context.store.version(turn.model, turn.version);
    if (version === undefined || !isOpen(version)) return;
    try {
      const verdict = await this.#verdictOn(version);
      if (verdict.kind === 'qualified') await enterQualified(context, turn, verdict.report);
      else await enterRejected(context, turn, verdict.reason);
    } catch (caught) {
      await this.#backToUploaded(turn);
      throw caught;
    }
  }

  async #verdictOn(version: RegisteredVersion): Promise<QualificationVerdict> {
    try {
      return { kind: 'qualified', report: await this.#reportOf(version) };
    } catch (caught) {
      if (!(caught instanceof ServerError) || caught.code !== 'invalid_argument') throw caught;
      return { kind: 'rejected', reason: caught.message };
    }
  }

  /** The report that there is, or a new one, which is then kept with the files' digest. */
  async #reportOf(version: RegisteredVersion): Promise<QualificationReport> {
    const { context, revision } = this.#options;
    const row = await context.store.model(version.model);
    const settings = context.settingsOf(row?.config ?? {});
    const key = qualificationKey(settings, revision);
    const known = await context.store.reportFor(version.digest, key);
    if (known !== undefined) return reportFromJson(known);
    await enterQualifying(context, version);
    const id = `${version.digest} ${key}`;
    const making = this.#making.get(id) ?? this.#make(version, settings).finally(() => this.#making.delete(id));
    this.#making.set(id, making);
    const report = await making;
    await context.store.transact((writer) => writer.putReport(version.digest, key, reportToJson(report)));
    return report;
  }

  async #make(version: RegisteredVersion, settings: ModelSettings): Promise<QualificationReport> {
    const { folders, qualify } = this.#options;
    const { model, version: name, digest, files } = version;
    this.#using.set(digest, (this.#using.get(digest) ?? 0) + 1);
    try {
      const order = { model, version: name, digest, files, settings, metadata: {}, report: undefined };
      return await qualify(await folders.bring(order), this.#closing.signal);
    } finally {
      const others = (this.#using.get(digest) ?? 0) - 1;
      if (others > 0) this.#using.set(digest, others);
      else this.#using.delete(digest);
      if (others === 0) await folders.drop(digest);
    }
  }

  /** The fault that led here matters more than one that keeps the state from being told. */
  async #backToUploaded(turn: Turn): Promise<void> {
    if (this.#closing.signal.aborted) return;
    try {
      await enterUploaded(this.#options.context, turn);
    } catch {
      // It stays QUALIFYING, which is taken up again like UPLOADED.
    }
  }

  /** false where the qualifier was closed meanwhile. */
  async #pause(ms: number): Promise<boolean> {
    try {
      await setTimeout(ms, undefined, { signal: this.#closing.signal });
      return true;
    } catch {
      return false;
    }
  }
}

function isOpen({ state }: RegisteredVersion): boolean {
  return state === 'uploaded' || state === 'qualifying';
}

/** 1 s, 4 s, 16 s, 60 s. */
function backOff(attempt: number): number {
  return Math.min(60_000, 1000 * 4 ** (attempt - 1));
}
