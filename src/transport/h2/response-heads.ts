/** The header blocks of responses, encoded once where they are always the same. */
import { encodeFields } from './hpack/encoder.ts';
import { type MetadataFields, percentEncode, toHeaderFields } from './metadata.ts';
import type { Status } from './route.ts';

/** What messages may be compressed with; replies are not. */
export const ENCODINGS = ['gzip', 'deflate'];
const ACCEPT_ENCODING = ['identity', ...ENCODINGS].join(',');

const HEAD: readonly [string, string][] = [
  [':status', '200'],
  ['content-type', 'application/grpc'],
  ['grpc-accept-encoding', ACCEPT_ENCODING],
];

/** Before the first message. */
const INITIAL = encodeFields(HEAD);

/** After the last one. */
export const OK_TRAILERS = encodeFields([['grpc-status', '0']]);

/** Says that this side keeps no header table (RFC 7541, 6.3): the first block of a connection begins with it. */
export const NO_TABLE = encodeTableSizeZero();

export function initialBlock(fields: MetadataFields | undefined): Buffer {
  if (fields === undefined || fields.length === 0) return INITIAL;
  return encodeFields([...HEAD, ...toHeaderFields(fields)]);
}

/** Before words for people, to a request that is not gRPC's. */
export function notGrpcBlock(status: '405' | '415'): Buffer {
  return encodeFields([
    [':status', status],
    ['content-type', 'text/plain'],
  ]);
}

export function trailerBlock(status: Status): Buffer {
  if (status.code === 0 && status.trailing === undefined) return OK_TRAILERS;
  return encodeFields(trailerFields(status));
}

/** A response that is nothing but its end. */
export function trailersOnlyBlock(status: Status): Buffer {
  return encodeFields([...HEAD, ...trailerFields(status)]);
}

function trailerFields({ code, message, details, trailing }: Status): [string, string][] {
  const fields: [string, string][] = [['grpc-status', String(code)]];
  if (message !== undefined && message !== '') fields.push(['grpc-message', percentEncode(message)]);
  if (trailing !== undefined) fields.push(...toHeaderFields(trailing));
  if (details !== undefined) fields.push(...toHeaderFields([['grpc-status-details-bin', details]]));
  return fields;
}

function encodeTableSizeZero(): Buffer {
  return Buffer.from([0x20]);
}
