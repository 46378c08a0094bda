/** The ports of a server: free, held by one of ours, or by somebody else. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import type { Address } from '../../config/address.ts';
import { formatAddress } from '../../config/address.ts';
import type { ListenAddress } from '../../config/listen-addresses.ts';
import { describeError } from '../../domain/errors.ts';
import { listen } from '../../transport/grpc-js/listen.ts';
import { fail, ok } from './finding.ts';
import type { Finding } from './finding.ts';

/** Who listens on a port; undefined where the machine does not tell. */
export interface Holder {
  readonly pid: number;
  /** Its arguments, or the title that it gave itself. */
  readonly title: string;
}

const LISTENING = '0A';
const MAX_TITLE = 100;

/** Listens for a moment, as the server does before it starts. */
export async function portFinding(
  { flag, address }: ListenAddress,
  holderOf: (port: number) => Promise<Holder | undefined>,
): Promise<Finding> {
  const where = `${formatAddress(address)} (${flag})`;
  try {
    const { server } = await listen({ address, reusePort: false }, (socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
    return ok('ports', `${where} is free`);
  } catch (caught) {
    const holder = address.port === 0 ? undefined : await holderOf(address.port);
    if (holder === undefined) return fail('ports', describeError(caught), `give another ${flag}`);
    const { pid, title } = holder;
    if (isOurs(title)) return ok('ports', `${where} is held by ${title} (pid ${pid})`);
    return fail('ports', `${where} is held by "${title}" (pid ${pid})`, `stop it, or give another ${flag}`);
  }
}

function isOurs(title: string): boolean {
  return /^sluice (up|serve|admin)\b/.test(title);
}

/** Looks through /proc; processes of other users keep theirs to themselves. */
export async function findHolder(port: number): Promise<Holder | undefined> {
  const inodes = await listeningInodes(port);
  if (inodes.size === 0) return undefined;
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    for (const file of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(await readlink(`/proc/${pid}/fd/${file}`).catch(() => '')) ?? [];
      if (inode !== undefined && inodes.has(inode)) return { pid: Number(pid), title: await titleOf(pid) };
    }
  }
  return undefined;
}

async function listeningInodes(port: number): Promise<ReadonlySet<string>> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = tables.flatMap((table) => table.split('\n').slice(1)).map((line) => line.trim().split(/\s+/));
  const found = lines.filter(([, local = '', , state]) => local.endsWith(suffix) && state === LISTENING);
  return new Set(found.map((columns) => columns[9] ?? ''));
}

async function titleOf(pid: string): Promise<string> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text.replaceAll('\0', ' ').trim().slice(0, MAX_TITLE);
}

/** Whether several serve processes can share a port here. */
export async function reusePortFinding(processes: number, host: Address['host']): Promise<Finding> {
  const name = 'shared port';
  if (processes === 1) return ok(name, 'one serve process needs none');
  const open = async (port: number) =>
    await listen({ address: { host, port }, reusePort: true }, (socket) => socket.destroy());
  try {
    const first = await open(0);
    try {
      const second = await open(first.address.port);
      second.server.close();
    } finally {
      first.server.close();
    }
    return ok(name, 'several processes can listen on one port');
  } catch (caught) {
    return fail(
      name,
      `several processes cannot listen on one port here: ${describeError(caught)}`,
      'run one: --serve-processes 1',
    );
  }
}
