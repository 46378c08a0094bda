/** What the admin process does again and again so that what it keeps does not grow. */
import type { Evidence } from '../admin/evidence.ts';
import type { Statistics } from '../admin/statistics.ts';

export interface HousekeepingOptions {
  readonly statistics: Statistics;
  readonly evidence: Evidence;
  /** What failed is done again next time. */
  readonly onFault: (what: string, cause: unknown) => void;
}

const ROLL_UP_MS = 10_000;
/** Evidence is kept for a day or a month, and a look for what is older is a transaction that others wait for. */
const FORGET_MS = 3_600_000;

/** Returns the way to stop it. */
export function housekeep({ statistics, evidence, onFault }: HousekeepingOptions): () => void {
  const rollUp = setInterval(() => {
    statistics.rollUp().catch((caught: unknown) => {
      onFault('old statistics could not be rolled up', caught);
    });
  }, ROLL_UP_MS);
  const forget = setInterval(() => {
    evidence.forgetOld().catch((caught: unknown) => {
      onFault('old evidence could not be forgotten', caught);
    });
  }, FORGET_MS);
  return () => {
    clearInterval(rollUp);
    clearInterval(forget);
  };
}
