/** The limits of the transport, each with what happens at it, and the hooks by which it tells of itself. */

/** What a connection was ended, or a call refused, for. */
export type AbuseKind =
  | 'bad_preface'
  | 'frame_too_large'
  | 'protocol'
  | 'flow_control'
  | 'header_list'
  | 'continuation'
  | 'compression'
  | 'control_frames'
  | 'refused_streams'
  | 'slow_headers'
  | 'slow_message'
  | 'slow_reader'
  | 'unsent_bytes'
  | 'keepalive'
  | 'connections';

export interface Hooks {
  /** A limit was hit, or a rule broken; `kind` says which. */
  readonly onAbuse: (kind: AbuseKind) => void;
}

export interface Limits {
  /** Bytes of one message; a larger one ends its call with RESOURCE_EXHAUSTED. Also after decompression. */
  readonly maxMessageBytes: number;
  /** Calls in work per connection, those included that were cancelled and are not done; further ones are refused. */
  readonly maxConcurrentStreams: number;
  /** Bytes of a call's headers, counted as RFC 9113 (10.5.1) does; a longer list ends the connection. */
  readonly maxHeaderBytes: number;
  /** Bytes of messages that have begun and are not complete, beyond 64 KiB each; further ones wait for window. */
  readonly maxPartialBytes: number;
  /** Bytes of replies that wait for the caller's window; a further reply becomes RESOURCE_EXHAUSTED. */
  readonly maxUnsentBytes: number;
  /** Connections at a time; a further one is closed at once. */
  readonly maxConnections: number;
  /** Milliseconds until a connection is asked to leave, give or take a tenth; Infinity = never. */
  readonly maxConnectionAgeMs: number;
  /** Milliseconds that its calls then have. */
  readonly connectionAgeGraceMs: number;
  /** Milliseconds without a byte after which the other side is asked whether it is there. */
  readonly keepaliveMs: number;
  /** Milliseconds to answer that. */
  readonly keepaliveTimeoutMs: number;
  /** Milliseconds to complete the preface, or a block of headers. */
  readonly headersTimeoutMs: number;
  /** Milliseconds to complete a message that has begun; else the call is cancelled. */
  readonly messageTimeoutMs: number;
  /** Milliseconds without progress while something waits to be sent; else the call, or the connection, is given up. */
  readonly sendTimeoutMs: number;
}

const MIB = 2 ** 20;

export const DEFAULT_LIMITS: Limits = Object.freeze({
  maxMessageBytes: 4 * MIB,
  maxConcurrentStreams: 384,
  maxHeaderBytes: 16 * 1024,
  maxPartialBytes: 64 * MIB,
  maxUnsentBytes: 64 * MIB,
  maxConnections: 10_000,
  maxConnectionAgeMs: Infinity,
  connectionAgeGraceMs: 60_000,
  keepaliveMs: 60_000,
  keepaliveTimeoutMs: 20_000,
  headersTimeoutMs: 10_000,
  messageTimeoutMs: 120_000,
  sendTimeoutMs: 60_000,
});
