/** One serve process or two on the same cores: what is the difference for callers, and what does it cost? */
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

const MEASURED: readonly BenchModel[] = [MODELS.iris, MODELS.mlpSmall, MODELS.mlp22mb];
const IN_FLIGHT = 64;
/** So many that the kernel spreads them over two processes about evenly. */
const CONNECTIONS_AT_LEAST = 16;

interface Layout {
  readonly serveProcesses: number;
  /** Of each. */
  readonly lanes: number;
}

const LAYOUTS: readonly Layout[] = [
  { serveProcesses: 1, lanes: 1 },
  { serveProcesses: 1, lanes: 2 },
  { serveProcesses: 2, lanes: 1 },
  { serveProcesses: 2, lanes: 2 },
];

interface Running extends Layout {
  readonly server: SluiceServer;
  readonly results: Map<BenchModel, Measurement[]>;
}

export async function cores(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args, { seconds: 2, rounds: 3 });
  const { seconds, rounds } = settings;
  const connections = Math.max(CONNECTIONS_AT_LEAST, settings.connections);
  const directory = join(OUT, 'cores', 'models');
  layOutModels(directory, MEASURED);
  await using stack = new AsyncDisposableStack();
  const all: Running[] = [];
  for (const layout of LAYOUTS) {
    const flags = ['--lanes', String(layout.lanes), '--qualification-timeout', '5m'];
    const server = stack.use(await startSluice({ directory, serveProcesses: layout.serveProcesses, flags }));
    all.push({ ...layout, server, results: new Map(MEASURED.map((model) => [model, []])) });
  }
  for (let round = 0; round < rounds; round += 1) {
    const turn = round % 2 === 0 ? all : all.toReversed();
    for (const model of MEASURED) {
      for (const { server, results } of turn) {
        const load = { seconds, connections, inFlight: IN_FLIGHT, warmupSeconds: seconds / 2, verifyEvery: 1000 };
        results.get(model)?.push(await measure('closed', { server, model }, load));
      }
    }
  }
  console.log(
    `## Serve processes\n\n${describeMachine()} Closed loop, ${IN_FLIGHT} in flight over ${connections} connections, ` +
      `medians of ${rounds} rounds, times in ms.\n`,
  );
  console.log(markdownTable(MEASURED.flatMap((model) => all.map((running) => rowOf(model, running)))));
}

function rowOf(model: BenchModel, { serveProcesses, lanes, server, results }: Running): Record<string, Cell> {
  const of = (pick: (result: Measurement) => number | undefined): number => median(results.get(model)?.map(pick) ?? []);
  return {
    model: model.name,
    'processes × lanes': `${serveProcesses} × ${lanes}`,
    'req/s': of(({ load }) => load.goodput),
    p50: of(({ load }) => load.ok.p50),
    p99: of(({ load }) => load.ok.p99),
    'server CPU µs/req': of(({ serverCpuUsPerCall }) => serverCpuUsPerCall),
    'rows/batch': of(({ rowsPerBatch }) => rowsPerBatch),
    'MB resident, serve': server.process.usageOf('sluice serve').residentBytes / 2 ** 20,
    errors: results.get(model)?.reduce((sum, { errors }) => sum + errors, 0),
  };
}

if (import.meta.main) await cores(process.argv.slice(2));
