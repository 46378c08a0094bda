/** The registry in a PostgreSQL database: a few connections that read, and the one that writes. */
import { Pool, TypeOverrides, types } from 'pg';
import type { ClientConfig } from 'pg';
import { ServerError } from '../../domain/errors.ts';
import type { Database, Dialect, Queries, Row, SqlValue, Transaction } from './database.ts';
import { fromPostgres } from './postgres-errors.ts';
import { PostgresWriter, bound } from './postgres-writer.ts';

const MAX_READERS = 4;
const CONNECT_TIMEOUT_MS = 5000;
/** The database gives a statement up first, the client only a database that does not answer. */
const STATEMENT_TIMEOUT_MS = 15_000;
const ANSWER_TIMEOUT_MS = 20_000;

/** Texts are compared by bytes whatever the database's locale, so that both databases have one order. */
const DIALECT: Dialect = {
  text: 'TEXT COLLATE "C"',
  integer: 'BIGINT',
  bytes: 'BYTEA',
  real: 'DOUBLE PRECISION',
  tableOptions: '',
};

export class PostgresDatabase implements Database {
  readonly dialect = DIALECT;
  readonly name: string;
  readonly reader: Queries;
  readonly #config: ClientConfig;
  readonly #pool: Pool;
  #writer: PostgresWriter;

  private constructor(opened: { config: ClientConfig; name: string; writer: PostgresWriter }) {
    this.name = opened.name;
    this.#config = opened.config;
    this.#writer = opened.writer;
    this.#pool = new Pool({ ...opened.config, max: MAX_READERS });
    // Of a connection that breaks while it is idle: the pool has dropped it and opens another when one is needed.
    this.#pool.on('error', () => undefined);
    this.reader = {
      all: (sql, values) => this.#read(sql, values),
      run: async (sql, values) => {
        await this.#read(sql, values);
      },
    };
  }

  static async open(url: string): Promise<PostgresDatabase> {
    const name = nameOf(url);
    const config = configOf(url);
    return new PostgresDatabase({ config, name, writer: await PostgresWriter.open(config, name) });
  }

  async begin(): Promise<Transaction> {
    if (this.#writer.isBroken) {
      await this.#writer.close();
      this.#writer = await PostgresWriter.open(this.#config, this.name);
    }
    return await this.#writer.begin();
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.end(), this.#writer.close()]);
  }

  async #read(sql: string, values: readonly SqlValue[] = []): Promise<readonly Row[]> {
    try {
      return (await this.#pool.query<Row>(sql, values.map(bound))).rows;
    } catch (caught) {
      throw fromPostgres(this.name, caught);
    }
  }
}

function configOf(url: string): ClientConfig {
  const numbers = new TypeOverrides();
  // All our numbers are safe integers; Columns sees to it.
  numbers.setTypeParser(types.builtins.INT8, Number);
  return {
    connectionString: url,
    types: numbers,
    application_name: 'sluice-admin',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    keepAlive: true,
  };
}

/** Without user and password. */
function nameOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    const message = 'the database URL is none of PostgreSQL; give postgresql://user:password@host:port/database';
    throw new ServerError('invalid_argument', message);
  }
  return `the registry postgresql://${parsed.host}${parsed.pathname}`;
}
