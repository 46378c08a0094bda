/**
 * Callers whose requests have a size of their own, and whose routing keys decide for one version in each epoch: weights
 * grow step by step, and the versions are alike.
 */
import type { LatencyMetric } from '../../src/domain/strategy.ts';
import { TOTAL_WEIGHT } from '../../src/domain/traffic.ts';
import type { Arm } from '../../src/domain/traffic.ts';
import { Histogram } from '../../src/monitor/histogram.ts';
import { histogramTotals } from '../../src/monitor/series.ts';
import { NO_LATENCY_EVIDENCE } from '../../src/rollout/latency-evidence.ts';
import { nextDraw } from '../../src/routing/draw.ts';
import { hashOf } from '../../src/routing/pick.ts';
import { buildLadder } from '../../src/routing/route-table.ts';
import type { Draw, PolicyRoute, Route } from '../../src/routing/route-table.ts';
import { Router } from '../../src/routing/router.ts';
import { assignSlots } from '../../src/routing/slots.ts';
import type { Prng } from '../support/prng.ts';
import { ARMS, Comparison } from './comparison.ts';
import { addBlock } from './run-streams.ts';

export interface KeyedRuns {
  readonly keys: number;
  /** Standard deviation over callers of the logarithm of a run's time. */
  readonly spread: number;
  /** The candidate's weights, one after the other for the same time. */
  readonly weights: readonly number[];
  readonly blocks: number;
  readonly margin: number;
  /** Serve processes; each call comes to any of them. */
  readonly processes?: number;
  /** How much slower the candidate is; 1 where it is not given. */
  readonly factor?: number;
}

const RUNS_PER_BLOCK = 24;
const OWN_SPREAD = 0.2;
const MIDDLE_MS = 10;
const METRIC: LatencyMetric = 'compute_p50';

/** The largest ln e where all runs count, and as serve processes and rollouts count them. */
export function largestOfKeyedRuns(random: Prng, options: KeyedRuns): readonly number[] {
  const { keys, spread, weights, blocks, margin, processes = 1, factor = 1 } = options;
  const levels = Array.from({ length: keys }, () => spread * random.normal());
  const pickCaller = zipf(keys);
  const salt = String(random.next());
  const router = new Router<string>(() => random.next());
  const comparison = new Comparison({ margins: new Map([[METRIC, margin]]), processes });
  let all = NO_LATENCY_EVIDENCE;
  let arms: readonly Arm[] = [];
  let draw: Draw | undefined;
  for (let block = 0; block < blocks; block += 1) {
    const step = Math.floor((block * weights.length) / blocks);
    if (step !== Math.floor(((block - 1) * weights.length) / blocks)) {
      const weight = weights[step] ?? 0;
      arms = assignSlots(arms, armsOf(weight));
      const ladder = buildLadder(arms, (version) => version);
      draw = nextDraw(draw, ladder);
      router.swap(new Map([['iris', routeOf(step + 1, { ladder, salt, draw })]]));
      comparison.open(step + 1, weight);
    }
    const times = { candidate: new Histogram(), stable: new Histogram() };
    for (let run = 0; run < RUNS_PER_BLOCK; run += 1) {
      const caller = pickCaller(random.next());
      const question = { model: 'iris', version: '', routingKey: `caller-${caller}`, header: () => undefined };
      const { arm, epoch, slot, isDrawn, key } = router.route(question);
      const slower = arm === ARMS.candidate ? factor : 1;
      const ms = slower * MIDDLE_MS * Math.exp((levels[caller] ?? 0) + OWN_SPREAD * random.normal());
      times[arm === ARMS.candidate ? 'candidate' : 'stable'].record(ms / 1000);
      const process = comparison.processes[Math.floor(random.next() * processes)];
      const ticket = process?.arrive({ model: 'iris', epoch, arm, slot, isDrawn, keyHash: hashOf(key) });
      if (ticket !== undefined) process?.record(ticket, { outcome: 'ok', ms, run: { id: Symbol(), computeMs: ms } });
    }
    const whole = { candidate: histogramTotals(times.candidate), stable: histogramTotals(times.stable) };
    all = addBlock(all, whole, { metric: METRIC, margin });
    comparison.report(block * 250);
  }
  return [all.mostLog, ...comparison.largest([METRIC])];
}

/** Callers have shares of the traffic by Zipf's law. */
function zipf(callers: number): (uniform: number) => number {
  let whole = 0;
  const upTo = Array.from({ length: callers }, (_, rank) => (whole += 1 / (rank + 1)));
  return (uniform) => firstAbove(upTo, uniform * whole);
}

function armsOf(weight: number): readonly Omit<Arm, 'slots'>[] {
  const { candidate, stable } = ARMS;
  return [
    { version: stable, arm: stable, weight: TOTAL_WEIGHT - weight },
    { version: candidate, arm: candidate, weight },
  ];
}

function routeOf(epoch: number, part: Pick<PolicyRoute<string>, 'ladder' | 'salt' | 'draw'>): Route<string> {
  const policy = { ...part, rules: [], shadows: [], failOver: undefined, sticky: true, routingKeyHeader: '' };
  const nothing = new Map<string, string>();
  return {
    model: 'iris',
    epoch,
    policy,
    reason: '',
    aliases: nothing,
    ready: nothing,
    absent: nothing,
    others: nothing,
    latest: '',
  };
}

function firstAbove(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
