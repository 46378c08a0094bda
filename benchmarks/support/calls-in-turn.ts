/** Makes calls at a fixed rate, one kind after the other, whatever becomes of them; latency is from when one was due. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Histogram } from 'hdr-histogram-js';
import { newHistogram, record, summarize } from '../load/histogram.ts';
import type { Latencies } from '../load/histogram.ts';

export interface TimedCall {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** Calls of one name. */
export interface Kind {
  readonly name: string;
  /** Of those that succeeded. */
  readonly histogram: Histogram;
  readonly errors: number;
}

export interface CallsResult {
  /** In the order of the calls. */
  readonly kinds: readonly Kind[];
  /** How late calls were made: the client's own share of the latencies. */
  readonly sendDelay: Latencies;
  /** What went wrong first. */
  readonly firstError: string;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** A call that finds so many open is not made, and counts as an error. */
const MAX_OPEN = 500;

/** Resolves when every call has been answered; the calls have deadlines of their own. */
export async function callInTurn(
  calls: readonly TimedCall[],
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
): Promise<CallsResult> {
  const kinds = calls.map((call) => ({ ...call, histogram: newHistogram(), errors: 0 }));
  const sendDelay = newHistogram();
  const open = new Set<Promise<void>>();
  const startMs = performance.now();
  let firstError = '';
  const make = async (kind: (typeof kinds)[number], dueMs: number): Promise<void> => {
    try {
      await kind.run();
      record(kind.histogram, performance.now() - dueMs);
    } catch (caught) {
      kind.errors += 1;
      firstError ||= `${kind.name}: ${String(caught)}`;
    }
  };
  for (let count = 0; count < rate * seconds; count += 1) {
    const dueMs = startMs + (count * 1000) / rate;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    const kind = kinds[count % kinds.length];
    if (kind === undefined) throw new Error('there are no calls to make');
    if (open.size >= MAX_OPEN) {
      kind.errors += 1;
      firstError ||= `${kind.name}: ${MAX_OPEN} calls are open`;
      continue;
    }
    record(sendDelay, performance.now() - dueMs);
    const made = make(kind, dueMs).finally(() => open.delete(made));
    open.add(made);
  }
  const endMs = performance.now();
  await Promise.all(open);
  return {
    kinds,
    sendDelay: summarize(sendDelay),
    firstError,
    startedAtMs: performance.timeOrigin + startMs,
    endedAtMs: performance.timeOrigin + endMs,
  };
}
