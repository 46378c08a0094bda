/** The columns of one row as the types that they were written from; what is anything else is lost data, and says so. */
import { ServerError, describeError } from '../../domain/errors.ts';
import type { JsonRecord } from '../../domain/registry.ts';
import type { Row } from './database.ts';

export class Columns {
  readonly #table: string;
  readonly #key: string | readonly string[];
  readonly #row: Row;

  /** `key` names the row in messages: the names of the columns that do, or its words. */
  constructor(table: string, key: string | readonly string[], row: Row) {
    this.#table = table;
    this.#key = key;
    this.#row = row;
  }

  text(column: string): string {
    const value = this.#row[column];
    return typeof value === 'string' ? value : this.#lost(column, 'it is no text');
  }

  optionalText(column: string): string | undefined {
    return this.#isNull(column) ? undefined : this.text(column);
  }

  integer(column: string): number {
    const value = this.#row[column];
    return Number.isSafeInteger(value) ? Number(value) : this.#lost(column, 'it is no integer');
  }

  number(column: string): number {
    const value = this.#row[column];
    return typeof value === 'number' ? value : this.#lost(column, 'it is no number');
  }

  optionalInteger(column: string): number | undefined {
    return this.#isNull(column) ? undefined : this.integer(column);
  }

  bytes(column: string): Uint8Array {
    const value = this.#row[column];
    return value instanceof Uint8Array ? new Uint8Array(value) : this.#lost(column, 'it is no bytes');
  }

  oneOf<T extends string>(column: string, values: readonly T[]): T {
    const text = this.text(column);
    return values.find((value) => value === text) ?? this.#lost(column, `"${text}" is not among ${values.join(', ')}`);
  }

  /** An object that this server wrote as JSON. */
  record(column: string): JsonRecord {
    const value = this.#json(column);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.#lost(column, 'it is no JSON object');
    return value as JsonRecord;
  }

  list(column: string): readonly unknown[] {
    const value = this.#json(column);
    return Array.isArray(value) ? value : this.#lost(column, 'it is no JSON array');
  }

  /** What `decode` makes of the text; undefined where the column is empty. */
  optional<T>(column: string, decode: (text: string) => T): T | undefined {
    const text = this.optionalText(column);
    if (text === undefined) return undefined;
    try {
      return decode(text);
    } catch (caught) {
      return this.#lost(column, describeError(caught));
    }
  }

  #json(column: string): unknown {
    return this.optional(column, (text): unknown => JSON.parse(text));
  }

  #isNull(column: string): boolean {
    return this.#row[column] === null;
  }

  #lost(column: string, why: string): never {
    const key = typeof this.#key === 'string' ? this.#key : this.#key.map((name) => String(this.#row[name])).join('/');
    const row = `row "${key}" of table ${this.#table}`;
    const message = `${row} of the registry cannot be read: column ${column}: ${why}; restore the database from a backup`;
    throw new ServerError('data_loss', message);
  }
}
