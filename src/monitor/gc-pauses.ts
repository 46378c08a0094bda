/** How long the garbage collector stopped the main thread, by kind of collection, since the process began. */
import { PerformanceObserver, constants, type PerformanceEntry } from 'node:perf_hooks';
import { Histogram } from './histogram.ts';

/** As OpenTelemetry's v8js.gc.type names them. */
const GC_TYPES = ['minor', 'major', 'incremental', 'weakcb'] as const;
type GcType = (typeof GC_TYPES)[number];

const TYPE_BY_KIND: ReadonlyMap<unknown, GcType> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MINOR_MARK_SWEEP, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

/** What it costs is lost in the noise of a loop that collects 2,500 times a second. */
export class GcPauses {
  /** In seconds. */
  readonly pauses: ReadonlyMap<GcType, Histogram> = new Map(GC_TYPES.map((type) => [type, new Histogram()]));
  readonly #observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) this.#record(entry);
  });

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  close(): void {
    this.#observer.disconnect();
  }

  #record(entry: PerformanceEntry): void {
    const detail: unknown = 'detail' in entry ? entry.detail : undefined;
    if (typeof detail !== 'object' || detail === null || !('kind' in detail)) return;
    const type = TYPE_BY_KIND.get(detail.kind);
    if (type !== undefined) this.pauses.get(type)?.record(entry.duration / 1000);
  }
}
