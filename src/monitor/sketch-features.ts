/** What a version is looked at for drift: the columns of small tables, other tensors as a whole. */
import { isFloat } from '../domain/elements.ts';
import type { Signature, TensorSpec } from '../domain/signature.ts';

/** One tensor's features. */
export interface SketchedTensor {
  readonly side: 'input' | 'output';
  readonly spec: TensorSpec;
  readonly kind: 'numeric' | 'label';
  /** One for each column, or one for all values. */
  readonly features: readonly string[];
}

/** Wider tables are sketched as a whole. */
const MAX_COLUMNS = 64;
/** Of a version; tensors that do not fit any more are left out. */
const MAX_FEATURES = 128;

export function sketchedTensors({ inputs, outputs }: Signature): readonly SketchedTensor[] {
  const sides = [
    ...inputs.map((spec) => ({ side: 'input' as const, spec })),
    ...outputs.map((spec) => ({ side: 'output' as const, spec })),
  ];
  const chosen: SketchedTensor[] = [];
  let left = MAX_FEATURES;
  for (const { side, spec } of sides) {
    const features = featuresOf(side, spec);
    if (features.length > left) continue;
    left -= features.length;
    chosen.push({ side, spec, kind: isFloat(spec.datatype) ? 'numeric' : 'label', features });
  }
  return chosen;
}

function featuresOf(side: string, { name, shape }: TensorSpec): readonly string[] {
  const columns = shape.length === 2 ? shape[1] : undefined;
  if (typeof columns !== 'number' || columns < 1 || columns > MAX_COLUMNS) return [`${side} ${name}`];
  return Array.from({ length: columns }, (_, column) => `${side} ${name}[${String(column)}]`);
}
