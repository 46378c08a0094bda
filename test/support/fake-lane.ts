/** A version without threads: what its queue gives is answered, or not, by the test itself. */
import { VersionRunner } from '../../src/runtime/version-runner.ts';
import type { Call, RunnerOptions } from '../../src/runtime/version-runner.ts';
import { VersionStats } from '../../src/monitor/version-stats.ts';
import { report, spec, tensor } from './builders.ts';

export function runnerOf(over: Partial<RunnerOptions> = {}): VersionRunner {
  const chosen = over.spec ?? spec();
  return new VersionRunner({
    spec: chosen,
    report: report(),
    stats: new VersionStats({ model: chosen.model, version: chosen.version, now: () => 0 }),
    session: 1,
    now: () => 0,
    onWork: () => undefined,
    ...over,
  });
}

/** A live runner with its shadow. */
export function shadowedRunnerOf(over: Partial<RunnerOptions> = {}): { live: VersionRunner; shadow: VersionRunner } {
  const { model, version } = over.spec ?? spec();
  const shadow = runnerOf({ ...over, stats: new VersionStats({ model, version, role: 'shadow', now: () => 0 }) });
  return { live: runnerOf({ ...over, shadow }), shadow };
}

const NEVER = new AbortController().signal;

export function call(over: Partial<Call> = {}): Call {
  return {
    inputs: [tensor('x', 'FP32', [1, 2], [1, 2])],
    outputs: [],
    rows: 1,
    group: '',
    deadline: Infinity,
    signal: NEVER,
    trace: undefined,
    ...over,
  };
}

/** Runs the next batch as a lane would, echoing each member's inputs; the number of members. */
export function runNext(runner: VersionRunner, maxRows = Infinity): number {
  const batch = runner.take(maxRows);
  if (batch === undefined) return 0;
  for (const member of batch.members) {
    const timings = { queueMs: 0, hopMs: 0, computeMs: 0, batchRows: batch.rows };
    member.resolve({ outputs: member.inputs, timings, batch: undefined, run: Symbol() });
  }
  runner.finished(batch.members.length);
  return batch.members.length;
}

/** "ok", or "code: message". */
export async function outcomeOf(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
    return 'ok';
  } catch (caught) {
    const { code, message } = caught as { code?: string; message: string };
    return code === undefined ? message : `${code}: ${message}`;
  }
}
