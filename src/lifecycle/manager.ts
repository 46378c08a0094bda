/** The manager: makes the desired state real on this instance, one step after another until all is quiet. */
import { describeError } from '../domain/errors.ts';
import type { QualificationReport, VersionSpec, VersionState, VersionStatus } from '../domain/version.ts';
import type { Signature } from '../domain/signature.ts';
import type { Tensor } from '../domain/tensor.ts';
import type { Catalog, ModelStatus } from '../domain/catalog.ts';
import type { Router } from '../routing/router.ts';
import type { VersionRunner } from '../runtime/version-runner.ts';
import { buildRoute } from './build-route.ts';
import type { Entry } from './entry.ts';
import type { DesiredState } from './desired-state.ts';
import { modelStatus } from './model-status.ts';
import { keyOf, plan } from './policy.ts';
import type { Ladder, Weights } from './policy.ts';

export interface ManagerOptions {
  readonly router: Router<VersionRunner>;
  readonly qualify: (spec: VersionSpec) => Promise<QualificationReport>;
  readonly load: (spec: VersionSpec, report: QualificationReport) => Promise<VersionRunner>;
  readonly unload: (runner: VersionRunner) => Promise<void>;
  /** Nothing of this name is left. */
  readonly forget: (model: string, version: string) => void;
  readonly onState: (status: VersionStatus) => void;
  readonly onLoadEnd: (load: { model: string; version: string; outcome: 'ok' | 'failed'; ms: number }) => void;
  readonly now: () => Date;
  /** Versions that are qualified and loaded side by side. */
  readonly maxConcurrentLoads: number;
  /** A version that has not answered all its calls after this long is unloaded all the same. */
  readonly drainTimeoutMs: number;
}

const EMPTY: DesiredState = { revision: 0, models: [], broken: [] };

export class Manager implements Catalog {
  readonly #options: ManagerOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #inForce = new Map<string, Ladder>();
  readonly #listeners = new Set<() => void>();
  readonly #working = new Set<Promise<void>>();
  #desired = EMPTY;
  #loading = 0;
  #closing = false;
  #pending: VersionSpec[] = [];

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  /** Takes a new desired state. Versions that failed are tried again. */
  apply(desired: DesiredState): void {
    this.#desired = desired;
    for (const entry of [...this.#entries.values()]) if (entry.state === 'failed') this.#discard(entry);
    this.#step();
  }

  /** A ready version turned out to be unfit: its calls are refused with the reason from now on. */
  fault(runner: VersionRunner, reason: string): void {
    const entry = [...this.#entries.values()].find((candidate) => candidate.runner === runner);
    if (entry === undefined || entry.state === 'failed') return;
    runner.fail(`model "${entry.spec.model}" version "${entry.spec.version}" was taken out of service: ${reason}`);
    this.#enter(entry, 'failed', reason);
    this.#work(this.#free(runner).then(() => undefined));
    this.#step();
  }

  models(): readonly ModelStatus[] {
    const names = new Set([...this.#entries.values()].map((entry) => entry.spec.model));
    for (const broken of this.#desired.broken) names.add(broken.model);
    return [...names].sort().map((name) => this.#status(name));
  }

  model(name: string): ModelStatus | undefined {
    const status = this.#status(name);
    return status.versions.length === 0 ? undefined : status;
  }

  settled(): boolean {
    return !this.#closing && this.#desired.revision > 0 && this.#loading === 0 && this.#pending.length === 0;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when nothing is left to be done for the present desired state. */
  async quiet(): Promise<void> {
    while (this.#working.size > 0) await Promise.allSettled(this.#working);
  }

  /** One row of inputs that the version with the model's traffic, or else any ready one, answers. */
  sampleOf(model: string): { signature: Signature; sample: readonly Tensor[] } | undefined {
    const ready = [...this.#entries.values()].filter((entry) => entry.spec.model === model && entry.state === 'ready');
    const weights = this.#inForce.get(model)?.weights;
    return (ready.find((entry) => weights?.has(entry.key)) ?? ready[0])?.report;
  }

  /** From here on nothing is loaded, and the catalog is no longer settled. */
  stopLoading(): void {
    this.#closing = true;
    this.#pending = [];
    this.#tell();
  }

  /** Refuses new calls, and waits until every accepted one has been answered or the drain time is over. */
  async drain(): Promise<void> {
    this.stopLoading();
    const runners = [...this.#entries.values()].flatMap((entry) => entry.runner ?? []);
    await within(
      Promise.all(runners.map((runner) => runner.drain('the server is shutting down'))),
      this.#options.drainTimeoutMs,
    );
  }

  #step(): void {
    if (this.#closing) return;
    const weights = new Map<string, Weights>([...this.#inForce].map(([model, ladder]) => [model, ladder.weights]));
    const next = plan(this.#desired, this.#actual(), weights);
    this.#putInForce(next.ladders);
    for (const key of next.unload) this.#work(this.#retire(key));
    this.#pending = [...next.load];
    this.#startLoads();
    this.#tell();
  }

  #startLoads(): void {
    while (this.#loading < this.#options.maxConcurrentLoads) {
      const spec = this.#pending.shift();
      if (spec === undefined) return;
      this.#loading += 1;
      this.#work(this.#bringUp(spec));
    }
  }

  async #bringUp(spec: VersionSpec): Promise<void> {
    const startedAt = performance.now();
    const entry = this.#create(spec);
    try {
      entry.report = await this.#options.qualify(spec);
      this.#enter(entry, 'loading', '');
      entry.runner = await this.#options.load(spec, entry.report);
      this.#enter(entry, 'ready', '');
    } catch (caught) {
      this.#enter(entry, 'failed', describeError(caught));
    }
    const outcome = entry.state === 'ready' ? 'ok' : 'failed';
    this.#options.onLoadEnd({ model: spec.model, version: spec.version, outcome, ms: performance.now() - startedAt });
    this.#loading -= 1;
    this.#step();
  }

  async #retire(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (entry?.runner === undefined) return;
    this.#enter(entry, 'draining', '');
    const reason = `version "${entry.spec.version}" is being unloaded`;
    await within(entry.runner.drain(reason), this.#options.drainTimeoutMs);
    // Who still waits would wait for ever.
    entry.runner.fail(reason);
    this.#enter(entry, 'unloaded', await this.#free(entry.runner));
    this.#discard(entry);
    this.#step();
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

  /** Builds the whole route table from what is ready, and swaps it in; the last one stays through the shutdown. */
  #putInForce(ladders: ReadonlyMap<string, Ladder>): void {
    if (this.#closing) return;
    for (const [model, ladder] of ladders) this.#inForce.set(model, ladder);
    const byModel = Map.groupBy(this.#entries.values(), (entry) => entry.spec.model);
    for (const model of [...this.#inForce.keys()]) if (!byModel.has(model)) this.#inForce.delete(model);
    const routes = [...byModel].map(([model, entries]) => buildRoute(model, entries, this.#inForce.get(model)));
    this.#options.router.swap(new Map(routes.map((route) => [route.model, route])));
  }

  #create(spec: VersionSpec): Entry {
    const key = keyOf(spec);
    const entry: Entry = {
      key,
      spec,
      state: 'qualifying',
      reason: '',
      since: this.#options.now(),
      report: undefined,
      runner: undefined,
    };
    this.#entries.set(key, entry);
    this.#enter(entry, 'qualifying', '');
    return entry;
  }

  #enter(entry: Entry, state: VersionState, reason: string): void {
    entry.state = state;
    entry.reason = reason;
    entry.since = this.#options.now();
    this.#putInForce(this.#inForce);
    const status = this.#status(entry.spec.model).versions.find((version) => version.version === entry.spec.version);
    if (status !== undefined) this.#options.onState({ ...status, state, reason, digest: entry.spec.digest });
    this.#tell();
  }

  #discard(entry: Entry): void {
    this.#entries.delete(entry.key);
    const { model, version } = entry.spec;
    const others = [...this.#entries.values()].some(
      (other) => other.spec.model === model && other.spec.version === version,
    );
    if (!others) this.#options.forget(model, version);
  }

  #actual(): { key: string; model: string; version: string; state: VersionState }[] {
    return [...this.#entries.values()].map(({ key, spec, state }) => ({
      key,
      model: spec.model,
      version: spec.version,
      state,
    }));
  }

  #status(model: string): ModelStatus {
    return modelStatus({
      model,
      entries: [...this.#entries.values()].filter((entry) => entry.spec.model === model),
      broken: this.#desired.broken.filter((broken) => broken.model === model),
      ladder: this.#inForce.get(model),
    });
  }

  #work(promise: Promise<void>): void {
    const guarded = promise.finally(() => {
      this.#working.delete(guarded);
    });
    this.#working.add(guarded);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Waits for the promise, but no longer than this. */
async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  const { promise: timeout, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, timeout]);
  clearTimeout(timer);
}
