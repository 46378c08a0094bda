/** Prediction ids: which version answered, in which arm and epoch, and when, signed so that nobody can make one up. */
import assert from 'node:assert/strict';
import { hash, timingSafeEqual } from 'node:crypto';

export interface PredictionFacts {
  readonly model: string;
  /** The one that answered. */
  readonly version: string;
  readonly arm: string;
  readonly epoch: number;
  /** -1 = none: the version was named, or a rule decided. */
  readonly slot: number;
  /** Epoch ms. */
  readonly at: number;
  /** Of the routing key that decided, see unitOf in routing/pick.ts; '' where none did. */
  readonly unit: string;
}

export interface PredictionIdsOptions {
  /** The registry's secret. */
  readonly key: Uint8Array;
  /** 8 random bytes of this process: with a number that grows they make every id another one. */
  readonly boot: Uint8Array;
  /** Epoch ms. */
  readonly now: () => number;
}

/*
 * base64url of a body, then the first 22 characters (132 bits) of its tag's base64url. The body, big-endian:
 *
 *     0  format (1)        9  at (6 bytes)       23  number (4 bytes)   28  length of the version's name
 *     1  slot + 1 (2)     15  boot (8 bytes)     27  length of the      29  length of the arm's name
 *     3  epoch (6 bytes)                             model's name       30  unit (8 bytes), 0 = none
 *                                                                       38  the three names, UTF-8
 *
 * The tag is SHA-512/256 over the key and the body. A key of fixed length in front makes a sound MAC of a hash that
 * gives away only half of its state: nobody can go on hashing from the result, which is why SHA-256 would need HMAC.
 * It is one call and takes a third of createHmac's time; benchmarks/prediction-id.ts measures both.
 */
/** Of format 1, in which there was no unit, ids may still come back. */
const FORMAT = 2;
const OLD_FORMAT = 1;
const SLOT = 1;
const EPOCH = 3;
const AT = 9;
const BOOT = 15;
const NUMBER = 23;
const LENGTHS = 27;
const UNIT = 30;
const OLD_NAMES = 30;
const NAMES = 38;
const BOOT_BYTES = 8;
const KEY_BYTES = 32;
const TAG_CHARACTERS = 22;
const MAX_NAME_BYTES = 255;
const MAX_CHARACTERS = TAG_CHARACTERS + Math.ceil(((NAMES + 3 * MAX_NAME_BYTES) * 4) / 3);
/** More arms than this at once are not worth keeping what their ids have in common. */
const MAX_TEMPLATES = 10_000;

/** Of one version in one arm: key and body, of which each id changes the slot, the time and the number. */
interface Template {
  readonly epoch: number;
  readonly bytes: Buffer;
}

export class PredictionIds {
  readonly #key: Buffer;
  readonly #boot: Uint8Array;
  readonly #now: () => number;
  readonly #templates = new Map<string, Template>();
  #count = 0;

  constructor({ key, boot, now }: PredictionIdsOptions) {
    assert.equal(boot.length, BOOT_BYTES, 'a boot has 8 bytes');
    this.#key = fixedKey(key);
    this.#boot = boot;
    this.#now = now;
  }

  sign(facts: Omit<PredictionFacts, 'at'>): string {
    const { bytes } = this.#template(facts);
    this.#count = (this.#count + 1) >>> 0;
    bytes.writeUInt16BE(facts.slot + 1, KEY_BYTES + SLOT);
    bytes.writeUIntBE(this.#now(), KEY_BYTES + AT, 6);
    bytes.writeUInt32BE(this.#count, KEY_BYTES + NUMBER);
    if (facts.unit === '') bytes.fill(0, KEY_BYTES + UNIT, KEY_BYTES + NAMES);
    else bytes.write(facts.unit, KEY_BYTES + UNIT, 'hex');
    return bytes.toString('base64url', KEY_BYTES) + tagOf(bytes);
  }

  #template(facts: Omit<PredictionFacts, 'at'>): Template {
    // Names hold no slash.
    const name = `${facts.model}/${facts.version}/${facts.arm}`;
    const known = this.#templates.get(name);
    if (known?.epoch === facts.epoch) return known;
    if (this.#templates.size >= MAX_TEMPLATES) this.#templates.clear();
    const made = { epoch: facts.epoch, bytes: Buffer.concat([this.#key, bodyOf(facts, this.#boot)]) };
    this.#templates.set(name, made);
    return made;
  }
}

/** What `sign` was told; undefined where the text was not signed with this key, or was changed since. */
export function readPredictionId(key: Uint8Array, text: string): PredictionFacts | undefined {
  if (text.length > MAX_CHARACTERS || text.length < TAG_CHARACTERS) return undefined;
  const body = Buffer.from(text.slice(0, -TAG_CHARACTERS), 'base64url');
  const signed = body.toString('base64url') + tagOf(Buffer.concat([fixedKey(key), body]));
  // Compared as text, since more than one text may decode to the same bytes.
  const [given, expected] = [Buffer.from(text), Buffer.from(signed)];
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const isOld = body[0] === OLD_FORMAT;
  let from = isOld ? OLD_NAMES : NAMES;
  if ((!isOld && body[0] !== FORMAT) || body.length < from) return undefined;
  const names: string[] = [];
  for (const length of body.subarray(LENGTHS, OLD_NAMES)) {
    names.push(body.toString('utf8', from, from + length));
    from += length;
  }
  const [model = '', version = '', arm = ''] = names;
  const slot = body.readUInt16BE(SLOT) - 1;
  const unit = isOld ? '' : body.toString('hex', UNIT, NAMES);
  return {
    model,
    version,
    arm,
    epoch: body.readUIntBE(EPOCH, 6),
    slot,
    at: body.readUIntBE(AT, 6),
    unit: /^0+$/.test(unit) ? '' : unit,
  };
}

function bodyOf({ model, version, arm, epoch }: Omit<PredictionFacts, 'at'>, boot: Uint8Array): Buffer {
  const names = [model, version, arm].map((name) => Buffer.from(name));
  assert(
    names.every(({ length }) => length <= MAX_NAME_BYTES),
    'names have 255 bytes at most',
  );
  const head = Buffer.alloc(NAMES);
  head[0] = FORMAT;
  head.writeUIntBE(epoch, EPOCH, 6);
  head.set(boot, BOOT);
  head.set(
    names.map(({ length }) => length),
    LENGTHS,
  );
  return Buffer.concat([head, ...names]);
}

/** Whatever its length was: only where the key ends is fixed can nobody move bytes between it and the body. */
function fixedKey(key: Uint8Array): Buffer {
  return hash('sha512-256', key, 'buffer');
}

function tagOf(keyAndBody: Uint8Array): string {
  return hash('sha512-256', keyAndBody, 'base64url').slice(0, TAG_CHARACTERS);
}
