/** How the process itself fares: event-loop delay and use, collections of garbage, processor time, resident memory. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { GcPauses } from './gc-pauses.ts';

/** The two readings of `process` that are needed; only main.ts touches it, so they are handed in. */
export interface ProcessReadings {
  cpuUsage(): { readonly user: number; readonly system: number };
  readonly memoryUsage: { rss(): number };
}

export interface Vitals {
  /** Seconds since the process began. */
  readonly cpuUserSeconds: number;
  readonly cpuSystemSeconds: number;
  readonly residentBytes: number;
  /** Share of the time since the former read in which the event loop worked, 0 to 1. */
  readonly loopUtilization: number;
  /** Seconds, over the time since the former read; undefined when there was no sample yet. */
  readonly loopDelay: LoopDelay | undefined;
  /** Since the process began. */
  readonly gcPauses: GcPauses['pauses'];
}

export interface LoopDelay {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly stddev: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

const RESOLUTION_MS = 20;

/**
 * Each reader (Prometheus, OTLP) has its own, since reading begins a new window: with a shared one, the reader that
 * comes more often would hide the delays from the other.
 */
export class ProcessVitals {
  readonly #process: ProcessReadings;
  readonly #gc: GcPauses;
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #utilization = performance.eventLoopUtilization();

  constructor(process: ProcessReadings, gc: GcPauses) {
    this.#process = process;
    this.#gc = gc;
    this.#delay.enable();
  }

  read(): Vitals {
    const cpu = this.#process.cpuUsage();
    const utilization = performance.eventLoopUtilization();
    const window = performance.eventLoopUtilization(utilization, this.#utilization);
    this.#utilization = utilization;
    return {
      cpuUserSeconds: cpu.user / 1e6,
      cpuSystemSeconds: cpu.system / 1e6,
      residentBytes: this.#process.memoryUsage.rss(),
      loopUtilization: window.utilization,
      loopDelay: this.#readDelay(),
      gcPauses: this.#gc.pauses,
    };
  }

  close(): void {
    this.#delay.disable();
  }

  #readDelay(): LoopDelay | undefined {
    const delay = this.#delay;
    if (delay.count === 0) return undefined;
    const read: LoopDelay = {
      min: delaySeconds(delay.min),
      max: delaySeconds(delay.max),
      mean: delaySeconds(delay.mean),
      stddev: delay.stddev / 1e9,
      p50: delaySeconds(delay.percentile(50)),
      p90: delaySeconds(delay.percentile(90)),
      p99: delaySeconds(delay.percentile(99)),
    };
    delay.reset();
    return read;
  }
}

/** Node measures the time between two ticks of its timer; what exceeds the period is the delay. */
function delaySeconds(intervalNs: number): number {
  return Math.max(0, intervalNs / 1e9 - RESOLUTION_MS / 1000);
}
