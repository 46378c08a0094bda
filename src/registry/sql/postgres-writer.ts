/** The one connection that writes to PostgreSQL: it holds the lock that keeps other admin processes away. */
import { Client } from 'pg';
import type { ClientConfig } from 'pg';
import { ServerError } from '../../domain/errors.ts';
import { storableText } from './database.ts';
import type { Queries, Row, SqlValue, Transaction } from './database.ts';
import { fromPostgres, isBroken, isLockTimeout } from './postgres-errors.ts';

/** Any number will do, if all servers have the same: "sluice" in ASCII. */
const LOCK_KEY = 0x73_6c_75_69_63_65;

/**
 * A lock is waited for as long as a database needs to see that a process which was killed is gone. A machine that
 * vanished is given up by the database after about half a minute.
 */
const SESSION = `
  SET lock_timeout = '3s';
  SET synchronous_commit = on;
  SET tcp_keepalives_idle = 15;
  SET tcp_keepalives_interval = 5;
  SET tcp_keepalives_count = 3`;

export class PostgresWriter implements Queries {
  readonly #client: Client;
  readonly #name: string;
  #isBroken = false;
  /** A connection runs one statement after the other. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(client: Client, name: string) {
    this.#client = client;
    this.#name = name;
    for (const event of ['error', 'end'] as const) {
      client.on(event, () => {
        this.#isBroken = true;
      });
    }
  }

  static async open(config: ClientConfig, name: string): Promise<PostgresWriter> {
    const client = new Client(config);
    const writer = new PostgresWriter(client, name);
    try {
      await client.connect();
      await client.query(SESSION);
      await client.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
      return writer;
    } catch (caught) {
      await writer.close();
      throw isLockTimeout(caught) ? inUse(name, caught) : fromPostgres(name, caught);
    }
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  async all(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]> {
    return (await this.#query(sql, values)).rows;
  }

  async run(sql: string, values?: readonly SqlValue[]): Promise<void> {
    await this.#query(sql, values);
  }

  async begin(): Promise<Transaction> {
    await this.run('BEGIN');
    return {
      all: (sql, values) => this.all(sql, values),
      run: (sql, values) => this.run(sql, values),
      commit: () => this.#commit(),
      rollback: () => this.#rollback(),
    };
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }

  async #commit(): Promise<void> {
    try {
      await this.run('COMMIT');
    } catch (caught) {
      if (!this.#isBroken) throw caught;
      const message = `${this.#name} was lost while a change was being committed: it may have been made or not; look before you repeat it, or repeat it under the same idempotency key`;
      throw new ServerError('unavailable', message, { cause: caught });
    }
  }

  /** Outside of a transaction PostgreSQL only warns. */
  async #rollback(): Promise<void> {
    if (this.#isBroken) return;
    try {
      await this.run('ROLLBACK');
    } catch {
      this.#isBroken = true;
    }
  }

  #query(sql: string, values: readonly SqlValue[] = []): Promise<{ readonly rows: readonly Row[] }> {
    const query = this.#last.then(() => this.#queryNow(sql, values));
    this.#last = query.catch(() => undefined);
    return query;
  }

  async #queryNow(sql: string, values: readonly SqlValue[]): Promise<{ readonly rows: readonly Row[] }> {
    try {
      return await this.#client.query<Row>(sql, values.map(bound));
    } catch (caught) {
      if (isBroken(caught)) this.#isBroken = true;
      throw fromPostgres(this.#name, caught);
    }
  }
}

export function bound(value: SqlValue): SqlValue {
  return typeof value === 'string' ? storableText(value) : value;
}

function inUse(name: string, cause: unknown): ServerError {
  const message = `${name} is in use by another admin process (or the database has not yet given up a lost connection of this one); stop that one, or give this one a database of its own`;
  return new ServerError('failed_precondition', message, { cause });
}
