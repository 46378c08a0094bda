/** A pair as a person can look at it: what came in, and what both versions made of it. */
import type { OutputTotals } from '../domain/comparison.ts';
import { ELEMENT_BYTES } from '../domain/datatype.ts';
import { elementsOf } from '../domain/elements.ts';
import { elementCount } from '../domain/tensor.ts';
import type { Tensor } from '../domain/tensor.ts';
import type { ComparisonExample } from '../monitor/comparison-examples.ts';
import type { PairComparison } from './compare-outputs.ts';

export interface ComparedPair {
  readonly inputs: readonly Tensor[];
  readonly live: readonly Tensor[];
  readonly shadow: readonly Tensor[];
}

/** Characters of an example. */
const MAX_CHARACTERS = 16_000;
/** Values of each tensor: the most with which the example is not too long. */
const VALUE_LIMITS = [1024, 256, 64, 16, 4, 1, 0];
const MAX_STRING = 200;
/** Further ones are left out: they would not even leave room for their names. */
const MAX_TENSORS = 32;

/** @param at epoch ms. */
export function makeExample(pair: ComparedPair, compared: PairComparison, at: number): ComparisonExample {
  const { score, output, totals } = compared;
  const differences = totals.outputs[output];
  const summary = differences === undefined ? 'all outputs are equal' : summaryOf(output, differences, score);
  for (const limit of VALUE_LIMITS) {
    const example = {
      inputs: tensorsToJson(pair.inputs, limit),
      live: tensorsToJson(pair.live, limit),
      shadow: tensorsToJson(pair.shadow, limit),
    };
    const characters = example.inputs.length + example.live.length + example.shadow.length;
    if (characters <= MAX_CHARACTERS) return { at, score, output, ...example, summary };
  }
  return { at, score, output, inputs: '{}', live: '{}', shadow: '{}', summary };
}

function tensorsToJson(tensors: readonly Tensor[], limit: number): string {
  return JSON.stringify(
    Object.fromEntries(tensors.slice(0, MAX_TENSORS).map((tensor) => [tensor.name, shown(tensor, limit)])),
  );
}

function shown(tensor: Tensor, limit: number): object {
  const { shape, datatype } = tensor;
  return { shape, datatype, values: firstValues(tensor, limit), elements: elementCount(shape) };
}

/** How the narrow types round, and how many digits tell all of their values apart. */
const NARROW: Partial<Record<Tensor['datatype'], { round: (value: number) => number; digits: number }>> = {
  FP16: { round: Math.f16round, digits: 5 },
  FP32: { round: Math.fround, digits: 9 },
};

/** What JSON cannot say as a number is a string: "NaN", "-Infinity", whole numbers beyond 2^53. */
function firstValues(tensor: Tensor, limit: number): readonly (number | string | boolean)[] {
  const elements = elementsOf(firstElements(tensor, limit));
  return Array.from({ length: elements.length }, (_, at) => {
    const value = elements[at] ?? '';
    if (typeof value === 'string') return value.length > MAX_STRING ? `${value.slice(0, MAX_STRING)}…` : value;
    if (tensor.datatype === 'BOOL') return value === 1;
    const number = Number(value);
    if (typeof value === 'bigint') return Number.isSafeInteger(number) ? number : String(value);
    if (!Number.isFinite(number)) return String(number);
    return shortest(number, tensor.datatype);
  });
}

/** The shortest number that is this one in its type: 0.1 instead of 0.10000000149. */
function shortest(value: number, datatype: Tensor['datatype']): number {
  const narrow = NARROW[datatype];
  if (narrow === undefined) return value;
  for (let digits = 3; digits < narrow.digits; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (narrow.round(rounded) === value) return rounded;
  }
  return Number(value.toPrecision(narrow.digits));
}

/** Of a large tensor only what is shown is read. Its shape is not that of its data any more. */
function firstElements(tensor: Tensor, limit: number): Tensor {
  const { data, datatype } = tensor;
  const end = data instanceof Uint8Array ? limit * ELEMENT_BYTES[datatype] : limit;
  return { ...tensor, data: data.slice(0, end) };
}

/** In one sentence, of the output that differs most. */
function summaryOf(output: string, totals: OutputTotals, score: number): string {
  const { rows, argmaxAgreed, elements, elementsBeyond, nanDifferences, maxAbsolute } = totals;
  const title = `output "${output}"`;
  if (totals.shapeDifferences > 0) return `${title} has another shape or type, or is not there`;
  const parts: string[] = [];
  if (argmaxAgreed < rows) parts.push(`has another best class in ${rows - argmaxAgreed} of ${rows} rows`);
  if (nanDifferences > 0) parts.push(`is NaN or infinite on one side in ${nanDifferences} of ${elements} elements`);
  const isEquality = totals.kind === 'labels' || totals.kind === 'exact';
  if (isEquality) parts.push(`differs in ${elementsBeyond} of ${elements} elements`);
  if (maxAbsolute > 0) parts.push(`differs by up to ${short(maxAbsolute)}${timesOf(score)}`);
  return `${title} ${parts.join(', and ')}`;
}

function timesOf(score: number): string {
  return Number.isFinite(score) ? `, ${short(score)} times the tolerance` : '';
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
