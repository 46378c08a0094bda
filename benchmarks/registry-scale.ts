/** What does a registry of 1,000 models with 20 versions each cost: at the start, per call, and in memory? */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AdminClient } from '../test/support/admin-client.ts';
import type { Service } from '../test/support/admin-client.ts';
import { newHistogram, record, summarize } from './load/histogram.ts';
import { MODELS, OUT, layOutModels } from './support/bench-models.ts';
import { beginTraffic, fillRegistry, modelName, readReport } from './support/fill-registry.ts';
import { markdownTable } from './support/markdown.ts';
import type { Cell } from './support/markdown.ts';
import { startSluice } from './support/servers.ts';
import type { SluiceOptions, SluiceServer } from './support/servers.ts';
import { describeMachine, parseSettings } from './support/settings.ts';

interface Scene {
  readonly dataDirectory: string;
  /** Of the models: there are none in it, all come from the registry. */
  readonly directory: string;
  /** Models that have traffic. */
  readonly live: number;
}

type Row = Record<string, Cell>;

const MODEL_COUNT = 1000;
const VERSION_COUNT = 20;
const FEW = 5;
const CALLS = 300;
/** Until the code is compiled, calls take several times as long. */
const WARMUP_CALLS = 300;
const APPLY_TIMEOUT_MS = 30_000;

/** `--rounds` multiplies the number of calls. */
export async function registryScale(args: readonly string[]): Promise<void> {
  const { rounds } = parseSettings(args, { seconds: 1, rounds: 1 });
  mkdirSync(OUT, { recursive: true });
  const directory = join(OUT, 'registry-scale');
  mkdirSync(directory, { recursive: true });
  const dataDirectory = mkdtempSync(join(OUT, 'data-'));
  try {
    const empty = await measureEmpty(directory);
    const filledMs = await fill(dataDirectory);
    console.log(
      `## Registry scale\n\n${describeMachine()} ${MODEL_COUNT} models with ${VERSION_COUNT} versions of iris each were ` +
        `written in ${(filledMs / 1000).toFixed(1)} s. Times in ms; calls come one after the other, ${CALLS * rounds} of each kind after ${WARMUP_CALLS} that are not counted.\n`,
    );
    console.log(`### For comparison, an empty registry\n\n${markdownTable(empty)}`);
    for (const live of [FEW, MODEL_COUNT]) {
      await beginTraffic(dataDirectory, names(live));
      rmSync(join(dataDirectory, 'serve'), { recursive: true, force: true });
      const rows = await measureScene({ dataDirectory, directory, live }, CALLS * rounds);
      console.log(`\n### ${live} models with traffic\n`);
      for (const table of rows) console.log(`${markdownTable(table)}\n`);
    }
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, at) => modelName(at));
}

/** Returns how long it took; the report is made by a server as for any other version. */
async function fill(dataDirectory: string): Promise<number> {
  const iris = join(OUT, 'registry-scale-iris');
  const file = layOutModels(iris, [MODELS.iris]).get(MODELS.iris.name) ?? '';
  const first = mkdtempSync(join(OUT, 'data-'));
  try {
    await (await startSluice({ directory: iris, dataDirectory: first }))[Symbol.asyncDispose]();
    const report = await readReport(first, MODELS.iris.name);
    const startMs = performance.now();
    await fillRegistry({ dataDirectory, models: MODEL_COUNT, versions: VERSION_COUNT, file, report });
    return performance.now() - startMs;
  } finally {
    rmSync(first, { recursive: true, force: true });
  }
}

/** Tables of starts, calls and sizes. */
async function measureScene(scene: Scene, calls: number): Promise<readonly (readonly Row[])[]> {
  const { dataDirectory, directory } = scene;
  const admin = await timedStart({ directory, dataDirectory, role: 'admin' });
  await admin.server[Symbol.asyncDispose]();
  const first = await timedStart({ directory, dataDirectory, role: 'up' });
  await first.server[Symbol.asyncDispose]();
  const again = await timedStart({ directory, dataDirectory, role: 'up' });
  await using server = again.server;
  using client = new AdminClient(server.adminAddress);
  const starts = [
    { start: 'admin, until its port answers', ms: admin.ms },
    { start: 'up, until READY, with nothing on the disk of serve', ms: first.ms },
    { start: 'up, until READY, again', ms: again.ms },
  ];
  return [starts, await measureCalls(client, scene, calls), [sizesOf(server, dataDirectory)]];
}

/** What the two processes take to start whatever the registry holds. */
async function measureEmpty(directory: string): Promise<readonly Row[]> {
  const admin = await timedStart({ directory, role: 'admin' });
  await admin.server[Symbol.asyncDispose]();
  const up = await timedStart({ directory, role: 'up' });
  await up.server[Symbol.asyncDispose]();
  return [
    { start: 'admin, until its port answers', ms: admin.ms },
    { start: 'up, until READY', ms: up.ms },
  ];
}

async function timedStart(options: SluiceOptions): Promise<{ readonly server: SluiceServer; readonly ms: number }> {
  const startMs = performance.now();
  const server = await startSluice(options);
  return { server, ms: performance.now() - startMs };
}

async function measureCalls(client: AdminClient, { live }: Scene, calls: number): Promise<readonly Row[]> {
  const model = (at: number): string => modelName((at * 7) % MODEL_COUNT);
  const withTraffic = (at: number): string => modelName((at * 7) % live);
  const rows: Row[] = [];
  const measure = async (service: Service, method: string, request: (at: number) => object): Promise<void> => {
    const histogram = newHistogram();
    for (let at = -WARMUP_CALLS; at < calls; at += 1) {
      const startMs = performance.now();
      await client.call(service, method, request(Math.abs(at)));
      if (at >= 0) record(histogram, performance.now() - startMs);
    }
    const { count, p50, p99, max } = summarize(histogram);
    rows.push({ call: method, calls: count, p50, p99, max });
  };
  await measure('Registry', 'ListVersions', (at) => ({ model: model(at) }));
  await measure('Registry', 'ListModels', (at) => ({ pageToken: '', pageSize: 100 - (at % 2) }));
  await measure('Traffic', 'GetTraffic', (at) => ({ model: withTraffic(at) }));
  const change = async (call: string, weight: number): Promise<void> => {
    const arms = [
      { version: '1', weight },
      { version: '2', weight: 10_000 - weight },
    ];
    const startMs = performance.now();
    const { applied } = await client.setTraffic(modelName(0), arms, { waitMs: APPLY_TIMEOUT_MS });
    const ms = performance.now() - startMs;
    rows.push({ call, calls: 1, p50: ms, p99: ms, max: applied ? ms : Infinity });
  };
  await change('SetTraffic, applied, one more version to load', 9000);
  await change('SetTraffic, applied', 5000);
  return rows;
}

function sizesOf({ process }: SluiceServer, dataDirectory: string): Row {
  const megabytes = (bytes: number): number => bytes / 1e6;
  return {
    'admin MB': megabytes(process.usageOf('sluice admin').residentBytes),
    'serve MB': megabytes(process.usageOf('sluice serve').residentBytes),
    'registry.db MB': megabytes(statSync(join(dataDirectory, 'registry.db')).size),
  };
}

if (import.meta.main) await registryScale(process.argv.slice(2));
