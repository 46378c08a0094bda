/** The rules and the dashboard of deploy/, and the names of metrics in their queries. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { dashboard } from '../../deploy/grafana/dashboard.ts';
import { adminMetrics, nameInPrometheus, serveMetrics } from './all-metrics.ts';
import { REPOSITORY } from './sluice.ts';

export const DEPLOY = join(REPOSITORY, 'deploy');

export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: { readonly severity?: string };
  readonly annotations?: { readonly summary?: string; readonly runbook_url?: string };
}

export function rules(): readonly Rule[] {
  const dir = join(DEPLOY, 'prometheus/rules');
  return readdirSync(dir).flatMap((file) => {
    const { groups } = parse(readFileSync(join(dir, file), 'utf8')) as { groups: { rules: Rule[] }[] };
    return groups.flatMap((group) => group.rules);
  });
}

/** Of the dashboard, with its variables replaced by what matches everything. */
export function dashboardQueries(): readonly string[] {
  const { panels } = dashboard() as { panels: readonly { targets?: readonly { expr: string }[] }[] };
  const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  return queries.map((expr) => expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$(model|version)/g, '.*'));
}

/** Names that a query may use: of metrics, with the series of histograms, and of recording rules. */
export function knownNames(): ReadonlySet<string> {
  const names = new Set(['up', ...rules().flatMap(({ record }) => record ?? [])]);
  for (const instrument of [...serveMetrics(), ...adminMetrics()]) {
    const name = nameInPrometheus(instrument);
    if (instrument.kind !== 'histogram') names.add(name);
    else for (const series of ['bucket', 'count', 'sum']) names.add(`${name}_${series}`);
  }
  return names;
}

/** Names of metrics in a query: what is no label, no function and no word of PromQL. */
export function namesIn(expr: string): readonly string[] {
  const bare = expr
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(by|on|group_left)\s*\([^)]*\)/g, '');
  return [...bare.matchAll(/[a-z_][a-z0-9_:]*(?!\w|:|\s*\()/gi)]
    .map(([name]) => name)
    .filter((name) => !['and', 'or', 'unless', 'by', 'on'].includes(name));
}
