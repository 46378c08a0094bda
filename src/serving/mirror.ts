/** Copies of calls for shadow versions: their answers reach nobody, and they never delay or fail the caller. */
import { toServerError } from '../domain/errors.ts';
import type { Tensor } from '../domain/tensor.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import { DroppedError } from '../runtime/unserved.ts';
import type { VersionRunner } from '../runtime/version-runner.ts';
import { arrangeInputs } from './arrange-inputs.ts';
import type { CopyOutcome, PairedCall } from './shadow-pairs.ts';
import type { Shadowing } from './shadowing.ts';

export interface MirrorTarget {
  readonly runner: VersionRunner;
  /** Share of the calls that are copied, in 1/10,000. */
  readonly share: number;
}

export interface MirrorMeans {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly shadowing: Shadowing;
}

/** A copy outlives its call, since it goes last; one that is older than this would only compare the past. */
const PATIENCE_MS = 10_000;

/** Nobody waits for a copy, so nobody cancels it. */
const NEVER = { aborted: false };

/** To be called once the primary is enqueued, with the tensors as the caller sent them. Never throws. */
export function mirror(targets: readonly MirrorTarget[], call: PairedCall, means: MirrorMeans): void {
  for (const { runner, share } of targets) {
    if (means.random() * TOTAL_WEIGHT >= share || runner.shadow === undefined) continue;
    means.shadowing.follow(call, runner.shadow, (copy) => runCopy(copy, call.inputs));
  }
}

/** A copy that gets to run is a request of the shadow, as is one that does not fit it. Never rejects. */
async function runCopy(shadow: VersionRunner, given: readonly Tensor[]): Promise<CopyOutcome> {
  const startedAt = shadow.now();
  const copied = await answerOf(shadow, given, startedAt + PATIENCE_MS);
  if (copied.kind === 'dropped') return copied;
  shadow.stats.recordRequest(copied.kind === 'failed' ? copied.code : 'ok', shadow.now() - startedAt);
  return copied;
}

async function answerOf(shadow: VersionRunner, given: readonly Tensor[], deadline: number): Promise<CopyOutcome> {
  try {
    // The tensors are views of the request's message, as on the way of the primary: nothing is copied until they run.
    const { inputs, rows, group } = arrangeInputs(shadow, given);
    const call = { inputs, rows, group, outputs: [], deadline, signal: NEVER, trace: undefined };
    return { kind: 'answered', answer: await shadow.enqueue(call) };
  } catch (caught) {
    return caught instanceof DroppedError ? { kind: 'dropped' } : { kind: 'failed', code: toServerError(caught).code };
  }
}
