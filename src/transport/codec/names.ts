/** Names in a request that must be there and must not repeat. */
import { ServerError } from '../../domain/errors.ts';
import { quote } from './quote.ts';

/** Most requests have a handful; a set pays only beyond. */
const FEW = 8;

/** Throws Triton's words: "output 'X' already exists in request". */
export function checkUnique(kind: 'input' | 'output', names: readonly string[]): void {
  const repeated = names.length <= FEW ? repeatedOfFew(names) : repeatedOfMany(names);
  if (repeated === undefined) return;
  throw new ServerError('invalid_argument', `${kind} ${quote(repeated)} already exists in request; name it once`);
}

export function checkModelName(model: string): void {
  if (model !== '') return;
  throw new ServerError('invalid_argument', 'the request names no model; set the name of one that ListModels lists');
}

function repeatedOfFew(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) < index);
}

function repeatedOfMany(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}
