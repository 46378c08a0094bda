/** What do versions that share weights cost: time until they are ready, memory, and what is left after many swaps? */
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MODELS, OUT, layOutModels } from './support/bench-models.ts';
import { isModelReady } from './support/call.ts';
import { markdownTable } from './support/markdown.ts';
import type { Cell } from './support/markdown.ts';
import { startSluice } from './support/servers.ts';
import type { BenchServer } from './support/servers.ts';
import { describeMachine, parseSettings } from './support/settings.ts';

type Layout = 'exported' | 'shared';

/** The preference that leads to the layout, for matrices this large. */
const PREFERENCES: Readonly<Record<Layout, string>> = { exported: 'throughput', shared: 'memory' };
const NAME = MODELS.mlp335mb.name;
const VERSIONS = ['1', '2'] as const;
const ONE_COPY_BYTES = 5 * 4096 * 4096 * 4;
const LANES = 4;
const SWAPS = 50;
/** Until then the allocator of threads that come and go still spreads. */
const WARM_UP_SWAPS = 10;
const POLL_MS = 20;
const CHANGE_TIMEOUT_MS = 60_000;
/** Memory is given back for a while after a version is gone; threads that read files end after 5 s. */
const SETTLE_MS = 6000;
const MB = 1e6;

interface Scene {
  readonly directory: string;
  readonly dataDirectory: string;
  readonly layout: Layout;
}

/** `--rounds` repeats the swaps; the others have nothing to set. */
export async function weights(args: readonly string[]): Promise<void> {
  const { rounds } = parseSettings(args, { seconds: 1, rounds: 1 });
  const root = join(OUT, 'weights');
  const directory = join(root, 'models');
  layOut(root, directory);
  const rows: Record<string, Cell>[] = [];
  for (const layout of ['exported', 'shared'] as const) {
    rows.push(await measure({ directory, dataDirectory: join(root, 'data'), layout }));
  }
  console.log(
    `## Shared weights\n\n${describeMachine()} ${NAME} in two versions with the same matrices, each on ${LANES} ` +
      `workers of one process. Memory is the proportional set size of the whole tree, without what it has before.\n`,
  );
  console.log(markdownTable(rows));
  const swaps = SWAPS * rounds;
  const scene = { directory, dataDirectory: join(root, 'data'), layout: 'shared' } as const;
  const { before, after, msEach } = await swap(scene, swaps);
  console.log(
    `\n${swaps} swaps from one version to the other and back, ${Math.round(msEach)} ms each, of shared weights, after ${WARM_UP_SWAPS} others:\n`,
  );
  console.log(markdownTable([memoryRow('before', before), memoryRow('after', after)]));
}

interface Memory {
  readonly residentBytes: number;
  readonly proportionalBytes: number;
}

function memoryRow(when: string, { residentBytes, proportionalBytes }: Memory): Record<string, Cell> {
  return { '': when, 'resident MB': residentBytes / MB, 'proportional MB': proportionalBytes / MB };
}

/** Two versions of one model. */
function layOut(root: string, directory: string): void {
  const files = layOutModels(join(root, 'aside'), [MODELS.mlp335mb, MODELS.mlp335mbTuned]);
  rmSync(directory, { recursive: true, force: true });
  for (const [at, file] of [...files.values()].entries()) {
    const folder = join(directory, NAME, VERSIONS[at] ?? '');
    mkdirSync(folder, { recursive: true });
    linkSync(file, join(folder, 'model.onnx'));
  }
}

async function measure(scene: Scene): Promise<Record<string, Cell>> {
  const before = await withServer({ ...scene, versions: [] }, async (server) => server.process.proportionalBytes());
  // What is qualified and laid out by the first one, the second finds.
  await withServer({ ...scene, versions: VERSIONS }, async () => undefined);
  const { bytes, readyMs } = await withServer({ ...scene, versions: ['1'] }, async (server) => {
    await serveOnly(scene.directory, server, VERSIONS);
    await sleep(SETTLE_MS);
    return { bytes: server.process.proportionalBytes() - before, readyMs: timeToReady(server.process.lastOutput) };
  });
  return {
    layout: scene.layout,
    'ms per worker until version 2 is ready': readyMs / LANES,
    'MB of memory': bytes / MB,
    'in copies of the weights': bytes / ONE_COPY_BYTES,
  };
}

/** From when the workers begin to load version 2 to when it is ready. NaN where the log does not tell. */
function timeToReady(log: string): number {
  const timeOf = (state: string): number => {
    const line = new RegExp(`"time":"([^"]+)","event":"versionState".*"version":"2","state":"${state}"`).exec(log);
    return Date.parse(line?.[1] ?? '');
  };
  return timeOf('ready') - timeOf('loading');
}

async function swap(
  scene: Scene,
  swaps: number,
): Promise<{ readonly before: Memory; readonly after: Memory; readonly msEach: number }> {
  return await withServer({ ...scene, versions: ['1'] }, async (server) => {
    const there = async (): Promise<void> => {
      await serveOnly(scene.directory, server, ['2']);
      await serveOnly(scene.directory, server, ['1']);
    };
    for (let done = 0; done < WARM_UP_SWAPS; done += 2) await there();
    const before = await settledMemory(server);
    const startedAt = performance.now();
    for (let done = 0; done < swaps; done += 2) await there();
    const msEach = (performance.now() - startedAt) / swaps;
    return { before, after: await settledMemory(server), msEach };
  });
}

async function settledMemory({ process }: BenchServer): Promise<Memory> {
  await sleep(SETTLE_MS);
  return { residentBytes: process.usage().residentBytes, proportionalBytes: process.proportionalBytes() };
}

async function serveOnly(directory: string, server: BenchServer, versions: readonly string[]): Promise<void> {
  choose(directory, versions);
  server.process.signal('SIGHUP');
  const giveUpMs = performance.now() + CHANGE_TIMEOUT_MS;
  const isDone = async (): Promise<boolean> => {
    const ready = await Promise.all(VERSIONS.map((each) => isModelReady(server, NAME, each)));
    return VERSIONS.every((each, at) => ready[at] === versions.includes(each));
  };
  while (!(await isDone())) {
    if (performance.now() > giveUpMs) throw new Error(`${versions.join(' and ')} alone should be ready by now`);
    await sleep(POLL_MS);
  }
}

function choose(directory: string, versions: readonly string[]): void {
  const config = { versionPolicy: { specific: versions } };
  writeFileSync(join(directory, NAME, 'config.json'), JSON.stringify(config));
}

interface Chosen extends Scene {
  readonly versions: readonly string[];
}

/** The models directory as it is, in one process: what is measured is the data plane's. */
async function withServer<T>(scene: Chosen, work: (server: BenchServer) => Promise<T>): Promise<T> {
  const { directory, dataDirectory, layout, versions } = scene;
  const empty = join(directory, '..', 'none');
  mkdirSync(empty, { recursive: true });
  if (versions.length > 0) choose(directory, versions);
  const flags = ['--control-address', 'off', '--lanes', String(LANES), '--qualification-timeout', '10m'];
  await using server = await startSluice({
    directory: versions.length > 0 ? directory : empty,
    dataDirectory,
    flags: [...flags, '--weights', PREFERENCES[layout]],
  });
  return await work(server);
}

if (import.meta.main) await weights(process.argv.slice(2));
