/** The metrics of the admin process: read from its rooms when somebody asks, at an address of their own and by OTLP. */
import { statfs } from 'node:fs/promises';
import type { AdminContext } from '../admin/context.ts';
import type { EvidenceReader } from '../admin/evidence.ts';
import { Findings } from '../admin/findings.ts';
import type { Qualifier } from '../admin/qualifier.ts';
import type { RolloutController } from '../admin/rollout-controller.ts';
import { Standings } from '../admin/standings.ts';
import type { Config } from '../config/options.ts';
import type { ProcessReadings } from '../monitor/process-vitals.ts';
import { readAdminInstruments } from '../telemetry/admin-instruments.ts';
import type { AdminPicture } from '../telemetry/admin-instruments.ts';
import type { Events } from '../telemetry/events.ts';
import type { OtlpOptions } from '../telemetry/otlp-env.ts';
import { Telemetry } from '../telemetry/setup.ts';
import { MetricsServer } from '../transport/http/metrics-server.ts';
import type { AdminWatch } from './admin-watch.ts';
import { SERVER_VERSION } from './build-info.ts';
import type { Tls } from './tls.ts';

export interface AdminMetricsOptions {
  readonly config: Config;
  readonly otlp: OtlpOptions;
  readonly events: Events;
  readonly host: { readonly instanceId: string; readonly readings: ProcessReadings };
  readonly tls?: Pick<Tls, 'expiresAt'> | undefined;
  readonly watch: AdminWatch;
  readonly context: AdminContext;
  readonly evidence: EvidenceReader;
  readonly qualifier: Qualifier;
  readonly rollouts: RolloutController;
  readonly onFault: (what: string, cause: unknown) => void;
}

/** What the last export may take at the end. */
const GRACE_MS = 2_000;

export class AdminMetrics {
  readonly #options: AdminMetricsOptions;
  readonly #standings: Standings;
  readonly #findings: Findings;
  readonly #telemetry: Telemetry;
  #server: MetricsServer | undefined;

  private constructor(options: AdminMetricsOptions) {
    const { config, otlp, events, host, context, evidence, onFault } = options;
    this.#options = options;
    this.#standings = new Standings({ context, onFault });
    this.#findings = new Findings({ context, evidence, onFault });
    this.#telemetry = new Telemetry({
      serverVersion: SERVER_VERSION,
      instanceId: host.instanceId,
      // Its calls are few and slow, and none is part of a caller's request.
      otlp: { ...otlp, tracesUrl: undefined },
      traceRatio: config.traceRatio,
      instruments: async (vitals) => readAdminInstruments(await this.#picture(), vitals),
      process: host.readings,
      events,
    });
  }

  static async open(options: AdminMetricsOptions): Promise<AdminMetrics> {
    const { config, events, tls, watch, context } = options;
    watch.monitor.certificateExpiresAt = () => tls?.expiresAt;
    const [last] = await context.store.events({}, { limit: 1 });
    watch.counts.chainReached(last?.seq ?? 0);
    const metrics = new AdminMetrics(options);
    if (config.adminMetricsAddress === 'off') return metrics;
    try {
      metrics.#server = await MetricsServer.open({
        ...config.adminMetricsAddress,
        reusePort: false,
        metrics: () => metrics.#telemetry.prometheusText(),
        ready: () => true,
      });
    } catch (caught) {
      await metrics.close();
      throw caught;
    }
    events.listening({ name: 'admin metrics', address: metrics.#server.address });
    return metrics;
  }

  async close(): Promise<void> {
    await this.#telemetry.close({ graceMs: GRACE_MS });
    await this.#server?.close();
    await this.#findings.close();
    this.#standings.close();
  }

  async #picture(): Promise<AdminPicture> {
    const { watch, context, qualifier, rollouts } = this.#options;
    const { counts, monitor } = watch;
    const [models, disk] = await Promise.all([this.#standings.read(), this.#disk()]);
    return {
      at: context.now(),
      counts,
      monitor,
      fleet: context.fleet,
      models,
      live: (id) => rollouts.live(id),
      findings: this.#findings.all(),
      qualifying: qualifier.load,
      disk,
    };
  }

  async #disk(): Promise<AdminPicture['disk']> {
    try {
      const { blocks, bavail, bsize } = await statfs(this.#options.config.dataDir);
      return { sizeBytes: blocks * bsize, freeBytes: bavail * bsize };
    } catch {
      // A metric that is missing says so; the others are wanted all the more.
      return undefined;
    }
  }
}
