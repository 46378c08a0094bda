/** Changes the registry by SQL, inside one transaction. */
import type {
  Alias,
  Application,
  AuditEvent,
  Epoch,
  EventDraft,
  RegisteredModel,
  RegisteredVersion,
  Transition,
} from '../../domain/registry.ts';
import type { Remembered, SeriesKey, StatisticsSlot, StoreWriter } from '../store.ts';
import type { DocumentKind, JournalEntry, StoredDocument, Tally } from '../document-store.ts';
import type { OutcomeRow } from '../outcome-store.ts';
import type { StoredToken, TokenWriter } from '../token-store.ts';
import type { Queries } from './database.ts';
import {
  deleteTalliesBefore,
  insertDocument,
  insertJournalEntry,
  updateDocument,
  upsertNote,
  upsertTally,
} from './document-queries.ts';
import { insertOutcome } from './outcome-queries.ts';
import { insertEvent } from './event-queries.ts';
import {
  advanceRevision,
  deleteRememberedBefore,
  selectOrMakeSecret,
  upsertModel,
  upsertRemembered,
} from './model-queries.ts';
import { SqlReader } from './sql-reader.ts';
import { deleteAlias, insertTransition, updateTransition, upsertAlias } from './stage-queries.ts';
import {
  deleteSeriesTotalsBefore,
  deleteStatistics,
  selectStatisticsBefore,
  upsertSeriesTotals,
  upsertStatistics,
} from './statistics-queries.ts';
import { insertApplication, insertEpoch } from './traffic-queries.ts';
import { insertToken, updateTokenRevoked, updateTokenUsed } from './token-queries.ts';
import { upsertReport, upsertVersion } from './version-queries.ts';

export class SqlWriter extends SqlReader implements StoreWriter {
  /** So far, in this transaction. */
  readonly appended: AuditEvent[] = [];
  readonly #queries: Queries;
  #revision: Promise<number> | undefined;

  constructor(queries: Queries) {
    super(queries);
    this.#queries = queries;
  }

  touch(): Promise<number> {
    this.#revision ??= advanceRevision(this.#queries);
    return this.#revision;
  }

  secret(name: string): Promise<Uint8Array> {
    return selectOrMakeSecret(this.#queries, name);
  }

  async append(event: EventDraft): Promise<AuditEvent> {
    const appended = await insertEvent(this.#queries, event);
    this.appended.push(appended);
    return appended;
  }

  putModel(model: RegisteredModel): Promise<void> {
    return upsertModel(this.#queries, model);
  }

  putVersion(version: RegisteredVersion): Promise<void> {
    return upsertVersion(this.#queries, version);
  }

  putReport(digest: string, key: string, report: string): Promise<void> {
    return upsertReport(this.#queries, { digest, key, report });
  }

  putAlias(alias: Alias): Promise<void> {
    return upsertAlias(this.#queries, alias);
  }

  deleteAlias(model: string, alias: string): Promise<void> {
    return deleteAlias(this.#queries, model, alias);
  }

  addTransition(transition: Omit<Transition, 'id'>): Promise<Transition> {
    return insertTransition(this.#queries, transition);
  }

  putTransition(transition: Transition): Promise<void> {
    return updateTransition(this.#queries, transition);
  }

  beginEpoch(epoch: Epoch): Promise<void> {
    return insertEpoch(this.#queries, epoch);
  }

  recordApplication(application: Application): Promise<void> {
    return insertApplication(this.#queries, application);
  }

  remember(key: string, remembered: Remembered): Promise<void> {
    return upsertRemembered(this.#queries, key, remembered);
  }

  forgetBefore(at: number): Promise<void> {
    return deleteRememberedBefore(this.#queries, at);
  }

  putSeriesTotals(key: SeriesKey, totals: string, at: number): Promise<void> {
    return upsertSeriesTotals(this.#queries, { key, totals, at });
  }

  putStatistics(slot: StatisticsSlot): Promise<void> {
    return upsertStatistics(this.#queries, slot);
  }

  statisticsBefore(widthMs: number, at: number, limit: number): Promise<readonly StatisticsSlot[]> {
    return selectStatisticsBefore(this.#queries, { widthMs, at, limit });
  }

  deleteStatistics(slots: readonly StatisticsSlot[]): Promise<void> {
    return deleteStatistics(this.#queries, slots);
  }

  deleteSeriesTotalsBefore(at: number): Promise<void> {
    return deleteSeriesTotalsBefore(this.#queries, at);
  }

  addDocument(document: Omit<StoredDocument, 'id'>): Promise<StoredDocument> {
    return insertDocument(this.#queries, document);
  }

  putDocument(document: StoredDocument): Promise<void> {
    return updateDocument(this.#queries, document);
  }

  appendJournal(kind: DocumentKind, id: number, entry: Omit<JournalEntry, 'seq'>): Promise<JournalEntry> {
    return insertJournalEntry(this.#queries, { kind, id }, entry);
  }

  putNote(kind: DocumentKind, id: number, note: string): Promise<void> {
    return upsertNote(this.#queries, { kind, id }, note);
  }

  putTally(tally: Tally): Promise<void> {
    return upsertTally(this.#queries, tally);
  }

  deleteTalliesBefore(at: number, kind?: string): Promise<void> {
    return deleteTalliesBefore(this.#queries, at, kind);
  }

  addOutcome(row: OutcomeRow): Promise<boolean> {
    return insertOutcome(this.#queries, row);
  }

  addToken(token: Parameters<TokenWriter['addToken']>[0]): Promise<StoredToken> {
    return insertToken(this.#queries, token);
  }

  revokeToken(id: string, at: number): Promise<void> {
    return updateTokenRevoked(this.#queries, id, at);
  }

  markTokenUsed(id: string, at: number): Promise<void> {
    return updateTokenUsed(this.#queries, id, at);
  }
}
