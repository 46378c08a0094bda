/** The verdicts on a candidate: pass, fail or insufficient per metric and over all, each with its numbers. */
import type { UnitSums } from '../domain/experiment.ts';
import type { Strategy } from '../domain/strategy.ts';
import { guardrailVerdict } from './judge-guardrail.ts';
import { disagreementVerdict, errorVerdict, latencyVerdict, outcomeVerdict } from './judge-metric.ts';
import type { PairCounts } from './judge-metric.ts';
import type { RolloutEvidence } from './evidence.ts';
import type { Verdict, VerdictKind } from './state.ts';
import { isLatency } from './strategy.ts';

export interface JudgeInput {
  readonly strategy: Strategy;
  readonly evidence: RolloutEvidence;
  /** Of stable and candidate; undefined = nothing was compared. */
  readonly pairs: PairCounts | undefined;
  /** By the outcome's name; arms are called stable and candidate. */
  readonly outcomes: ReadonlyMap<string, readonly UnitSums[]>;
  /** Epoch ms. */
  readonly now: number;
}

export interface Judgement {
  readonly verdicts: readonly Verdict[];
  readonly overall: VerdictKind;
}

/** One alpha for the whole rollout: the metrics share it equally, and each may be looked at as often as one likes. */
export function judge(input: JudgeInput): Judgement {
  const { analysis } = input.strategy;
  const alpha = analysis.alpha / analysis.metrics.length;
  const metrics = analysis.metrics.map((plan): Verdict => {
    const { metric } = plan;
    if (metric === 'error_rate') return errorVerdict(input.evidence, plan, alpha);
    if (isLatency(metric)) return latencyVerdict(input.evidence.latencies[metric], { ...plan, metric }, alpha);
    if (metric === 'disagreement') return disagreementVerdict(input.pairs, plan, alpha);
    return outcomeVerdict(input.outcomes.get(metric.slice('outcome:'.length)) ?? [], plan, alpha);
  });
  const guardrails = analysis.guardrails.map((plan) => guardrailVerdict(input.evidence.recent, plan, input.now));
  const fuse = analysis.fuse === 0 ? [] : [fuseVerdict(input.evidence, analysis.fuse)];
  const verdicts = [...metrics, ...guardrails, ...fuse];
  return { verdicts, overall: overallOf(verdicts, metrics) };
}

/** A guardrail or fuse that has seen little says nothing, and keeps nobody waiting. */
function overallOf(verdicts: readonly Verdict[], metrics: readonly Verdict[]): VerdictKind {
  if (verdicts.some(({ verdict, onFail }) => verdict === 'fail' && onFail !== 'alert')) return 'fail';
  return metrics.some(({ verdict }) => verdict === 'insufficient') ? 'insufficient' : 'pass';
}

function fuseVerdict({ longestRow, candidate }: RolloutEvidence, fuse: number): Verdict {
  const isBlown = longestRow >= fuse;
  return {
    metric: 'fuse',
    verdict: isBlown ? 'fail' : 'pass',
    summary: `${longestRow} faults of the candidate in a row at most (the fuse blows at ${fuse})`,
    candidate: longestRow,
    stable: 0,
    limit: fuse,
    bound: longestRow,
    eValue: 0,
    threshold: 0,
    alpha: 0,
    alphaSpent: 0,
    candidateSamples: candidate.calls,
    stableSamples: 0,
    onFail: 'rollback',
  };
}
