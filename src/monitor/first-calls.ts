/**
 * Which call is the first of its routing key: a caller's further calls go to the same arm, so they are no news.
 *
 * One bit per hash, so a key whose bit another one set is taken for known: that loses a call, whatever its arm. After
 * so many keys all begin anew: a caller counts again only after many others did, and weighs no more than one of them.
 */

const BITS = 2 ** 19;
const MAX_KEYS = 2 ** 16;

export class FirstCalls {
  readonly #maxKeys: number;
  #bits: Uint8Array | undefined;
  #keys = 0;

  constructor(maxKeys = MAX_KEYS) {
    this.#maxKeys = maxKeys;
  }

  /** @param hash of the key, a whole number. */
  take(hash: number): boolean {
    this.#bits ??= new Uint8Array(BITS / 8);
    const at = (hash & (BITS - 1)) >>> 3;
    const bit = 1 << (hash & 7);
    const byte = this.#bits[at] ?? 0;
    if ((byte & bit) !== 0) return false;
    if (this.#keys >= this.#maxKeys) {
      this.#bits.fill(0);
      this.#keys = 0;
    }
    this.#bits[at] = (this.#bits[at] ?? 0) | bit;
    this.#keys += 1;
    return true;
  }
}
