/** The words with which a version refuses a call, or lets go of one. */
import { ServerError } from '../domain/errors.ts';
import type { VersionSpec } from '../domain/version.ts';

/** How messages call a version. */
export function titleOf(spec: VersionSpec): string {
  return `model "${spec.model}" version "${spec.version}"`;
}

export function overstayReason(spec: VersionSpec): string {
  return `a run of ${titleOf(spec)} did not end within ${String(spec.settings.maxRunMs)} ms (max-run)`;
}

/** @param limit with its unit: "4 rows". */
export function queueFull(spec: VersionSpec, limit: string): ServerError {
  return new ServerError('resource_exhausted', `the queue of ${titleOf(spec)} is full (${limit}); retry later`);
}

export function wouldBeLate(
  spec: VersionSpec,
  { rowsAhead, waitMs, leftMs }: { rowsAhead: number; waitMs: number; leftMs: number },
): ServerError {
  return new ServerError(
    'resource_exhausted',
    `${titleOf(spec)} has ${String(rowsAhead)} rows waiting, about ${waitMs.toFixed(0)} ms of work, and the deadline is in ${leftMs.toFixed(0)} ms; retry later or allow more time`,
  );
}

export function cancelledWhileWaiting(): ServerError {
  return new ServerError('cancelled', 'the caller cancelled the request while it was queued');
}

export function expiredWhileWaiting(spec: VersionSpec): ServerError {
  return new ServerError('deadline_exceeded', `the deadline passed while the request waited for ${titleOf(spec)}`);
}
