/** Totals of an arm from the JSON of a row of evidence. */
import { ServerError } from '../domain/errors.ts';
import type { JsonRecord } from '../domain/registry.ts';
import { SLOT_PARTS, TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { ArmTotals } from './arm-totals.ts';
import type { HistogramTotals } from './series.ts';

const COUNTS = [
  'calls',
  'ok',
  'faults',
  'overloads',
  'keylessFaults',
  'keylessOverloads',
  'faultsInARow',
  'longestRow',
] as const;
const SLOTS = ['faultSlots', 'overloadSlots'] as const;
const HISTOGRAMS = [
  'request',
  'runRequest',
  'runCompute',
  'pairRequest',
  'pairCompute',
  'drawnRequest',
  'drawnCompute',
] as const;
/** Buckets of a histogram of seconds. */
const MAX_BUCKETS = 1024;

/** Throws DATA_LOSS where it is none. */
export function armTotalsFrom(body: JsonRecord): ArmTotals {
  for (const name of COUNTS) if (!isCount(body[name])) throw lost(name);
  for (const name of SLOTS) {
    const slots = body[name];
    if (!Array.isArray(slots) || slots.length > TOTAL_WEIGHT || !slots.every(isSlot)) throw lost(name);
  }
  const { parts } = body;
  if (!Array.isArray(parts) || parts.length > SLOT_PARTS || !parts.every(isCount)) throw lost('parts');
  for (const name of HISTOGRAMS) if (!isHistogram(body[name])) throw lost(name);
  return body as unknown as ArmTotals;
}

/** The epoch and the arm of a row's name, "EPOCH/ARM". */
export function armPlaceFrom(name: string): { readonly epoch: number; readonly arm: string } {
  const [epoch = '', arm = ''] = name.split('/', 2);
  if (!/^\d{1,15}$/.test(epoch) || arm === '') throw new ServerError('data_loss', `"${name}" names no epoch and arm`);
  return { epoch: Number(epoch), arm };
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isSlot(value: unknown): boolean {
  return isCount(value) && Number(value) < TOTAL_WEIGHT;
}

function isHistogram(value: unknown): value is HistogramTotals {
  if (typeof value !== 'object' || value === null) return false;
  const { count, sum, min, max, offset, counts } = value as Partial<Record<keyof HistogramTotals, unknown>>;
  return (
    isCount(count) &&
    [sum, min, max].every((number) => Number.isFinite(number)) &&
    Number.isSafeInteger(offset) &&
    Array.isArray(counts) &&
    counts.length <= MAX_BUCKETS &&
    counts.every(isCount)
  );
}

function lost(name: string): ServerError {
  return new ServerError('data_loss', `a row of evidence about an arm has no usable "${name}"`);
}
