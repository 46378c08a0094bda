/** Reads from Prometheus pages what batches have cost, how long things took, and how the process fared. */

export interface VersionTotals {
  readonly batches: number;
  readonly rows: number;
  readonly computeSeconds: number;
}

/** Cumulative counts by upper bound in seconds, ascending; the last bound is Infinity. */
export interface Buckets {
  readonly sum: number;
  readonly counts: ReadonlyMap<number, number>;
}

const TIMEOUT_MS = 5000;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const BOUND = /(?:^|,)le="([^"]+)"/;

/** One per serve process; undefined where one cannot be had. */
export async function readPages(urls: readonly string[]): Promise<readonly string[] | undefined> {
  try {
    return await Promise.all(urls.map(readPage));
  } catch {
    return undefined;
  }
}

async function readPage(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return await response.text();
}

/** Of all versions of the model and all pages together; undefined when no page tells. */
export function versionTotals(pages: readonly string[], model: string): VersionTotals | undefined {
  const sum = (name: string): number | undefined => {
    const values = pages.flatMap((page) => samples(page, name, `model="${model}"`)).map(({ value }) => value);
    return values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
  };
  const computeSeconds = sum('sluice_batch_compute_duration_seconds_sum');
  const batches = sum('sluice_batch_rows_count');
  const rows = sum('sluice_batch_rows_sum');
  if (computeSeconds === undefined || batches === undefined || rows === undefined) return undefined;
  return { batches, rows, computeSeconds };
}

/** The value of a metric without labels on each page. */
export function gauges(pages: readonly string[], name: string): readonly number[] {
  return pages.flatMap((page) => samples(page, name, '')).map(({ value }) => value);
}

/** Of all series with that label text and all pages together. */
export function buckets(pages: readonly string[], name: string, label: string): Buckets {
  const counts = new Map<number, number>();
  const found = pages.flatMap((page) => samples(page, `${name}_bucket`, label));
  for (const { labels, value } of found) {
    const [, bound = ''] = BOUND.exec(labels) ?? [];
    const le = bound === '+Inf' ? Infinity : Number(bound);
    counts.set(le, (counts.get(le) ?? 0) + value);
  }
  const sums = pages.flatMap((page) => samples(page, `${name}_sum`, label));
  return {
    sum: sums.reduce((total, { value }) => total + value, 0),
    counts: new Map([...counts].sort(([a], [b]) => a - b)),
  };
}

/** What came between two looks at the same process. */
export function since(before: Buckets, after: Buckets): Buckets {
  const counts = new Map([...after.counts].map(([le, count]) => [le, count - (before.counts.get(le) ?? 0)]));
  return { sum: after.sum - before.sum, counts };
}

export function countOf({ counts }: Buckets): number {
  return counts.get(Infinity) ?? 0;
}

/** Seconds, between the bounds of its bucket as if values lay evenly there; NaN of nothing. */
export function quantileOf(histogram: Buckets, p: number): number {
  const rank = p * countOf(histogram);
  if (rank === 0) return NaN;
  let low = { le: 0, count: 0 };
  for (const [le, count] of histogram.counts) {
    if (count >= rank) {
      if (le === Infinity) return low.le;
      return low.le + ((rank - low.count) / (count - low.count)) * (le - low.le);
    }
    low = { le, count };
  }
  return NaN;
}

/** The bound that nothing exceeded, in seconds; 0 of nothing. */
export function ceilingOf(histogram: Buckets): number {
  const count = countOf(histogram);
  if (count === 0) return 0;
  return [...histogram.counts].find(([, cumulative]) => cumulative === count)?.[0] ?? Infinity;
}

function samples(page: string, name: string, label: string): { labels: string; value: number }[] {
  return page.split('\n').flatMap((line) => {
    if (!line.startsWith(name)) return [];
    const [, found, labels = '', value] = SAMPLE.exec(line) ?? [];
    return found === name && labels.includes(label) ? [{ labels, value: Number(value) }] : [];
  });
}
