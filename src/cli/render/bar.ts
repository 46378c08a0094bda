/** Bars, and the percent and sizes beside them. */
import { TOTAL_WEIGHT } from '../../domain/traffic.ts';
import type { Look } from './ansi.ts';

const WEIGHT_CELLS = 6;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A share of 0 to 1. What is not nothing shows, and what is not all leaves a gap. */
export function bar(share: number, cells: number): string {
  const rounded = Math.round(share * cells);
  const least = share > 0 ? 1 : 0;
  const most = share < 1 ? cells - 1 : cells;
  const filled = Math.min(Math.max(rounded, least), most);
  return '█'.repeat(filled) + '░'.repeat(cells - filled);
}

/** 1/10,000 as percent: "90%", "33.33%". */
export function percent(weight: number): string {
  return `${Number((weight / 100).toFixed(2))}%`;
}

export function weightText(weight: number, look: Look): string {
  return look.bars ? `${bar(weight / TOTAL_WEIGHT, WEIGHT_CELLS)} ${percent(weight)}` : percent(weight);
}

/** One cell per step: those that are behind it and the one that it is at are filled. */
export function steps(names: readonly string[], current: string): string {
  const filled = names.indexOf(current) + 1;
  return '█'.repeat(filled) + '░'.repeat(names.length - filled);
}

export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? String(value) : value.toFixed(1)} ${UNITS[unit] ?? ''}`;
}
