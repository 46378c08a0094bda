/** What the evidence says of each metric of a rollout, as people read it. */
import { wrap } from '../../config/wrap.ts';
import type { Verdict__Output } from '../../transport/gen/sluice/admin/v1/Verdict.ts';
import { visible } from './ansi.ts';
import type { Look } from './ansi.ts';
import { evidenceText, figure, shareText } from './figures.ts';
import { marginPlot } from './rollout-awaited.ts';
import { stateCell } from './states.ts';
import { tableLines } from './table.ts';
import type { Cell } from './table.ts';

const RIGHT = { align: 'right' } as const;
const MAX_WIDTH = 120;

/** The table, and each sentence below it. Evidence is evidence of harm: full, the metric fails. */
export function verdictLines(verdicts: readonly Verdict__Output[], look: Look): string[] {
  if (verdicts.length === 0) return ['Nothing is compared yet.'];
  return [...verdictTable(verdicts, look), ...verdicts.flatMap((verdict) => summaryLines(verdict, look))];
}

function verdictTable(verdicts: readonly Verdict__Output[], look: Look): string[] {
  return tableLines(
    {
      columns: [
        { title: 'METRIC', atLeast: 12 },
        { title: 'VERDICT' },
        { title: 'CANDIDATE', ...RIGHT },
        ...['STABLE', 'BOUND'].map((title) => ({ title, ...RIGHT, optional: true })),
        { title: 'LIMIT', ...RIGHT },
        ...(look.bars ? [{ title: 'BOUND ┤ LIMIT ┃', optional: true }] : []),
        { title: 'EVIDENCE' },
        { title: 'ALPHA SPENT', ...RIGHT, optional: true },
        { title: 'CALLS', ...RIGHT, optional: true },
        { title: 'ON FAIL', optional: true },
      ],
      rows: verdicts.map((verdict) => verdictRow(verdict, look)),
    },
    look,
  );
}

function verdictRow(verdict: Verdict__Output, look: Look): Cell[] {
  const { metric, candidate, stable, bound, limit, eValue, threshold, alpha, alphaSpent, onFail } = verdict;
  const isTest = threshold > 0;
  const unit = unitOf(metric);
  // A test of a quantile bounds how many runs are slower than stable's, with its margin.
  const limitUnit = isTest && isLatency(metric) ? shareText : unit;
  const calls = verdict.candidateSamples.toString();
  return [
    metric,
    stateCell(verdict.verdict),
    unit(candidate),
    isTest ? unit(stable) : '-',
    isTest ? limitUnit(bound) : '-',
    limitUnit(limit),
    ...(look.bars ? [marginPlot(verdict)] : []),
    evidenceText(eValue, threshold, look),
    isTest ? `${shareText(alphaSpent)} of ${figure(alpha)}` : '-',
    isTest ? `${calls}/${verdict.stableSamples.toString()}` : calls,
    onFail,
  ];
}

/** Latencies are in ms, rates and disagreement are shares, outcomes are in units of their own, the fuse counts. */
function unitOf(metric: string): (value: number) => string {
  const name = metric.replace(/^guardrail:/, '');
  if (isLatency(name)) return (value) => `${figure(value)} ms`;
  return name.endsWith('_rate') || name === 'disagreement' ? shareText : figure;
}

function isLatency(metric: string): boolean {
  return /^(compute|request)_p\d+$/.test(metric);
}

function summaryLines({ metric, summary }: Verdict__Output, look: Look): string[] {
  if (summary === '') return [];
  const width = Math.min(look.width, MAX_WIDTH) - 2;
  return wrap(`${visible(metric)}: ${visible(summary)}`, width).map((line) => `  ${line}`);
}
