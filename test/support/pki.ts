/** Certificates for tests: an authority of one's own, and what it signs. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority, type Issued, type Validity, type Wanted } from '../../src/certs/authority.ts';

const DAY_MS = 86_400_000;

/** From a day ago; `days` below 0: it ended before now. */
export function goodFor(days: number): Validity {
  const now = Date.now();
  return { notBefore: new Date(now - 2 * DAY_MS), notAfter: new Date(now + days * DAY_MS) };
}

export class Pki {
  readonly #authority: Authority;

  private constructor(authority: Authority) {
    this.#authority = authority;
  }

  static async create(): Promise<Pki> {
    return new Pki(await Authority.create('test authority', goodFor(30)));
  }

  get ca(): string {
    return this.#authority.cert;
  }

  server(names: readonly string[] = ['localhost', '127.0.0.1'], days = 30): Promise<Issued> {
    return this.#authority.issue({ names, use: 'server', ...goodFor(days) });
  }

  client(name: string, days = 30): Promise<Issued> {
    return this.issue({ names: [name], use: 'client', ...goodFor(days) });
  }

  issue(wanted: Wanted): Promise<Issued> {
    return this.#authority.issue(wanted);
  }
}

/** PEM files that servers and clients are pointed to. */
export class PemFolder {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async create(): Promise<PemFolder> {
    return new PemFolder(await mkdtemp(join(tmpdir(), 'sluice-pem-')));
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  /** In one step, as careful tools do it. */
  async put(name: string, text: string): Promise<string> {
    const path = this.path(name);
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
    return path;
  }

  async putPair(name: string, { cert, key }: Issued): Promise<{ cert: string; key: string }> {
    return { key: await this.put(`${name}-key.pem`, key), cert: await this.put(`${name}.pem`, cert) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }
}
