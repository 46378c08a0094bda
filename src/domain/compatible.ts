/** Whether one version can take over the calls of another: what it accepts and gives, side by side. */
import { wireShape } from './signature.ts';
import type { Dimension, Signature, TensorSpec } from './signature.ts';

/**
 * What keeps `candidate` from answering every call that `live` answers, as a sentence without its subject; undefined
 * where nothing does. It has to take the same inputs, in every size that `live` takes, and give at least its outputs.
 */
export function incompatibility(live: Signature, candidate: Signature): string | undefined {
  return inputDifference(live.inputs, candidate.inputs) ?? outputDifference(live.outputs, candidate.outputs);
}

function inputDifference(live: readonly TensorSpec[], candidate: readonly TensorSpec[]): string | undefined {
  const extra = candidate.find(({ name }) => !live.some((input) => input.name === name));
  if (extra !== undefined) return `it needs an input "${extra.name}" that callers do not send`;
  for (const input of live) {
    const other = candidate.find(({ name }) => name === input.name);
    if (other === undefined) return `it has no input "${input.name}"`;
    const difference = elementDifference(input, other) ?? narrowing(input, other);
    if (difference !== undefined) return `its input "${input.name}" ${difference}`;
  }
  return undefined;
}

function outputDifference(live: readonly TensorSpec[], candidate: readonly TensorSpec[]): string | undefined {
  for (const output of live) {
    const other = candidate.find(({ name }) => name === output.name);
    if (other === undefined) return `it has no output "${output.name}"`;
    const difference = elementDifference(output, other);
    if (difference !== undefined) return `its output "${output.name}" ${difference}`;
  }
  return undefined;
}

function elementDifference(live: TensorSpec, candidate: TensorSpec): string | undefined {
  if (live.datatype !== candidate.datatype) return `is ${candidate.datatype} in place of ${live.datatype}`;
  if (live.shape.length === candidate.shape.length) return undefined;
  return `has ${candidate.shape.length} dimensions ${show(candidate.shape)} in place of ${show(live.shape)}`;
}

/** A size that `candidate` fixes and `live` leaves open, or fixes otherwise. */
function narrowing(live: TensorSpec, candidate: TensorSpec): string | undefined {
  const isNarrower = candidate.shape.some((dim, at) => typeof dim === 'number' && dim !== live.shape[at]);
  return isNarrower ? `takes ${show(candidate.shape)} only, not every ${show(live.shape)}` : undefined;
}

function show(shape: readonly Dimension[]): string {
  return `[${wireShape(shape).join()}]`;
}
