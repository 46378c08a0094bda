/** How two runs' outputs for the same inputs differ: one pair, output by output. Pure. */
import type { OutputTotals, PairTotals, ShadowSettings, Tolerance } from '../domain/comparison.ts';
import { doublesOf, elementsOf, isFloat } from '../domain/elements.ts';
import type { Signature } from '../domain/signature.ts';
import type { Tensor } from '../domain/tensor.ts';
import { equateElements, measureElements } from './compare-elements.ts';
import { compareScores } from './compare-scores.ts';

export interface PairComparison {
  readonly totals: PairTotals;
  /**
   * How far apart: the largest |a - b| over its tolerance; infinite for other shapes, and for NaN or infinity against
   * anything else; 1 where nothing but labels differs; 0 where all is equal.
   */
  readonly score: number;
  /** The output with that score, '' where all are equal. */
  readonly output: string;
}

export interface Compared {
  /** Whose outputs count as right; tolerances are relative to them. */
  readonly live: readonly Tensor[];
  readonly shadow: readonly Tensor[];
  /** Of the live version. */
  readonly signature: Signature;
  readonly settings: ShadowSettings | undefined;
}

/** What float32 loses in a large model, and no more. */
const DEFAULT_TOLERANCE: Tolerance = { absolute: 1e-4, relative: 1e-3 };
const EXACT: Tolerance = { absolute: 0, relative: 0 };

/** A last axis of a fixed size in this range holds class scores. */
const MIN_CLASSES = 2;
const MAX_CLASSES = 10_000;

/** Outputs that the live version was not asked for are not compared; one that the shadow lacks has another shape. */
export function compareOutputs({ live, shadow, signature, settings }: Compared): PairComparison {
  const outputs: Record<string, OutputTotals> = {};
  let score = 0;
  let output = '';
  let disagreed = 0;
  for (const tensor of live) {
    const other = shadow.find(({ name }) => name === tensor.name);
    const kind = kindOf(signature, tensor);
    const tolerance = toleranceOf(settings, tensor.name);
    const compared = compareOutput(tensor, other, { kind, tolerance: isMeasured(kind) ? tolerance : EXACT });
    outputs[tensor.name] = compared.totals;
    if (compared.totals.disagreed > 0) disagreed = 1;
    if (compared.score <= score) continue;
    score = compared.score;
    output = tensor.name;
  }
  return { totals: { pairs: 1, disagreed, outputs }, score, output };
}

function toleranceOf(settings: ShadowSettings | undefined, output: string): Tolerance {
  if (settings === undefined || !Object.hasOwn(settings.tolerances, output)) return DEFAULT_TOLERANCE;
  return settings.tolerances[output] ?? DEFAULT_TOLERANCE;
}

/** By the type and the signature alone: what the values look like may change from call to call. */
function kindOf({ outputs }: Signature, { name, datatype }: Tensor): OutputTotals['kind'] {
  if (datatype === 'BOOL') return 'exact';
  if (!isFloat(datatype)) return 'labels';
  const classes = outputs.find((spec) => spec.name === name)?.shape.at(-1);
  return typeof classes === 'number' && classes >= MIN_CLASSES && classes <= MAX_CLASSES ? 'scores' : 'tolerance';
}

function isMeasured(kind: OutputTotals['kind']): boolean {
  return kind === 'tolerance' || kind === 'scores';
}

interface OutputComparison {
  readonly totals: OutputTotals;
  readonly score: number;
}

function compareOutput(
  live: Tensor,
  shadow: Tensor | undefined,
  { kind, tolerance }: { kind: OutputTotals['kind']; tolerance: Tolerance },
): OutputComparison {
  const totals = { ...NOTHING, kind, tolerance };
  if (shadow?.datatype !== live.datatype || shadow.shape.join() !== live.shape.join()) {
    return { totals: { ...totals, disagreed: 1, shapeDifferences: 1 }, score: Infinity };
  }
  if (!isMeasured(kind)) {
    const { score, ...differences } = equateElements(elementsOf(live), elementsOf(shadow));
    return { totals: { ...totals, ...differences, disagreed: score > 0 ? 1 : 0 }, score };
  }
  const a = doublesOf(live);
  const b = doublesOf(shadow);
  const { score, ...differences } = measureElements(a, b, tolerance);
  const ranked = kind === 'scores' ? compareScores(a, b, live.shape.at(-1) ?? 1) : NO_RANKS;
  const disagreed = differences.elementsBeyond > 0 || ranked.argmaxAgreed < ranked.rows ? 1 : 0;
  return { totals: { ...totals, ...differences, ...ranked, disagreed }, score };
}

const NO_RANKS = { rows: 0, argmaxAgreed: 0, topKOverlapSum: 0, topK: 0 };

const NOTHING: Omit<OutputTotals, 'kind' | 'tolerance'> = {
  pairs: 1,
  disagreed: 0,
  elements: 0,
  elementsBeyond: 0,
  maxAbsolute: 0,
  sumAbsolute: 0,
  maxRelative: 0,
  sumRelative: 0,
  rows: 0,
  argmaxAgreed: 0,
  topKOverlapSum: 0,
  topK: 0,
  equalElements: 0,
  shapeDifferences: 0,
  nanDifferences: 0,
};
