/** The servers that are compared, each in its own process on loopback. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OUT } from './bench-models.ts';
import { isServing } from './call.ts';
import { readPages, versionTotals } from './prometheus.ts';
import type { VersionTotals } from './prometheus.ts';
import { RunningProcess } from './processes.ts';

export const SERVER_KINDS = ['sluice', 'naive'] as const;
export type ServerKind = (typeof SERVER_KINDS)[number];

export interface BenchServer {
  readonly kind: ServerKind;
  readonly host: string;
  readonly port: number;
  readonly process: RunningProcess;
  /** Totals of a model since the start; undefined where the server does not tell. */
  totals(model: string): Promise<VersionTotals | undefined>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface SluiceServer extends BenchServer {
  /** What each serve process publishes now. */
  metricsPages(): Promise<readonly string[]>;
  /** Of the Admin services. */
  readonly adminAddress: string;
}

export interface SluiceOptions {
  /** Of the models. */
  readonly directory: string;
  /** One that stays; else one that goes with the server. */
  readonly dataDirectory?: string;
  /** `admin` runs without a serve process. */
  readonly role?: 'up' | 'admin';
  readonly flags?: readonly string[];
  /** Of `up`; 1 unless told. */
  readonly serveProcesses?: number;
}

export interface ServerModels {
  readonly directory: string;
  readonly files: ReadonlyMap<string, string>;
}

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 120_000;
const POLL_MS = 20;
const MAX_PORT_ATTEMPTS = 100;
const ROOT = join(import.meta.dirname, '..', '..');
const SLUICE = join(ROOT, 'src', 'main.ts');
const NAIVE = join(ROOT, 'benchmarks', 'naive', 'server.ts');

/** Resolves when it serves; `flags` are for sluice alone. */
export async function startServer(
  kind: ServerKind,
  models: ServerModels,
  flags: readonly string[] = [],
): Promise<BenchServer> {
  if (kind === 'sluice') return await startSluice({ directory: models.directory, flags });
  const server = await startNaive(models);
  return await whenServing(server, server.port);
}

/** Resolves when it serves: `admin` answers at its port, `up` has loaded everything that has traffic. */
export async function startSluice(options: SluiceOptions): Promise<SluiceServer> {
  if (!existsSync(SLUICE)) throw new Error('src/main.ts is not there; try --servers naive');
  const { directory, role = 'up', flags = [], serveProcesses = 1 } = options;
  const dataDirectory = options.dataDirectory ?? mkdtempSync(join(OUT, 'data-'));
  // Serve processes have their metrics on ports in a row.
  const port = await freePorts(2 + serveProcesses);
  const [adminPort, metricsPort] = [port + 1, port + 2];
  const running = RunningProcess.start(SLUICE, [
    ...[role, '--models-dir', directory, '--data-dir', dataDirectory, '--database-url', 'off'],
    ...['--predict-address', `${HOST}:${port}`, '--metrics-address', `${HOST}:${metricsPort}`],
    ...['--admin-address', `${HOST}:${adminPort}`, '--admin-metrics-address', 'off'],
    ...['--serve-processes', String(serveProcesses), ...flags],
  ]);
  const metricsUrls = Array.from({ length: serveProcesses }, (_, at) => `http://${HOST}:${metricsPort + at}/metrics`);
  const server: SluiceServer = {
    kind: 'sluice',
    host: HOST,
    port,
    adminAddress: `${HOST}:${adminPort}`,
    process: running,
    totals: async (model) => {
      const pages = await readPages(metricsUrls);
      return pages === undefined ? undefined : versionTotals(pages, model);
    },
    metricsPages: async () => {
      const pages = await readPages(metricsUrls);
      if (pages === undefined) throw new Error('sluice does not publish its metrics');
      return pages;
    },
    async [Symbol.asyncDispose]() {
      await running.stop();
      if (options.dataDirectory === undefined) rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
  return await whenServing(server, role === 'admin' ? adminPort : port);
}

async function whenServing<S extends BenchServer>(server: S, port: number): Promise<S> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await isServing({ host: server.host, port }))) {
    if (!server.process.hasEnded && performance.now() < deadline) {
      await sleep(POLL_MS);
      continue;
    }
    const { lastOutput } = server.process;
    await server[Symbol.asyncDispose]();
    throw new Error(`${server.kind} did not come up; the last that it said:\n${lastOutput}`);
  }
  return server;
}

async function startNaive({ files }: ServerModels): Promise<BenchServer> {
  const port = await freePort();
  const models = [...files].map(([name, file]) => `${name}=${file}`);
  const running = RunningProcess.start(NAIVE, [String(port), ...models]);
  return {
    kind: 'naive',
    host: HOST,
    port,
    process: running,
    totals: async () => undefined,
    [Symbol.asyncDispose]: async () => await running.stop(),
  };
}

/** The first of so many ports in a row that nobody has. */
async function freePorts(count: number): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const first = await freePort();
    try {
      for (let port = first + 1; port < first + count; port += 1) await freePort(port);
      return first;
    } catch (caught) {
      if (attempt === MAX_PORT_ATTEMPTS) throw caught;
    }
  }
}

export async function freePort(wanted = 0): Promise<number> {
  const probe = createServer().listen(wanted, HOST);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
