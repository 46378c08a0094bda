/** Faults as they fall on the arms of a rollout, and what the evidence makes of them. */
import { addCounts, logEvidence, NO_COUNT_EVIDENCE } from '../../src/stats/count-evidence.ts';
import type { Prng } from '../support/prng.ts';

/** The candidate's share of traffic, after so many faults and with so much evidence against it. */
export type Policy = (seen: { readonly faults: number; readonly logE: number }) => number;

export function steady(share: number): Policy {
  return () => share;
}

const LADDER = [0.01, 0.05, 0.1, 0.25, 0.5];

/** A ramp that goes up while nothing speaks against it, and back as soon as something does. */
export function nervousRamp(): Policy {
  let rung = 0;
  return ({ faults, logE }) => {
    if (logE > 0.7) rung = Math.max(0, rung - 1);
    else if (faults % 10 === 9) rung = Math.min(LADDER.length - 1, rung + 1);
    return LADDER[rung] ?? 0;
  };
}

export interface FaultStream {
  readonly faults: number;
  readonly policy: Policy;
  /** The candidate's error rate as a multiple of the baseline's. */
  readonly ratio: number;
  readonly margin: number;
}

/** The largest ln e that is seen after any of the faults. */
export function largestFaultEvidence(random: Prng, { faults, policy, ratio, margin }: FaultStream): number {
  let evidence = NO_COUNT_EVIDENCE;
  let [logE, most] = [0, 0];
  for (let fault = 0; fault < faults; fault += 1) {
    const share = policy({ faults: fault, logE });
    const isCandidate = random.next() < (share * ratio) / (share * ratio + 1 - share);
    evidence = addCounts(evidence, { candidate: isCandidate ? 1 : 0, baseline: isCandidate ? 0 : 1, share, margin });
    logE = logEvidence(evidence);
    most = Math.max(most, logE);
  }
  return most;
}

export interface FaultsNeeded {
  readonly all: number;
  readonly candidate: number;
}

/** Faults until the evidence reaches 1/α; gives up after `limit`. */
export function faultsToRollBack(
  random: Prng,
  { ratio, share, alpha, limit }: { ratio: number; share: number; alpha: number; limit: number },
): FaultsNeeded {
  const onCandidate = (share * ratio) / (share * ratio + 1 - share);
  let evidence = NO_COUNT_EVIDENCE;
  let candidate = 0;
  for (let all = 1; all <= limit; all += 1) {
    const isCandidate = random.next() < onCandidate;
    if (isCandidate) candidate += 1;
    evidence = addCounts(evidence, { candidate: isCandidate ? 1 : 0, baseline: isCandidate ? 0 : 1, share, margin: 1 });
    if (isCandidate && logEvidence(evidence) >= -Math.log(alpha)) return { all, candidate };
  }
  return { all: limit, candidate };
}

export interface FailingKeys {
  readonly keys: number;
  /** How often the calls of one failing key fail, on average. */
  readonly callsPerKey: number;
  readonly share: number;
}

/**
 * Callers whose requests fail whatever answers them: an arm has the whole caller. The largest ln e where every fault
 * counts, and where only the first of a slot does.
 */
export function largestOfFailingKeys(random: Prng, { keys, callsPerKey, share }: FailingKeys): readonly number[] {
  let [every, first] = [NO_COUNT_EVIDENCE, NO_COUNT_EVIDENCE];
  let [mostEvery, mostFirst] = [0, 0];
  const seen = new Set<number>();
  for (let key = 0; key < keys; key += 1) {
    const slot = Math.floor(random.next() * 10_000);
    const isCandidate = slot < share * 10_000;
    const calls = 1 + Math.floor(Math.log(1 - random.next()) / Math.log(1 - 1 / callsPerKey));
    const block = { candidate: isCandidate ? calls : 0, baseline: isCandidate ? 0 : calls, share, margin: 1 };
    every = addCounts(every, block);
    mostEvery = Math.max(mostEvery, logEvidence(every));
    if (seen.has(slot)) continue;
    seen.add(slot);
    first = addCounts(first, { ...block, candidate: isCandidate ? 1 : 0, baseline: isCandidate ? 0 : 1 });
    mostFirst = Math.max(mostFirst, logEvidence(first));
  }
  return [mostEvery, mostFirst];
}
