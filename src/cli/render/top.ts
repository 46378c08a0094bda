/** What serves, as `sluice top` shows it: a head with the whole, and a row for each version in each of its roles. */
import type { TopRow, TopView } from '../top-view.ts';
import { paint, visible } from './ansi.ts';
import type { Look } from './ansi.ts';
import { percent, weightText } from './bar.ts';
import { figure } from './figures.ts';
import { sparkline } from './sparkline.ts';
import { loadingCell, stateCell } from './states.ts';
import { latencyText } from './stats.ts';
import { tableLines } from './table.ts';
import type { Cell } from './table.ts';
import { instant } from './time.ts';

/** By which column the rows are sorted, and the key that says so. */
export const SORTS = { name: 'n', weight: 'w', rate: 'r', p99: 'p', errors: 'e' } as const;
export type Sort = keyof typeof SORTS;

/** Requests per second of the looks so far, the oldest first, by keyOfRow. */
export type RateHistory = ReadonlyMap<string, readonly number[]>;

const RIGHT = { align: 'right' } as const;
const SPARK_CELLS = 16;
const MAX_ROLLOUT_LINES = 3;

export function keyOfRow({ model, version, role }: TopRow): string {
  return `${model} ${version} ${role === 'shadow' ? role : ''}`;
}

/** The largest first, but names as people sort them; rows that are equal stay in the order of the server. */
export function sortRows(rows: readonly TopRow[], sort: Sort): TopRow[] {
  const value = VALUES[sort];
  return value === undefined ? [...rows] : rows.toSorted((a, b) => value(b) - value(a));
}

const VALUES: Readonly<Record<Sort, ((row: TopRow) => number) | undefined>> = {
  name: undefined,
  weight: ({ weight }) => weight,
  rate: ({ stats }) => stats.requestsPerSecond,
  p99: ({ stats }) => stats.latency?.p99Ms ?? 0,
  errors: ({ stats }) => 1 - stats.successRate,
};

export function topHead({ rows, instances, rollouts, isCut }: TopView, look: Look): string[] {
  // A shadow's copies are calls of nobody.
  const live = rows.filter(({ role }) => role !== 'shadow');
  const rate = live.reduce((sum, { stats }) => sum + stats.requestsPerSecond, 0);
  const [total, ok] = (['total', 'ok'] as const).map((name) => {
    return live.reduce((sum, { stats }) => sum + stats[name].toNumber(), 0);
  });
  const connected = instances.filter((each) => each.connected);
  const settled = connected.filter((each) => each.settled).length;
  const models = new Set(rows.map(({ model }) => model)).size;
  const serving = `${settled} of ${connected.length} serve ${connected.length === 1 ? 'process' : 'processes'} settled`;
  const traffic = `${rate.toFixed(1)} req/s, ${errorText(total, ok)} errors`;
  const more = isCut ? '; there are more models: --model shows one' : '';
  const head = `sluice top  ${instant(look.now)}  ${models} ${models === 1 ? 'model' : 'models'}, ${serving}`;
  return [
    paint(head, 'bold', look.colour),
    `${traffic} over the last 10 s${more}`,
    ...rollouts.slice(0, MAX_ROLLOUT_LINES).map((rollout) => rolloutLine(rollout, look)),
    ...(rollouts.length > MAX_ROLLOUT_LINES ? [`and ${rollouts.length - MAX_ROLLOUT_LINES} more rollouts`] : []),
  ];
}

function rolloutLine(rollout: TopView['rollouts'][number], look: Look): string {
  const { id, model, stable, candidate, phase, stage, stageCount, weight, verdict } = rollout;
  const { text, style } = stateCell(phase);
  const what = `rollout ${id.toString()}: ${visible(model)} ${visible(candidate)} in place of ${visible(stable)}`;
  const place = `stage ${Math.min(stage + 1, stageCount)} of ${stageCount}, ${percent(weight)}, ${visible(verdict)}`;
  return `${what}  ${paint(visible(text), style, look.colour)}, ${place}`;
}

export function topTable(rows: readonly TopRow[], rates: RateHistory, look: Look): string[] {
  if (rows.length === 0) return ['Nothing serves yet; "sluice register MODEL model.onnx" makes the first version.'];
  return tableLines(
    {
      columns: [
        { title: 'MODEL', atLeast: 8 },
        { title: 'VERSION', atLeast: 7 },
        { title: 'ROLE' },
        look.bars ? { title: 'WEIGHT' } : { title: 'WEIGHT', ...RIGHT },
        { title: 'REQ/S', ...RIGHT },
        ...(look.bars ? [{ title: '', optional: true }] : []),
        { title: 'P50 MS', ...RIGHT },
        { title: 'P99', ...RIGHT },
        { title: 'ERR', ...RIGHT },
        { title: 'QUEUE P99', ...RIGHT, optional: true },
        { title: 'READY', ...RIGHT },
        { title: 'STATE' },
        { title: 'EPOCH', ...RIGHT, optional: true },
      ],
      rows: rows.map((row) => tableRow(row, rates.get(keyOfRow(row)) ?? [], look)),
    },
    look,
  );
}

function tableRow(row: TopRow, rates: readonly number[], look: Look): Cell[] {
  const { model, version, role, weight, stats, state, ready, instances, epoch } = row;
  const { latency, queue } = stats;
  return [
    model,
    version,
    role === 'canary' ? { text: role, style: 'yellow' } : role,
    role === 'warm' || role === 'rule' ? '' : weightText(weight, look),
    stats.requestsPerSecond.toFixed(1),
    ...(look.bars ? [sparkline(rates, SPARK_CELLS)] : []),
    latencyText(latency, latency?.p50Ms),
    latencyText(latency, latency?.p99Ms),
    errorCell(stats.total.toNumber(), stats.ok.toNumber()),
    latencyText(queue, queue?.p99Ms),
    ready < instances ? { text: `${ready}/${instances}`, style: 'yellow' } : `${ready}/${instances}`,
    loadingCell(state, { ...look, bars: false }),
    epoch === 0 ? '' : String(epoch),
  ];
}

function errorCell(total: number, ok: number): Cell {
  const text = errorText(total, ok);
  return ok === total ? text : { text, style: 'red' };
}

/** Of those that were answered at all. */
function errorText(total = 0, ok = 0): string {
  return total === 0 ? '-' : `${figure(((total - ok) / total) * 100)}%`;
}
