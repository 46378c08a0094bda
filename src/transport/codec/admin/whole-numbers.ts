/** 64-bit integers of the Admin services as numbers, refused where a number cannot hold them. */
import { ServerError } from '../../../domain/errors.ts';
import { type Int64, toNumber } from '../int64.ts';

/** `field` names it in the message. */
export function wholeNumber(field: string, value: Int64): number {
  const number = toNumber(value);
  // Above 2^63 the halves read as a negative number.
  if (number >= 0 && Number.isSafeInteger(number)) return number;
  throw new ServerError('invalid_argument', `${field} is beyond 2^53; send a smaller number`);
}
