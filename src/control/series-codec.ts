/** Statistics on the control plane: totals as text on the wire, as values on both sides. */
import { totalsFromJson, totalsToJson } from '../monitor/series-codec.ts';
import type { SeriesReport } from '../monitor/statistics-reporter.ts';
import { ROLES } from '../monitor/series.ts';
import { ServerError } from '../domain/errors.ts';
import type { StatisticsReport } from './messages.ts';

export function wireStatistics(report: { seq: number; series: readonly SeriesReport[] }): StatisticsReport {
  const series = report.series.map(({ totals, ...key }) => ({ ...key, totalsJson: totalsToJson(totals) }));
  return { seq: report.seq, series };
}

/** Throws DATA_LOSS where a text holds no totals. */
export function seriesOf({ series }: StatisticsReport): readonly SeriesReport[] {
  return series.map(({ role, totalsJson, ...key }) => {
    const known = ROLES.find((candidate) => candidate === role);
    if (known === undefined) throw new ServerError('data_loss', `a serve process reports the unknown role "${role}"`);
    return { ...key, role: known, totals: totalsFromJson(totalsJson) };
  });
}
