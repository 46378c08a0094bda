/** One metric as it is published: its name, unit and points. */
import { octaveEdges, ROWS, SECONDS, type Histogram } from '../monitor/histogram.ts';

export interface Point<Value> {
  readonly attributes: Readonly<Record<string, string>>;
  /** Epoch milliseconds from which the value counts. */
  readonly startMs: number;
  readonly value: Value;
}

interface Named {
  /** OpenTelemetry's form; prometheusName gives the other. */
  readonly name: string;
  /** UCUM, as OpenTelemetry asks: "s", "By", "1", or a thing in braces. */
  readonly unit: string;
  readonly description: string;
}

/** One metric with all its points. `level` goes up and down and may be added up; `gauge` may not. */
export type Instrument =
  | (Named & { readonly kind: 'counter' | 'level' | 'gauge'; readonly points: readonly Point<number>[] })
  | (Named & {
      readonly kind: 'histogram';
      /** For readers that want explicit buckets. */
      readonly boundaries: readonly number[];
      readonly points: readonly Point<Histogram>[];
    });

/** 43 µs to 11.3 s, each √2 times the last: resolves 50 µs to 10 s with 37 boundaries. */
export const SECONDS_BOUNDARIES: readonly number[] = octaveEdges(SECONDS, { from: -14.5, to: 3.5, perOctave: 2 });

/** 1, 2, 4, ... 1,024 rows. */
export const ROWS_BOUNDARIES: readonly number[] = octaveEdges(ROWS, { from: 0, to: 10, perOctave: 1 });

export function durations(name: string, description: string, points: readonly Point<Histogram>[]): Instrument {
  return { kind: 'histogram', name, unit: 's', description, boundaries: SECONDS_BOUNDARIES, points };
}

/** What is now, and cannot be added up. */
export function readings(
  name: string,
  unit: string,
  { description, points }: { readonly description: string; readonly points: readonly Point<number>[] },
): Instrument {
  return { kind: 'gauge', name, unit, description, points };
}

const PROMETHEUS_UNITS: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' };

/**
 * The name and unit in Prometheus' form, as OpenTelemetry's compatibility rules have it: underscores, the unit as a
 * suffix, a ratio's gauge named so. (The serializer adds `_total` to counters, but no units.)
 */
export function prometheusName({ kind, name, unit }: Instrument): { name: string; unit: string } {
  const suffix = PROMETHEUS_UNITS[unit] ?? (kind === 'gauge' && unit === '1' ? 'ratio' : '');
  const base = name.replaceAll('.', '_');
  return suffix === '' ? { name: base, unit: '' } : { name: `${base}_${suffix}`, unit: suffix };
}
