/** The serve process: builds the data plane's rooms, keeps them while it runs, and takes them down in reverse order. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { formatAddress } from '../config/address.ts';
import { autoLanes } from '../config/auto-lanes.ts';
import type { ModelDefaults } from '../config/model-config.ts';
import type { Config } from '../config/options.ts';
import { describeError } from '../domain/errors.ts';
import type { QualificationReport, VersionSpec, VersionStatus } from '../domain/version.ts';
import { Manager } from '../lifecycle/manager.ts';
import { Monitor } from '../monitor/monitor.ts';
import type { ProcessReadings } from '../monitor/process-vitals.ts';
import { DirectoryReader } from '../registry/directory-reader.ts';
import { qualifyVersion } from '../registry/qualification.ts';
import { Router } from '../routing/router.ts';
import { Lanes } from '../runtime/lanes.ts';
import type { VersionRunner } from '../runtime/version-runner.ts';
import { createPredict } from '../serving/predict.ts';
import type { Events } from '../telemetry/events.ts';
import { Telemetry } from '../telemetry/setup.ts';
import type { OtlpOptions } from '../telemetry/otlp-env.ts';
import type { PredictDoor } from '../transport/grpc-js/server.ts';
import { MetricsServer } from '../transport/http/metrics-server.ts';
import { RUNTIME_VERSION, SERVER_VERSION } from './build-info.ts';
import { greeting } from './greeting.ts';
import type { ServeMessage } from './messages.ts';
import { openDoor } from './open-door.ts';

/** What the process lends to the rooms, which know no process. */
export interface ServeHost {
  readonly cores: number;
  readonly nodeVersion: string;
  readonly instanceId: string;
  readonly readings: ProcessReadings;
  /** Memory that may still be taken without the machine running short. */
  readonly availableMemory: () => number;
  /** To the supervisor, where there is one. */
  readonly tell: (message: ServeMessage) => void;
  /** It takes over from a process that still serves: its ports open when everything is ready. */
  readonly successor: boolean;
}

export interface ServeOptions {
  readonly config: Config;
  readonly otlp: OtlpOptions;
  readonly events: Events;
  readonly host: ServeHost;
}

const QUALIFICATION_CHILD = fileURLToPath(
  new URL(`../runtime/qualification-child.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);
/** Versions that are qualified and loaded side by side. */
const CONCURRENT_LOADS = 2;
/** A version proves itself in no more than this share of the memory that is free. */
const QUALIFICATION_MEMORY_SHARE = 0.8;
/** What the last export of telemetry may take at the end. */
const TELEMETRY_GRACE_MS = 2_000;

const now = (): number => performance.now();

export class ServeProcess {
  readonly #options: ServeOptions;
  readonly #monitor = new Monitor();
  readonly #router = new Router<VersionRunner>(Math.random);
  readonly #directory: DirectoryReader;
  readonly #lanes: Lanes;
  readonly #manager: Manager;
  readonly #telemetry: Telemetry;
  #door: PredictDoor | undefined;
  #metrics: MetricsServer | undefined;
  #revision = 0;
  #stuckLanes = 0;
  #closing: Promise<void> | undefined;

  private constructor(options: ServeOptions) {
    const { config, otlp, events, host } = options;
    this.#options = options;
    this.#directory = new DirectoryReader(config.modelsDir, defaultsOf(config));
    this.#telemetry = new Telemetry({
      serverVersion: SERVER_VERSION,
      instanceId: host.instanceId,
      otlp,
      traceRatio: config.traceRatio,
      monitor: this.#monitor,
      process: host.readings,
      events,
    });
    this.#lanes = this.#createLanes();
    this.#manager = this.#createManager();
    this.#monitor.lanes = {
      count: () => this.#lanes.counts.total,
      busy: () => this.#lanes.counts.busy,
      lost: () => this.#stuckLanes,
    };
  }

  /** Opens the ports and loads what the models directory holds. Fails with one sentence when a port is taken. */
  static async open(options: ServeOptions): Promise<ServeProcess> {
    const serve = new ServeProcess(options);
    try {
      await serve.#start();
      return serve;
    } catch (caught) {
      await serve.close('a failed start');
      throw caught;
    }
  }

  /** True when threads are stuck in native runs: then the process can only be killed. */
  get stuck(): boolean {
    return this.#stuckLanes > 0;
  }

  /** Reads the models directory again. What cannot be read leaves everything as it is. */
  async reload(): Promise<void> {
    if (this.#closing !== undefined) return;
    const startedAt = now();
    try {
      await this.#readDesiredState();
    } catch (caught) {
      this.#options.events.desiredStateUnreadable({ reason: describeError(caught), cause: caught });
      return;
    }
    await this.#manager.quiet();
    this.#tellSettled(startedAt);
  }

  /** Health NOT_SERVING, no new connections, an answer for every accepted call, then the rooms in reverse order. */
  close(cause: string): Promise<void> {
    this.#closing ??= this.#close(cause);
    return this.#closing;
  }

  async #start(): Promise<void> {
    const { config, events, host } = this.#options;
    const startedAt = now();
    events.serverStarting({
      serverVersion: SERVER_VERSION,
      nodeVersion: host.nodeVersion,
      modelsDir: config.modelsDir,
    });
    if (!host.successor) await this.#openPorts();
    await this.#readDesiredState();
    await this.#manager.quiet();
    if (host.successor) await this.#openPorts();
    this.#tellSettled(startedAt);
    host.tell({ kind: 'ready', greeting: this.#greeting() });
  }

  async #openPorts(): Promise<void> {
    const { config, events } = this.#options;
    const reusePort = true;
    if (config.metricsAddress !== 'off') {
      this.#metrics = await MetricsServer.open({
        ...config.metricsAddress,
        reusePort,
        metrics: () => this.#telemetry.prometheusText(),
        ready: () => this.#manager.settled(),
      });
      events.listening({ name: 'metrics', address: this.#metrics.address });
    }
    this.#door = await openDoor({
      config,
      events,
      reusePort,
      catalog: this.#manager,
      monitor: this.#monitor,
      predict: createPredict({ router: this.#router, now, tracing: this.#telemetry.tracing }),
    });
    events.listening({ name: 'predict', address: formatAddress(this.#door.address) });
  }
  #createLanes(): Lanes {
    const { config, events, host } = this.#options;
    return new Lanes({
      lanes: config.lanes === 0 ? autoLanes(host.cores) : config.lanes,
      cores: host.cores,
      now,
      tracing: this.#telemetry.tracing,
      onVersionFault: (runner, reason) => {
        this.#manager.fault(runner, reason);
      },
      onRunFault: (runner, reason) => {
        const { model, version } = runner.spec;
        events.internalFault({ model, version, cause: reason });
      },
      onLaneLost: ({ lane, reason, stuck }) => {
        events.laneLost({ lane, reason });
        if (!stuck) return;
        this.#stuckLanes += 1;
        if (this.#stuckLanes !== config.maxLostLanes) return;
        host.tell({ kind: 'recycle', reason: `${String(this.#stuckLanes)} threads are stuck in runs that do not end` });
      },
      onLaneReplaced: (replacement) => {
        events.laneReplaced(replacement);
      },
    });
  }

  #createManager(): Manager {
    const { config } = this.#options;
    return new Manager({
      router: this.#router,
      qualify: (spec) => this.#qualify(spec),
      load: (spec, report) => this.#lanes.load(spec, report, this.#monitor.open(spec.model, spec.version)),
      unload: (runner) => this.#lanes.unload(runner),
      forget: (model, version) => {
        this.#monitor.drop(model, version);
      },
      onState: (status) => {
        this.#logState(status);
      },
      onLoadEnd: (load) => {
        this.#monitor.recordLoad(load);
      },
      now: () => new Date(),
      maxConcurrentLoads: CONCURRENT_LOADS,
      drainTimeoutMs: config.drainTimeoutMs,
    });
  }

  #qualify(spec: VersionSpec): Promise<QualificationReport> {
    const { config, host } = this.#options;
    return qualifyVersion(spec, {
      childFile: QUALIFICATION_CHILD,
      cacheDir: join(config.dataDir, 'qualification'),
      timeoutMs: config.qualificationTimeoutMs,
      maxMemoryBytes: Math.min(config.qualificationMemoryBytes, QUALIFICATION_MEMORY_SHARE * host.availableMemory()),
      revision: `${SERVER_VERSION}-ort${RUNTIME_VERSION}`,
    });
  }

  async #readDesiredState(): Promise<void> {
    const listing = await this.#directory.read();
    this.#revision += 1;
    this.#manager.apply({ revision: this.#revision, models: listing.models, broken: listing.problems });
  }

  #logState({ model, version, state, reason }: VersionStatus): void {
    if (state === 'failed') this.#options.events.versionFailed({ model, version, reason });
    else this.#options.events.versionState({ model, version, state, reason });
  }

  #tellSettled(startedAt: number): void {
    const versions = this.#manager.models().flatMap((model) => model.versions);
    for (const { model, version, state, digest, reason } of versions) {
      // What cannot even be read never enters a state.
      if (state === 'failed' && digest === '') this.#options.events.versionFailed({ model, version, reason });
    }
    const ready = versions.filter((version) => version.state === 'ready').length;
    this.#options.events.settled({ ready, failed: versions.length - ready, ms: Math.round(now() - startedAt) });
  }

  #greeting(): string {
    return greeting({
      models: this.#manager.models(),
      sampleOf: (model) => this.#manager.sampleOf(model),
      predictAddress: this.#door === undefined ? '' : formatAddress(this.#door.address),
      metricsAddress: this.#metrics?.address,
    });
  }

  async #close(cause: string): Promise<void> {
    const { config, events, host } = this.#options;
    const startedAt = now();
    events.shutdownStarted({ signal: cause, graceMs: config.drainTimeoutMs });
    this.#manager.stopLoading();
    if (this.#door !== undefined) await delay(config.drainDelayMs);
    await this.#door?.drain(config.drainTimeoutMs);
    await this.#manager.drain();
    const cancelled = this.#monitor.all().reduce((sum, stats) => sum + stats.gauges.inFlight(), 0);
    events.drained({ ms: Math.round(now() - startedAt), cancelled });
    await this.#telemetry.close({ graceMs: TELEMETRY_GRACE_MS });
    await this.#metrics?.close();
    // A thread in the middle of a native run must not be ended: that would abort the process.
    if (!this.stuck) await this.#lanes.close();
    events.stopped({ ms: Math.round(now() - startedAt) });
    host.tell({ kind: 'drained' });
  }
}

/** Of the options those that a model's config.json may change. */
function defaultsOf(config: Config): ModelDefaults {
  const { maxBatchRows, maxQueueDelayMs, maxQueueRows, maxQueueBytes, maxRunMs } = config;
  const { intraOpThreads, executionProviders } = config;
  return { maxBatchRows, maxQueueDelayMs, maxQueueRows, maxQueueBytes, maxRunMs, intraOpThreads, executionProviders };
}
