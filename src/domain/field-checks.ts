/** Checks of what people wrote into a request: a refusal names the field, the value and what is allowed. */
import { ServerError } from './errors.ts';

/** Of what others wrote so much is shown. */
const SHOWN = 128;

export function wrong(message: string): ServerError {
  return new ServerError('invalid_argument', message);
}

export function oneOf<T extends string>(field: string, given: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === given);
  if (found !== undefined) return found;
  throw wrong(`${field} is "${given.slice(0, SHOWN)}"; give one of ${allowed.join(', ')}`);
}

export function whole(
  field: string,
  value: number,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw wrong(`${field} is ${value}; give a whole number from ${least} to ${most}`);
}

/** Of an error: above 0, at most a half. */
export function probability(field: string, value: number): number {
  if (value > 0 && value <= 0.5) return value;
  throw wrong(`${field} is ${value}; give a probability above 0, at most 0.5`);
}

export function checkDifferent(what: string, names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw wrong(`${what}: "${twice.slice(0, SHOWN)}" is there twice; name each once`);
}
