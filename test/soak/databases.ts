/** The registry's database, and the two ways in which others keep the server from writing to it. */
import { chmodSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { Epoch } from '../../src/domain/registry.ts';
import { openPostgresStore } from '../../src/registry/sql/open-postgres-store.ts';
import { openSqliteStore } from '../../src/registry/sql/open-sqlite-store.ts';
import type { Store } from '../../src/registry/store.ts';
import { Postgres } from '../support/postgres.ts';

export interface SoakDatabase extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  /** Somebody else holds it for so long. */
  lock(ms: number): Promise<void>;
  /** Nothing can be written until `allow`; whoever has it open has to open it anew. */
  forbid(): Promise<void>;
  allow(): Promise<void>;
  /** Of all models, with their slots; once the server has ended. */
  epochs(models: readonly string[]): Promise<readonly Epoch[]>;
}

const LOCK_TRIES = 200;
const LOCK_PAUSE_MS = 10;

export class SqliteHarm implements SoakDatabase {
  readonly env = {};
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async lock(ms: number): Promise<void> {
    const database = new DatabaseSync(this.#path);
    try {
      await begin(database);
      await pause(ms);
      database.exec('ROLLBACK');
    } finally {
      database.close();
    }
  }

  forbid(): Promise<void> {
    this.#chmod(0o444, 0o555);
    return Promise.resolve();
  }

  allow(): Promise<void> {
    this.#chmod(0o644, 0o755);
    return Promise.resolve();
  }

  async epochs(models: readonly string[]): Promise<readonly Epoch[]> {
    return allEpochs(await openSqliteStore({ path: this.#path }), models);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.allow();
  }

  get #path(): string {
    return join(this.#directory, 'registry.db');
  }

  #chmod(file: number, directory: number): void {
    for (const path of globSync(`${this.#path}*`)) chmodSync(path, file);
    chmodSync(this.#directory, directory);
  }
}

export class PostgresHarm implements SoakDatabase {
  readonly #server: Postgres;
  readonly #url: string;
  readonly #name: string;

  private constructor(server: Postgres, url: string) {
    this.#server = server;
    this.#url = url;
    this.#name = new URL(url).pathname.slice(1);
  }

  static async open(): Promise<PostgresHarm> {
    const server = await Postgres.open();
    if (typeof server === 'string') throw new Error(server);
    return new PostgresHarm(server, await server.newDatabase());
  }

  get env(): Readonly<Record<string, string>> {
    return { DATABASE_URL: this.#url };
  }

  async lock(ms: number): Promise<void> {
    const client = new Client({ connectionString: this.#url });
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query('LOCK TABLE events IN ACCESS EXCLUSIVE MODE');
      await pause(ms);
      await client.query('ROLLBACK');
    } finally {
      await client.end();
    }
  }

  async forbid(): Promise<void> {
    await this.#setReadOnly('on');
  }

  async allow(): Promise<void> {
    await this.#setReadOnly('off');
  }

  async epochs(models: readonly string[]): Promise<readonly Epoch[]> {
    return allEpochs(await openPostgresStore({ url: this.#url }), models);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
  }

  /** Connections keep what they began with, so they are ended. */
  async #setReadOnly(how: 'on' | 'off'): Promise<void> {
    await this.#server.ask('postgres', `ALTER DATABASE ${this.#name} SET default_transaction_read_only = ${how}`);
    const others = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${this.#name}'`;
    await this.#server.ask('postgres', others);
  }
}

/** The server writes too: its lock is taken in one of the moments between. */
async function begin(database: DatabaseSync): Promise<void> {
  for (let left = LOCK_TRIES; ; left -= 1) {
    try {
      database.exec('BEGIN EXCLUSIVE');
      return;
    } catch (caught) {
      if (left === 0) throw caught;
      await pause(LOCK_PAUSE_MS);
    }
  }
}

async function allEpochs(store: Store, models: readonly string[]): Promise<readonly Epoch[]> {
  try {
    return (await Promise.all(models.map((model) => store.epochsSince(0, model)))).flat();
  } finally {
    await store.close();
  }
}
