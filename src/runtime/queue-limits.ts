/** How much may wait for a version, and how long: calls by its settings, copies in a queue of their own. */
import type { QueueLimits } from '../batching/batch-queue.ts';
import type { ModelSettings } from '../domain/version.ts';
import type { Role } from '../monitor/series.ts';
import type { VersionGauges } from '../monitor/version-stats.ts';

/**
 * A call is accepted only if this many times the expected wait would still let it end in time: the expectation is a
 * mean, and a call that is accepted and then expires has kept its place from one that would have been answered.
 */
export const WAIT_MARGIN = 1.3;

/** Of the live queue's limits. */
const SHADOW_SHARE = 1 / 4;

export function queueLimits({ maxQueueRows, maxQueueBytes }: ModelSettings, role: Role): QueueLimits {
  if (role === 'live') return { maxRows: maxQueueRows, maxBytes: maxQueueBytes };
  return {
    maxRows: Math.max(1, Math.floor(SHADOW_SHARE * maxQueueRows)),
    maxBytes: Math.floor(SHADOW_SHARE * maxQueueBytes),
  };
}

/** @param running calls that are running now. */
export function queueGauges(
  queue: { readonly rows: number; readonly size: number },
  { maxRows }: QueueLimits,
  running: () => number,
): VersionGauges {
  return {
    queueRows: () => queue.rows,
    queueLimitRows: () => maxRows,
    inFlight: () => queue.size + running(),
  };
}

/**
 * Nobody waits for a copy, so that copies wait for each other: one run of many leaves callers more of the cores than
 * many runs.
 */
const COPY_DELAY_MS = 20;

/** How long an idle lane waits for a fuller batch. */
export function queueDelayMs({ maxQueueDelayMs }: ModelSettings, role: Role): number {
  return role === 'live' ? maxQueueDelayMs : Math.max(COPY_DELAY_MS, maxQueueDelayMs);
}
