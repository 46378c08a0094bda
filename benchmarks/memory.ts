/** What memory does a serve process take: alone with iris, after load, and per further tiny version? */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MODELS, OUT, layOutModels } from './support/bench-models.ts';
import type { BenchModel } from './support/bench-models.ts';
import { isModelReady } from './support/call.ts';
import { runLoad } from './support/load.ts';
import { markdownTable } from './support/markdown.ts';
import type { Cell } from './support/markdown.ts';
import { memoryParts } from './support/memory-parts.ts';
import type { MemoryParts } from './support/memory-parts.ts';
import { median } from './support/statistics.ts';
import { startSluice } from './support/servers.ts';
import { describeMachine, parseSettings } from './support/settings.ts';

const COPIES = 20;
const LOADS = [
  { inFlight: 32, connections: 1 },
  { inFlight: 128, connections: 4 },
];
/** The thread that reads model files is gone by then. */
const IDLE_MS = 6000;
const POLL_MS = 20;
const MB = 1e6;

interface Snapshots {
  readonly ready: MemoryParts;
  readonly loaded: MemoryParts;
  readonly idle: MemoryParts;
}

export async function memory(args: readonly string[]): Promise<void> {
  const { seconds, rounds } = parseSettings(args, { seconds: 3, rounds: 3 });
  const found: { readonly alone: Snapshots; readonly together: Snapshots }[] = [];
  // What is compiled by the first start, the others find.
  await measure(0, 1);
  for (let round = 0; round < rounds; round += 1) {
    found.push({ alone: await measure(0, seconds), together: await measure(COPIES, seconds) });
  }
  const middle = (read: (one: (typeof found)[number]) => number): number => median(found.map(read)) / MB;
  const row = (when: string, at: keyof Snapshots): Record<string, Cell> => ({
    '': when,
    'resident MB': middle(({ alone }) => alone[at].residentBytes),
    'proportional MB': middle(({ alone }) => alone[at].proportionalBytes),
    'of it files': middle(({ alone }) => alone[at].fileBytes),
    "V8's and others' mappings": middle(({ alone }) => alone[at].mappedBytes),
    malloc: middle(({ alone }) => alone[at].mallocBytes),
    'MB per further version': middle(
      ({ alone, together }) => (together[at].residentBytes - alone[at].residentBytes) / COPIES,
    ),
  });
  console.log(
    `## Memory\n\n${describeMachine()} One serve process under \`sluice up\`, every default, iris; then with ${COPIES} ` +
      `copies of it as models of their own. Medians of ${rounds} starts.\n`,
  );
  console.log(
    markdownTable([row('ready', 'ready'), row('after load', 'loaded'), row(`${IDLE_MS / 1000} s later`, 'idle')]),
  );
}

async function measure(copies: number, seconds: number): Promise<Snapshots> {
  const directory = join(OUT, 'memory', String(copies));
  const models = Array.from({ length: 1 + copies }, (_, at): BenchModel => {
    return at === 0 ? MODELS.iris : { ...MODELS.iris, name: `${MODELS.iris.name}-${at}` };
  });
  if (!existsSync(directory)) mkdirSync(directory, { recursive: true });
  layOutModels(directory, models);
  await using server = await startSluice({ directory });
  for (const { name } of models) while (!(await isModelReady(server, name))) await sleep(POLL_MS);
  const [serve] = server.process.pidsOf('sluice serve');
  if (serve === undefined) throw new Error('there is no serve process');
  const ready = memoryParts(serve);
  for (const load of LOADS) await runLoad('closed', { server, model: MODELS.iris }, { ...load, seconds });
  const loaded = memoryParts(serve);
  await sleep(IDLE_MS);
  const idle = memoryParts(serve);
  rmSync(directory, { recursive: true, force: true });
  return { ready, loaded, idle };
}

if (import.meta.main) await memory(process.argv.slice(2));
