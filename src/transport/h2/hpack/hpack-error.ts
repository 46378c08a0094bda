/** Why a header block was not decoded. */

/** `compression`: the block is malformed (RFC 7541). `too_large`: it is good, but beyond what a list may hold here. */
export type HpackErrorKind = 'compression' | 'too_large';

/** Decoding stopped in the middle of a block: the two sides' tables differ from now on, so the connection must end. */
export class HpackError extends Error {
  readonly kind: HpackErrorKind;

  constructor(kind: HpackErrorKind, message: string) {
    super(message);
    this.name = 'HpackError';
    this.kind = kind;
  }
}
