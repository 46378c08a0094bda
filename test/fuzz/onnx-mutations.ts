/** Models that are almost those that exporters write: one or a few of their parts are changed, or of their bytes. */
import { decodeModel, encodeModel } from '../support/onnx-models.ts';
import type { OnnxModel } from '../support/onnx-models.ts';
import type { Prng } from '../support/prng.ts';

const TEXTS = [
  ...['', 'x', 'Add', 'If', 'Loop', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft', 'own', 'f0', 'Swoosh'],
  ...[
    'w.bin',
    './w.bin',
    '../w.bin',
    '/etc/passwd',
    'a//b',
    '*/_ORT_MEM_ADDR_/*',
    'C:w',
    '\ufeffw.bin',
    'w\0',
    '\ufffd',
  ],
  ...['location', 'offset', 'length', 'checksum', 'prepacked_0', '-1', '16', '99999999999999999'],
];
const NUMBERS = [0, 1, 2, 3, 4, 7, 8, 9, 16, 22, 26, 27, 64, 255, -1, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 62)];
const MAX_CHANGES = 4;
/** Deeper and wider ones come from changes of changes. */
const MAX_BYTES = 200_000;

interface Spot {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
}

export class Mutations {
  readonly #random: Prng;
  readonly #models: Buffer[];

  constructor(random: Prng, models: readonly Buffer[]) {
    this.#random = random;
    this.#models = [...models];
  }

  next(): Buffer {
    const model = this.#pick(this.#models);
    let changed = this.#chance(0.6) ? (this.#changeParts(model) ?? model) : model;
    if (changed === model || this.#chance(0.2)) changed = this.#changeBytes(changed);
    return changed.length > MAX_BYTES ? changed.subarray(0, MAX_BYTES) : changed;
  }

  /** What was taken for a model once may be changed further. */
  keep(model: Buffer): void {
    if (this.#chance(0.02) && model.length < MAX_BYTES / 4) this.#models.push(model);
  }

  /** undefined where the outcome cannot be written. */
  #changeParts(bytes: Buffer): Buffer | undefined {
    try {
      const model = decodeModel(bytes);
      for (let changes = 1 + this.#below(MAX_CHANGES); changes > 0; changes -= 1) this.#changePart(model);
      return encodeModel(model);
    } catch {
      return undefined;
    }
  }

  #changePart(model: OnnxModel): void {
    const spots = spotsIn(model);
    const spot = this.#pick(spots);
    const values = spot.holder as Record<string, unknown>;
    const value = values[spot.key];
    const other = this.#pick(
      spots.filter(({ key, holder }) => key === spot.key && holder !== spot.holder).concat(spot),
    );
    if (this.#chance(0.2)) values[spot.key] = structuredClone((other.holder as Record<string, unknown>)[other.key]);
    else if (this.#chance(0.1)) Reflect.deleteProperty(values, spot.key);
    else if (typeof value === 'string') values[spot.key] = this.#pick(TEXTS);
    else if (typeof value === 'number') values[spot.key] = this.#pick(NUMBERS);
    else if (Array.isArray(value)) this.#changeList(value);
    else if (value instanceof Uint8Array) values[spot.key] = value.subarray(0, this.#below(value.length + 1));
  }

  #changeList(list: unknown[]): void {
    const at = this.#below(list.length + 1);
    if (this.#chance(0.5)) list.splice(at, 1);
    else if (list.length > 0) list.splice(at, 0, structuredClone(this.#pick(list)));
  }

  #changeBytes(model: Buffer): Buffer {
    let bytes = Buffer.from(model);
    for (let changes = 1 + this.#below(MAX_CHANGES); changes > 0; changes -= 1) {
      const at = this.#below(bytes.length + 1);
      const to = Math.min(bytes.length, at + this.#below(40));
      const kind = this.#below(5);
      if (kind === 0 && at < bytes.length) bytes[at] = this.#below(256);
      else if (kind === 1) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
      else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
      else if (kind === 3 && at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << this.#below(8));
      else if (this.#chance(0.1)) bytes = bytes.subarray(0, at);
    }
    return bytes;
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#below(values.length)]!;
  }

  #chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  #below(limit: number): number {
    return Math.floor(this.#random.next() * limit);
  }
}

/** Every value that is somewhere in the model, by where it is; long lists count as one. */
function spotsIn(value: unknown, spots: Spot[] = []): Spot[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return spots;
  if (Array.isArray(value) && value.length > 100) return spots;
  const holder = value as Record<string, unknown> | unknown[];
  for (const [key, inner] of Object.entries(holder)) {
    if (key === '__proto__') continue;
    spots.push({ holder, key });
    spotsIn(inner, spots);
  }
  return spots;
}
