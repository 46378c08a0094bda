/** The manager: makes the desired state real on this instance, one step after another until all is quiet. */
import assert from 'node:assert/strict';
import { describeError } from '../domain/errors.ts';
import type { QualificationReport, VersionSpec, VersionState, VersionStatus } from '../domain/version.ts';
import type { Catalog, ModelStatus } from '../domain/catalog.ts';
import type { BrokenVersion, DesiredState } from '../domain/desired-state.ts';
import type { Router } from '../routing/router.ts';
import type { VersionRunner } from '../runtime/version-runner.ts';
import { buildRoute } from './build-route.ts';
import type { Entry } from './entry.ts';
import { isOver, newRecord, policyStand, standingOf, usualReport } from './model-record.ts';
import type { ModelRecord, PolicyStand } from './model-record.ts';
import { modelStatus } from './model-status.ts';
import { keyOf, plan } from './policy.ts';
import { within } from './within.ts';

export interface ManagerOptions {
  readonly router: Router<VersionRunner>;
  /** Brings a version's files here, where its spec has no path yet, and says what qualification found out. */
  readonly prepare: (spec: VersionSpec) => Promise<{ spec: VersionSpec; report: QualificationReport }>;
  readonly load: (spec: VersionSpec, report: QualificationReport) => Promise<VersionRunner>;
  readonly unload: (runner: VersionRunner) => Promise<void>;
  /** Nothing of this name is left. */
  readonly forget: (model: string, version: string) => void;
  readonly onState: (status: VersionStatus) => void;
  /** Another policy is in force for a model, or it cannot be for another reason than before. */
  readonly onPolicy: (stand: PolicyStand) => void;
  readonly onLoadEnd: (load: { model: string; version: string; outcome: 'ok' | 'failed'; ms: number }) => void;
  readonly now: () => Date;
  /** Versions that are prepared and loaded side by side. */
  readonly maxConcurrentLoads: number;
  /** A version that has not answered all its calls after this long is unloaded all the same. */
  readonly drainTimeoutMs: number;
}

const NONE_BROKEN: readonly BrokenVersion[] = [];

export class Manager implements Catalog {
  readonly #options: ManagerOptions;
  readonly #records = new Map<string, ModelRecord>();
  /** Those with versions that wait for their turn, in the order in which they began to. */
  readonly #waiting = new Set<ModelRecord>();
  readonly #listeners = new Set<(models: readonly string[]) => void>();
  readonly #working = new Set<Promise<void>>();
  #statuses: readonly ModelStatus[] | undefined;
  #awaitsMore = true;
  #settled = false;
  #loading = 0;
  #closing = false;

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /**
   * Takes a new desired state. A model costs something only where its DesiredModel is another object than before.
   * Versions that failed stay so unless `retryFailed` is set.
   */
  apply(desired: DesiredState, { retryFailed = false } = {}): void {
    this.#awaitsMore = desired.revision === 0 || desired.starting;
    const changed = this.#take(desired);
    for (const record of retryFailed ? this.#records.values() : []) {
      for (const entry of record.entries.values()) {
        if (entry.state !== 'failed') continue;
        entry.retry = true;
        changed.add(record);
      }
    }
    this.#step(changed);
  }

  /** A ready version turned out to be unfit: its calls are refused with the reason from now on. */
  fault(runner: VersionRunner, reason: string): void {
    const record = this.#records.get(runner.spec.model);
    const entry = [...(record?.entries.values() ?? [])].find((candidate) => candidate.runner === runner);
    if (record === undefined || (entry?.state !== 'ready' && entry?.state !== 'draining')) return;
    runner.fail(`model "${entry.spec.model}" version "${entry.spec.version}" was taken out of service: ${reason}`);
    this.#enter(record, entry, 'failed', reason);
    this.#work(this.#free(runner).then(() => undefined));
    this.#step([record]);
  }

  models(): readonly ModelStatus[] {
    this.#statuses ??= [...this.#records.keys()].sort().flatMap((name) => this.model(name) ?? []);
    return this.#statuses;
  }

  model(name: string): ModelStatus | undefined {
    const record = this.#records.get(name);
    if (record === undefined) return undefined;
    record.status ??= modelStatus(record);
    return record.status.versions.length === 0 ? undefined : record.status;
  }

  settled(): boolean {
    return this.#settled && !this.#closing;
  }

  /** The policy of each model. */
  inForce(): readonly PolicyStand[] {
    return [...this.#records.values()].map(policyStand);
  }

  onChange(listener: (models: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when nothing is left to be done for the present desired state. */
  async quiet(): Promise<void> {
    while (this.#working.size > 0) await Promise.allSettled(this.#working);
  }

  /** One row of inputs that the version with the model's traffic, or else any ready one, answers. */
  sampleOf(model: string): Pick<QualificationReport, 'signature' | 'sample'> | undefined {
    const record = this.#records.get(model);
    return record === undefined ? undefined : usualReport(record);
  }

  /** From here on nothing is loaded, and the catalog is no longer settled. */
  stopLoading(): void {
    this.#closing = true;
    this.#waiting.clear();
    this.#tell([]);
  }

  /** Refuses new calls, and waits until every accepted one has been answered or the drain time is over. */
  async drain(): Promise<void> {
    this.stopLoading();
    const entries = [...this.#records.values()].flatMap((record) => [...record.entries.values()]);
    const runners = entries.flatMap(({ runner }) => runner ?? []);
    await within(
      Promise.all(runners.map((runner) => runner.drain('the server is shutting down'))),
      this.#options.drainTimeoutMs,
    );
  }

  /** The records about which something is new. */
  #take({ models, broken }: DesiredState): Set<ModelRecord> {
    const changed = new Set<ModelRecord>();
    const wanted = new Map(models.map((model) => [model.model, model]));
    const brokenByModel = Map.groupBy(broken, ({ model }) => model);
    for (const name of [...wanted.keys(), ...brokenByModel.keys()]) {
      if (!this.#records.has(name)) this.#records.set(name, newRecord(name));
    }
    for (const record of this.#records.values()) {
      const desired = wanted.get(record.model);
      const bad = brokenByModel.get(record.model) ?? NONE_BROKEN;
      if (record.desired === desired && record.broken === bad) continue;
      record.desired = desired;
      record.broken = bad;
      changed.add(record);
    }
    return changed;
  }

  #step(records: Iterable<ModelRecord>): void {
    if (this.#closing) return;
    const unload: [ModelRecord, string][] = [];
    for (const record of records) {
      const next = plan(standingOf(record));
      for (const key of next.forget) this.#discard(record, key);
      record.inForce = record.entries.size === 0 ? undefined : next.inForce;
      record.reason = next.reason;
      record.waiting = next.load;
      if (next.load.length > 0) this.#waiting.add(record);
      else this.#waiting.delete(record);
      unload.push(...next.unload.map((key): [ModelRecord, string] => [record, key]));
    }
    this.#publish(records);
    for (const [record, key] of unload) this.#work(this.#retire(record, key));
    this.#startLoads();
    this.#settled ||= !this.#awaitsMore && this.#loading === 0 && this.#waiting.size === 0;
    this.#tell(records);
  }

  #startLoads(): void {
    for (const record of this.#waiting) {
      while (record.waiting.length > 0) {
        if (this.#loading >= this.#options.maxConcurrentLoads) return;
        const [spec, ...rest] = record.waiting;
        assert(spec, 'there is one');
        record.waiting = rest;
        this.#loading += 1;
        this.#work(this.#bringUp(record, spec));
      }
      this.#waiting.delete(record);
    }
  }

  async #bringUp(record: ModelRecord, spec: VersionSpec): Promise<void> {
    const { model, version } = spec;
    const startedAt = performance.now();
    const entry = this.#create(record, spec);
    try {
      const { spec: prepared, report } = await this.#options.prepare(spec);
      assert.equal(keyOf(prepared), entry.key, 'a version is prepared as it was asked for');
      entry.spec = prepared;
      entry.report = report;
      this.#enter(record, entry, 'loading', '');
      entry.runner = await this.#options.load(prepared, report);
      this.#enter(record, entry, 'ready', '');
    } catch (caught) {
      this.#enter(record, entry, 'failed', describeError(caught));
    }
    const outcome = entry.state === 'ready' ? 'ok' : 'failed';
    this.#options.onLoadEnd({ model, version, outcome, ms: performance.now() - startedAt });
    this.#loading -= 1;
    this.#step([record]);
  }

  async #retire(record: ModelRecord, key: string): Promise<void> {
    const entry = record.entries.get(key);
    if (entry?.runner === undefined) return;
    this.#enter(record, entry, 'draining', '');
    const reason = `version "${entry.spec.version}" is being unloaded`;
    await within(entry.runner.drain(reason), this.#options.drainTimeoutMs);
    // Who still waits would wait for ever.
    entry.runner.fail(reason);
    this.#enter(record, entry, 'unloaded', await this.#free(entry.runner));
    this.#discard(record, key);
    this.#step([record]);
  }

  /** Unloads; what went wrong, or ''. It is out of service either way, so a lost lane must not stop the rest. */
  async #free(runner: VersionRunner): Promise<string> {
    try {
      await this.#options.unload(runner);
      return '';
    } catch (caught) {
      return describeError(caught);
    }
  }

  /** Swaps in a table with new routes for these models; the last one stays through the shutdown. */
  #publish(records: Iterable<ModelRecord>): void {
    this.#statuses = undefined;
    for (const record of records) record.status = undefined;
    if (this.#closing) return;
    const routes = new Map(this.#options.router.table);
    for (const record of records) {
      const route = buildRoute(record, routes.get(record.model));
      if (route === undefined) routes.delete(record.model);
      else routes.set(record.model, route);
      if (isOver(record)) this.#records.delete(record.model);
    }
    this.#options.router.swap(routes);
    for (const record of records) this.#tellPolicy(record);
  }

  #create(record: ModelRecord, spec: VersionSpec): Entry {
    const key = keyOf(spec);
    const state = spec.path === '' ? 'fetching' : 'qualifying';
    const { runner } = record.entries.get(key) ?? { runner: undefined };
    const since = this.#options.now();
    const entry: Entry = { key, spec, state, reason: '', since, report: undefined, runner, retry: false };
    record.entries.set(key, entry);
    this.#enter(record, entry, state, '');
    return entry;
  }

  #enter(record: ModelRecord, entry: Entry, state: VersionState, reason: string): void {
    entry.state = state;
    entry.reason = reason;
    entry.since = this.#options.now();
    this.#publish([record]);
    const { version, digest } = entry.spec;
    const status = this.model(record.model)?.versions.find((row) => row.version === version);
    if (status !== undefined) this.#options.onState({ ...status, state, reason, digest });
    this.#tell([record]);
  }

  #discard(record: ModelRecord, key: string): void {
    const entry = record.entries.get(key);
    if (entry === undefined) return;
    record.entries.delete(key);
    const { model, version } = entry.spec;
    const isNameLeft = [...record.entries.values()].some((other) => other.spec.version === version);
    if (!isNameLeft) this.#options.forget(model, version);
  }

  #tellPolicy(record: ModelRecord): void {
    const stand = policyStand(record);
    if (stand.epoch === record.told.epoch && stand.reason === record.told.reason) return;
    record.told = stand;
    this.#options.onPolicy(stand);
  }

  #work(promise: Promise<void>): void {
    const guarded = promise.finally(() => {
      this.#working.delete(guarded);
    });
    this.#working.add(guarded);
  }

  #tell(records: Iterable<ModelRecord>): void {
    const models = Array.from(records, ({ model }) => model);
    for (const listener of this.#listeners) listener(models);
  }
}
