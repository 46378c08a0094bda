/** Comparing tensors within a tolerance, for golden examples and for the proof that batching is safe. */
import type { Datatype } from '../domain/datatype.ts';
import { elementsOf, isFloat } from '../domain/elements.ts';
import type { Tensor } from '../domain/tensor.ts';

/** How the tensors differ, in a sentence; undefined when they agree. */
export type Difference = string | undefined;

/**
 * Integers, booleans and strings must be equal; floats may differ by `tolerance` times the larger of 1 and the
 * expected magnitude. NaN equals NaN.
 */
export function compareTensors(got: Tensor, expected: Tensor, tolerance: number): Difference {
  if (got.datatype !== expected.datatype) {
    return `output "${expected.name}" is ${got.datatype} where ${expected.datatype} was expected`;
  }
  if (got.shape.join() !== expected.shape.join()) {
    return `output "${expected.name}" has shape [${got.shape.join()}] where [${expected.shape.join()}] was expected`;
  }
  const inexact = isFloat(expected.datatype);
  const left = elementsOf(got);
  const right = elementsOf(expected);
  for (let at = 0; at < right.length; at += 1) {
    const a = left[at];
    const b = right[at];
    if (a === b || (inexact && within(a, b, tolerance))) continue;
    return `output "${expected.name}" has ${String(a)} at element ${String(at)} where ${String(b)} was expected (tolerance ${String(tolerance)})`;
  }
  return undefined;
}

/** FP16 has 11 bits of precision, so no smaller tolerance makes sense for it. */
const FP16_TOLERANCE = 4e-3;

function toleranceFor(datatype: Datatype, tolerance: number): number {
  return datatype === 'FP16' ? Math.max(tolerance, FP16_TOLERANCE) : tolerance;
}

/** The tensors of one run against the expected ones, found by name. */
export function compareOutputs(got: readonly Tensor[], expected: readonly Tensor[], tolerance: number): Difference {
  for (const want of expected) {
    const have = got.find((tensor) => tensor.name === want.name);
    if (have === undefined) return `output "${want.name}" is missing`;
    const difference = compareTensors(have, want, toleranceFor(want.datatype, tolerance));
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function within(a: unknown, b: unknown, tolerance: number): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return false;
  if (Number.isNaN(a) && Number.isNaN(b)) return true;
  // An infinity is as far from its opposite as its share of itself: infinitely.
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  return Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
}
