/** What a call's headers say, checked as RFC 9113 (8.2, 8.3) and gRPC ask, once per equal block. */
import { StreamError } from './errors.ts';
import { CODE } from './frame.ts';
import type { HeaderList } from './hpack/header-list.ts';
import { Metadata } from './metadata.ts';

export interface CallHead {
  readonly path: string;
  readonly metadata: Metadata;
  /** Infinity without a `grpc-timeout`; NaN where it cannot be read. */
  readonly timeoutMs: number;
  /** How messages are compressed that say they are; '' = not at all. */
  readonly encoding: string;
  /** -1 when it was not told. */
  readonly contentLength: number;
  readonly method: string;
  /** A POST of gRPC's content type; others are answered with HTTP's own statuses. */
  readonly isGrpc: boolean;
}

const REQUIRED = [':method', ':scheme', ':path'];
const PSEUDO: ReadonlySet<string> = new Set([...REQUIRED, ':authority']);

/** Of one connection alone (RFC 9113, 8.2.2). */
const CONNECTION_OWN: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** Throws StreamError where the request is malformed. */
export function readCallHead(list: HeaderList): CallHead {
  if (isCallHead(list.memo)) return list.memo;
  checkFields(list);
  const missing = REQUIRED.find((name) => list.get(name) === undefined || list.get(name) === '');
  if (missing !== undefined) throw malformed(`a request without ${missing}`);
  const head = {
    path: list.get(':path') ?? '',
    metadata: new Metadata(list),
    timeoutMs: readTimeout(list.get('grpc-timeout')),
    encoding: readEncoding(list.get('grpc-encoding')),
    contentLength: readContentLength(list.get('content-length')),
    method: list.get(':method') ?? '',
    isGrpc: list.get(':method') === 'POST' && /^application\/grpc($|[+;])/.test(list.get('content-type') ?? ''),
  };
  list.memo = head;
  return head;
}

/** Trailers of a request: no pseudo-headers. Throws StreamError. */
export function checkTrailers(list: HeaderList): void {
  for (const { name, value } of list.fields) {
    if (name.startsWith(':')) throw malformed(`${name} among the trailers`);
    checkField(name, value);
  }
}

function isCallHead(memo: unknown): memo is CallHead {
  return memo !== undefined;
}

function checkFields(list: HeaderList): void {
  let regular = false;
  const seen = new Set<string>();
  for (const { name, value } of list.fields) {
    if (!name.startsWith(':')) {
      regular = true;
      checkField(name, value);
      continue;
    }
    if (regular) throw malformed(`${name} after other headers`);
    if (!PSEUDO.has(name)) throw malformed(`the unknown pseudo-header ${name}`);
    if (seen.has(name)) throw malformed(`${name} twice`);
    seen.add(name);
  }
}

/** Names that were found good, so that the usual ones are not looked at again and again. */
const goodNames = new Set<string>();
const MAX_GOOD_NAMES = 1000;

function checkField(name: string, value: string): void {
  if (!goodNames.has(name)) {
    if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)) throw malformed('a header whose name is not one');
    if (CONNECTION_OWN.has(name)) throw malformed(`the header ${name}, which HTTP/2 does not have`);
    if (goodNames.size < MAX_GOOD_NAMES && name.length < 64) goodNames.add(name);
  }
  if (name === 'te' && value !== 'trailers') throw malformed('a te other than trailers');
  if (/[\0\r\n]/.test(value)) throw malformed(`a line break in the value of ${name}`);
}

function readEncoding(value: string | undefined): string {
  return value === undefined || value === 'identity' ? '' : value;
}

function readContentLength(value: string | undefined): number {
  if (value === undefined) return -1;
  if (!/^\d{1,15}$/.test(value)) throw malformed('a content-length that is no number');
  return Number(value);
}

const UNIT_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** At most eight digits and a unit (gRPC over HTTP/2, "Timeout"). */
function readTimeout(value: string | undefined): number {
  if (value === undefined) return Infinity;
  const unit = UNIT_MS[value.slice(-1)];
  const digits = value.slice(0, -1);
  if (unit === undefined || !/^\d{1,8}$/.test(digits)) return NaN;
  return Number(digits) * unit;
}

function malformed(what: string): StreamError {
  return new StreamError(CODE.protocolError, `the request has ${what}`);
}
