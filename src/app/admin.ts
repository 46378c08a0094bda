/**
 * The admin process: builds the control plane's rooms, keeps them while it runs, and takes them down in reverse order.
 */
import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
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
import { Blobs } from '../registry/blobs.ts';
import { VersionFolders, linkOrCopy } from '../registry/version-folders.ts';
import { openPostgresStore } from '../registry/sql/open-postgres-store.ts';
import { openSqliteStore } from '../registry/sql/open-sqlite-store.ts';
import type { Store } from '../registry/store.ts';
import type { Events } from '../telemetry/events.ts';
import { AdminDoor } from '../transport/grpc-js/admin-door.ts';
import { ControlDoor } from '../transport/grpc-js/control-door.ts';
import type { DoorHooks } from '../transport/hooks.ts';
import { adminServices } from './admin-services.ts';
import { RUNTIME_REVISION, SERVER_VERSION } from './build-info.ts';
import { controlAddressOf } from './control-address.ts';
import { DirectoryImporter } from './directory-importer.ts';
import { housekeep } from './housekeeping.ts';
import type { ServeMessage } from './messages.ts';
import { defaultsOf, qualifierOf } from './open-source.ts';

export interface AdminHost {
  readonly nodeVersion: string;
  readonly availableMemory: () => number;
  /** To the supervisor, where there is one. */
  readonly tell: (message: ServeMessage) => void;
}

export interface AdminOptions {
  readonly config: Config;
  readonly events: Events;
  readonly host: AdminHost;
}

/** What calls get to end, once no new ones are taken. */
const DRAIN_MS = 3_000;

/** What is open, in the order of opening; closed the other way round. */
type Closing = () => Promise<void> | void;

export class AdminProcess {
  readonly #options: AdminOptions;
  readonly #opened: Closing[] = [];
  #importer: DirectoryImporter | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: AdminOptions) {
    this.#options = options;
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
    const hub = await Hub.open({
      ...context,
      statistics,
      evidence,
      board,
      predictionKey,
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
    await this.#openAdminDoor({ context, blobs, qualifier, statistics, evidence, outcomes, rollouts, board });
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
        ? await openSqliteStore({ path: join(dataDir, 'registry.db') })
        : await openPostgresStore({ url: databaseUrl });
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
      qualify: qualifierOf(config, host.availableMemory),
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
    const door = await ControlDoor.open({
      address,
      hub,
      readBlob,
      keepOutcomes: (batch) => outcomes.keep(batch),
      hooks: this.#hooks(),
    });
    this.#opened.push(() => {
      door.close();
    });
    this.#options.events.listening({ name: 'control', address: door.address });
  }

  async #openAdminDoor(rooms: Omit<Parameters<typeof adminServices>[0], 'config'>): Promise<void> {
    const { config, events, host } = this.#options;
    const { board } = rooms;
    const door = await AdminDoor.open({
      address: config.adminAddress,
      services: adminServices({ config, ...rooms }),
      health: { predictServing: () => board.anySettled(), onChange: (listener) => board.onChange(listener) },
      reflection: config.reflection,
      hooks: this.#hooks(),
    });
    this.#opened.push(async () => {
      await door.drain(DRAIN_MS);
    });
    const address = formatAddress(door.address);
    events.listening({ name: 'admin', address });
    host.tell({ kind: 'ready', greeting: greetingOf(address) });
  }

  #hooks(): DoorHooks {
    return {
      recordRpc: () => undefined,
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

/**
 * An empty registry and no directory to fill it from is most likely a mistake of whoever starts it. Later the registry
 * stands for itself.
 */
async function checkModelsDirectory(modelsDir: string, store: Store): Promise<void> {
  if (modelsDir === 'off' || (await store.models({ limit: 1 })).length > 0) return;
  try {
    await access(modelsDir);
  } catch {
    const message = `cannot read the models directory ${modelsDir}: it is not there; give one with --models-dir, or off to register versions by upload alone`;
    throw new ServerError('not_found', message);
  }
}

/** How a model is run, from its config and the server's defaults. */
function settingsWith(config: Config): SettingsOf {
  const defaults = defaultsOf(config);
  return (keys) => parseModelConfig({ text: JSON.stringify(keys), file: 'the config', defaults }).settings;
}

function greetingOf(address: string): string {
  return [
    `  admin    ${address}  (gRPC: sluice.admin.v1, health, reflection)`,
    'Steer it:',
    `  npx sluice models${address.endsWith(':50052') ? '' : ` --address ${address}`}`,
    '',
  ].join('\n');
}
