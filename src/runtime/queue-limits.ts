/** How much may wait for a version: calls by its settings, copies a part of that in a queue of their own. */
import type { QueueLimits } from '../batching/batch-queue.ts';
import type { ModelSettings } from '../domain/version.ts';
import type { Role } from '../monitor/series.ts';

/** Of the live queue's limits. */
const SHADOW_SHARE = 1 / 4;

export function queueLimits({ maxQueueRows, maxQueueBytes }: ModelSettings, role: Role): QueueLimits {
  if (role === 'live') return { maxRows: maxQueueRows, maxBytes: maxQueueBytes };
  return {
    maxRows: Math.max(1, Math.floor(SHADOW_SHARE * maxQueueRows)),
    maxBytes: Math.floor(SHADOW_SHARE * maxQueueBytes),
  };
}
