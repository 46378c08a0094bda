/** What is left of the service when more comes than can be served, and how soon is it back? */
import { join } from 'node:path';
import { MODELS, OUT, layOutModels } from './support/bench-models.ts';
import type { BenchModel } from './support/bench-models.ts';
import { runLoad } from './support/load.ts';
import { markdownTable } from './support/markdown.ts';
import type { Cell } from './support/markdown.ts';
import { startServer } from './support/servers.ts';
import type { BenchServer } from './support/servers.ts';
import { describeMachine, parseSettings } from './support/settings.ts';
import type { ScenarioSettings } from './support/settings.ts';
import { median } from './support/statistics.ts';
import { Watch } from './support/watch.ts';
import type { LoadResult } from './load/tally.ts';

interface Case {
  readonly factor: number;
  /** 0 = none. */
  readonly deadlineMs: number;
}

interface Outcome {
  readonly load: LoadResult;
  readonly peakResidentBytes: number;
  readonly recoveryMs: number;
}

/** steady_work is bound by computing; iris costs next to nothing to compute, so the transport is what is overloaded. */
const MEASURED: readonly BenchModel[] = [MODELS.steadyWork, MODELS.iris];
const DEADLINE_MS = 500;
const FACTORS = [1, 2, 4];
const CASES: readonly Case[] = [DEADLINE_MS, 0].flatMap((deadlineMs) =>
  FACTORS.map((factor) => ({ factor, deadlineMs })),
);
const IN_FLIGHT_AT_PEAK = 64;
/** Until the code is compiled, the peak is not the peak. */
const PEAK_WARMUP_SECONDS = 3;
const DRAIN_SECONDS = 5;

export async function overload(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args, { seconds: 2, rounds: 1 });
  console.log(
    `## Overload\n\n${describeMachine()} Open loop at multiples of each server's own peak, which a closed loop with ` +
      `${IN_FLIGHT_AT_PEAK} in flight finds; latency from when a call was due; medians of ${settings.rounds} rounds, times in ms.`,
  );
  for (const model of MEASURED) await overloadModel(model, settings);
}

async function overloadModel(model: BenchModel, settings: ScenarioSettings): Promise<void> {
  const directory = join(OUT, 'overload', model.name);
  const models = { directory, files: layOutModels(directory, [model]) };
  const rows: Record<string, Cell>[] = [];
  const peaks: string[] = [];
  for (const kind of settings.servers) {
    // One at a time: an overloaded server next to it would be a load of its own.
    await using server = await startServer(kind, models);
    const peak = await findPeak(server, model, settings);
    peaks.push(`${kind} ${Math.round(peak)} req/s, ${megabytes(server.process.usage().residentBytes)} MB resident`);
    const outcomes = new Map(CASES.map((one) => [one, [] as Outcome[]]));
    for (let round = 0; round < settings.rounds; round += 1) {
      for (const one of CASES) outcomes.get(one)?.push(await overloadOnce({ server, model, one, peak, settings }));
    }
    for (const [one, results] of outcomes) rows.push(rowOf(server, one, { peak, results }));
  }
  console.log(`\n### ${model.name}: at the peak ${peaks.join('; ')}\n\n${markdownTable(rows)}`);
}

async function findPeak(server: BenchServer, model: BenchModel, settings: ScenarioSettings): Promise<number> {
  const { seconds, connections } = settings;
  const load = { seconds, connections, warmupSeconds: PEAK_WARMUP_SECONDS, inFlight: IN_FLIGHT_AT_PEAK };
  return (await runLoad('closed', { server, model }, load)).goodput;
}

async function overloadOnce(options: {
  readonly server: BenchServer;
  readonly model: BenchModel;
  readonly one: Case;
  readonly peak: number;
  readonly settings: ScenarioSettings;
}): Promise<Outcome> {
  const { server, model, one, peak, settings } = options;
  using watch = await Watch.begin(server, model);
  const load = await runLoad('open', options, {
    seconds: settings.seconds,
    connections: settings.connections,
    warmupSeconds: settings.seconds / 2,
    rate: one.factor * peak,
    spacing: 'poisson',
    deadlineMs: one.deadlineMs,
    drainSeconds: DRAIN_SECONDS,
    verifyEvery: 100,
  });
  const recoveryMs = await watch.recoveryMs(load.endedAtMs);
  return { load, recoveryMs, peakResidentBytes: watch.peakResidentBytes };
}

function rowOf(
  server: BenchServer,
  { factor, deadlineMs }: Case,
  { peak, results }: { readonly peak: number; readonly results: readonly Outcome[] },
): Record<string, Cell> {
  const of = (pick: (outcome: Outcome) => number): number => median(results.map(pick));
  const status = (name: string): number => of(({ load }) => ((load.statuses[name] ?? 0) / load.planned) * 100);
  return {
    server: server.kind,
    load: `${factor}×`,
    deadline: deadlineMs === 0 ? 'none' : `${deadlineMs} ms`,
    'good/s': of(({ load }) => load.goodput),
    '% of peak': of(({ load }) => (load.goodput / peak) * 100),
    'ok p50': of(({ load }) => load.ok.p50),
    'ok p99': of(({ load }) => load.ok.p99),
    'refused %': status('RESOURCE_EXHAUSTED'),
    'refused p50': of(({ load }) => load.refused.p50),
    'refused p99': of(({ load }) => load.refused.p99),
    'expired %': status('DEADLINE_EXCEEDED'),
    'other errors %': of(({ load }) => otherErrors(load)),
    'unanswered %': of(({ load }) => (load.unanswered / load.planned) * 100),
    'not sent %': of(({ load }) => (load.notSent / load.planned) * 100),
    'sent late p99': of(({ load }) => load.sendDelay.p99),
    'lost connections': results.reduce((sum, { load }) => sum + load.lostConnections, 0),
    wrong: results.reduce((sum, { load }) => sum + load.wrong, 0),
    'peak MB': of(({ peakResidentBytes }) => megabytes(peakResidentBytes)),
    'recovered after': of(({ recoveryMs }) => recoveryMs),
  };
}

/** Neither answered, nor refused, nor expired. */
function otherErrors({ statuses, planned }: LoadResult): number {
  const { OK = 0, RESOURCE_EXHAUSTED = 0, DEADLINE_EXCEEDED = 0 } = statuses;
  const all = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  return ((all - OK - RESOURCE_EXHAUSTED - DEADLINE_EXCEEDED) / planned) * 100;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

if (import.meta.main) await overload(process.argv.slice(2));
