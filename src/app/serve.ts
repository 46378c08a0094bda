/** The serve process: builds the data plane's rooms, keeps them while it runs, and takes them down in reverse order. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { formatAddress } from '../config/address.ts';
import { placement } from '../config/placement.ts';
import type { VersionStatus } from '../domain/version.ts';
import { Manager } from '../lifecycle/manager.ts';
import { EvidenceBook } from '../monitor/evidence-book.ts';
import { Monitor } from '../monitor/monitor.ts';
import { Router } from '../routing/router.ts';
import { Lanes } from '../runtime/lanes.ts';
import type { VersionRunner } from '../runtime/version-runner.ts';
import { PredictionIds } from '../serving/prediction-id.ts';
import { readInstruments } from '../telemetry/instruments.ts';
import { Telemetry } from '../telemetry/setup.ts';
import type { Door } from '../transport/door.ts';
import { MetricsServer } from '../transport/http/metrics-server.ts';
import { SERVER_VERSION } from './build-info.ts';
import { greeting } from './greeting.ts';
import { openDoor } from './open-door.ts';
import { openSource } from './open-source.ts';
import { predictLine } from './predict-line.ts';
import type { ServeOptions } from './serve-options.ts';
import type { ServeSource } from './serve-source.ts';
import { TogetherCatalog } from './together-catalog.ts';

/** Versions that are qualified and loaded side by side. */
const CONCURRENT_LOADS = 2;
/** What the last export of telemetry may take at the end. */
const TELEMETRY_GRACE_MS = 2_000;
const BOOT_BYTES = 8;

const now = (): number => performance.now();

export class ServeProcess {
  readonly #options: ServeOptions;
  readonly #monitor = new Monitor();
  readonly #evidence = new EvidenceBook();
  readonly #router = new Router<VersionRunner>(Math.random);
  readonly #lanes: Lanes;
  readonly #manager: Manager;
  readonly #telemetry: Telemetry;
  readonly #boot = randomBytes(BOOT_BYTES);
  #source: ServeSource | undefined;
  #predictionIds: PredictionIds | undefined;
  #door: Door | undefined;
  #metrics: MetricsServer | undefined;
  #stuckLanes = 0;
  #closing: Promise<void> | undefined;

  private constructor(options: ServeOptions) {
    const { config, otlp, events, host } = options;
    this.#options = options;
    this.#telemetry = new Telemetry({
      serverVersion: SERVER_VERSION,
      instanceId: host.instanceId,
      otlp,
      traceRatio: config.traceRatio,
      instruments: (vitals) => readInstruments(this.#monitor, vitals),
      process: host.readings,
      events,
    });
    this.#lanes = this.#createLanes();
    this.#manager = this.#createManager();
    this.#monitor.certificateExpiresAt = () => options.tls?.expiresAt;
    this.#monitor.lanes = {
      count: () => this.#lanes.counts.total,
      busy: () => this.#lanes.counts.busy,
      lost: () => this.#stuckLanes,
    };
  }

  /** Opens the ports and loads what should be served. Fails with one sentence when a port is taken. */
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

  /** Looks for what should be served again. What cannot be read leaves everything as it is. */
  async reload(): Promise<void> {
    if (this.#closing !== undefined) return;
    const startedAt = now();
    await this.#source?.reload();
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
    const source = await this.#openSource();
    this.#source = source;
    if (!host.place.late) await this.#openPorts();
    await source.start();
    await this.#whenSettled();
    if (host.place.late) await this.#openPorts();
    if (!this.#manager.settled()) return;
    this.#tellSettled(startedAt);
    source.settled();
    host.tell({ kind: 'ready', greeting: this.#greeting() });
  }

  /** Until there is something to serve, and everything of it is ready or failed; or until the process is to end. */
  async #whenSettled(): Promise<void> {
    const { ending } = this.#options.host;
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (this.#manager.settled() || ending.aborted) resolve();
    };
    const stop = this.#manager.onChange(look);
    ending.addEventListener('abort', look);
    look();
    await promise;
    stop();
    ending.removeEventListener('abort', look);
  }

  #openSource(): Promise<ServeSource> {
    const { config, events, host } = this.#options;
    return openSource({
      config,
      tls: this.#options.tls,
      events,
      host,
      manager: this.#manager,
      evidence: this.#evidence,
      monitor: this.#monitor,
      predictAddress: () => formatAddress(this.#door?.address ?? config.predictAddress),
      onPredictionKey: (key) => {
        this.#predictionIds = new PredictionIds({ key, boot: this.#boot, now: Date.now });
      },
    });
  }

  async #openPorts(): Promise<void> {
    const { config, events, host } = this.#options;
    const reusePort = true;
    const catalog = new TogetherCatalog(this.#manager, host.allReady);
    if (config.metricsAddress !== 'off') {
      this.#metrics = await MetricsServer.open({
        ...config.metricsAddress,
        reusePort,
        metrics: () => this.#telemetry.prometheusText(),
        ready: () => catalog.settled(),
      });
      events.listening({ name: 'metrics', address: this.#metrics.address });
    }
    this.#door = await openDoor({
      config,
      tls: this.#options.tls,
      events,
      reusePort,
      catalog,
      guard: this.#source?.guard,
      control: this.#source?.control,
      keepOutcomes: this.#source?.keepOutcomes,
      monitor: this.#monitor,
      predict: predictLine({
        router: this.#router,
        now,
        tracing: this.#telemetry.tracing,
        random: Math.random,
        sign: (answered) => this.#predictionIds?.sign(answered) ?? '',
        evidence: this.#evidence,
      }),
    });
    events.listening({ name: 'predict', address: formatAddress(this.#door.address) });
  }

  #createLanes(): Lanes {
    const { config, events, host } = this.#options;
    const { lanes, cores } = placement(config, host.cores);
    return new Lanes({
      lanes,
      cores,
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
      prepare: (spec) => {
        if (this.#source === undefined) throw new Error('nothing is loaded before there is a source');
        return this.#source.prepare(spec);
      },
      load: (spec, report) => {
        const { model, version } = spec;
        const live = this.#monitor.open(model, version, 'live');
        return this.#lanes.load(spec, report, { live, shadow: this.#monitor.open(model, version, 'shadow') });
      },
      unload: (runner) => this.#lanes.unload(runner),
      forget: (model, version) => {
        this.#monitor.drop(model, version);
        this.#source?.onForget(model, version);
      },
      onState: (status) => {
        this.#logState(status);
        this.#source?.onState(status);
      },
      onPolicy: (stand) => {
        this.#source?.onPolicy(stand);
      },
      onLoadEnd: (load) => {
        this.#monitor.recordLoad(load);
      },
      now: () => new Date(),
      maxConcurrentLoads: CONCURRENT_LOADS,
      drainTimeoutMs: config.drainTimeoutMs,
    });
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
    const failed = versions.filter((version) => version.state === 'failed').length;
    this.#options.events.settled({ ready, failed, ms: Math.round(now() - startedAt) });
  }

  #greeting(): string {
    const { config, tls } = this.#options;
    return greeting({
      models: this.#manager.models(),
      sampleOf: (model) => this.#manager.sampleOf(model),
      predictAddress: this.#door?.address ?? config.predictAddress,
      metricsAddress: this.#metrics?.address,
      config,
      tls,
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
    await this.#source?.close();
    await this.#telemetry.close({ graceMs: TELEMETRY_GRACE_MS });
    await this.#metrics?.close();
    // A thread in the middle of a native run must not be ended: that would abort the process.
    if (!this.stuck) await this.#lanes.close();
    events.stopped({ ms: Math.round(now() - startedAt) });
    host.tell({ kind: 'drained' });
  }
}
