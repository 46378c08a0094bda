/** Figures of evidence: numbers in three digits, shares, how far a test has come, and intervals as lines. */
import type { Look } from './ansi.ts';
import { bar } from './bar.ts';

const EVIDENCE_CELLS = 6;
const PLOT_CELLS = 31;
const SCIENTIFIC_BELOW = 1e-4;
const SCIENTIFIC_FROM = 1e7;

/** "0.0123", "12.3", "12345"; "-" where there is no number. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return '-';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  const size = Math.abs(value);
  if (size >= SCIENTIFIC_FROM || (size > 0 && size < SCIENTIFIC_BELOW)) return value.toExponential(1);
  if (size >= 100) return value.toFixed(0);
  return String(Number(value.toPrecision(3)));
}

/** With its sign, of differences: "+0.0123". */
export function signed(value: number): string {
  return value > 0 ? `+${figure(value)}` : figure(value);
}

/** A share of 0 to 1 as percent, in three digits. */
export function shareText(value: number): string {
  return `${figure(value * 100)}%`;
}

/** With its sign, of differences and lifts. */
export function signedShare(value: number): string {
  return `${signed(value * 100)}%`;
}

/**
 * How far an e-value is on its way to the threshold. Evidence multiplies, so the bar is of logarithms; below 1 it is
 * for the candidate.
 */
export function evidenceText(eValue: number, threshold: number, look: Look): string {
  if (!(threshold > 1)) return '-';
  const text = `${figure(eValue)} of ${figure(threshold)}`;
  const share = Math.min(Math.max(Math.log(eValue) / Math.log(threshold), 0), 1);
  return look.bars ? `${bar(Number.isNaN(share) ? 0 : share, EVIDENCE_CELLS)} ${text}` : text;
}

export interface Interval {
  readonly lower: number;
  readonly value: number;
  readonly upper: number;
}

/** What intervals are drawn between: all of them, and 0. Infinite ends are left out. */
export function plotRange(intervals: readonly Interval[]): readonly [least: number, most: number] {
  const ends = intervals.flatMap(({ lower, value, upper }) => [lower, value, upper]).filter(Number.isFinite);
  return [Math.min(0, ...ends), Math.max(0, ...ends)];
}

/** "   ──●── ┊" with ┊ at 0; what lies beyond the range ends in an arrow. '' where there is nothing to draw. */
export function intervalPlot(interval: Interval, [least, most]: readonly [least: number, most: number]): string {
  const { lower, value, upper } = interval;
  const size = most - least;
  const isDrawn = size > 0 && Number.isFinite(size) && Number.isFinite(value);
  if (!isDrawn || Number.isNaN(lower) || Number.isNaN(upper)) return '';
  const cellOf = (at: number): number => {
    const inside = Math.min(Math.max(at, least), most);
    return Math.round(((inside - least) / size) * (PLOT_CELLS - 1));
  };
  const [from, point, to, zero] = [lower, value, upper, 0].map(cellOf);
  const cells = Array.from({ length: PLOT_CELLS }, (_, at) => {
    if (at === point) return '●';
    if (at === from && lower < least) return '◂';
    if (at === to && upper > most) return '▸';
    if (at === zero) return '┊';
    return from !== undefined && to !== undefined && at >= from && at <= to ? '─' : ' ';
  });
  return cells.join('').trimEnd();
}
