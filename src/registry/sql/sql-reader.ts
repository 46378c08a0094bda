/** Reads the registry by SQL: from what was committed, or inside a transaction from what it has changed too. */
import type {
  Alias,
  Application,
  AuditEvent,
  Epoch,
  RegisteredModel,
  RegisteredVersion,
  RegistryState,
  Transition,
} from '../../domain/registry.ts';
import type { RegistryFile } from '../../domain/registry-file.ts';
import type {
  EventFilter,
  FormerVersions,
  ModelOverview,
  Remembered,
  SeriesKey,
  StatisticsSlot,
  StoreReader,
  VersionFilter,
} from '../store.ts';
import type { UnitSums } from '../../domain/experiment.ts';
import type { DocumentKind, DocumentReader, JournalEntry, StoredDocument, Tally } from '../document-store.ts';
import type { OutcomeReader } from '../outcome-store.ts';
import type { StoredToken, TokenReader } from '../token-store.ts';
import type { Queries } from './database.ts';
import {
  selectDocument,
  selectDocumentNamed,
  selectDocuments,
  selectJournal,
  selectNote,
  selectTallies,
} from './document-queries.ts';
import {
  selectOutcomeCounts,
  selectReportedPredictions,
  selectUnitMeansAt,
  selectUnitSums,
} from './outcome-queries.ts';
import { selectEvents, selectEventsFrom } from './event-queries.ts';
import { selectModel, selectModels, selectRemembered, selectRevision } from './model-queries.ts';
import { selectAlias, selectAliases, selectTransition, selectTransitions } from './stage-queries.ts';
import { selectToken, selectTokens } from './token-queries.ts';
import { selectSeriesTotals, selectStatistics } from './statistics-queries.ts';
import type { SlotQuery } from './statistics-queries.ts';
import {
  selectApplicationsAround,
  selectEpoch,
  selectEpochAt,
  selectEpochs,
  selectEpochsInForce,
  selectEpochsSince,
  selectFormerVersionsSince,
} from './traffic-queries.ts';
import {
  selectBlobsInUse,
  selectBlobsOfDeleted,
  selectLatestQualified,
  selectReport,
  selectVersion,
  selectVersionStates,
  selectVersions,
  selectVersionsInState,
} from './version-queries.ts';

interface Page<Key> {
  readonly after?: Key;
  readonly limit: number;
}

export abstract class SqlReader implements StoreReader {
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  abstract secret(name: string): Promise<Uint8Array>;

  revision(): Promise<number> {
    return selectRevision(this.#queries);
  }

  model(model: string): Promise<RegisteredModel | undefined> {
    return selectModel(this.#queries, model);
  }

  models(page: Page<string>): Promise<readonly ModelOverview[]> {
    return selectModels(this.#queries, page);
  }

  version(model: string, version: string): Promise<RegisteredVersion | undefined> {
    return selectVersion(this.#queries, model, version);
  }

  versions(filter: VersionFilter, page: Page<string>): Promise<readonly RegisteredVersion[]> {
    return selectVersions(this.#queries, filter, page);
  }

  latestQualified(model: string): Promise<RegisteredVersion | undefined> {
    return selectLatestQualified(this.#queries, model);
  }

  versionStates(
    model?: string,
  ): Promise<readonly Pick<RegisteredVersion, 'model' | 'version' | 'state' | 'reason' | 'warm'>[]> {
    return selectVersionStates(this.#queries, model);
  }

  versionsInState(states: readonly RegistryState[]): Promise<readonly RegisteredVersion[]> {
    return selectVersionsInState(this.#queries, states);
  }

  reportFor(digest: string, key: string): Promise<string | undefined> {
    return selectReport(this.#queries, digest, key);
  }

  alias(model: string, alias: string): Promise<Alias | undefined> {
    return selectAlias(this.#queries, model, alias);
  }

  aliases(model?: string): Promise<readonly Alias[]> {
    return selectAliases(this.#queries, model);
  }

  transition(id: number): Promise<Transition | undefined> {
    return selectTransition(this.#queries, id);
  }

  transitions(filter: Parameters<StoreReader['transitions']>[0], page: Page<number>): Promise<readonly Transition[]> {
    return selectTransitions(this.#queries, filter, page);
  }

  epoch(model: string, epoch?: number): Promise<Epoch | undefined> {
    return selectEpoch(this.#queries, model, epoch);
  }

  epochsInForce(): Promise<readonly Epoch[]> {
    return selectEpochsInForce(this.#queries);
  }

  epochs(model: string, page: Page<number>): Promise<readonly Epoch[]> {
    return selectEpochs(this.#queries, model, page);
  }

  epochsSince(at: number, model?: string): Promise<readonly Epoch[]> {
    return selectEpochsSince(this.#queries, at, model);
  }

  formerVersionsSince(at: number, model?: string): Promise<readonly FormerVersions[]> {
    return selectFormerVersionsSince(this.#queries, at, model);
  }

  epochAt(model: string, at: number): Promise<Epoch | undefined> {
    return selectEpochAt(this.#queries, model, at);
  }

  applicationsAround(model: string, at: number): Promise<readonly Application[]> {
    return selectApplicationsAround(this.#queries, model, at);
  }

  events(filter: EventFilter, page: Page<number>): Promise<readonly AuditEvent[]> {
    return selectEvents(this.#queries, filter, page);
  }

  eventsFrom(seq: number, limit: number): Promise<readonly AuditEvent[]> {
    return selectEventsFrom(this.#queries, seq, limit);
  }

  remembered(key: string): Promise<Remembered | undefined> {
    return selectRemembered(this.#queries, key);
  }

  blobsInUse(): Promise<ReadonlySet<string>> {
    return selectBlobsInUse(this.#queries);
  }

  blobsOfDeleted(): Promise<readonly (RegistryFile & { readonly digest: string })[]> {
    return selectBlobsOfDeleted(this.#queries);
  }

  seriesTotals(key: SeriesKey): Promise<string | undefined> {
    return selectSeriesTotals(this.#queries, key);
  }

  statistics(query: SlotQuery): Promise<readonly StatisticsSlot[]> {
    return selectStatistics(this.#queries, query);
  }

  document(kind: DocumentKind, id: number): Promise<StoredDocument | undefined> {
    return selectDocument(this.#queries, kind, id);
  }

  documentNamed(kind: DocumentKind, name: string): Promise<StoredDocument | undefined> {
    return selectDocumentNamed(this.#queries, { kind, name });
  }

  documents(
    filter: Parameters<DocumentReader['documents']>[0],
    page: Page<number>,
  ): Promise<readonly StoredDocument[]> {
    return selectDocuments(this.#queries, filter, page);
  }

  journal(kind: DocumentKind, id: number, limit: number): Promise<readonly JournalEntry[]> {
    return selectJournal(this.#queries, { kind, id }, limit);
  }

  note(kind: DocumentKind, id: number): Promise<string | undefined> {
    return selectNote(this.#queries, { kind, id });
  }

  tallies(kind: string, model: string): Promise<readonly Tally[]> {
    return selectTallies(this.#queries, { kind, model });
  }

  unitSums(scope: string, metric: string): Promise<readonly UnitSums[]> {
    return selectUnitSums(this.#queries, scope, metric);
  }

  unitMeansAt(query: Parameters<OutcomeReader['unitMeansAt']>[0]): Promise<readonly number[]> {
    return selectUnitMeansAt(this.#queries, query);
  }

  outcomeCounts(scope: string): ReturnType<OutcomeReader['outcomeCounts']> {
    return selectOutcomeCounts(this.#queries, scope);
  }

  reportedPredictions(scope: string): ReturnType<OutcomeReader['reportedPredictions']> {
    return selectReportedPredictions(this.#queries, scope);
  }

  token(id: string): Promise<StoredToken | undefined> {
    return selectToken(this.#queries, id);
  }

  tokens(filter: Parameters<TokenReader['tokens']>[0], page: Page<number>): Promise<readonly StoredToken[]> {
    return selectTokens(this.#queries, filter, page);
  }
}
