/** Counts the values of calls' tensors into sketches. */
import type { FeatureSketch, SketchTotals } from '../domain/sketch.ts';
import { ELEMENT_BYTES } from '../domain/datatype.ts';
import { elementsOf } from '../domain/elements.ts';
import type { Elements } from '../domain/elements.ts';
import type { Signature } from '../domain/signature.ts';
import { elementCount } from '../domain/tensor.ts';
import type { Tensor } from '../domain/tensor.ts';
import { sketchedTensors } from './sketch-features.ts';
import type { SketchedTensor } from './sketch-features.ts';
import { bucketKey, bucketsOf, MAX_LABELS } from './sketch.ts';

/** What one call, or a few rows of a reference, brought. */
export interface Observation {
  readonly inputs: readonly Tensor[];
  /** Those that are not here are not counted. */
  readonly outputs: readonly Tensor[];
  /** How many of them are independent: 1 for a call, whose rows may be alike. */
  readonly units: number;
  /** false: strings are left out, since they would leave the process. */
  readonly strings: boolean;
}

/** Of a tensor's first dimension. */
export const MAX_SKETCHED_ROWS = 16;
/** Of a tensor; of more, every second, third, … is looked at. */
const MAX_VALUES = 4096;
const MAX_LABEL_CHARACTERS = 64;
/** Of all features together, so that a version's sketches stay below 256 kB; further features are left out. */
const MAX_BUCKETS = 16_000;

export class SketchRecorder {
  readonly #plan: readonly (SketchedTensor & { readonly counters: readonly Counter[] })[];

  constructor(signature: Signature) {
    this.#plan = sketchedTensors(signature).map((tensor) => ({
      ...tensor,
      counters: tensor.features.map(() => (tensor.kind === 'numeric' ? new NumberCounter() : new LabelCounter())),
    }));
  }

  record({ inputs, outputs, units, strings }: Observation): void {
    for (const { side, spec, counters } of this.#plan) {
      if (spec.datatype === 'BYTES' && !strings) continue;
      const tensors = side === 'input' ? inputs : outputs;
      const tensor = tensors.find(({ name, datatype }) => name === spec.name && datatype === spec.datatype);
      if (tensor !== undefined) count(tensor, counters, units);
    }
  }

  totals(): SketchTotals {
    const totals: [string, FeatureSketch][] = [];
    let left = MAX_BUCKETS;
    for (const { features, counters } of this.#plan) {
      for (const [at, feature] of features.entries()) {
        const counter = counters[at];
        if (counter === undefined || counter.units === 0 || counter.size > left) continue;
        left -= counter.size;
        totals.push([feature, counter.sketch()]);
      }
    }
    return Object.fromEntries(totals);
  }
}

interface Counter {
  units: number;
  /** What it takes of MAX_BUCKETS. */
  readonly size: number;
  add(value: number | bigint | string, isTruth: boolean): void;
  sketch(): FeatureSketch;
}

class NumberCounter implements Counter {
  units = 0;
  readonly #counts = new Map<number, number>();
  #nan = 0;

  get size(): number {
    return this.#counts.size;
  }

  add(value: number | bigint | string): void {
    const number = Number(value);
    if (Number.isNaN(number)) {
      this.#nan += 1;
      return;
    }
    const key = bucketKey(number);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  sketch(): FeatureSketch {
    return { kind: 'numeric', units: this.units, buckets: bucketsOf(this.#counts), nan: this.#nan };
  }
}

class LabelCounter implements Counter {
  units = 0;
  readonly #labels = new Map<string, number>();
  #other = 0;

  /** A label takes the space of some buckets. */
  get size(): number {
    return this.#labels.size * 5;
  }

  add(value: number | bigint | string, isTruth: boolean): void {
    const label = isTruth ? String(value === 1) : String(value).slice(0, MAX_LABEL_CHARACTERS);
    const count = this.#labels.get(label);
    if (count !== undefined || this.#labels.size < MAX_LABELS) this.#labels.set(label, (count ?? 0) + 1);
    else this.#other += 1;
  }

  sketch(): FeatureSketch {
    return { kind: 'label', units: this.units, labels: Object.fromEntries(this.#labels), other: this.#other };
  }
}

function count(tensor: Tensor, counters: readonly Counter[], units: number): void {
  const elements = headOf(tensor);
  if (elements.length === 0) return;
  const isTruth = tensor.datatype === 'BOOL';
  const columns = counters.length;
  // Whole rows of columns are always looked at: there are no more than MAX_SKETCHED_ROWS × 64 of their values.
  const step = columns === 1 ? Math.ceil(elements.length / MAX_VALUES) : 1;
  for (let at = 0; at < elements.length; at += step) counters[at % columns]?.add(elements[at] ?? '', isTruth);
  for (const counter of counters) counter.units += units;
}

/** The elements of the first rows. */
function headOf(tensor: Tensor): Elements {
  const { data, datatype, shape } = tensor;
  const rows = shape[0] ?? 1;
  const elements = (elementCount(shape) / Math.max(1, rows)) * Math.min(rows, MAX_SKETCHED_ROWS);
  const end = data instanceof Uint8Array ? elements * ELEMENT_BYTES[datatype] : elements;
  return elementsOf({ ...tensor, data: data.slice(0, end) });
}
