/** Why a batch was closed: the words of the queue that closes it, the counters, and their export. */

/** It was full, an idle lane took what was there, the queue delay was over, or the next request's shape differed. */
export const CLOSE_REASONS = ['full', 'idle', 'delay', 'shape'] as const;

export type CloseReason = (typeof CLOSE_REASONS)[number];
