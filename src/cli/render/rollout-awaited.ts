/** What an open rollout waits for, and how far each metric is from its limit. */
import type { Rollout__Output } from '../../transport/gen/sluice/admin/v1/Rollout.ts';
import type { Verdict__Output } from '../../transport/gen/sluice/admin/v1/Verdict.ts';
import { paint, visible } from './ansi.ts';
import type { Look } from './ansi.ts';

const PLOT_CELLS = 24;
/** The limit stands at two thirds, so that there is room for what is beyond it. */
const LIMIT_CELL = 16;

const LATENCY = /^(compute|request)_p(\d+)$/;

/**
 * "━━━━━●───┤   ┃": what was seen, the bound that it is not worse than, and the limit. A metric passes when its bound
 * is left of the limit. '' where there is no limit above 0.
 */
export function marginPlot(verdict: Verdict__Output): string {
  const { limit, bound, threshold } = verdict;
  const seen = seenOf(verdict);
  const isLowerLimit = verdict.metric === 'guardrail:success_rate';
  const most = isLowerLimit ? 1 - limit : limit;
  if (!(most > 0) || !Number.isFinite(most)) return '';
  const cellOf = (value: number): number => Math.min(Math.round((value / most) * LIMIT_CELL), PLOT_CELLS - 1);
  const point = seen === undefined ? undefined : cellOf(seen);
  const end = threshold > 0 ? cellOf(bound) : undefined;
  const cells = Array.from({ length: PLOT_CELLS }, (_, at) => {
    if (at === point) return '●';
    if (at === end) return bound / most > (PLOT_CELLS - 1) / LIMIT_CELL ? '▸' : '┤';
    if (at === LIMIT_CELL) return '┃';
    if (point !== undefined && at < point) return '━';
    return end !== undefined && at < end ? '─' : ' ';
  });
  return cells.join('').trimEnd();
}

/** The estimate that the bound is about; undefined where the server does not tell it. */
function seenOf({ metric, candidate, stable, threshold }: Verdict__Output): number | undefined {
  if (metric === 'guardrail:success_rate') return 1 - candidate;
  if (threshold === 0) return candidate;
  // Latencies are told in ms, and their bounds are shares of runs.
  if (LATENCY.test(metric)) return undefined;
  return metric.startsWith('outcome:') ? undefined : Math.max(candidate - stable, 0);
}

/** One line each; none where it has ended. */
export function awaitedLines(rollout: Rollout__Output, look: Look): string[] {
  if (rollout.endedAt !== null) return [];
  const lines = [...phaseNeeds(rollout), ...rollout.verdicts.flatMap(metricNeeds)];
  return lines.map((line) => paint(`needs  ${line}`, 'yellow', look.colour));
}

function phaseNeeds({ phase, startedBy }: Rollout__Output): string[] {
  if (phase === 'awaiting_approval') return [`an approval, not by ${visible(startedBy)}: sluice rollout approve`];
  if (phase === 'paused') return ['somebody who resumes or aborts it: sluice rollout resume'];
  return phase === 'loading' ? ['the candidate to be ready on every serve process'] : [];
}

function metricNeeds(verdict: Verdict__Output): string[] {
  const { metric, verdict: kind, threshold } = verdict;
  if (kind !== 'insufficient' || threshold === 0) return [];
  const more = moreSamples(verdict);
  const name = visible(metric);
  if (more === undefined) return [`${name}: ${unitOf(metric)} of both versions`];
  if (more === Infinity) return [`${name}: better answers; as they are, no number of ${unitOf(metric)} makes it pass`];
  const supposed = LATENCY.test(metric) ? 'it is as fast as stable' : 'they are like those so far';
  return [`${name}: some ${more} more ${unitOf(metric)} of the candidate, if ${supposed}`];
}

function unitOf(metric: string): string {
  if (metric.startsWith('compute_') || metric.startsWith('request_')) return 'runs';
  if (metric === 'disagreement') return 'pairs';
  return metric.startsWith('outcome:') ? 'units' : 'calls';
}

/**
 * How many more until the bound is at the limit, in two digits; undefined where nothing is known yet, Infinity where
 * the estimate itself is beyond the limit. The width of the bound shrinks as the root of the number, or as the number
 * where nothing was seen to fail.
 */
export function moreSamples(verdict: Verdict__Output): number | undefined {
  const { metric, limit, bound, candidateSamples, stableSamples } = verdict;
  const samples = candidateSamples.toNumber();
  const [, , percentile] = LATENCY.exec(metric) ?? [];
  // Of a candidate that is as good as stable, so many are slower than stable's quantile.
  const seen = percentile === undefined ? seenOf(verdict) : 1 - Number(`0.${percentile}`);
  if (samples === 0 || stableSamples.isZero() || seen === undefined || !Number.isFinite(bound)) return undefined;
  if (seen >= limit) return Infinity;
  const ratio = (bound - seen) / (limit - seen);
  const more = samples * (seen === 0 ? ratio : ratio ** 2) - samples;
  return more <= 1 ? 1 : Math.ceil(Number(more.toPrecision(2)));
}
