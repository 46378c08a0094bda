/** Short texts that messages repeat (names, datatypes): found by their bytes, without making a string again. */

/** Longer ones are rare, and each would be kept. */
export const SHORT_TEXT_BYTES = 64;

/** A power of two. Texts that meet in a slot take turns. */
const SLOTS = 1024;

const known = new Array<string>(SLOTS).fill('');

/** The text of `bytes` from `start` to `end`, which are at most SHORT_TEXT_BYTES apart. */
export function knownText(bytes: Buffer, start: number, end: number): string {
  let hash = end - start;
  for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const candidate = known[slot] ?? '';
  if (equal(candidate, bytes, start, end)) return candidate;
  const text = bytes.toString('utf8', start, end);
  // As many characters as bytes: ASCII, or U+FFFD in place of bytes, which equals none. So a match is exact.
  if (text.length === end - start) known[slot] = text;
  return text;
}

function equal(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}
