/** Kinds of value that only the command has; the others are the server's own, in config/kinds.ts. */
import { duration } from '../config/kinds.ts';
import type { Kind } from '../config/kinds.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';

const MAX_TEXT_CHARACTERS = 65_536;
const TOKEN = /^[\x21-\x7e]{1,256}$/;
const PERCENT = /^(\d{1,3})(?:\.(\d{1,2}))?%$/;
const PARTS = /^\d{1,5}$/;
const AGO = /^(\d{1,9})(s|m|h|d)(?: ago)?$/;
const DECIMAL = /^\d{1,12}(\.\d{1,9})?$/;
const SIGNED = /^-?\d{1,15}(\.\d{1,15})?(e-?\d{1,2})?$/;
const DAYS = /^(\d{1,4})d$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?$/;
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 };

export function text(): Kind<string> {
  return {
    parse: (given) => (given.length <= MAX_TEXT_CHARACTERS ? given : undefined),
    print: String,
    allowed: `a text of up to ${MAX_TEXT_CHARACTERS} characters`,
  };
}

/** What a token can look like; the server says whether it is one. */
export function tokenText(): Kind<string> {
  return {
    parse: (given) => (TOKEN.test(given) ? given : undefined),
    print: String,
    allowed: 'a token such as "sluice token create" prints',
  };
}

/** A key and what it is set to; the value may be empty and may have "=" in it. */
export type Pair = readonly [key: string, value: string];

export function pair(): Kind<Pair> {
  return {
    parse(given) {
      const at = given.indexOf('=');
      return at < 1 || given.length > MAX_TEXT_CHARACTERS ? undefined : [given.slice(0, at), given.slice(at + 1)];
    },
    print: ([key, value]) => `${key}=${value}`,
    allowed: 'KEY=VALUE',
  };
}

export function numberPair(): Kind<readonly [key: string, value: number]> {
  return {
    parse(given) {
      const [key, value] = pair().parse(given) ?? [];
      if (key === undefined || value === undefined || value.trim() === '') return undefined;
      return Number.isFinite(Number(value)) ? [key, Number(value)] : undefined;
    },
    print: ([key, value]) => `${key}=${value}`,
    allowed: 'KEY=NUMBER, such as accuracy=0.97',
  };
}

export function decimal({ above, max }: { readonly above: number; readonly max: number }): Kind<number> {
  return {
    parse(given) {
      const value = DECIMAL.test(given) ? Number(given) : Number.NaN;
      return value > above && value <= max ? value : undefined;
    },
    print: String,
    allowed: `a number above ${above} and up to ${max}`,
  };
}

export function signedNumber(): Kind<number> {
  return {
    parse: (given) => (SIGNED.test(given) ? Number(given) : undefined),
    print: String,
    allowed: 'a number such as 1, 0.5 or -2',
  };
}

/** Where 0 would mean the server's default and not nothing. */
export function aboveZero(kind: Kind<number>): Kind<number> {
  return {
    ...kind,
    parse(given) {
      const value = kind.parse(given);
      return value === 0 ? undefined : value;
    },
    allowed: `${kind.allowed}, but not 0`,
  };
}

/** Milliseconds, where days are no less likely than hours. */
export function longDuration(limits: { readonly min: number; readonly max: number }): Kind<number> {
  const kind = duration(limits);
  return {
    ...kind,
    parse(given) {
      const [, days] = DAYS.exec(given) ?? [];
      return kind.parse(days === undefined ? given : `${Number(days) * 24}h`);
    },
    allowed: `${kind.allowed}; 2d is 48h`,
  };
}

/** A share of the traffic, and how it was written: the two ways are not to be mixed. */
export interface Share {
  readonly version: string;
  /** In 1/10,000. */
  readonly weight: number;
  readonly unit: '%' | '1/10000';
}

export function share(): Kind<Share> {
  return {
    parse(given) {
      const at = given.lastIndexOf('=');
      const weight = parseWeight(given.slice(at + 1));
      return at < 1 || weight === undefined ? undefined : { version: given.slice(0, at), ...weight };
    },
    print: ({ version, weight }) => `${version}=${weight}`,
    allowed: 'VERSION=SHARE, such as 2=10%, 2=33.33%, or 2=1000 in 1/10,000',
  };
}

/** 1/10,000, however it is written. */
export function weight(): Kind<number> {
  return {
    parse: (given) => parseWeight(given)?.weight,
    print: String,
    allowed: 'a share such as 10% or 33.33%, or 1000 in 1/10,000',
  };
}

/** Percent are read digit by digit, so that 33.33 % is 3,333 and not a little less. */
function parseWeight(given: string): Pick<Share, 'weight' | 'unit'> | undefined {
  const [, whole, hundredths = ''] = PERCENT.exec(given) ?? [];
  if (whole !== undefined) return limited(Number(whole) * 100 + Number(hundredths.padEnd(2, '0')), '%');
  return PARTS.test(given) ? limited(Number(given), '1/10000') : undefined;
}

function limited(weight: number, unit: Share['unit']): Pick<Share, 'weight' | 'unit'> | undefined {
  return weight <= TOTAL_WEIGHT ? { weight, unit } : undefined;
}

/** A point in time, as told: it is turned into milliseconds when the command runs. */
export type Moment = { readonly kind: 'at'; readonly ms: number } | { readonly kind: 'ago'; readonly ms: number };

export function moment(): Kind<Moment> {
  return {
    parse(given) {
      const [, count, unit] = AGO.exec(given) ?? [];
      if (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd') {
        return { kind: 'ago', ms: Number(count) * SECONDS[unit] * 1000 };
      }
      const ms = parseInstant(given);
      return ms === undefined ? undefined : { kind: 'at', ms };
    },
    print: ({ kind, ms }) => (kind === 'at' ? new Date(ms).toISOString() : `${ms / 1000}s ago`),
    allowed:
      'a time such as 2026-01-31T23:59:59Z or 2026-01-31 (UTC where it does not say), or how long ago, such as 90s, 10m, 2h or 7d',
  };
}

export function momentMs({ kind, ms }: Moment, now: number): number {
  return kind === 'at' ? ms : now - ms;
}

function parseInstant(given: string): number | undefined {
  const [, day, time, zone = 'Z'] = INSTANT.exec(given) ?? [];
  const ms = DAY.test(given) ? Date.parse(`${given}T00:00:00Z`) : Date.parse(`${day ?? ''}T${time ?? ''}${zone}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** What a rule looks for in one metadata header, and who answers then. */
export interface Rule {
  readonly name: string;
  readonly header: string;
  readonly match:
    | { readonly exact: string }
    | { readonly prefix: string }
    | { readonly oneOf: { readonly values: string[] } }
    | { readonly present: boolean };
  readonly version: string;
}

const RULE = /^([^:=!]+):(!?)([^:=!^|]+?)(?:(\^=|\|=|=)([^]*))?$/;

export function rule(): Kind<Rule> {
  return {
    parse(given) {
      const arrow = given.lastIndexOf('->');
      const version = given.slice(arrow + 2).trim();
      if (arrow < 0 || version === '') return undefined;
      const [, name, not, header, operator, value] = RULE.exec(given.slice(0, arrow).trim()) ?? [];
      if (name === undefined || header === undefined || (not === '!' && operator !== undefined)) return undefined;
      return { name, header: header.trim(), match: parseMatch(not, operator, value ?? ''), version };
    },
    print: ({ name, header, version }) => `${name}:${header}->${version}`,
    allowed:
      'NAME:HEADER=VALUE->VERSION; ^= for a prefix, |= for one of A|B|C, NAME:HEADER for "is there", NAME:!HEADER for "is not"',
  };
}

function parseMatch(not: string | undefined, operator: string | undefined, value: string): Rule['match'] {
  switch (operator) {
    case '=':
      return { exact: value };
    case '^=':
      return { prefix: value };
    case '|=':
      return { oneOf: { values: value.split('|') } };
    default:
      return { present: not !== '!' };
  }
}
