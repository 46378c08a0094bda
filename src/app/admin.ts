/**
 * The admin process: builds the control plane's rooms, keeps them while it runs, and takes them down in reverse order.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Changes } from '../admin/changes.ts';
import type { AdminContext } from '../admin/context.ts';
import { Evidence } from '../admin/evidence.ts';
import { ExperimentKeeper } from '../admin/experiment-keeper.ts';
import { Outcomes } from '../admin/outcomes.ts';
import { Qualifier } from '../admin/qualifier.ts';
import { RolloutController } from '../admin/rollout-controller.ts';
import { Statistics } from '../admin/statistics.ts';
import { PREDICTION_KEY } from '../admin/who-served.ts';
import { formatAddress } from '../config/address.ts';
import { parseModelConfig } from '../config/model-config.ts';
import type { Config } from '../config/options.ts';
import { ServerError, toServerError } from '../domain/errors.ts';
import type { SettingsOf } from '../domain/registry.ts';
import { Board } from '../control/board.ts';
import { Hub } from '../control/hub.ts';
import type { ProcessReadings } from '../monitor/process-vitals.ts';
import { Blobs } from '../registry/blobs.ts';
import { VersionFolders, linkOrCopy } from '../registry/version-folders.ts';
import { openPostgresStore } from '../registry/sql/open-postgres-store.ts';
import { openSqliteStore } from '../registry/sql/open-sqlite-store.ts';
import type { Store } from '../registry/store.ts';
import type { Events } from '../telemetry/events.ts';
import type { OtlpOptions } from '../telemetry/otlp-env.ts';
import { AdminGuard } from '../transport/admin-guard.ts';
import { AdminDoor } from '../transport/lean/admin-door.ts';
import { ControlDoor } from '../transport/lean/control-door.ts';
import type { DoorHooks } from '../transport/hooks.ts';
import { adminGreeting } from './admin-greeting.ts';
import { AdminMetrics } from './admin-metrics.ts';
import { adminServices } from './admin-services.ts';
import { AdminWatch } from './admin-watch.ts';
import { RUNTIME_REVISION, SERVER_VERSION } from './build-info.ts';
import { controlAddressOf } from './control-address.ts';
import { checkModelsDirectory, DirectoryImporter } from './directory-importer.ts';
import { housekeep } from './housekeeping.ts';
import type { ServeMessage } from './messages.ts';
import { openAccess } from './open-access.ts';
import { openConsole } from './open-console.ts';
import { defaultsOf, qualifierOf } from './open-source.ts';
import type { Tls } from './tls.ts';

export interface AdminHost {
  readonly nodeVersion: string;
  readonly instanceId: string;
  readonly readings: ProcessReadings;
  readonly availableMemory: () => number;
  /** Of the program that runs this. */
  readonly nodePath: string;
  /** To the supervisor, where there is one. */
  readonly tell: (message: ServeMessage) => void;
}

export interface AdminOptions {
  readonly config: Config;
  readonly otlp: OtlpOptions;
  readonly events: Events;
  /** undefined = connections are in the clear. */
  readonly tls?: Tls | undefined;
  readonly host: AdminHost;
}

/** What calls get to end, once no new ones are taken. */
const DRAIN_MS = 3_000;

/** What is open, in the order of opening; closed the other way round. */
type Closing = () => Promise<void> | void;

export class AdminProcess {
  readonly #options: AdminOptions;
  readonly #watch = new AdminWatch();
  readonly #opened: Closing[] = [];
  #importer: DirectoryImporter | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: AdminOptions) {
    this.#options = { ...options, events: this.#watch.events(options.events) };
  }

  /** Opens the store and the doors, and begins to import the models directory. Fails with one sentence. */
  static async open(options: AdminOptions): Promise<AdminProcess> {
    const admin = new AdminProcess(options);
    try {
      await admin.#start();
      return admin;
    } catch (caught) {
      await admin.close('a failed start');
      throw caught;
    }
  }

  /** Imports the models directory again. What cannot be read leaves everything as it is. */
  async reload(): Promise<void> {
    if (this.#closing === undefined) await this.#importer?.read();
  }

  close(cause: string): Promise<void> {
    this.#closing ??= this.#close(cause);
    return this.#closing;
  }

  async #start(): Promise<void> {
    const { config, events, host } = this.#options;
    const { nodeVersion } = host;
    events.serverStarting({ serverVersion: SERVER_VERSION, nodeVersion, modelsDir: config.modelsDir });
    const address = controlAddressOf(config);
    if (address === undefined) {
      throw new ServerError(
        'invalid_argument',
        '--control-address=off leaves the admin process nobody to steer; give another one',
      );
    }
    const store = await this.#openStore();
    await checkModelsDirectory(config.modelsDir, store);
    const blobs = await Blobs.open(join(config.dataDir, 'blobs'));
    const onFault = (what: string, cause: unknown): void => {
      events.controlFault({ what, cause });
    };
    const changes = new Changes();
    const board = new Board({ changes, now: Date.now });
    const context = this.#contextOf(store, board, changes);
    const statistics = new Statistics({ store, now: Date.now, onFault });
    this.#opened.push(() => statistics.close());
    const evidence = new Evidence({ store, now: Date.now, onFault });
    this.#opened.push(() => evidence.close());
    const qualifier = await this.#openQualifier(context, blobs);
    const predictionKey = await store.secret(PREDICTION_KEY);
    const access = await openAccess({ config, store, events, recordRefusal: this.#watch.recordRefusal });
    this.#opened.push(() => access.close());
    const hub = await Hub.open({
      ...context,
      statistics,
      evidence,
      board,
      predictionKey,
      callers: access,
      onFault,
      onConnection: (event) => {
        events.instanceConnection(event);
      },
    });
    this.#opened.push(() => hub.close());
    this.#opened.push(housekeep({ statistics, evidence, onFault }));
    const outcomes = new Outcomes({ store, now: Date.now, predictionKey });
    await this.#openControlDoor(address, { hub, blobs, outcomes });
    const rollouts = await RolloutController.open({
      context,
      evidence,
      onFault,
      onAlert: (alert) => {
        events.rolloutAlert(alert);
      },
    });
    this.#opened.push(() => rollouts.close());
    const experiments = new ExperimentKeeper({ context, evidence, onFault });
    this.#opened.push(() => experiments.close());
    const metrics = await AdminMetrics.open({
      ...this.#options,
      ...{ watch: this.#watch, context, evidence, qualifier, rollouts, onFault },
    });
    this.#opened.push(() => metrics.close());
    await this.#openAdminDoor({ context, blobs, qualifier, statistics, evidence, outcomes, rollouts, board, access });
    this.#importer = new DirectoryImporter({ config, events, context, blobs, qualifier });
    await qualifier.resume();
    void this.#importer.start().then(() => {
      hub.started();
    });
  }

  async #openStore(): Promise<Store> {
    const { databaseUrl, dataDir } = this.#options.config;
    const store =
      databaseUrl === 'off'
        ? await openSqliteStore({ path: join(dataDir, 'registry.db'), watch: this.#watch })
        : await openPostgresStore({ url: databaseUrl, watch: this.#watch });
    this.#opened.push(() => store.close());
    return store;
  }

  #contextOf(store: Store, fleet: Board, changes: Changes): AdminContext {
    const { config } = this.#options;
    return {
      store,
      fleet,
      changes,
      stageRules: { stages: config.stages, approvals: config.approvals },
      settingsOf: settingsWith(config),
      now: Date.now,
      newSalt: randomUUID,
      holdFormerMs: config.holdFormerMs,
      epochRetentionMs: config.epochRetentionMs,
    };
  }

  async #openQualifier(context: AdminContext, blobs: Blobs): Promise<Qualifier> {
    const { config, events, host } = this.#options;
    const folders = await VersionFolders.open({
      dir: join(config.dataDir, 'admin', 'versions'),
      obtain: linkOrCopy(blobs),
    });
    // A process that was killed at work leaves some.
    await folders.keepOnly(new Set());
    const qualifier = new Qualifier({
      context,
      folders,
      qualify: this.#watch.qualify(qualifierOf(config, host)),
      revision: RUNTIME_REVISION,
      onFault: ({ model, version, reason, cause }) => {
        events.controlFault({ what: `${model} ${version} could not be qualified: ${reason}`, cause });
      },
    });
    this.#opened.push(() => qualifier.close());
    return qualifier;
  }

  async #openControlDoor(
    address: string,
    { hub, blobs, outcomes }: { hub: Hub; blobs: Blobs; outcomes: Outcomes },
  ): Promise<void> {
    const readBlob = (sha256: string): AsyncIterable<Uint8Array> => blobs.read(sha256);
    const { tls } = this.#options;
    const door = await ControlDoor.open({
      address,
      tls: tls?.control,
      hub,
      readBlob,
      keepOutcomes: this.#watch.keepOutcomes((batch) => outcomes.keep(batch)),
      hooks: this.#hooks(),
    });
    tls?.attach(door);
    this.#opened.push(() => {
      door.close();
    });
    this.#options.events.listening({ name: 'control', address: door.address });
  }

  async #openAdminDoor(rooms: Omit<Parameters<typeof adminServices>[0], 'config'>): Promise<void> {
    const { config, events, tls, host } = this.#options;
    const { access, board, context } = rooms;
    const services = adminServices({ config, ...rooms });
    const guard = new AdminGuard({ gate: access.gate, store: context.store });
    const door = await AdminDoor.open({
      address: config.adminAddress,
      tls: tls?.optionsFor(config.tlsAdminClientAuth),
      services,
      guard,
      health: { predictServing: () => board.anySettled(), onChange: (listener) => board.onChange(listener) },
      reflection: config.reflection,
      hooks: this.#hooks(),
    });
    tls?.attach(door);
    this.#opened.push(async () => {
      await door.drain(DRAIN_MS);
    });
    events.listening({ name: 'admin', address: formatAddress(door.address) });
    const hooks = this.#hooks();
    const page = await openConsole({ config, tls, services, gate: access.gate, guard, hooks, events });
    this.#opened.push(() => page?.close());
    host.tell({ kind: 'ready', greeting: adminGreeting({ address: door.address, config, tls, console: page?.url }) });
  }

  #hooks(): DoorHooks {
    return {
      recordRpc: this.#watch.recordRpc,
      recordLimit: this.#watch.recordLimit,
      reportFault: (method, error) => {
        this.#options.events.controlFault({ what: `${method} failed`, cause: error.cause ?? error });
      },
    };
  }

  async #close(cause: string): Promise<void> {
    const { events, host } = this.#options;
    const startedAt = performance.now();
    events.shutdownStarted({ signal: cause, graceMs: DRAIN_MS });
    await this.#importer?.close();
    for (const close of this.#opened.reverse()) {
      try {
        await close();
      } catch (caught) {
        events.controlFault({ what: 'the admin process could not close in good order', cause: toServerError(caught) });
      }
    }
    events.stopped({ ms: Math.round(performance.now() - startedAt) });
    host.tell({ kind: 'drained' });
  }
}

/** How a model is run, from its config and the server's defaults. */
function settingsWith(config: Config): SettingsOf {
  const defaults = defaultsOf(config);
  return (keys) => parseModelConfig({ text: JSON.stringify(keys), file: 'the config', defaults }).settings;
}
