/**
 * An e-process for "events fall on the candidate more often than its share of the exposure says".
 *
 * Each event is the candidate's with probability `share` where both arms are alike. Under a risk ratio e^δ it
 * would be q = w e^δ / (w e^δ + 1 - w), and the wealth of betting on δ grows by (q/w)^x ((1-q)/(1-w))^(1-x). The
 * mean of the wealth over a fixed grid of δ is a nonnegative supermartingale of at most 1 on average for every
 * risk ratio up to the margin, whatever decides the shares, as long as they are known before the events: it may be
 * looked at after each, and P(it ever reaches 1/α) <= α (Ville). The grid takes the place of the beta mixture of
 * Lindon & Malek (2011.03567), whose closed form needs one share for all events.
 *
 * An event is a unit that chance sent to its arm by itself: of a caller's calls, which share an arm, only the
 * first that fails is one. Where each of ten failing calls of a caller counts, most rollouts of an equal candidate
 * raise an alarm. In a block whose exposure is counted instead of drawn the events are hypergeometric where both
 * arms are alike, which the binomial dominates in convex order (Hoeffding 1963, Theorem 4); the wealth is convex
 * in them, so it still shrinks.
 */
import assert from 'node:assert/strict';

/** ln of the wealth for each effect of the grid; plain data. */
export type CountEvidence = readonly number[];

/** Risk ratios from 1.1 to 1,000, closer together where effects are small. */
const RATIOS = [1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3, 4, 5, 7, 10, 15, 25, 50, 100, 300, 1000];

export const NO_COUNT_EVIDENCE: CountEvidence = RATIOS.map(() => 0);

/**
 * Takes in one block of events, given that of all exposures a share of `share` was the candidate's. `margin` >= 1 is
 * the risk ratio that is still no harm. A block whose exposure was one-sided says nothing.
 */
export function addCounts(
  evidence: CountEvidence,
  block: { readonly candidate: number; readonly baseline: number; readonly share: number; readonly margin: number },
): CountEvidence {
  const { candidate, baseline, share, margin } = block;
  assert(evidence.length === RATIOS.length, 'evidence of this grid');
  assert(candidate >= 0 && baseline >= 0, 'events are counted');
  assert(share >= 0 && share <= 1 && margin >= 1, 'a share lies between 0 and 1, a margin from 1 on');
  if (share === 0 || share === 1 || candidate + baseline === 0) return evidence;
  const null0 = (share * margin) / (share * margin + 1 - share);
  return evidence.map((log, index) => {
    const ratio = RATIOS[index] ?? 1;
    const q = (null0 * ratio) / (null0 * ratio + 1 - null0);
    return log + candidate * Math.log(q / null0) + baseline * Math.log((1 - q) / (1 - null0));
  });
}

/** ln of the e-value: of the mean of the wealth. 0 before there is any evidence. */
export function logEvidence(evidence: CountEvidence): number {
  const most = Math.max(...evidence);
  const sum = evidence.reduce((total, log) => total + Math.exp(log - most), 0);
  return most + Math.log(sum / evidence.length);
}
