/** Runs a load in a process of its own, and tells what it cost the server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import type { LoadOptions } from '../load/options.ts';
import { loadFlags } from '../load/options.ts';
import type { LoadResult } from '../load/tally.ts';
import type { BenchModel } from './bench-models.ts';
import type { BenchServer } from './servers.ts';

export type Loop = 'open' | 'closed';

export interface Measurement {
  readonly load: LoadResult;
  readonly serverCpuUsPerCall: number;
  /** undefined where the server does not tell. */
  readonly rowsPerBatch: number | undefined;
  readonly computeUsPerRow: number | undefined;
  /** Calls that were not answered OK, or wrongly. */
  readonly errors: number;
}

type Settings = Partial<Omit<LoadOptions, 'host' | 'port' | 'model' | 'input'>> & { readonly seconds: number };

/** What of a server its load needs to know. */
type Aim = Pick<BenchServer, 'host' | 'port'> & { readonly kind: string };

/** Beyond what the load itself may take: the start of a process, connections, check calls. */
const SPARE_SECONDS = 30;

export async function runLoad(
  loop: Loop,
  aim: { readonly server: Aim; readonly model: BenchModel },
  settings: Settings,
): Promise<LoadResult> {
  const { host, port } = aim.server;
  const { name: model, input } = aim.model;
  const file = join(import.meta.dirname, '..', 'load', `${loop}-loop.ts`);
  const flags = loadFlags({ ...settings, host, port, model, input });
  const child = spawn(process.execPath, [file, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const seconds = settings.seconds + (settings.warmupSeconds ?? 0) + (settings.drainSeconds ?? 10) + SPARE_SECONDS;
  const overdue = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
  const [output] = await Promise.all([readAll(child.stdout), once(child, 'exit')]);
  clearTimeout(overdue);
  if (child.exitCode !== 0) throw new Error(`the load generator failed against ${aim.server.kind}, model ${model}`);
  // JSON has no NaN, which stands for a percentile of nothing.
  return JSON.parse(output, (_key, value: unknown) => (value === null ? NaN : value)) as LoadResult;
}

export async function measure(
  loop: Loop,
  aim: { readonly server: BenchServer; readonly model: BenchModel },
  settings: Settings,
): Promise<Measurement> {
  const { server, model } = aim;
  const totalsBefore = await server.totals(model.name);
  const { cpuSeconds } = server.process.usage();
  const load = await runLoad(loop, aim, settings);
  const cpuUs = (server.process.usage().cpuSeconds - cpuSeconds) * 1e6;
  const totals = await server.totals(model.name);
  const rows = (totals?.rows ?? 0) - (totalsBefore?.rows ?? 0);
  const batches = (totals?.batches ?? 0) - (totalsBefore?.batches ?? 0);
  const computeUs = ((totals?.computeSeconds ?? 0) - (totalsBefore?.computeSeconds ?? 0)) * 1e6;
  return {
    load,
    serverCpuUsPerCall: cpuUs / load.allCalls,
    rowsPerBatch: batches > 0 ? rows / batches : undefined,
    computeUsPerRow: rows > 0 ? computeUs / rows : undefined,
    errors: load.sent - (load.statuses.OK ?? 0) + load.wrong,
  };
}
