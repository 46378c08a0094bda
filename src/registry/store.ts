/**
 * The store: what the registry remembers. Readers see only what was committed; writers exist inside `transact` alone.
 *
 * Lists are paged by `after`: pass the last item's key, as said at each method, to get the next page.
 */
import type {
  Alias,
  Application,
  AuditEvent,
  Epoch,
  EventDraft,
  EventKind,
  RegisteredModel,
  RegisteredVersion,
  RegistryState,
  Transition,
  TransitionStatus,
} from '../domain/registry.ts';
import type { RegistryFile } from '../domain/registry-file.ts';
import type { DocumentReader, DocumentWriter } from './document-store.ts';
import type { OutcomeReader, OutcomeWriter } from './outcome-store.ts';
import type { TokenReader, TokenWriter } from './token-store.ts';

export interface VersionFilter {
  readonly model: string;
  readonly stage?: string;
  /** undefined = all but deleted ones. */
  readonly state?: RegistryState;
  readonly tag?: { readonly key: string; readonly value: string | undefined };
}

export interface EventFilter {
  /** '' = all. */
  readonly model?: string;
  readonly kind?: EventKind;
  /** Inclusive, epoch ms. */
  readonly from?: number;
  /** Exclusive, epoch ms. */
  readonly to?: number;
}

/** A model with what ListModels shows about it. */
export interface ModelOverview extends RegisteredModel {
  /** That are not deleted. */
  readonly versions: number;
  /** The newest qualified one by creation; '' where there is none. */
  readonly latest: string;
  readonly epoch: Epoch | undefined;
}

/** A reply that was given under an idempotency key. */
export interface Remembered {
  /** sha256 of the request, in hex. */
  readonly request: string;
  /** JSON. */
  readonly reply: string;
  readonly at: number;
}

/** Who counted: one life of one serve process, one version in one role. */
export interface SeriesKey {
  readonly instance: string;
  readonly boot: string;
  readonly model: string;
  readonly version: string;
  readonly role: string;
}

/** Counts of one version in one role, from all instances, within one span of time. JSON of monitor/series.ts. */
export interface StatisticsSlot {
  readonly model: string;
  readonly version: string;
  readonly role: string;
  /** Epoch ms of its begin. */
  readonly at: number;
  readonly widthMs: number;
  readonly totals: string;
}

/** Versions that epochs which are over named together. */
export interface FormerVersions {
  readonly model: string;
  readonly versions: readonly string[];
  /** When the last epoch that named just these ended, in epoch ms. */
  readonly until: number;
}

export interface StoreReader extends DocumentReader, OutcomeReader, TokenReader {
  /** Grows with every transaction that called `touch`. */
  revision(): Promise<number>;

  model(model: string): Promise<RegisteredModel | undefined>;
  /** By name; `after` = a model's name. */
  models(page: { readonly after?: string; readonly limit: number }): Promise<readonly ModelOverview[]>;

  version(model: string, version: string): Promise<RegisteredVersion | undefined>;
  /** In compareVersions order, the newest first; `after` = a version's name. */
  versions(
    filter: VersionFilter,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly RegisteredVersion[]>;
  /** The newest by creation, then by name, that is qualified. */
  latestQualified(model: string): Promise<RegisteredVersion | undefined>;
  /**
   * Of all models: name and state only, deleted ones left out. For the desired state, so it must be quick for 20,000.
   */
  versionStates(model?: string): Promise<
    readonly {
      readonly model: string;
      readonly version: string;
      readonly state: RegistryState;
      readonly reason: string;
      readonly warm: boolean;
    }[]
  >;
  /** Those that a crash left in these states, oldest first. */
  versionsInState(states: readonly RegistryState[]): Promise<readonly RegisteredVersion[]>;
  /** A report of the same files under the same settings, whatever they were registered as. */
  reportFor(digest: string, key: string): Promise<string | undefined>;

  alias(model: string, alias: string): Promise<Alias | undefined>;
  /** By model and alias; undefined = of all models. */
  aliases(model?: string): Promise<readonly Alias[]>;

  transition(id: number): Promise<Transition | undefined>;
  /** The newest first; `after` = an id. */
  transitions(
    filter: { readonly model?: string; readonly version?: string; readonly status?: TransitionStatus },
    page: { readonly after?: number; readonly limit: number },
  ): Promise<readonly Transition[]>;

  /** The one in force, or the one with this number. */
  epoch(model: string, epoch?: number): Promise<Epoch | undefined>;
  /** Those in force, of all models. */
  epochsInForce(): Promise<readonly Epoch[]>;
  /** The newest first; `after` = an epoch's number. */
  epochs(model: string, page: { readonly after?: number; readonly limit: number }): Promise<readonly Epoch[]>;
  /** Those that ended after this instant (epoch ms) or are in force; of all models where none is named. */
  epochsSince(at: number, model?: string): Promise<readonly Epoch[]>;
  /** What those named that ended after this instant (epoch ms): few rows, however many epochs there were. */
  formerVersionsSince(at: number, model?: string): Promise<readonly FormerVersions[]>;
  /** The last that had begun at this instant. */
  epochAt(model: string, at: number): Promise<Epoch | undefined>;
  /** The last application of each instance at or before `at`, and the next after it where there is one. */
  applicationsAround(model: string, at: number): Promise<readonly Application[]>;

  /** The newest first; `after` = a seq. */
  events(
    filter: EventFilter,
    page: { readonly after?: number; readonly limit: number },
  ): Promise<readonly AuditEvent[]>;
  /** Oldest first, from this seq on: for verification. */
  eventsFrom(seq: number, limit: number): Promise<readonly AuditEvent[]>;

  remembered(key: string): Promise<Remembered | undefined>;

  /** sha256 of every file that a version which is not deleted has. */
  blobsInUse(): Promise<ReadonlySet<string>>;
  /** Files of deleted versions. */
  blobsOfDeleted(): Promise<readonly (RegistryFile & { readonly digest: string })[]>;

  /** A secret of this registry, made at its first start: the key that signs prediction ids. */
  secret(name: string): Promise<Uint8Array>;

  seriesTotals(key: SeriesKey): Promise<string | undefined>;
  /** Slots that begin in [from, to). `version` undefined = all of the model. */
  statistics(query: {
    readonly model: string;
    readonly version?: string;
    readonly role: string;
    readonly from: number;
    readonly to: number;
  }): Promise<readonly StatisticsSlot[]>;
}

export interface StoreWriter extends StoreReader, DocumentWriter, OutcomeWriter, TokenWriter {
  /** The revision after this transaction; the same however often it is called in it. */
  touch(): Promise<number>;
  /** Appends to the hash chain. */
  append(event: EventDraft): Promise<AuditEvent>;

  putModel(model: RegisteredModel): Promise<void>;
  /** Inserts, or replaces all that may change. */
  putVersion(version: RegisteredVersion): Promise<void>;
  putReport(digest: string, key: string, report: string): Promise<void>;
  putAlias(alias: Alias): Promise<void>;
  deleteAlias(model: string, alias: string): Promise<void>;
  /** Inserts with the next id. */
  addTransition(transition: Omit<Transition, 'id'>): Promise<Transition>;
  putTransition(transition: Transition): Promise<void>;
  /** Ends the epoch in force at its validFrom and begins this one. */
  beginEpoch(epoch: Epoch): Promise<void>;
  /** Said again, it changes nothing. */
  recordApplication(application: Application): Promise<void>;
  remember(key: string, remembered: Remembered): Promise<void>;
  /** Forgets replies older than this. */
  forgetBefore(at: number): Promise<void>;

  putSeriesTotals(key: SeriesKey, totals: string, at: number): Promise<void>;
  /** Inserts or replaces. */
  putStatistics(slot: StatisticsSlot): Promise<void>;
  /** Slots of this width that begin before `at`, oldest first, of all versions. */
  statisticsBefore(widthMs: number, at: number, limit: number): Promise<readonly StatisticsSlot[]>;
  deleteStatistics(slots: readonly StatisticsSlot[]): Promise<void>;
  deleteSeriesTotalsBefore(at: number): Promise<void>;
}

export interface Store extends StoreReader {
  /** All or nothing, one transaction at a time; it is on disk when the promise resolves. Not to be nested. */
  transact<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
