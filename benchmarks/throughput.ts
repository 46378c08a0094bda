/** What does a request cost, and how many a second are there? Sluice next to the naive baseline, turn about. */
import { join } from 'node:path';
import { MODELS, OUT, layOutModels } from './support/bench-models.ts';
import type { BenchModel } from './support/bench-models.ts';
import { findTool } from './support/find-tool.ts';
import { runGhz } from './support/ghz.ts';
import { measure } from './support/load.ts';
import type { Measurement } from './support/load.ts';
import { markdownTable } from './support/markdown.ts';
import type { Cell } from './support/markdown.ts';
import { startServer } from './support/servers.ts';
import type { BenchServer } from './support/servers.ts';
import { describeMachine, parseSettings } from './support/settings.ts';
import type { ScenarioSettings } from './support/settings.ts';
import { median } from './support/statistics.ts';

interface Case {
  readonly model: BenchModel;
  readonly inFlight: number;
}

const MEASURED: readonly BenchModel[] = [MODELS.iris, MODELS.mlpSmall, MODELS.mlp22mb, MODELS.image];
const IN_FLIGHT = [1, 64];
const CASES: readonly Case[] = MEASURED.flatMap((model) => IN_FLIGHT.map((inFlight) => ({ model, inFlight })));
const VERIFY_EVERY = 100;

export async function throughput(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args, { seconds: 1, rounds: 3 });
  const directory = join(OUT, 'models');
  const models = { directory, files: layOutModels(directory, MEASURED) };
  await using stack = new AsyncDisposableStack();
  const servers: BenchServer[] = [];
  for (const kind of settings.servers) servers.push(stack.use(await startServer(kind, models)));

  console.log(
    `## Throughput\n\n${describeMachine()} Closed loop, medians of ${settings.rounds} rounds, times in ms.\n`,
  );
  const measured = await measureAll(servers, settings);
  console.log(markdownTable(CASES.flatMap((one) => rowsOf(one, servers, measured))));
  await printGhz(servers, settings);
}

type Measured = ReadonlyMap<Case, ReadonlyMap<BenchServer, readonly Measurement[]>>;

/** Within a round every case is measured on each server at once after the other, so that a slow spell hits both. */
async function measureAll(servers: readonly BenchServer[], settings: ScenarioSettings): Promise<Measured> {
  const { seconds, rounds, connections } = settings;
  const measured = new Map(CASES.map((one) => [one, new Map(servers.map((server) => [server, [] as Measurement[]]))]));
  for (let round = 0; round < rounds; round += 1) {
    const turn = round % 2 === 0 ? servers : servers.toReversed();
    for (const one of CASES) {
      for (const server of turn) {
        const load = { ...one, seconds, connections, warmupSeconds: seconds / 2, verifyEvery: VERIFY_EVERY };
        measured
          .get(one)
          ?.get(server)
          ?.push(await measure('closed', { server, model: one.model }, load));
      }
    }
  }
  return measured;
}

function rowsOf(one: Case, servers: readonly BenchServer[], measured: Measured): Record<string, Cell>[] {
  const results = (server: BenchServer): readonly Measurement[] => measured.get(one)?.get(server) ?? [];
  const of = (server: BenchServer, pick: (result: Measurement) => number | undefined): number =>
    median(results(server).map(pick));
  const baseline = servers.findLast(({ kind }) => kind === 'naive');
  const cpu = ({ serverCpuUsPerCall }: Measurement): number => serverCpuUsPerCall;
  const rate = ({ load }: Measurement): number => load.goodput;
  return servers.map((server) => ({
    model: one.model.name,
    'in flight': one.inFlight,
    server: server.kind,
    'req/s': of(server, rate),
    p50: of(server, ({ load }) => load.ok.p50),
    p99: of(server, ({ load }) => load.ok.p99),
    'p99.9': of(server, ({ load }) => load.ok.p999),
    'server CPU µs/req': of(server, cpu),
    'rows/batch': of(server, ({ rowsPerBatch }) => rowsPerBatch),
    'compute µs/row': of(server, ({ computeUsPerRow }) => computeUsPerRow),
    errors: results(server).reduce((sum, { errors }) => sum + errors, 0),
    'req/s ÷ naive': baseline && of(server, rate) / of(baseline, rate),
    'CPU ÷ naive': baseline && of(server, cpu) / of(baseline, cpu),
  }));
}

/** The same question by another's tool, as a check of ours. */
async function printGhz(servers: readonly BenchServer[], { seconds, connections }: ScenarioSettings): Promise<void> {
  const inFlight = 64;
  console.log(`\n### By ghz: iris, ${inFlight} in flight\n`);
  const ghz = findTool('ghz');
  if (ghz === undefined) {
    console.log('Skipped: ghz is neither on the PATH nor in GOBIN nor in ~/go/bin.');
    return;
  }
  const rows: Record<string, Cell>[] = [];
  for (const server of servers) {
    const result = await runGhz(ghz, { server, model: MODELS.iris }, { seconds, inFlight, connections });
    rows.push({
      server: server.kind,
      'req/s': result.callsPerSecond,
      p50: result.p50,
      p99: result.p99,
      'server CPU µs/req': result.serverCpuUsPerCall,
      errors: result.errors,
    });
  }
  console.log(markdownTable(rows));
}

if (import.meta.main) await throughput(process.argv.slice(2));
