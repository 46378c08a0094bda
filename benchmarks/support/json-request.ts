/** The same calls as infer-request.ts makes, as JSON for servers that speak HTTP, and a comparison of their answers. */
import type { InferInput } from './infer-request.ts';
import { fillUniform } from './random.ts';

/** What a client with such readings would write. */
const DECIMALS = 6;
const TOLERANCE = 1e-4;

/** `{"inputs": [[…]]}`: nested like the shape, values from 0 to 8. */
export function jsonRequest(input: InferInput, random: () => number): string {
  const values = new Float32Array(input.shape.reduce((product, size) => product * size, 1));
  fillUniform(values, { random, low: 0, high: 8 });
  return jsonInputs(values, input.shape);
}

export function jsonInputs(values: ArrayLike<number>, shape: readonly number[]): string {
  const numbers = Array.from(values, (value) => Number(value.toFixed(DECIMALS)));
  const nested = shape.slice(1).reduceRight<unknown[]>((inner, size) => chunks(inner, size), numbers);
  return JSON.stringify({ inputs: nested });
}

/** Numbers may differ by what the order of a sum does to them. */
export function sameJson(one: Buffer, other: Buffer): boolean {
  return sameValue(JSON.parse(one.toString()), JSON.parse(other.toString()));
}

function sameValue(one: unknown, other: unknown): boolean {
  if (typeof one === 'number' && typeof other === 'number') {
    return Math.abs(one - other) <= TOLERANCE * Math.max(1, Math.abs(one));
  }
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  const [entries, others] = [Object.entries(one), other as Record<string, unknown>];
  return (
    entries.length === Object.keys(others).length && entries.every(([key, value]) => sameValue(value, others[key]))
  );
}

function chunks(values: readonly unknown[], size: number): unknown[] {
  const parts: unknown[] = [];
  for (let at = 0; at < values.length; at += size) parts.push(values.slice(at, at + size));
  return parts;
}
