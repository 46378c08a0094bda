/** What the transport serves: for each path a route, and the calls as routes see them. */
import type { Metadata, MetadataFields } from './metadata.ts';
import type { Peer } from './peer.ts';

/** How a call ends. */
export interface Status {
  /** A gRPC status code; 0 is OK. */
  readonly code: number;
  /** For people; percent-encoded on the way. */
  readonly message?: string;
  /** A serialized google.rpc.Status, sent as `grpc-status-details-bin`. */
  readonly details?: Uint8Array;
  /** Trailing metadata. */
  readonly trailing?: MetadataFields;
}

/** Paths (`/package.Service/Method`) to who answers them; any other path gets UNIMPLEMENTED. */
export type Routes = ReadonlyMap<string, Route>;
export type Route = UnaryRoute | StreamRoute;

export interface UnaryRoute {
  readonly kind: 'unary';
  /** Called once with the whole message; answers with `call.reply` or `call.fail`, now or later. Must not throw. */
  readonly answer: (message: Uint8Array, call: UnaryCall) => void;
}

/** Server-streaming, client-streaming and bidirectional methods. */
export interface StreamRoute {
  readonly kind: 'stream';
  /** Called when the call begins; sets `call.listener` before it returns. Must not throw. */
  readonly open: (call: StreamCall) => void;
}

/** A call as both kinds of routes see it. */
export interface IncomingCall {
  readonly path: string;
  readonly metadata: Metadata;
  readonly peer: Peer;
  /** Milliseconds of performance.now(), like `deadline`. */
  readonly receivedAt: number;
  /** Infinity when the caller set none. A unary route is to look at it itself; a stream is ended when it passes. */
  readonly deadline: number;
  /** Says whether nobody waits for the answer any more. */
  readonly signal: { readonly aborted: boolean };
}

/** What is sent beside a reply. */
export interface ReplyMetadata {
  readonly initial?: MetadataFields;
  readonly trailing?: MetadataFields;
}

export interface UnaryCall extends IncomingCall {
  /**
   * Ends the call with one message, given in parts: views that nobody writes to until they are sent. Does nothing when
   * the caller has gone. Once per call, like `fail`.
   */
  reply(parts: readonly Uint8Array[], metadata?: ReplyMetadata): void;
  /** Ends the call with a status other than OK. */
  fail(status: Status): void;
}

export interface StreamListener {
  /** One message of the caller. The bytes are the listener's own. */
  message(bytes: Uint8Array): void;
  /** The caller has sent its last message. */
  end(): void;
  /**
   * The call is over before `end` was called on it: cancelled, its deadline passed, the connection lost. The route
   * still calls `end` once nobody works for the call: until then it counts as one in work.
   */
  gone(): void;
  /** After `send` returned false: there is room again. */
  drained(): void;
}

export interface StreamCall extends IncomingCall {
  listener: StreamListener | undefined;
  /** Sends initial metadata now; else it goes, empty, with the first message. */
  sendInitial(fields: MetadataFields): void;
  /** Queues one message. False: enough is queued; wait for `drained`. What is sent after the end is dropped. */
  send(parts: readonly Uint8Array[]): boolean;
  /** Ends the call once what is queued is sent. */
  end(status: Status): void;
  /** Ends the call at once, without what is queued; the caller sees the HTTP/2 error code `ENHANCE_YOUR_CALM`. */
  abort(): void;
  /** No further messages, and no window for the caller to send them, until `resume`. */
  pause(): void;
  resume(): void;
}
