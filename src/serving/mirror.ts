/** Copies of calls for shadow versions: their answers reach nobody, and they never delay or fail the caller. */
import { toServerError } from '../domain/errors.ts';
import type { Tensor } from '../domain/tensor.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { Outcome } from '../domain/tracing.ts';
import { DroppedError } from '../runtime/unserved.ts';
import type { VersionRunner } from '../runtime/version-runner.ts';
import { arrangeInputs } from './arrange-inputs.ts';

export interface MirrorTarget {
  readonly runner: VersionRunner;
  /** Share of the calls that are copied, in 1/10,000. */
  readonly share: number;
}

/** What is copied of a call: the tensors as the caller sent them. */
export interface MirroredCall {
  readonly inputs: readonly Tensor[];
}

/** A copy outlives its call, since it goes last; one that is older than this would only compare the past. */
const PATIENCE_MS = 10_000;

/** Nobody waits for a copy, so nobody cancels it. */
const NEVER = { aborted: false };

/** To be called once the primary is enqueued. Never throws. @param random uniform in [0, 1). */
export function mirror(targets: readonly MirrorTarget[], call: MirroredCall, random: () => number): void {
  for (const { runner, share } of targets) {
    if (random() * TOTAL_WEIGHT >= share || runner.shadow === undefined) continue;
    void runCopy(runner.shadow, call.inputs);
  }
}

/** A copy that gets to run is a request of the shadow, as is one that does not fit it. Never rejects. */
async function runCopy(shadow: VersionRunner, given: readonly Tensor[]): Promise<void> {
  const startedAt = shadow.now();
  let outcome: Outcome = 'ok';
  try {
    // The tensors are views of the request's message, as on the way of the primary: nothing is copied until they run.
    const { inputs, rows, group } = arrangeInputs(shadow, given);
    const deadline = startedAt + PATIENCE_MS;
    await shadow.enqueue({ inputs, rows, group, outputs: [], deadline, signal: NEVER, trace: undefined });
  } catch (caught) {
    if (caught instanceof DroppedError) return;
    outcome = toServerError(caught).code;
  }
  shadow.stats.recordRequest(outcome, shadow.now() - startedAt);
}
