/** Reads from a Prometheus page what a model's batches have cost. */

export interface VersionTotals {
  readonly batches: number;
  readonly rows: number;
  readonly computeSeconds: number;
}

const TIMEOUT_MS = 5000;

/** Of all versions of the model together; undefined when the page does not tell. */
export async function readVersionTotals(url: string, model: string): Promise<VersionTotals | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return versionTotals(await response.text(), model);
  } catch {
    return undefined;
  }
}

function versionTotals(page: string, model: string): VersionTotals | undefined {
  const computeSeconds = sumSeries(page, 'sluice_batch_compute_duration_seconds_sum', model);
  const batches = sumSeries(page, 'sluice_batch_rows_count', model);
  const rows = sumSeries(page, 'sluice_batch_rows_sum', model);
  if (computeSeconds === undefined || batches === undefined || rows === undefined) return undefined;
  return { batches, rows, computeSeconds };
}

function sumSeries(page: string, series: string, model: string): number | undefined {
  const values = page
    .split('\n')
    .filter((line) => line.startsWith(`${series}{`) && line.includes(`model="${model}"`))
    .map((line) => Number(/\} (\S+)/.exec(line)?.[1]));
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
