/** Version names as texts whose byte order is the order of compareVersions: what an index can page by. */
import { ServerError } from '../../domain/errors.ts';
import { isName } from '../../domain/version.ts';

/** Below every character of a key, so that a name comes before those that it begins. */
const END = ' ';
/** They come before digits and letters, in this order. */
const PUNCTUATION: Readonly<Record<string, string>> = { _: '#', '-': '$', '.': '%' };
const PART = /[0-9]+|./g;

/**
 * First the name with letters in one case and each run of digits by its value, behind its length; between names that
 * are alike in this, small letters come before capitals; and last decides the name itself (leading zeros).
 */
export function sortKey(version: string): string {
  if (!isName(version)) {
    throw new ServerError('invalid_argument', `"${version.slice(0, 128)}" is not the name of a version`);
  }
  const parts = version.match(PART) ?? [];
  const letters = version.replaceAll(/[^A-Za-z]/g, '');
  const cases = letters.replaceAll(/[a-z]/g, '0').replaceAll(/[A-Z]/g, '1');
  return `${parts.map(keyOf).join('')}${END}${cases}${END}${version}`;
}

function keyOf(part: string): string {
  if (!/^[0-9]/.test(part)) return PUNCTUATION[part] ?? part.toLowerCase();
  const digits = part.replace(/^0+/, '');
  // The 0 says that digits come after punctuation and before letters.
  return `0${String(digits.length).padStart(3, '0')}${digits}`;
}
