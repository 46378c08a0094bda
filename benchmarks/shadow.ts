/** Do callers notice that all of their calls are copied to a shadow and compared? */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { AdminClient } from '../test/support/admin-client.ts';
import type { LoadResult } from './load/tally.ts';
import { layOutModels, MODELS, OUT } from './support/bench-models.ts';
import type { BenchModel } from './support/bench-models.ts';
import { measure, runLoad } from './support/load.ts';
import { markdownTable } from './support/markdown.ts';
import type { Cell } from './support/markdown.ts';
import { startSluice } from './support/servers.ts';
import type { SluiceServer } from './support/servers.ts';
import { describeMachine, parseSettings } from './support/settings.ts';
import type { ScenarioSettings } from './support/settings.ts';
import { median } from './support/statistics.ts';

/** What became of the copies so far; see ShadowComparison. */
interface Comparison {
  readonly pairs: number;
  readonly skipped: Readonly<Record<string, number>>;
}

interface Outcome {
  readonly load: LoadResult;
  readonly serverCpuUsPerCall: number;
  readonly errors: number;
}

const MODEL = MODELS.iris;
const SHADOW = join(import.meta.dirname, '..', 'models', 'iris', '2');
const SHARES = [0, 10_000] as const;
type Share = (typeof SHARES)[number];
const IN_FLIGHT_AT_PEAK = 64;
/** Until the code is compiled, the peak is not the peak. */
const WARMUP_SECONDS = 3;
const APPLY_TIMEOUT_MS = 30_000;

/** `--seconds` is the length of one measurement; with and without a shadow take turns, `--rounds` times. */
export async function shadow(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args, { seconds: 5, rounds: 7 });
  const directory = join(OUT, 'shadow');
  layOutModels(directory, [MODEL]);
  cpSync(SHADOW, join(directory, MODEL.name, '2'), { recursive: true });
  await using server = await startSluice({ directory });
  using admin = new AdminClient(server.adminAddress);
  const rate = (await findPeak(server, MODEL, settings)) / 2;
  const outcomes = new Map<Share, Outcome[]>(SHARES.map((share) => [share, []]));
  for (let round = 0; round < settings.rounds; round += 1) {
    // What goes first has the machine as the former round left it.
    const order = round % 2 === 0 ? SHARES : SHARES.toReversed();
    for (const share of order) {
      await putShadow(admin, share);
      outcomes.get(share)?.push(await measureOnce(server, { rate, settings }));
    }
  }
  console.log(
    `## Shadow\n\n${describeMachine()} ${MODEL.name} version 1 at half of its peak, ${Math.round(rate)} req/s, open ` +
      `loop, with and without version 2 as its shadow, in turn; medians of ${settings.rounds} rounds, times in ms.\n`,
  );
  console.log(markdownTable([...outcomes].map(([share, results]) => rowOf(share, results))));
  console.log(`\n${await verdictOf(outcomes, admin)}`);
}

async function findPeak(server: SluiceServer, model: BenchModel, settings: ScenarioSettings): Promise<number> {
  const { seconds, connections } = settings;
  const load = { seconds, connections, warmupSeconds: WARMUP_SECONDS, inFlight: IN_FLIGHT_AT_PEAK };
  return (await runLoad('closed', { server, model }, load)).goodput;
}

async function putShadow(admin: AdminClient, share: Share): Promise<void> {
  const arms = [{ version: '1', weight: 10_000 }];
  const policy = { arms, shadows: share === 0 ? [] : [{ version: '2', share }] };
  await admin.call('Traffic', 'SetTraffic', { model: MODEL.name, policy, waitMs: APPLY_TIMEOUT_MS });
}

async function measureOnce(
  server: SluiceServer,
  { rate, settings }: { readonly rate: number; readonly settings: ScenarioSettings },
): Promise<Outcome> {
  const { seconds, connections } = settings;
  const load = { seconds, connections, rate, spacing: 'poisson', warmupSeconds: 1, verifyEvery: 100 } as const;
  return await measure('open', { server, model: MODEL }, load);
}

function rowOf(share: Share, results: readonly Outcome[]): Record<string, Cell> {
  const of = (pick: (outcome: Outcome) => number): number => median(results.map(pick));
  return {
    'copied %': share / 100,
    'good/s': of(({ load }) => load.goodput),
    p50: of(({ load }) => load.ok.p50),
    p99: of(({ load }) => load.ok.p99),
    'sent late p99': of(({ load }) => load.sendDelay.p99),
    'server CPU µs/call': of(({ serverCpuUsPerCall }) => serverCpuUsPerCall),
    errors: results.reduce((sum, { errors }) => sum + errors, 0),
  };
}

/** Ratios within a round: what the machine does beside it is much the same for both. */
async function verdictOf(outcomes: ReadonlyMap<Share, readonly Outcome[]>, admin: AdminClient): Promise<string> {
  const [without = [], copied = []] = SHARES.map((share) => outcomes.get(share));
  const ratio = (pick: (load: LoadResult) => number): string =>
    median(copied.map(({ load }, round) => pick(load) / pick(without[round]?.load ?? load))).toFixed(2);
  const query = { model: MODEL.name, shadow: '2' };
  const { pairs, skipped } = await admin.call<Comparison>('Shadows', 'GetComparison', query);
  const others = Object.entries(skipped).map(([why, count]) => `${count} ${why}`);
  return (
    `With the shadow p50 is ${ratio(({ ok }) => ok.p50)} times and p99 ${ratio(({ ok }) => ok.p99)} times what it is ` +
    `without. ${[`${pairs} pairs compared`, ...others].join(', ')}.`
  );
}

if (import.meta.main) await shadow(process.argv.slice(2));
