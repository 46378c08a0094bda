/** Counts what became of every call of a load, so that none is forgotten: planned = sent + notSent, sent = statuses + unanswered. */
import type { Histogram } from 'hdr-histogram-js';
import { STATUS, STATUS_NAMES } from './grpc-status.ts';
import { encodeHistogram, newHistogram, record, summarize } from './histogram.ts';
import type { Latencies } from './histogram.ts';

export interface LoadResult {
  /** Epoch milliseconds: when measuring began, and when the last call was due. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly seconds: number;
  /** Every call that was sent, warm-up and check calls too: what the server's CPU is to be divided by. */
  readonly allCalls: number;
  readonly planned: number;
  readonly sent: number;
  /** Arrivals that found too many in flight. */
  readonly notSent: number;
  readonly unanswered: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Good answers per second that came in the measured time, whenever they were asked for. */
  readonly goodput: number;
  readonly ok: Latencies;
  /** RESOURCE_EXHAUSTED. */
  readonly refused: Latencies;
  /** How late calls were sent: the load generator's own share of the latencies. */
  readonly sendDelay: Latencies;
  readonly checked: number;
  readonly wrong: number;
  /** Connections that the server closed, each of which was replaced, with what it said. */
  readonly lostConnections: number;
  readonly lostBecause: readonly string[];
  readonly clientCpuUs: number;
  readonly slices: readonly Slice[];
}

export interface Slice {
  /** Epoch milliseconds. */
  readonly startMs: number;
  readonly notOk: number;
  /** Latencies of good answers, for mergeHistograms; by when their calls were due. */
  readonly ok: string;
}

interface OpenSlice {
  notOk: number;
  readonly ok: Histogram;
}

export interface TallyOptions {
  /** As performance.now() tells it. */
  readonly startMs: number;
  readonly endMs: number;
  readonly sliceMs: number;
}

export class Tally {
  planned = 0;
  notSent = 0;
  checked = 0;
  wrong = 0;
  allCalls = 0;
  lostConnections = 0;
  readonly #lostBecause = new Set<string>();
  readonly #options: TallyOptions;
  readonly #statuses = new Array<number>(STATUS_NAMES.length).fill(0);
  readonly #ok = newHistogram();
  readonly #refused = newHistogram();
  readonly #sendDelay = newHistogram();
  readonly #slices: OpenSlice[] = [];
  readonly #cpu = process.cpuUsage();
  #sent = 0;
  #okInTime = 0;

  constructor(options: TallyOptions) {
    this.#options = options;
  }

  /** Whether a call that was due then is measured. */
  isMeasured(dueMs: number): boolean {
    return dueMs >= this.#options.startMs;
  }

  recordSent(dueMs: number, nowMs: number): void {
    this.allCalls += 1;
    if (!this.isMeasured(dueMs)) return;
    this.#sent += 1;
    record(this.#sendDelay, nowMs - dueMs);
  }

  recordAnswer(answer: { readonly dueMs: number; readonly nowMs: number; readonly status: number }): void {
    const { dueMs, nowMs, status } = answer;
    const { startMs, endMs, sliceMs } = this.#options;
    if (status === STATUS.OK && nowMs >= startMs && nowMs <= endMs) this.#okInTime += 1;
    if (!this.isMeasured(dueMs)) return;
    const known = status in this.#statuses ? status : STATUS.UNKNOWN;
    this.#statuses[known] = (this.#statuses[known] ?? 0) + 1;
    const ms = nowMs - dueMs;
    if (status === STATUS.OK) record(this.#ok, ms);
    else if (status === STATUS.RESOURCE_EXHAUSTED) record(this.#refused, ms);
    if (sliceMs > 0) this.#recordInSlice(dueMs, status, ms);
  }

  /** Few reasons are different. */
  recordLostConnection(because: string): void {
    this.lostConnections += 1;
    this.#lostBecause.add(because);
  }

  result(nowMs: number): LoadResult {
    const { startMs, endMs } = this.#options;
    const stoppedMs = Math.min(endMs, nowMs);
    const epoch = performance.timeOrigin;
    const seconds = (stoppedMs - startMs) / 1000;
    const answered = this.#statuses.reduce((sum, count) => sum + count, 0);
    const cpu = process.cpuUsage(this.#cpu);
    return {
      startedAtMs: epoch + startMs,
      endedAtMs: epoch + stoppedMs,
      seconds,
      allCalls: this.allCalls,
      planned: this.planned,
      sent: this.#sent,
      notSent: this.notSent,
      unanswered: this.#sent - answered,
      statuses: Object.fromEntries(
        STATUS_NAMES.map((name, code) => [name, this.#statuses[code] ?? 0] as const).filter(([, count]) => count > 0),
      ),
      goodput: this.#okInTime / seconds,
      ok: summarize(this.#ok),
      refused: summarize(this.#refused),
      sendDelay: summarize(this.#sendDelay),
      checked: this.checked,
      wrong: this.wrong,
      lostConnections: this.lostConnections,
      lostBecause: [...this.#lostBecause],
      clientCpuUs: (cpu.user + cpu.system) / this.allCalls,
      slices: this.#closedSlices(),
    };
  }

  #recordInSlice(dueMs: number, status: number, ms: number): void {
    const at = Math.floor((dueMs - this.#options.startMs) / this.#options.sliceMs);
    while (this.#slices.length <= at) this.#slices.push({ notOk: 0, ok: newHistogram() });
    const slice = this.#slices[at];
    if (slice === undefined) return;
    if (status === STATUS.OK) record(slice.ok, ms);
    else slice.notOk += 1;
  }

  #closedSlices(): Slice[] {
    const { startMs, sliceMs } = this.#options;
    return this.#slices.map(({ notOk, ok }, at) => ({
      startMs: performance.timeOrigin + startMs + at * sliceMs,
      notOk,
      ok: encodeHistogram(ok),
    }));
  }
}
