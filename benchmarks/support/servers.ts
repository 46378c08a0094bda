/** The servers that are compared, each in its own process on loopback. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OUT } from './bench-models.ts';
import { isServing } from './call.ts';
import { readVersionTotals } from './prometheus.ts';
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

export interface ServerModels {
  readonly directory: string;
  readonly files: ReadonlyMap<string, string>;
}

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 120_000;
const ROOT = join(import.meta.dirname, '..', '..');
const SLUICE = join(ROOT, 'src', 'main.ts');
const NAIVE = join(ROOT, 'benchmarks', 'naive', 'server.ts');

/** Resolves when it serves; `flags` are for sluice alone. */
export async function startServer(
  kind: ServerKind,
  models: ServerModels,
  flags: readonly string[] = [],
): Promise<BenchServer> {
  const server = kind === 'sluice' ? await startSluice(models, flags) : await startNaive(models);
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await isServing(server))) {
    if (!server.process.hasEnded && performance.now() < deadline) {
      await sleep(50);
      continue;
    }
    const { lastOutput } = server.process;
    await server[Symbol.asyncDispose]();
    throw new Error(`${kind} did not come up; the last that it said:\n${lastOutput}`);
  }
  return server;
}

async function startSluice({ directory }: ServerModels, flags: readonly string[]): Promise<BenchServer> {
  if (!existsSync(SLUICE)) throw new Error('src/main.ts is not there; try --servers naive');
  const [port, metricsPort] = [await freePort(), await freePort()];
  const dataDirectory = mkdtempSync(join(OUT, 'data-'));
  const running = RunningProcess.start(SLUICE, [
    ...['--models-dir', directory, '--data-dir', dataDirectory],
    ...['--predict-address', `${HOST}:${port}`, '--metrics-address', `${HOST}:${metricsPort}`],
    ...flags,
  ]);
  return {
    kind: 'sluice',
    host: HOST,
    port,
    process: running,
    totals: async (model) => await readVersionTotals(`http://${HOST}:${metricsPort}/metrics`, model),
    async [Symbol.asyncDispose]() {
      await running.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
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

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, HOST);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
