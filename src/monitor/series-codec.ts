/** Totals as JSON text and back: what the control plane sends and the store keeps. */
import { isJsonObject, type JsonObject } from '../config/json.ts';
import { ServerError } from '../domain/errors.ts';
import type { Outcome } from '../domain/tracing.ts';
import { BUCKETS_PER_OCTAVE, ROWS, SECONDS } from './histogram.ts';
import { COUNTERS, emptyTotals, HISTOGRAMS, OUTCOMES, REFUSAL_REASONS } from './series.ts';
import type { HistogramTotals, SeriesTotals } from './series.ts';

/** The histograms of all outcomes and the four others, every bucket filled with a count of 16 digits, fit in less. */
const MAX_CHARACTERS = 2 ** 18;
/** Of both ranges, as bucketEdge numbers them. */
const LOWEST_BUCKET = SECONDS.lowExponent * BUCKETS_PER_OCTAVE;
const END_BUCKET = ROWS.lowExponent * BUCKETS_PER_OCTAVE + ROWS.edges.length - 1;

export function totalsToJson(totals: SeriesTotals): string {
  return JSON.stringify(totals);
}

/** Throws DATA_LOSS where the text holds no totals. */
export function totalsFromJson(text: string): SeriesTotals {
  const written = parsed(text);
  const histograms = Object.fromEntries(HISTOGRAMS.map((name) => [name, readHistogram(name, written[name])]));
  const counters = Object.fromEntries(COUNTERS.map((name) => [name, readCount(name, written[name])]));
  const requests = readObject('requests', written.requests);
  const refused = readObject('refused', written.refused);
  return {
    ...emptyTotals(),
    ...histograms,
    ...counters,
    requests: Object.fromEntries(
      Object.entries(requests).map(([outcome, value]) => [readOutcome(outcome), readHistogram(outcome, value)]),
    ),
    refused: Object.fromEntries(
      REFUSAL_REASONS.map((reason) => [reason, readCount(reason, refused[reason])]),
    ) as SeriesTotals['refused'],
  };
}

function parsed(text: string): JsonObject {
  if (text.length > MAX_CHARACTERS) {
    throw unreadable(`a text of ${String(text.length)} characters, more than ${String(MAX_CHARACTERS)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unreadable(`no JSON: ${JSON.stringify(text.slice(0, 40))}`, cause);
  }
  return readObject('totals', value);
}

function readHistogram(name: string, value: unknown): HistogramTotals {
  const written = readObject(name, value);
  const { offset, counts } = written;
  const histogram = {
    count: readCount(`${name}.count`, written.count),
    sum: readNumber(`${name}.sum`, written.sum),
    min: readNumber(`${name}.min`, written.min),
    max: readNumber(`${name}.max`, written.max),
  };
  if (typeof offset !== 'number' || !Number.isInteger(offset)) throw unreadable(`${name} without an offset`);
  if (!Array.isArray(counts)) throw unreadable(`${name} without counts`);
  if (counts.length > 0 && (offset < LOWEST_BUCKET || offset + counts.length > END_BUCKET)) {
    throw unreadable(`${name} with ${String(counts.length)} buckets from ${String(offset)} on`);
  }
  const read = counts.map((count: unknown) => readCount(`${name}.counts`, count));
  const sum = read.reduce((total, count) => total + count, 0);
  if (sum !== histogram.count) {
    throw unreadable(`${name} with ${String(sum)} values in its buckets, but a count of ${String(histogram.count)}`);
  }
  if (histogram.min > histogram.max) throw unreadable(`${name} with a min above its max`);
  return { ...histogram, offset, counts: read };
}

function readOutcome(name: string): Outcome {
  const outcome = OUTCOMES.find((known) => known === name);
  if (outcome === undefined) throw unreadable(`the unknown outcome ${JSON.stringify(name.slice(0, 40))}`);
  return outcome;
}

function readObject(name: string, value: unknown): JsonObject {
  if (!isJsonObject(value)) throw unreadable(`${name} that is no object`);
  return value;
}

function readCount(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw unreadable(`${name} that is no count`);
}

function readNumber(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw unreadable(`${name} that is no number from 0 on`);
}

function unreadable(found: string, cause?: unknown): ServerError {
  const message = `statistics cannot be read, they hold ${found}; both processes must be of the same version`;
  return new ServerError('data_loss', message, { cause });
}
