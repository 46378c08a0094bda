/** Sketches as the evidence book's rows hold them, read back. */
import { isJsonObject } from '../config/json.ts';
import { ServerError } from '../domain/errors.ts';
import type { JsonRecord } from '../domain/registry.ts';
import type { FeatureSketch, SketchTotals } from '../domain/sketch.ts';
import { isBucketKey, MAX_LABELS } from './sketch.ts';

/** What a version was sent and what it answered in ten minutes. */
export interface SketchSlot {
  /** Since the epoch, counted in SLOT_MS. */
  readonly slot: number;
  readonly calls: number;
  readonly features: SketchTotals;
}

const MAX_FEATURES = 1000;

/** Of a body of kind "sketch". Throws DATA_LOSS where it is none. */
export function slotFromJson({ slot, calls, features }: JsonRecord): SketchSlot {
  if (!isCount(slot) || !isCount(calls)) throw unreadable('no slot or no calls');
  if (!isJsonObject(features)) throw unreadable('no features');
  const entries = Object.entries(features);
  if (entries.length > MAX_FEATURES) throw unreadable(`${String(entries.length)} features`);
  return { slot, calls, features: Object.fromEntries(entries.map(([name, value]) => [name, readFeature(value)])) };
}

function readFeature(value: unknown): FeatureSketch {
  if (!isJsonObject(value) || !isCount(value.units)) throw unreadable('a feature without units');
  const { kind, units } = value;
  if (kind === 'numeric') return { kind, units, buckets: readBuckets(value.buckets), nan: readCount(value.nan) };
  if (kind === 'label') return { kind, units, labels: readLabels(value.labels), other: readCount(value.other) };
  throw unreadable('a feature of no known kind');
}

function readBuckets(value: unknown): readonly number[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [undefined];
  const numbers = list.filter((item) => typeof item === 'number');
  const fits = numbers.every((number, at) => (at % 2 === 0 ? isBucketKey(number) : isCount(number)));
  if (numbers.length === list.length && numbers.length % 2 === 0 && fits) return numbers;
  throw unreadable('buckets that are no pairs of keys and counts');
}

function readLabels(value: unknown): Readonly<Record<string, number>> {
  if (!isJsonObject(value)) throw unreadable('labels that are no object');
  const entries = Object.entries(value);
  if (entries.length > MAX_LABELS) throw unreadable(`${String(entries.length)} labels`);
  return Object.fromEntries(entries.map(([label, count]) => [label, readCount(count)]));
}

function readCount(value: unknown): number {
  if (isCount(value)) return value;
  throw unreadable('what is no count');
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function unreadable(what: string): ServerError {
  return new ServerError('data_loss', `a sketch holds ${what}; were serve and admin processes of one release?`);
}
