/** Certificates to try TLS with: an authority, a server's and some clients', and the keys of the latter. */
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServerError } from '../domain/errors.ts';
import { Authority, type Issued, type Validity } from './authority.ts';

export interface DevCertificatesOptions {
  readonly dir: string;
  /** Beside localhost and the addresses of the loopback: names and addresses under which the server is reached. */
  readonly hosts: readonly string[];
  /** Who the clients are: DNS names, URIs or e-mail addresses. */
  readonly clients: readonly string[];
  readonly validity: Validity;
  /** Files that are there already are replaced. */
  readonly force: boolean;
}

/** Paths. */
export interface DevCertificates {
  readonly ca: string;
  readonly server: Pair;
  readonly clients: readonly (Pair & { readonly name: string })[];
}

interface Pair {
  readonly cert: string;
  readonly key: string;
}

const LOCAL = ['localhost', '127.0.0.1', '::1'];

/** The authority's own key is kept nowhere: nobody can have another certificate signed by it. Throws ServerError. */
export async function writeDevCertificates(options: DevCertificatesOptions): Promise<DevCertificates> {
  const { dir, hosts, clients, validity, force } = options;
  const paths = {
    ca: join(dir, 'ca.pem'),
    server: { cert: join(dir, 'server.pem'), key: join(dir, 'server-key.pem') },
    clients: clients.map((name) => ({ name, ...clientPair(dir, name) })),
  };
  const certFiles = paths.clients.map(({ cert }) => cert);
  if (new Set(certFiles).size < certFiles.length) {
    throw new ServerError(
      'invalid_argument',
      `two clients would have the same file; give names that differ by a letter`,
    );
  }
  const files = [paths.ca, ...[paths.server, ...paths.clients].flatMap(({ cert, key }) => [cert, key])];
  if (!force) await refuseExisting(files);
  const authority = await Authority.create('Sluice development authority', validity);
  await mkdir(dir, { recursive: true });
  await replace(paths.ca, authority.cert, 0o644);
  const names = [...new Set([...LOCAL, ...hosts])];
  await writePair(paths.server, await authority.issue({ names, use: 'server', ...validity }));
  for (const client of paths.clients) {
    await writePair(client, await authority.issue({ names: [client.name], use: 'client', ...validity }));
  }
  return paths;
}

function clientPair(dir: string, name: string): Pair {
  const file = `client-${name.replaceAll(/[^A-Za-z0-9._@-]+/g, '-')}`;
  return { cert: join(dir, `${file}.pem`), key: join(dir, `${file}-key.pem`) };
}

async function refuseExisting(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) continue;
    throw new ServerError('already_exists', `${path} is there already; give another --out, or --force to replace it`);
  }
}

async function writePair({ cert, key }: Pair, issued: Issued): Promise<void> {
  await replace(key, issued.key, 0o600);
  await replace(cert, issued.cert, 0o644);
}

/** A new file from the start, so that nobody who could read the former one reads this one. */
async function replace(path: string, text: string, mode: number): Promise<void> {
  const made = `${path}.new`;
  await rm(made, { force: true });
  await writeFile(made, text, { mode, flag: 'wx' });
  await rename(made, path);
}
