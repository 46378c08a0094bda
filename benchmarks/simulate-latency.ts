/** How often does evidence of latencies come up where there is none, and how many runs of a slow candidate does it take? */
import type { LatencyMetric } from '../src/domain/strategy.ts';
import { largestOfKeyedRuns } from '../test/simulation/keyed-runs.ts';
import type { KeyedRuns } from '../test/simulation/keyed-runs.ts';
import { crossingsOfEach, median } from '../test/simulation/null-runs.ts';
import {
  EVEN,
  largestLatencyEvidence,
  largestQuantileEvidence,
  runsToRollBack,
} from '../test/simulation/run-streams.ts';
import type { RunStream } from '../test/simulation/run-streams.ts';
import { compareOnLane, largestOfOldestCalls } from '../test/simulation/shared-lane.ts';
import type { Load, Question } from '../test/simulation/shared-lane.ts';
import { Prng } from '../test/support/prng.ts';
import { markdownTable } from './support/markdown.ts';
import { parseSettings } from './support/settings.ts';

const ALPHA = 0.05;
const RAMP = (block: number): number => (block < 10 ? 0.02 : block < 20 ? 0.1 : 0.5);

const STREAMS: Readonly<Record<string, RunStream>> = {
  'independent, 10 %': EVEN,
  'AR(1) 0.9, 10 %': { ...EVEN, correlation: 0.9 },
  'AR(1) 0.99, 10 %': { ...EVEN, correlation: 0.99 },
  'AR(1) 0.9, bursts, 50 %': { ...EVEN, correlation: 0.9, bursts: 0.005, shareAt: () => 0.5 },
  'ramp of weights, 3× slower meanwhile': { ...EVEN, correlation: 0.7, bursts: 0.005, drift: 3, shareAt: RAMP },
  'each call of 8 counted': { ...EVEN, callsPerRun: 8 },
};

/** `--rounds` counts thousands of rollouts of an equal candidate. */
export function simulateLatency(args: readonly string[]): void {
  const { rounds } = parseSettings(args, { seconds: 1, rounds: 10 });
  const runs = Math.round(rounds * 1000);
  const quantileRuns = Math.max(20, Math.round(rounds * 30));
  console.log('## Evidence of latencies\n');
  console.log(
    `Equal versions, alpha ${ALPHA}: alarms in % of ${runs} rollouts of 30 blocks of 24 runs by exceedances,`,
  );
  console.log(`and of ${quantileRuns} by the sequential quantile test of Howard and Ramdas (HR):\n`);
  const alarms = Object.entries(STREAMS).map(([name, stream]) => {
    const exceed = crossingsOfEach({ runs, seed: 1, alpha: ALPHA }, (random) => largestLatencyEvidence(random, stream));
    const quantile = crossingsOfEach({ runs: quantileRuns, seed: 1, alpha: ALPHA }, (random) =>
      largestQuantileEvidence(random, stream, [0.5, 0.95, 0.99]),
    );
    const percent = (of: readonly number[], at: number, all: number): number => (100 * (of[at] ?? 0)) / all;
    return {
      runs: name,
      p50: percent(exceed, 0, runs),
      p95: percent(exceed, 1, runs),
      p99: percent(exceed, 2, runs),
      'HR p50': percent(quantile, 0, quantileRuns),
      'HR p95': percent(quantile, 1, quantileRuns),
      'HR p99': percent(quantile, 2, quantileRuns),
    };
  });
  console.log(markdownTable(alarms));
  lanes(Math.max(10, Math.round(rounds * 10)));
  callers(Math.max(10, Math.round(rounds * 10)));
  powers();
}

const LOAD: Load = {
  share: 0.05,
  seconds: 60,
  callsPerSecond: 100,
  burst: { callsPerSecond: 3000, seconds: 0.05, every: 0.5 },
  contention: 1.5,
  runSeconds: 0.002,
  rowSeconds: 0.00002,
};
const LOADS: Readonly<Record<string, Load>> = {
  'a burst of 50 ms each 0.5 s, 5 %': LOAD,
  'the same, runs 3× slower in it': { ...LOAD, contention: 3 },
  'each 0.5 s, 25 %': { ...LOAD, share: 0.25 },
  'each 5 s, rows dearer, 5 %': { ...LOAD, rowSeconds: 0.0002, burst: { ...LOAD.burst, every: 5 } },
  'each 2 s, 25 %': { ...LOAD, share: 0.25, burst: { ...LOAD.burst, every: 2 } },
};
const METRICS: readonly LatencyMetric[] = [
  'request_p50',
  'request_p95',
  'request_p99',
  'compute_p50',
  'compute_p95',
  'compute_p99',
];
type Rule = (random: Prng, load: Load, question: Question) => readonly number[];

const RULES: Readonly<Record<string, Rule>> = {
  'the oldest of each run': largestOfOldestCalls,
  'neighbours of both arms': (random, load, question) => compareOnLane(random, load, question).largest(METRICS),
};

function lanes(runs: number): void {
  console.log(
    `\nEqual versions on one lane for a minute, margin 1.19, alpha ${ALPHA}: alarms in % of ${runs} rollouts\n`,
  );
  const rows = Object.entries(LOADS).flatMap(([load, of]) =>
    Object.entries(RULES).map(([counted, largest]) => {
      const crossed = crossingsOfEach({ runs, seed: 1, alpha: ALPHA }, (random) =>
        largest(random, of, { metrics: METRICS, margin: 1.19 }),
      );
      const cells = METRICS.map((metric, at) => [metric, (100 * (crossed[at] ?? 0)) / runs] as const);
      return { load, counted, ...Object.fromEntries(cells) };
    }),
  );
  console.log(markdownTable(rows));
}

const KEYED: KeyedRuns = { keys: 100, spread: 0.5, weights: [1000, 2500, 5000], blocks: 120, margin: 1.19 };

function callers(runs: number): void {
  console.log(`\nCallers with keys, shares by Zipf's law and sizes of their own (standard deviation of the logarithm`);
  console.log(
    `0.5), half a minute at 10, 25 and 50 %, margin 1.19, alpha ${ALPHA}: compute_p50 alarms in % of ${runs}`,
  );
  console.log(`where every run counts, and where a key's first call of each epoch does that drew its arm anew.\n`);
  const rows = [100, 1000].flatMap((keys) =>
    [1, 2, 3].flatMap((factor) =>
      [1, 4].map((processes) => {
        const crossed = crossingsOfEach({ runs, seed: 1, alpha: ALPHA }, (random) =>
          largestOfKeyedRuns(random, { ...KEYED, keys, factor, processes }),
        );
        const [all = 0, drawn = 0] = crossed.map((count) => (100 * count) / runs);
        return { callers: keys, slower: `${factor}×`, 'serve processes': processes, 'every run': all, drawn };
      }),
    ),
  );
  console.log(markdownTable(rows));
}

const POWER_RUNS = 200;
const POWER_ALPHA = 0.01;

function powers(): void {
  const stream: RunStream = { ...EVEN, blocks: 3000, correlation: 0.7, bursts: 0.005 };
  console.log(`\nRuns of the candidate until the rollback, AR(1) 0.7 with bursts, margin 1.19, alpha ${POWER_ALPHA}:`);
  console.log(`medians of ${POWER_RUNS}. At 50 % the baseline is of equal size, as with neighbours.\n`);
  const rows = [1.2, 1.5, 2, 3].map((factor) => {
    const needed = (metric: 'compute_p95' | 'compute_p99', share: number): number =>
      median(
        Array.from({ length: POWER_RUNS }, (_, run) => {
          const slow = { ...stream, factor, shareAt: (): number => share };
          return runsToRollBack(new Prng(run), slow, { metric, alpha: POWER_ALPHA, margin: 1.19 });
        }),
      );
    return {
      slower: `${factor}×`,
      'p95 at 10 %': needed('compute_p95', 0.1),
      'p95 at 50 %': needed('compute_p95', 0.5),
      'p99 at 10 %': needed('compute_p99', 0.1),
      'p99 at 50 %': needed('compute_p99', 0.5),
    };
  });
  console.log(markdownTable(rows));
}
