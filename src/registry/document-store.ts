/**
 * Rollouts and experiments as the store keeps them: a document that is replaced with each transition, a journal that
 * only grows, and the newest cumulative rows of evidence. Bodies are JSON; the store does not look inside.
 */

export const DOCUMENT_KINDS = ['rollout', 'experiment'] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

export interface StoredDocument {
  readonly kind: DocumentKind;
  /** From 1 on, per kind. */
  readonly id: number;
  /** Unique per kind; '' = it has none. */
  readonly name: string;
  readonly model: string;
  /** Something is still to happen by itself. */
  readonly open: boolean;
  readonly body: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface JournalEntry {
  /** From 1 on, per document. */
  readonly seq: number;
  readonly at: number;
  readonly body: string;
}

/** The newest cumulative row of one life of one serve process. */
export interface Tally {
  readonly kind: string;
  readonly model: string;
  readonly name: string;
  readonly instance: string;
  readonly boot: string;
  readonly body: string;
  readonly at: number;
}

export interface DocumentReader {
  document(kind: DocumentKind, id: number): Promise<StoredDocument | undefined>;
  documentNamed(kind: DocumentKind, name: string): Promise<StoredDocument | undefined>;
  /** The newest first; `after` = an id. */
  documents(
    filter: { readonly kind: DocumentKind; readonly model?: string; readonly open?: boolean },
    page: { readonly after?: number; readonly limit: number },
  ): Promise<readonly StoredDocument[]>;
  /** The last `limit` entries, oldest first. */
  journal(kind: DocumentKind, id: number, limit: number): Promise<readonly JournalEntry[]>;
  /** Side notes of a document that change often, such as the evidence of a rollout; undefined = none. */
  note(kind: DocumentKind, id: number): Promise<string | undefined>;
  tallies(kind: string, model: string): Promise<readonly Tally[]>;
}

export interface DocumentWriter {
  /** Inserts with the next id of its kind. */
  addDocument(document: Omit<StoredDocument, 'id'>): Promise<StoredDocument>;
  /** Replaces all but kind, id, name, model and createdAt. */
  putDocument(document: StoredDocument): Promise<void>;
  appendJournal(kind: DocumentKind, id: number, entry: Omit<JournalEntry, 'seq'>): Promise<JournalEntry>;
  putNote(kind: DocumentKind, id: number, note: string): Promise<void>;
  /** Inserts or replaces. */
  putTally(tally: Tally): Promise<void>;
  /** Of all kinds where none is named. */
  deleteTalliesBefore(at: number, kind?: string): Promise<void>;
}
