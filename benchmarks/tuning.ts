/** One setting changed at a time: what does it change for callers, and what does it cost? For docs/tuning.md. */
import { join } from 'node:path';
import { MODELS, OUT, layOutModels } from './support/bench-models.ts';
import type { BenchModel } from './support/bench-models.ts';
import { measure } from './support/load.ts';
import type { Measurement } from './support/load.ts';
import { markdownTable } from './support/markdown.ts';
import type { Cell } from './support/markdown.ts';
import { startSluice } from './support/servers.ts';
import type { SluiceServer } from './support/servers.ts';
import { describeMachine, parseSettings } from './support/settings.ts';
import { median } from './support/statistics.ts';

const LANES = ['--lanes', '2'];

/** The first one is what the others are held against. */
const SETTINGS = new Map([
  ['as it comes', LANES],
  ['--max-batch-rows 1', [...LANES, '--max-batch-rows', '1']],
  ['--max-queue-delay 2ms', [...LANES, '--max-queue-delay', '2ms']],
  ['--intra-op-threads 2, 1 lane', ['--lanes', '1', '--intra-op-threads', '2']],
]);

const CASES: readonly (readonly [model: BenchModel, inFlight: number])[] = [
  [MODELS.iris, 1],
  [MODELS.iris, 32],
  [MODELS.mlp22mb, 1],
  [MODELS.mlp22mb, 32],
];

interface Running {
  readonly setting: string;
  readonly server: SluiceServer;
  /** By case. */
  readonly results: readonly Measurement[][];
}

export async function tuning(args: readonly string[]): Promise<void> {
  const { seconds, rounds, connections } = parseSettings(args, { seconds: 2, rounds: 3 });
  const directory = join(OUT, 'tuning', 'models');
  layOutModels(directory, [...new Set(CASES.map(([model]) => model))]);
  await using stack = new AsyncDisposableStack();
  const all: Running[] = [];
  for (const [setting, flags] of SETTINGS) {
    const server = await startSluice({ directory, flags: [...flags, '--qualification-timeout', '5m'] });
    stack.use(server);
    all.push({ setting, server, results: CASES.map(() => []) });
  }
  for (let round = 0; round < rounds; round += 1) {
    const turn = round % 2 === 0 ? all : all.toReversed();
    for (const [at, [model, inFlight]] of CASES.entries()) {
      for (const { server, results } of turn) {
        const load = { seconds, inFlight, connections: Math.min(connections, inFlight), warmupSeconds: seconds / 2 };
        results[at]?.push(await measure('closed', { server, model }, load));
      }
    }
  }
  console.log(
    `## Settings\n\n${describeMachine()} Closed loop, ${connections} connections at most, medians of ${rounds} rounds ` +
      `of ${seconds} s, times in ms.\n`,
  );
  console.log(markdownTable(CASES.flatMap((_, at) => all.map((running) => rowOf(at, running)))));
}

function rowOf(at: number, { setting, results }: Running): Record<string, Cell> {
  const [model, inFlight] = CASES[at] ?? [MODELS.iris, 0];
  const of = (pick: (result: Measurement) => number | undefined): number => median(results[at]?.map(pick) ?? []);
  return {
    'model, in flight': `${model.name}, ${inFlight}`,
    setting,
    'req/s': of(({ load }) => load.goodput),
    p50: of(({ load }) => load.ok.p50),
    p99: of(({ load }) => load.ok.p99),
    'server CPU µs/req': of(({ serverCpuUsPerCall }) => serverCpuUsPerCall),
    'rows/batch': of(({ rowsPerBatch }) => rowsPerBatch),
    errors: results[at]?.reduce((sum, { errors }) => sum + errors, 0),
  };
}

if (import.meta.main) await tuning(process.argv.slice(2));
