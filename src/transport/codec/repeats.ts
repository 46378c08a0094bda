/** How many tensors, names and parameters one request may hold: each costs far more memory here than on the wire. */
import { ServerError } from '../../domain/errors.ts';

const MAX_REPEATS = 4096;

/** To be called before another one is added to `count`. */
export function checkRepeats(what: string, count: number): void {
  if (count < MAX_REPEATS) return;
  throw new ServerError('invalid_argument', `the request has more than ${MAX_REPEATS} ${what}; send fewer at once`);
}
