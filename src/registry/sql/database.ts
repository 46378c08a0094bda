/** What the store needs of a database, whichever it is: statements, and one transaction at a time. */

export type SqlValue = string | number | Uint8Array | null;

/** By column; what the values are is checked by Columns. */
export type Row = Readonly<Record<string, unknown>>;

/** Statements have $1, $2, … for their values. What goes wrong is a ServerError. */
export interface Queries {
  all(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
  run(sql: string, values?: readonly SqlValue[]): Promise<void>;
}

export interface Transaction extends Queries {
  /** It is on disk when the promise resolves. */
  commit(): Promise<void>;
  /** Never fails: what cannot be rolled back is gone with its connection. Does nothing after a commit. */
  rollback(): Promise<void>;
}

export interface Database {
  readonly dialect: Dialect;
  /** How messages call it; holds no secret. */
  readonly name: string;
  /** Sees what was committed, and nothing of a transaction that runs. */
  readonly reader: Queries;
  /** The caller has ended the former transaction. */
  begin(): Promise<Transaction>;
  close(): Promise<void>;
}

/** How a database calls the types of our columns. */
export interface Dialect {
  /** Compared by bytes. */
  readonly text: string;
  /** Of 64 bits. */
  readonly integer: string;
  readonly bytes: string;
  /** Of 64 bits. */
  readonly real: string;
  /** Goes to the end of a CREATE TABLE. */
  readonly tableOptions: string;
}

/** What both databases can keep in a text and give back as it was: no NUL, no half of a surrogate pair. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
