/** What a shadow version answered beside the live one, as people read it. */
import type { Long } from '@grpc/proto-loader';
import type { OutputComparison__Output } from '../../transport/gen/sluice/admin/v1/OutputComparison.ts';
import type { PairedLatency__Output } from '../../transport/gen/sluice/admin/v1/PairedLatency.ts';
import type { ShadowComparison__Output } from '../../transport/gen/sluice/admin/v1/ShadowComparison.ts';
import type { ShadowExample__Output } from '../../transport/gen/sluice/admin/v1/ShadowExample.ts';
import { optionalMs } from '../wire.ts';
import { paint, visible } from './ansi.ts';
import type { Look } from './ansi.ts';
import { bar } from './bar.ts';
import { figure, intervalPlot, plotRange, shareText, signed } from './figures.ts';
import { fieldLines, tableLines } from './table.ts';
import type { Cell } from './table.ts';
import { clock, instant, when } from './time.ts';

const RIGHT = { align: 'right' } as const;
const AGREEMENT_CELLS = 8;

export function comparisonLines(comparison: ShadowComparison__Output, look: Look): string[] {
  const { model, live, shadow, outputs, noise, noisePairs, noiseDisagreed, latency } = comparison;
  const title = `${visible(model)}: shadow ${visible(shadow)} beside live ${visible(live)}`;
  return [
    paint(title, 'bold', look.colour),
    ...fieldLines(
      [
        ['since', when(optionalMs(comparison.since), look.now)],
        ['compared', `${comparison.pairs.toString()} pairs`],
        ['differ', disagreementText(comparison)],
        [
          'live with itself',
          noisePairs.isZero() ? '' : `${noiseDisagreed.toString()} of ${noisePairs.toString()} differ`,
        ],
        ['shadow failed', countsCell(comparison.shadowErrors)],
        ['not compared', countsText(comparison.skipped)],
      ],
      look,
    ),
    ...(outputs.length === 0 ? [] : ['', ...outputTable(outputs, look)]),
    ...(noise.length === 0 ? [] : ['', 'The live version run twice on the same inputs:', ...outputTable(noise, look)]),
    ...latencyLines(latency, look),
  ];
}

function disagreementText({ pairs, disagreed, disagreement, ...interval }: ShadowComparison__Output): string {
  if (pairs.isZero()) return '';
  const limits = `${shareText(interval.disagreementLower)} to ${shareText(interval.disagreementUpper)}`;
  return `${disagreed.toString()}, which is ${shareText(disagreement)} (95% interval ${limits})`;
}

function countsCell(counts: Readonly<Record<string, Long>>): Cell {
  const text = countsText(counts);
  return text === '' ? '' : { text, style: 'red' };
}

function countsText(counts: Readonly<Record<string, Long>>): string {
  return Object.entries(counts)
    .filter(([, count]) => !count.isZero())
    .map(([why, count]) => `${why} ${count.toString()}`)
    .join(', ');
}

function outputTable(outputs: readonly OutputComparison__Output[], look: Look): string[] {
  return tableLines(
    {
      columns: [
        { title: 'OUTPUT', atLeast: 10 },
        { title: 'KIND' },
        { title: 'PAIRS', ...RIGHT },
        look.bars ? { title: 'AGREE' } : { title: 'AGREE', ...RIGHT },
        ...['MAX DIFF', 'MEAN DIFF'].map((title) => ({ title, ...RIGHT })),
        ...['MAX REL', 'BEST CLASS', 'TOP K'].map((title) => ({ title, ...RIGHT, optional: true })),
        { title: 'ODD', atLeast: 6, optional: true },
      ],
      rows: outputs.map((output) => outputRow(output, look)),
    },
    look,
  );
}

function outputRow(output: OutputComparison__Output, look: Look): Cell[] {
  const { kind, pairs, disagreed, rows, argmaxAgreed, topK, topKOverlap } = output;
  const agree = pairs.isZero() ? 0 : 1 - disagreed.toNumber() / pairs.toNumber();
  const hasNumbers = kind !== 'labels' && !output.elements.isZero();
  const differences = [output.maxAbsolute, output.meanAbsolute, output.maxRelative];
  const isScored = kind === 'scores' && !rows.isZero();
  const odd = { shapes: output.shapeDifferences, NaN: output.nanDifferences };
  return [
    output.output,
    kind,
    pairs.toString(),
    look.bars ? `${bar(agree, AGREEMENT_CELLS)} ${agreeText(agree)}` : agreeText(agree),
    ...differences.map((value) => (hasNumbers ? figure(value) : '-')),
    isScored ? agreeText(argmaxAgreed.toNumber() / rows.toNumber()) : '-',
    isScored ? `${shareText(topKOverlap)} of ${topK}` : '-',
    countsText(odd),
  ];
}

/** Rounded down: what differs at all is not 100 %. */
function agreeText(share: number): string {
  return share === 1 ? '100%' : `${(Math.floor(share * 10_000) / 100).toFixed(2)}%`;
}

function latencyLines(latency: PairedLatency__Output | null, look: Look): string[] {
  if (latency === null || latency.pairs.isZero()) return [];
  const { liveMeanMs, shadowMeanMs, meanDifferenceMs, lowerMs, upperMs, shadowSlowerShare } = latency;
  const interval = { lower: lowerMs, value: meanDifferenceMs, upper: upperMs };
  const means = `live ${figure(liveMeanMs)} ms, shadow ${figure(shadowMeanMs)} ms`;
  const difference = `${signed(meanDifferenceMs)} ms (95% interval ${signed(lowerMs)} to ${signed(upperMs)})`;
  return [
    '',
    `run: ${means}; ${difference}, slower in ${shareText(shadowSlowerShare)}`,
    ...(look.bars ? [`     ${intervalPlot(interval, plotRange([interval]))}`] : []),
  ];
}

/** One line for a comparison that is watched. */
export function comparisonLine(comparison: ShadowComparison__Output, look: Look): string {
  const { model, shadow, live, pairs, shadowErrors } = comparison;
  const head = `${clock(look.now)}  ${visible(model)} ${visible(shadow)} beside ${visible(live)}`;
  const differ = pairs.isZero() ? '' : `, differ: ${disagreementText(comparison)}`;
  const errors = countsText(shadowErrors);
  return `${head}  ${pairs.toString()} pairs${differ}${errors === '' ? '' : `; shadow failed: ${visible(errors)}`}`;
}

/** The worst first, each with what went in and both answers. */
export function exampleLines(examples: readonly ShadowExample__Output[], note: string, look: Look): string[] {
  if (examples.length === 0) return [note === '' ? 'No pair differs.' : visible(note)];
  const blocks = examples.flatMap((example, at) => [
    ...(at === 0 ? [] : ['']),
    paint(`${instant(optionalMs(example.at))}  ${visible(example.summary)}`, 'bold', look.colour),
    ...fieldLines(
      [
        ['output', example.output],
        ['apart', `${figure(example.score)} times the tolerance`],
        ['inputs', example.inputsJson],
        ['live', example.liveJson],
        ['shadow', example.shadowJson],
      ],
      look,
    ),
  ]);
  return note === '' ? blocks : [...blocks, '', visible(note)];
}
