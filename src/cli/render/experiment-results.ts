/** What an experiment has found, as people read it: can it be trusted, how do the arms differ, how sure is that. */
import { wrap } from '../../config/wrap.ts';
import type { Comparison__Output } from '../../transport/gen/sluice/admin/v1/Comparison.ts';
import type { ExperimentResults__Output } from '../../transport/gen/sluice/admin/v1/ExperimentResults.ts';
import type { MetricResults__Output } from '../../transport/gen/sluice/admin/v1/MetricResults.ts';
import type { SampleRatio__Output } from '../../transport/gen/sluice/admin/v1/SampleRatio.ts';
import { optionalMs } from '../wire.ts';
import { paint, visible } from './ansi.ts';
import type { Look } from './ansi.ts';
import { percent } from './bar.ts';
import { figure, intervalPlot, plotRange, shareText, signed, signedShare } from './figures.ts';
import type { Interval } from './figures.ts';
import { stateCell } from './states.ts';
import { tableLines } from './table.ts';
import type { Cell } from './table.ts';
import { clock, instant } from './time.ts';

const RIGHT = { align: 'right' } as const;
const MAX_WIDTH = 120;

/** What makes the rest worthless comes first. */
export function resultsLines(results: ExperimentResults__Output, look: Look): string[] {
  const { experiment, exposures, reporting, conclusion, metrics } = results;
  return [
    ...alarmLines('the arms did not get their shares', exposures, look),
    ...alarmLines('the arms report differently', reporting, look),
    paint(titleOf(results), 'bold', look.colour),
    ...(conclusion === '' ? [] : wrap(visible(conclusion), Math.min(look.width, MAX_WIDTH))),
    '',
    ...armTable(results, look),
    ...ratioLines(results),
    ...refusedLines(results),
    ...metrics.flatMap((metric) => ['', ...metricLines(metric, look, experiment?.alpha ?? 0)]),
  ];
}

function alarmLines(what: string, ratio: SampleRatio__Output | null, look: Look): string[] {
  if (ratio?.verdict !== 'alarm') return [];
  const text = `DO NOT TRUST THIS: ${what}. ${visible(ratio.summary)}`;
  return [...wrap(text, Math.min(look.width, MAX_WIDTH)).map((line) => paint(line, 'red', look.colour)), ''];
}

function titleOf({ experiment, at }: ExperimentResults__Output): string {
  if (experiment === null) return instant(optionalMs(at));
  const { name, model, phase } = experiment;
  return `${visible(name)} on ${visible(model)}, ${visible(phase)}, ${instant(optionalMs(at))}`;
}

function armTable({ arms, experiment }: ExperimentResults__Output, look: Look): string[] {
  const shares = new Map(experiment?.arms.map(({ name, share }) => [name, percent(share)]));
  return tableLines(
    {
      columns: [
        { title: 'ARM', atLeast: 8 },
        { title: 'VERSION', atLeast: 8 },
        { title: 'SHARE', ...RIGHT },
        { title: 'CALLS', ...RIGHT },
        { title: 'REPORTED', ...RIGHT },
        { title: 'UNITS', ...RIGHT },
        { title: 'OUTCOMES', ...RIGHT },
      ],
      rows: arms.map(({ arm, version, exposures, units, outcomes, reported }) => [
        arm,
        version,
        shares.get(arm) ?? '',
        exposures.toString(),
        reported.toString(),
        units.toString(),
        outcomes.toString(),
      ]),
    },
    look,
  );
}

function ratioLines({ exposures, reporting }: ExperimentResults__Output): string[] {
  return [...ratioLine('shares', exposures), ...ratioLine('reporting', reporting)];
}

/** An alarm stands at the top. */
function ratioLine(name: string, ratio: SampleRatio__Output | null): string[] {
  if (ratio === null || ratio.verdict === 'alarm') return [];
  return [`${name}: ${visible(ratio.verdict)}${ratio.summary === '' ? '' : `, ${visible(ratio.summary)}`}`];
}

function refusedLines({ refused }: ExperimentResults__Output): string[] {
  const counts = Object.entries(refused).filter(([, count]) => !count.isZero());
  if (counts.length === 0) return [];
  return [`outcomes not counted: ${counts.map(([why, count]) => `${visible(why)} ${count.toString()}`).join(', ')}`];
}

function metricLines(
  { metric, kind, role, arms, comparisons }: MetricResults__Output,
  look: Look,
  alpha: number,
): string[] {
  const title = `${visible(metric)} (${visible(role)}, ${visible(kind)})`;
  const rows = arms.map(({ arm, units, mean, variance, p50, p95, p99 }) => [
    arm,
    units.toString(),
    meanText(mean, kind),
    figure(Math.sqrt(variance)),
    ...[p50, p95, p99].map(figure),
  ]);
  const columns = [
    { title: 'ARM', atLeast: 8 },
    { title: 'UNITS', ...RIGHT },
    { title: kind === 'proportion' ? 'SHARE' : 'MEAN', ...RIGHT },
    { title: 'SD', ...RIGHT },
    ...['P50', 'P95', 'P99'].map((name) => ({ title: name, ...RIGHT, optional: true })),
  ];
  return [
    paint(title, 'bold', look.colour),
    ...tableLines({ columns, rows }, look),
    ...comparisonTable(comparisons, look, { kind, alpha }),
  ];
}

function meanText(mean: number, kind: string): string {
  return kind === 'proportion' ? shareText(mean) : figure(mean);
}

interface Reading {
  readonly kind: string;
  readonly alpha: number;
}

/** Each arm against the control; on a terminal with its interval drawn, ┊ where there is no difference. */
function comparisonTable(comparisons: readonly Comparison__Output[], look: Look, { kind, alpha }: Reading): string[] {
  if (comparisons.length === 0) return [];
  const range = plotRange(comparisons.map(intervalOf));
  const show = kind === 'proportion' ? signedShare : signed;
  return tableLines(
    {
      columns: [
        { title: 'AGAINST CONTROL', atLeast: 8 },
        { title: 'DIFFERENCE', ...RIGHT },
        { title: 'LIFT', ...RIGHT, optional: true },
        { title: alpha > 0 ? `${figure(100 * (1 - alpha))}% INTERVAL` : 'INTERVAL' },
        ...(look.bars ? [{ title: '', optional: true }] : []),
        { title: 'P', ...RIGHT },
        { title: 'VERDICT' },
      ],
      rows: comparisons.map((each): Cell[] => [
        each.arm,
        show(each.difference),
        each.lift === 0 ? '-' : signedShare(each.lift),
        `${show(each.anytimeLower)} to ${show(each.anytimeUpper)}`,
        ...(look.bars ? [intervalPlot(intervalOf(each), range)] : []),
        figure(each.adjustedPValue),
        stateCell(each.verdict),
      ]),
    },
    look,
  );
}

function intervalOf({ anytimeLower, difference, anytimeUpper }: Comparison__Output): Interval {
  return { lower: anytimeLower, value: difference, upper: anytimeUpper };
}

/** One line for results that are watched. */
export function resultsLine(
  { experiment, arms, exposures, conclusion }: ExperimentResults__Output,
  look: Look,
): string {
  const counts = arms.map(
    ({ arm, exposures: calls, units }) => `${arm} ${calls.toString()} calls ${units.toString()} units`,
  );
  const alarm = exposures?.verdict === 'alarm' ? '; the arms did not get their shares' : '';
  const name = experiment === null ? '' : `${visible(experiment.name)}  `;
  return `${clock(look.now)}  ${name}${visible(counts.join(', '))}${alarm}: ${visible(conclusion)}`;
}
