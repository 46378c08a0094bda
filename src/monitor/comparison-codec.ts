/** Totals of comparisons as the evidence book's rows hold them, read back. */
import { isJsonObject } from '../config/json.ts';
import type { JsonObject } from '../config/json.ts';
import type { ComparisonTotals, OutputTotals, PairTotals } from '../domain/comparison.ts';
import { ServerError } from '../domain/errors.ts';
import type { JsonRecord } from '../domain/registry.ts';
import { MAX_EXAMPLES, type ComparisonExample } from './comparison-examples.ts';

const KINDS: readonly OutputTotals['kind'][] = ['exact', 'tolerance', 'labels', 'scores'];
/** A model has no more outputs, and there are no more error codes. */
const MAX_KEYS = 10_000;

/** Of a body of kind "comparison". Throws DATA_LOSS where it is none. */
export function comparisonFromJson(body: JsonRecord): ComparisonTotals {
  const skipped = objectOf(body, 'skipped');
  return {
    ...readPairs(body),
    since: numberOf(body, 'since'),
    shadowErrors: eachOf(objectOf(body, 'shadowErrors'), numberOf),
    skipped: {
      dropped: numberOf(skipped, 'dropped'),
      live_failed: numberOf(skipped, 'live_failed'),
      too_large: numberOf(skipped, 'too_large'),
      over_budget: numberOf(skipped, 'over_budget'),
    },
    noise: readPairs(objectOf(body, 'noise')),
    liveMs: numberOf(body, 'liveMs'),
    shadowMs: numberOf(body, 'shadowMs'),
    differenceMs: finiteOf(body, 'differenceMs'),
    differenceMsSquared: numberOf(body, 'differenceMsSquared'),
    shadowSlower: numberOf(body, 'shadowSlower'),
  };
}

/** As a body of kind "examples"; an infinite score, which JSON does not know, is null. */
export function examplesToJson(examples: readonly ComparisonExample[]): JsonRecord {
  return { examples: examples.map((example) => ({ ...example, score: shownScore(example.score) })) };
}

/** Of a body of kind "examples". Throws DATA_LOSS where it is none. */
export function examplesFromJson({ examples }: JsonRecord): readonly ComparisonExample[] {
  if (!Array.isArray(examples) || examples.length > MAX_EXAMPLES) throw unreadable('no list of examples');
  return examples.map((example: unknown) => {
    if (!isJsonObject(example)) throw unreadable('an example that is no object');
    return {
      at: numberOf(example, 'at'),
      score: example.score === null ? Infinity : numberOf(example, 'score'),
      output: textOf(example, 'output'),
      inputs: textOf(example, 'inputs'),
      live: textOf(example, 'live'),
      shadow: textOf(example, 'shadow'),
      summary: textOf(example, 'summary'),
    };
  });
}

function shownScore(score: number): number | null {
  return score === Infinity ? null : score;
}

function readPairs(json: JsonObject): PairTotals {
  return {
    pairs: numberOf(json, 'pairs'),
    disagreed: numberOf(json, 'disagreed'),
    outputs: eachOf(objectOf(json, 'outputs'), (outputs, name) => readOutput(objectOf(outputs, name))),
  };
}

function readOutput(json: JsonObject): OutputTotals {
  const kind = KINDS.find((known) => known === json.kind);
  if (kind === undefined) throw unreadable('an output of no known kind');
  const tolerance = objectOf(json, 'tolerance');
  return {
    kind,
    pairs: numberOf(json, 'pairs'),
    disagreed: numberOf(json, 'disagreed'),
    elements: numberOf(json, 'elements'),
    elementsBeyond: numberOf(json, 'elementsBeyond'),
    maxAbsolute: numberOf(json, 'maxAbsolute'),
    sumAbsolute: numberOf(json, 'sumAbsolute'),
    maxRelative: numberOf(json, 'maxRelative'),
    sumRelative: numberOf(json, 'sumRelative'),
    rows: numberOf(json, 'rows'),
    argmaxAgreed: numberOf(json, 'argmaxAgreed'),
    topKOverlapSum: numberOf(json, 'topKOverlapSum'),
    topK: numberOf(json, 'topK'),
    equalElements: numberOf(json, 'equalElements'),
    shapeDifferences: numberOf(json, 'shapeDifferences'),
    nanDifferences: numberOf(json, 'nanDifferences'),
    tolerance: { absolute: numberOf(tolerance, 'absolute'), relative: numberOf(tolerance, 'relative') },
  };
}

function eachOf<Value>(
  json: JsonObject,
  read: (json: JsonObject, key: string) => Value,
): Readonly<Record<string, Value>> {
  const keys = Object.keys(json);
  if (keys.length > MAX_KEYS) throw unreadable(`${String(keys.length)} keys in one place`);
  return Object.fromEntries(keys.map((key) => [key, read(json, key)]));
}

function objectOf(json: JsonObject, key: string): JsonObject {
  const value = json[key];
  if (isJsonObject(value)) return value;
  throw unreadable(`a ${key} that is no object`);
}

function numberOf(json: JsonObject, key: string): number {
  const value = finiteOf(json, key);
  if (value >= 0) return value;
  throw unreadable(`a ${key} below 0`);
}

function finiteOf(json: JsonObject, key: string): number {
  const value = json[key];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw unreadable(`a ${key} that is no number`);
}

function textOf(json: JsonObject, key: string): string {
  const value = json[key];
  if (typeof value === 'string') return value;
  throw unreadable(`a ${key} that is no text`);
}

function unreadable(what: string): ServerError {
  return new ServerError('data_loss', `a comparison holds ${what}; were serve and admin processes of one release?`);
}
