/** Serving what the registry says: the desired state comes from the admin process, and from disk while it is away. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { PredictGate } from '../access/predict-gate.ts';
import type { DesiredState } from '../domain/desired-state.ts';
import { ServerError } from '../domain/errors.ts';
import { versionKey } from '../domain/version.ts';
import type { VersionSpec, VersionStatus } from '../domain/version.ts';
import { DesiredDisk } from '../control/desired-disk.ts';
import { ControlLink } from '../control/link.ts';
import type { EvidenceBook } from '../monitor/evidence-book.ts';
import type { Monitor } from '../monitor/monitor.ts';
import { StatisticsReporter } from '../monitor/statistics-reporter.ts';
import { Blobs } from '../registry/blobs.ts';
import type { SharedWeights } from '../registry/shared-weights.ts';
import { VersionFolders, linkOrCopy } from '../registry/version-folders.ts';
import type { Obtain } from '../registry/version-folders.ts';
import { writeFileFrom } from '../registry/write-file.ts';
import type { Events } from '../telemetry/events.ts';
import type { BytesGuard } from '../transport/guard.ts';
import { PredictGuard } from '../transport/predict-guard.ts';
import type { ControlHealth } from '../transport/grpc-js/catalog-health.ts';
import type { KeepOutcomes } from '../transport/services/outcome-service.ts';
import { ControlClient, type ControlClientOptions } from '../transport/grpc-js/control-client.ts';
import { SERVER_VERSION } from './build-info.ts';
import type { Prepared, ServeSource } from './serve-source.ts';

export interface ControlSourceOptions {
  /** Where the admin process listens for serve processes. */
  readonly address: string;
  /** What to show there and to trust; undefined = the connection is in the clear. */
  readonly tls?: ControlClientOptions['tls'];
  /** Of the admin process that may be here. */
  readonly dataDir: string;
  /** Of this process alone, and of the one that takes its place. */
  readonly stateDir: string;
  readonly weights: SharedWeights;
  /** The same after every start. */
  readonly instance: () => string;
  /** Of the Predict port, for people. */
  readonly predictAddress: () => string;
  readonly monitor: Monitor;
  readonly evidence: EvidenceBook;
  readonly events: Events;
  readonly apply: (desired: DesiredState, options: { readonly retryFailed: boolean }) => void;
  readonly settled: () => boolean;
  readonly onPredictionKey: (key: Uint8Array) => void;
  /** Checks the tokens of callers; undefined = none are asked for. */
  readonly predictGate: PredictGate | undefined;
}

export class ControlSource implements ServeSource {
  readonly #options: ControlSourceOptions;
  readonly #folders: VersionFolders;
  readonly #link: ControlLink;
  readonly #boot = randomUUID();
  /** By model and version. */
  readonly #digests = new Map<string, string>();
  /** Of all of them: whose folders are needed. */
  readonly #inUse = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #client: ControlClient | undefined;
  #connected = false;

  private constructor(options: ControlSourceOptions, folders: VersionFolders, disk: DesiredDisk) {
    this.#options = options;
    this.#folders = folders;
    this.#link = new ControlLink({
      disk,
      reporter: new StatisticsReporter(options.monitor),
      evidence: options.evidence,
      apply: options.apply,
      settled: options.settled,
      onPredictionKey: options.onPredictionKey,
      onCallers: (tokens) => {
        options.predictGate?.replace(tokens);
      },
      onFault: (what, cause) => {
        options.events.controlFault({ what, cause });
      },
    });
  }

  static async open(options: ControlSourceOptions): Promise<ControlSource> {
    const { dataDir, stateDir, events } = options;
    const late: { source: ControlSource | undefined } = { source: undefined };
    // The admin process of the same data directory has the files right here; any other sends them.
    const blobs = Blobs.readOnly(join(dataDir, 'blobs'));
    const here = linkOrCopy(blobs);
    const obtain: Obtain = async (file, target) => {
      if (await blobs.has(file.sha256)) await here(file, target);
      else await writeFileFrom(fetched(late.source, file.sha256), target);
    };
    const folders = await VersionFolders.open({ dir: join(stateDir, 'versions'), obtain });
    const disk = await DesiredDisk.open(stateDir, (cause) => {
      events.controlFault({ what: 'the desired state could not be kept on disk', cause });
    });
    late.source = new ControlSource(options, folders, disk);
    return late.source;
  }

  get guard(): BytesGuard | undefined {
    const { predictGate } = this.#options;
    return predictGate === undefined ? undefined : new PredictGuard(predictGate);
  }

  get control(): ControlHealth {
    return {
      connected: () => this.#connected,
      onChange: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  /** What lay on disk is applied at once; the admin process is looked for in the background, for ever. */
  async start(): Promise<void> {
    const { address, tls, instance, predictAddress, events } = this.#options;
    await this.#link.restore();
    const hello = {
      instance: instance(),
      boot: this.#boot,
      address: predictAddress(),
      serverVersion: SERVER_VERSION,
    };
    const client: ControlClient = new ControlClient({
      address,
      tls,
      hello,
      onUpdate: (update) => {
        this.#link.take(update);
      },
      onConnection: (connected, reason) => {
        events.controlConnection({ connected, reason });
        this.#connected = connected;
        for (const listener of this.#listeners) listener();
        if (connected) this.#link.connected((report) => client.send(report));
        else this.#link.disconnected();
      },
      now: () => performance.now(),
      random: Math.random,
    });
    this.#client = client;
  }

  /** The admin process reads the models directory; there is nothing to read here. */
  reload(): Promise<void> {
    return Promise.resolve();
  }

  async prepare(spec: VersionSpec): Promise<Prepared> {
    const { report } = spec;
    if (report === undefined) {
      throw new ServerError('failed_precondition', 'the registry sent no qualification report; qualify it again');
    }
    return await this.#options.weights.prepare({ spec: await this.#folders.bring(spec), report });
  }

  onState({ model, version, digest, state, reason, since }: VersionStatus): void {
    this.#digests.set(versionKey(model, version), digest);
    this.#inUse.add(digest);
    this.#link.version({ model, version, digest, state, reason, since: since.getTime(), gone: false });
  }

  onForget(model: string, version: string): void {
    const key = versionKey(model, version);
    const digest = this.#digests.get(key) ?? '';
    this.#digests.delete(key);
    const gone = { model, version, digest, state: 'unloaded', reason: '', since: Date.now(), gone: true } as const;
    this.#link.version(gone);
    if (digest === '' || [...this.#digests.values()].includes(digest)) return;
    this.#inUse.delete(digest);
    void this.#options.weights.drop(digest);
    void this.#tidy(() => this.#folders.drop(digest));
  }

  onPolicy(stand: { readonly model: string; readonly epoch: number; readonly reason: string }): void {
    this.#link.applied({ ...stand, at: Date.now() });
  }

  /** Folders that a former process left, of versions that are no longer to be loaded here, go. */
  settled(): void {
    void this.#options.weights.keepOnly(this.#inUse);
    void this.#tidy(() => this.#folders.keepOnly(this.#inUse));
  }

  /** The last counts are told, and the connection ends. */
  async close(): Promise<void> {
    await this.#link.close();
    this.#client?.close();
  }

  /** Never rejects: a folder too many costs disk space only. */
  async #tidy(remove: () => Promise<void>): Promise<void> {
    try {
      await remove();
    } catch (caught) {
      const what = 'the folder of a version that is not needed could not be removed';
      this.#options.events.controlFault({ what, cause: caught });
    }
  }

  /** Durable when it resolves. */
  readonly keepOutcomes: KeepOutcomes = (outcomes) => {
    if (this.#client !== undefined) return this.#client.keepOutcomes(outcomes);
    return Promise.reject(new ServerError('unavailable', 'the admin process is not connected yet; report again later'));
  };

  /** A file from the admin process. */
  fetch(sha256: string): AsyncIterable<Uint8Array> {
    if (this.#client === undefined) throw new ServerError('unavailable', 'the admin process is not connected yet');
    return this.#client.fetchBlob(sha256);
  }
}

function fetched(source: ControlSource | undefined, sha256: string): AsyncIterable<Uint8Array> {
  if (source === undefined) throw new ServerError('unavailable', 'the serve process is only starting');
  return source.fetch(sha256);
}
