/** The kinds of value that an option can have: each reads a text, checks its limits and prints it again. */
import { formatAddress, parseAddress } from './address.ts';
import type { Address } from './address.ts';
import { isName } from '../domain/version.ts';

export interface Kind<T> {
  /** The value, or undefined when the text is none that is allowed. */
  parse(text: string): T | undefined;
  /** A text that parses to the same value. */
  print(value: T): string;
  /** What may be given; it ends the sentence "give …". */
  readonly allowed: string;
  /** What a shell may offer: all values that there are, or the names of files. */
  readonly offers?: readonly string[] | 'files';
}

/** A kind whose limits others check too: config.json has the same ones. */
export interface NumberKind extends Kind<number> {
  readonly min: number;
  readonly max: number;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** Units of time in milliseconds, the largest first; a plain number is milliseconds. */
const TIME_UNITS: readonly (readonly [string, number])[] = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** Units of size in bytes, the largest first; the lookup does not mind the case. */
const SIZE_UNITS: readonly (readonly [string, number])[] = [
  ['TiB', 2 ** 40],
  ['TB', 1e12],
  ['GiB', 2 ** 30],
  ['GB', 1e9],
  ['MiB', 2 ** 20],
  ['MB', 1e6],
  ['KiB', 2 ** 10],
  ['kB', 1e3],
  ['B', 1],
];

const INTEGER = /^-?\d{1,15}$/;
const QUANTITY = /^(\d{1,15}(?:\.\d{1,6})?) ?([A-Za-z]*)$/;
const RATIO = /^(\d{1,3}(?:\.\d{1,9})?) ?(%?)$/;
const LABEL = /^[\x20-\x7e]{1,128}$/;
const WORD = /^[A-Za-z][A-Za-z0-9]{0,31}$/;
const MAX_LIST_ITEMS = 8;
/** The empty list, where an empty text could not be told from one that is missing. */
const NONE = 'none';

export function integer({ min, max }: Range): NumberKind {
  return {
    min,
    max,
    parse: (text) => (INTEGER.test(text) ? within(Number(text), { min, max }) : undefined),
    print: String,
    allowed: `a whole number from ${min} to ${max}`,
  };
}

/** Milliseconds, in thousandths at the finest. */
export function duration({ min, max }: Range): NumberKind {
  const limits = `${printQuantity(min, TIME_UNITS)} to ${printQuantity(max, TIME_UNITS)}`;
  return {
    min,
    max,
    parse(text) {
      const ms = parseQuantity(text, TIME_UNITS);
      return ms === undefined ? undefined : within(Math.round(ms * 1000) / 1000, { min, max });
    },
    print: (value) => printQuantity(value, TIME_UNITS),
    allowed: `a duration from ${limits}, such as 250ms, 30s or 5m; a plain number is milliseconds`,
  };
}

export function bytes({ min, max }: Range): NumberKind {
  const limits = `${printQuantity(min, SIZE_UNITS)} to ${printQuantity(max, SIZE_UNITS)}`;
  return {
    min,
    max,
    parse(text) {
      const size = parseQuantity(text, SIZE_UNITS);
      return size === undefined || !Number.isSafeInteger(size) ? undefined : within(size, { min, max });
    },
    print: (value) => printQuantity(value, SIZE_UNITS),
    allowed: `a size from ${limits}, such as 64MiB or 16MB; a plain number is bytes`,
  };
}

/** A share between 0 and 1. */
export function ratio(): NumberKind {
  return {
    min: 0,
    max: 1,
    parse(text) {
      const [, digits, percent] = RATIO.exec(text) ?? [];
      if (digits === undefined) return undefined;
      return within(percent === '%' ? Number(digits) / 100 : Number(digits), { min: 0, max: 1 });
    },
    print: String,
    allowed: 'a share from 0 to 1 or a percentage, such as 0.01 or 1%',
  };
}

export function toggle(): Kind<boolean> {
  return {
    parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
    print: String,
    allowed: 'true or false',
  };
}

export function address(): Kind<Address> {
  return {
    parse: parseAddress,
    print: formatAddress,
    allowed: 'host:port such as 127.0.0.1:8000, 0.0.0.0:8000 or [::1]:8000; port 0 takes any free one',
  };
}

/** The word "off" beside the values of another kind. */
export function orOff<T>(kind: Kind<T>): Kind<T | 'off'> {
  return {
    parse: (text) => (text === 'off' ? 'off' : kind.parse(text)),
    print: (value) => (value === 'off' ? 'off' : kind.print(value)),
    allowed: `off, or ${kind.allowed}`,
    ...(kind.offers === undefined ? {} : { offers: kind.offers }),
  };
}

/** The word "auto" beside the values of another kind: the rest of the configuration decides. */
export function orAuto<T>(kind: Kind<T>): Kind<T | 'auto'> {
  return {
    parse: (text) => (text === 'auto' ? 'auto' : kind.parse(text)),
    print: (value) => (value === 'auto' ? 'auto' : kind.print(value)),
    allowed: `auto, ${kind.allowed}`,
  };
}

export function choice<const T extends string>(choices: readonly T[]): Kind<T> {
  return {
    parse: (text) => choices.find((candidate) => candidate === text),
    print: String,
    allowed: choices.length === 1 ? `${choices.join('')}, the only one there is` : `one of ${choices.join(', ')}`,
    offers: choices,
  };
}

/** Different words with commas between them. */
export function words(): Kind<readonly string[]> {
  return {
    parse(text) {
      const items = text.split(',').map((item) => item.trim());
      const different = new Set(items).size === items.length && items.length <= MAX_LIST_ITEMS;
      return different && items.every((item) => WORD.test(item)) ? Object.freeze(items) : undefined;
    },
    print: (value) => value.join(','),
    allowed: `up to ${MAX_LIST_ITEMS} different words with commas between them, such as cuda,cpu`,
  };
}

export function path(): Kind<string> {
  return {
    parse: (text) => (text !== '' && text.length <= 4096 && !text.includes('\0') ? text : undefined),
    print: String,
    allowed: 'a path',
    offers: 'files',
  };
}

/** Several paths with commas between them; the word "none" is the empty list. */
export function paths(): Kind<readonly string[]> {
  const one = path();
  return {
    parse(text) {
      const items = text === NONE ? [] : text.split(',');
      if (items.length > MAX_LIST_ITEMS || items.some((item) => one.parse(item) === undefined)) return undefined;
      return Object.freeze(items);
    },
    print: (value) => (value.length === 0 ? NONE : value.join(',')),
    allowed: `none, or up to ${MAX_LIST_ITEMS} paths with commas between them`,
  };
}

/** Different names with commas between them. */
export function names(): Kind<readonly string[]> {
  return {
    parse(text) {
      const items = text.split(',').map((item) => item.trim());
      const different = new Set(items).size === items.length && items.length <= MAX_LIST_ITEMS;
      return different && items.every(isName) ? Object.freeze(items) : undefined;
    },
    print: (value) => value.join(','),
    allowed: `up to ${MAX_LIST_ITEMS} different names with commas between them`,
  };
}

/** How many have to approve, and who may; nobody named = anybody. */
export interface Approval {
  readonly needed: number;
  readonly approvers: readonly string[];
}

const APPROVAL = /^([A-Za-z0-9][A-Za-z0-9._-]{0,127})=([1-9])(?::([^:=;]+))?$/;

/** `stage=N` or `stage=N:name,name,…`, several with semicolons between them; the word "none" is the empty list. */
export function approvals(): Kind<ReadonlyMap<string, Approval>> {
  return {
    parse(text) {
      const rules = new Map<string, Approval>();
      for (const item of text === NONE ? [] : text.split(';')) {
        const [, stage, needed, list] = APPROVAL.exec(item.trim()) ?? [];
        if (stage === undefined || rules.has(stage)) return undefined;
        const approvers = list?.split(',').map((name) => name.trim()) ?? [];
        if (list !== undefined && new Set(approvers).size < Number(needed)) return undefined;
        rules.set(stage, Object.freeze({ needed: Number(needed), approvers: Object.freeze(approvers) }));
      }
      return rules;
    },
    print: (value) => (value.size === 0 ? NONE : [...value].map(printApproval).join(';')),
    allowed: 'none, or stage=N or stage=N:name,name with semicolons between them, such as production=2:ann,bob,cy',
  };
}

function printApproval([stage, { needed, approvers }]: readonly [string, Approval]): string {
  return approvers.length === 0 ? `${stage}=${needed}` : `${stage}=${needed}:${approvers.join(',')}`;
}

/** Where the admin and the serve processes meet: a Unix socket, or an address. */
export function meetingPoint(): Kind<string> {
  return {
    parse(text) {
      if (text === 'off' || text === 'auto') return text;
      if (text.startsWith('unix:')) return path().parse(text.slice('unix:'.length)) === undefined ? undefined : text;
      const port = parseAddress(text)?.port ?? 0;
      return port > 0 ? text : undefined;
    },
    print: String,
    allowed: 'auto, off, unix:PATH, or host:port such as 127.0.0.1:50053',
  };
}

/** The address of a PostgreSQL database; what it says may be secret. */
export function postgresUrl(): Kind<string> {
  return {
    parse: (text) => (/^postgres(ql)?:\/\/\S{1,2000}$/.test(text) ? text : undefined),
    print: String,
    allowed: 'postgresql://user:password@host:port/database',
  };
}

export function label(): Kind<string> {
  return {
    parse: (text) => (LABEL.test(text) ? text : undefined),
    print: String,
    allowed: 'up to 128 printable ASCII characters',
  };
}

function within(value: number, { min, max }: Range): number | undefined {
  return value >= min && value <= max ? value : undefined;
}

function parseQuantity(text: string, units: readonly (readonly [string, number])[]): number | undefined {
  const [, digits, suffix] = QUANTITY.exec(text) ?? [];
  if (digits === undefined || suffix === undefined) return undefined;
  const scale = suffix === '' ? 1 : units.find(([unit]) => unit.toLowerCase() === suffix.toLowerCase())?.[1];
  return scale === undefined ? undefined : Number(digits) * scale;
}

/** In the largest unit that keeps it whole. */
function printQuantity(value: number, units: readonly (readonly [string, number])[]): string {
  if (value === 0) return '0';
  const [unit, scale] = units.find(([, size]) => value % size === 0) ?? units.at(-1) ?? ['', 1];
  return `${value / scale}${unit}`;
}
