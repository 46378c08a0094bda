/** What do callers wait at half of the capacity, near it and at its edge, and what for? */
import { join } from 'node:path';
import { MODELS, OUT, layOutModels } from './support/bench-models.ts';
import type { BenchModel } from './support/bench-models.ts';
import type { LoadResult } from './load/tally.ts';
import { runLoad } from './support/load.ts';
import { markdownTable } from './support/markdown.ts';
import type { Cell } from './support/markdown.ts';
import { buckets, ceilingOf, countOf, gauges, quantileOf, since, versionTotals } from './support/prometheus.ts';
import type { Buckets } from './support/prometheus.ts';
import { startSluice } from './support/servers.ts';
import type { SluiceServer } from './support/servers.ts';
import { describeMachine, parseSettings } from './support/settings.ts';
import { median } from './support/statistics.ts';

const MEASURED: readonly BenchModel[] = [MODELS.iris, MODELS.mlp22mb];
const SHARES = [0.5, 0.8, 0.95];
/** Enough to find the capacity. */
const IN_FLIGHT = 128;

/** One load, and what the server says of the same time. */
interface Observation {
  readonly load: LoadResult;
  readonly cpuUsPerCall: number;
  readonly rowsPerBatch: number;
  readonly queue: Buckets;
  readonly hop: Buckets;
  readonly compute: Buckets;
  readonly gc: Buckets;
  /** Of the event loop, in seconds. */
  readonly delayP50: number;
  readonly delayP99: number;
  readonly delayMax: number;
}

interface Case {
  readonly model: BenchModel;
  readonly share: number;
  readonly rounds: Observation[];
}

export async function latency(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args, { seconds: 5, rounds: 3 });
  const { seconds, rounds, connections } = settings;
  const directory = join(OUT, 'latency', 'models');
  layOutModels(directory, MEASURED);
  await using server = await startSluice({ directory });
  const cases: Case[] = MEASURED.flatMap((model) => SHARES.map((share) => ({ model, share, rounds: [] })));
  const peaks = new Map<BenchModel, number[]>(MEASURED.map((model) => [model, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const model of MEASURED) {
      const closed = { seconds: seconds / 2, warmupSeconds: seconds / 4, connections, inFlight: IN_FLIGHT };
      const peak = (await runLoad('closed', { server, model }, closed)).goodput;
      peaks.get(model)?.push(peak);
      for (const one of cases.filter((candidate) => candidate.model === model)) {
        one.rounds.push(await observe(server, one, { seconds, connections, rate: one.share * peak }));
      }
    }
  }
  const capacity = [...peaks].map(([{ name }, found]) => `${name} ${Math.round(median(found))} req/s`).join(', ');
  console.log(
    `## Latency under load\n\n${describeMachine()} Open loop, Poisson arrivals, shares of the capacity that ${IN_FLIGHT} ` +
      `calls in flight found just before (${capacity}). Medians of ${rounds} rounds, times in ms from when a call was due.\n`,
  );
  console.log(markdownTable(cases.map(callersRow)));
  console.log(
    '\nWhat they waited for, as the server counts it: the queue and the batch per call and per batch, the collector and ' +
      'the event loop of the main thread (largest of all rounds; pauses by the upper bound of their bucket).\n',
  );
  console.log(markdownTable(cases.map((one) => serverRow(one, seconds))));
}

async function observe(
  server: SluiceServer,
  { model }: Case,
  load: { readonly seconds: number; readonly connections: number; readonly rate: number },
): Promise<Observation> {
  // Reading begins a new window of the event loop's delay, so nothing else may read in between.
  const before = await server.metricsPages();
  const { cpuSeconds } = server.process.usage();
  const open = { ...load, warmupSeconds: load.seconds / 5, spacing: 'poisson', verifyEvery: 1000 } as const;
  const result = await runLoad('open', { server, model }, open);
  const cpuUs = (server.process.usage().cpuSeconds - cpuSeconds) * 1e6;
  const after = await server.metricsPages();
  const [former, latter] = [versionTotals(before, model.name), versionTotals(after, model.name)];
  const rows = (latter?.rows ?? 0) - (former?.rows ?? 0);
  const batches = (latter?.batches ?? 0) - (former?.batches ?? 0);
  const between = (name: string, label: string): Buckets =>
    since(buckets(before, name, label), buckets(after, name, label));
  const label = `model="${model.name}"`;
  const delay = (statistic: string): number =>
    Math.max(...gauges(after, `nodejs_eventloop_delay_${statistic}_seconds`));
  return {
    load: result,
    cpuUsPerCall: cpuUs / result.allCalls,
    rowsPerBatch: rows / batches,
    queue: between('sluice_request_queue_duration_seconds', label),
    hop: between('sluice_batch_hop_duration_seconds', label),
    compute: between('sluice_batch_compute_duration_seconds', label),
    gc: between('v8js_gc_duration_seconds', ''),
    delayP50: delay('p50'),
    delayP99: delay('p99'),
    delayMax: delay('max'),
  };
}

function callersRow({ model, share, rounds }: Case): Record<string, Cell> {
  const of = (pick: (round: Observation) => number): number => median(rounds.map(pick));
  return {
    model: model.name,
    load: `${Math.round(share * 100)} %`,
    'req/s': of(({ load }) => load.goodput),
    p50: of(({ load }) => load.ok.p50),
    p99: of(({ load }) => load.ok.p99),
    'p99.9': of(({ load }) => load.ok.p999),
    max: of(({ load }) => load.ok.max),
    'sent late p99': of(({ load }) => load.sendDelay.p99),
    'rows/batch': of(({ rowsPerBatch }) => rowsPerBatch),
    'server CPU µs/req': of(({ cpuUsPerCall }) => cpuUsPerCall),
    errors: rounds.reduce((sum, { load }) => sum + load.sent - (load.statuses.OK ?? 0) + load.wrong, 0),
  };
}

function serverRow({ model, share, rounds }: Case, seconds: number): Record<string, Cell> {
  const ms = (pick: (round: Observation) => number): number => 1000 * median(rounds.map(pick));
  const largest = (pick: (round: Observation) => number): number => 1000 * Math.max(...rounds.map(pick));
  return {
    model: model.name,
    load: `${Math.round(share * 100)} %`,
    'queue p50': ms(({ queue }) => quantileOf(queue, 0.5)),
    'queue p99': ms(({ queue }) => quantileOf(queue, 0.99)),
    'hop p50': ms(({ hop }) => quantileOf(hop, 0.5)),
    'hop p99': ms(({ hop }) => quantileOf(hop, 0.99)),
    'compute p50': ms(({ compute }) => quantileOf(compute, 0.5)),
    'compute p99': ms(({ compute }) => quantileOf(compute, 0.99)),
    'gc/s': median(rounds.map(({ gc }) => countOf(gc) / seconds)),
    'gc ms/s': ms(({ gc }) => gc.sum / seconds),
    'gc max ≤': largest(({ gc }) => ceilingOf(gc)),
    'loop p50': ms(({ delayP50 }) => delayP50),
    'loop p99': ms(({ delayP99 }) => delayP99),
    'loop max': largest(({ delayMax }) => delayMax),
  };
}

if (import.meta.main) await latency(process.argv.slice(2));
