/** A PostgreSQL server of the tests' own, in a temporary directory on a free port; Debian's package is installed where that is possible. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';

const run = promisify(execFile);

const INSTALL_LIMIT_MS = 240_000;
const START_LIMIT_MS = 60_000;
/** The cluster has one user, who needs no password. */
const USER = 'sluice';

/** initdb and postgres refuse to run as root; then Debian's user of this name runs them. */
interface Account {
  readonly uid: number;
  readonly gid: number;
}

export class Postgres {
  readonly #bin: string;
  readonly #dir: string;
  readonly #account: Account | undefined;
  readonly port: number;
  #databases = 0;

  private constructor(own: { bin: string; dir: string; account: Account | undefined; port: number }) {
    this.#bin = own.bin;
    this.#dir = own.dir;
    this.#account = own.account;
    this.port = own.port;
  }

  /** A running server, or a sentence that says why there is none. */
  static async open(): Promise<Postgres | string> {
    const bin = await findBinaries();
    if (!existsSync(bin)) return `the PostgreSQL half was skipped: ${bin}`;
    const dir = mkdtempSync(join(tmpdir(), 'sluice-postgres-'));
    try {
      const account = await accountOf(dir);
      const options = { ...account, cwd: dir, timeout: START_LIMIT_MS };
      const data = join(dir, 'data');
      await run(
        join(bin, 'initdb'),
        ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'],
        options,
      );
      const port = await freePort();
      const settings = [
        ...['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${dir}`],
        // The tests kill connections, not the machine.
        ...['fsync=off', 'max_connections=50'],
      ];
      const flags = settings.map((setting) => `-c ${setting}`).join(' ');
      await run(join(bin, 'pg_ctl'), ['-D', data, '-l', join(dir, 'log'), '-w', '-o', flags, 'start'], options);
      return new Postgres({ bin, dir, account, port });
    } catch (caught) {
      rmSync(dir, { recursive: true, force: true });
      throw caught;
    }
  }

  /** The address of a new, empty database. */
  async newDatabase(): Promise<string> {
    this.#databases += 1;
    const name = `test_${this.#databases}`;
    await this.ask('postgres', `CREATE DATABASE ${name}`);
    return this.urlOf(name);
  }

  urlOf(database: string): string {
    return `postgresql://${USER}@127.0.0.1:${this.port}/${database}`;
  }

  /** The rows that a statement gives, asked for beside the store. */
  async ask(database: string, sql: string): Promise<readonly Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.urlOf(database) });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async close(): Promise<void> {
    const options = { ...this.#account, cwd: this.#dir, timeout: START_LIMIT_MS };
    try {
      await run(join(this.#bin, 'pg_ctl'), ['-D', join(this.#dir, 'data'), '-m', 'immediate', '-w', 'stop'], options);
    } finally {
      rmSync(this.#dir, { recursive: true, force: true });
    }
  }
}

/** The directory of the newest version's programs, or a sentence that says why there are none. */
async function findBinaries(): Promise<string> {
  const known = newestBinaries();
  if (known !== undefined) return known;
  if (process.getuid?.() !== 0) return 'PostgreSQL is not installed, and only root could install it';
  if (!existsSync('/usr/bin/apt-get')) return 'PostgreSQL is not installed, and there is no apt-get to install it with';
  const options = { timeout: INSTALL_LIMIT_MS, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const install = ['install', '--yes', '--no-install-recommends', 'postgresql'];
  try {
    await run('apt-get', install, options).catch(async () => {
      await run('apt-get', ['update'], options);
      await run('apt-get', install, options);
    });
  } catch (caught) {
    return `PostgreSQL is not installed, and apt-get cannot install it (${String(caught).split('\n')[0] ?? ''})`;
  }
  return newestBinaries() ?? 'Debian\'s package "postgresql" has no initdb in /usr/lib/postgresql';
}

function newestBinaries(): string | undefined {
  const found = globSync('/usr/lib/postgresql/*/bin/initdb').map((path) => dirname(path));
  const version = (path: string): number => Number.parseInt(path.split('/')[4] ?? '0', 10);
  return found.toSorted((a, b) => version(b) - version(a))[0];
}

async function accountOf(dir: string): Promise<Account | undefined> {
  chmodSync(dir, 0o700);
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)),
  );
  assert(uid !== undefined && gid !== undefined);
  chownSync(dir, uid, gid);
  return { uid, gid };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
