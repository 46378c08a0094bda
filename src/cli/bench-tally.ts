/** What became of the calls of a load: latencies of good answers, failures by code, and who answered. */
import { Histogram } from '../monitor/histogram.ts';

export interface Answer {
  readonly latencyMs: number;
  /** The gRPC status: OK, UNAVAILABLE, … */
  readonly code: string;
  /** '' where nobody answered well. */
  readonly version: string;
}

/** Versions that are told apart; those beyond count together. */
const MAX_VERSIONS = 16;
const OTHER_VERSIONS = 'others';

export class BenchTally {
  /** Of good answers, in seconds. */
  readonly latency = new Histogram();
  /** The same by version. */
  readonly versions = new Map<string, Histogram>();
  readonly failures = new Map<string, number>();
  /** How late the calls left, in seconds: the load's own fault. */
  readonly lag = new Histogram();
  readonly #goodMs: number;
  #good = 0;
  #answered = 0;

  /** @param goodMs answers that take longer are no good ones. */
  constructor(goodMs: number) {
    this.#goodMs = goodMs;
  }

  get answered(): number {
    return this.#answered;
  }

  /** Answered well and in time. */
  get good(): number {
    return this.#good;
  }

  record({ latencyMs, code, version }: Answer): void {
    this.#answered += 1;
    if (code !== 'OK') {
      this.failures.set(code, (this.failures.get(code) ?? 0) + 1);
      return;
    }
    if (latencyMs <= this.#goodMs) this.#good += 1;
    this.latency.record(latencyMs / 1000);
    this.#histogramOf(version).record(latencyMs / 1000);
  }

  #histogramOf(version: string): Histogram {
    const isNew = !this.versions.has(version);
    const name = isNew && this.versions.size >= MAX_VERSIONS ? OTHER_VERSIONS : version;
    const histogram = this.versions.get(name) ?? new Histogram();
    this.versions.set(name, histogram);
    return histogram;
  }
}
