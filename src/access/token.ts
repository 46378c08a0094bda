/** The text of a token, and what is known of one. */

/** What the registry keeps of a token, and a serve process of those that may call Predict. */
export interface KnownToken {
  readonly id: string;
  /** Of the identity that it stands for. */
  readonly name: string;
  /** sha256 of its secret. */
  readonly hash: Uint8Array;
  /** The only models that it is for; none = all. */
  readonly models: readonly string[];
  /** Epoch ms; undefined = it does not expire. */
  readonly expiresAt: number | undefined;
  /** Calls of Predict per second and serve process; 0 = no limit. */
  readonly requestsPerSecond: number;
  /** How many of them may come at once. */
  readonly burst: number;
}

/** A token as its holder has it: `id` finds what is known of it, and `secret` proves that it is the one. */
export interface TokenText {
  readonly id: string;
  readonly secret: string;
}

/** 64 random bits in hex, and 256 in base64url. */
const TOKEN = /^slc_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;
const TOKEN_CHARACTERS = 64;
const SCHEME = /^bearer +(\S+)$/i;
/** A header that is longer is not looked at: "Bearer", some spaces, and a token. */
const MAX_HEADER_CHARACTERS = 128;

export function formatToken({ id, secret }: TokenText): string {
  return `slc_${id}_${secret}`;
}

/** undefined where the text is no token. */
export function parseToken(text: string): TokenText | undefined {
  if (text.length > TOKEN_CHARACTERS) return undefined;
  const [, id, secret] = TOKEN.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** What the `authorization` metadata holds; undefined where that is no token of ours. */
export function parseAuthorization(header: string): TokenText | undefined {
  if (header.length > MAX_HEADER_CHARACTERS) return undefined;
  const [, text] = SCHEME.exec(header) ?? [];
  return text === undefined ? undefined : parseToken(text);
}
