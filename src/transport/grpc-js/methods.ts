/** Puts a service's functions on a grpc-js server, each under its method's path and codec. */
import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import { ServerError } from '../../domain/errors.ts';
import type { Handler } from '../call.ts';
import type { ClientStreamHandler, ServerStreamHandler } from '../long-call.ts';
import type { BytesHandler, BytesStreamHandler, Parts } from '../codec/parts.ts';
import { asItIs, joinParts, tolerantly } from './codec.ts';
import { collectStream } from './collected-stream.ts';
import type { BytesGuard, Guard } from '../guard.ts';
import type { DoorHooks } from '../hooks.ts';
import type { OpenStreams } from '../open-streams.ts';
import { answerStream } from './message-stream.ts';
import type { Places } from './places.ts';
import { serveStream } from './served-stream.ts';
import { unary } from './unary.ts';

export interface Registrar {
  readonly server: Pick<Server, 'register'>;
  readonly hooks: DoorHooks;
  readonly openStreams: OpenStreams;
  /** Who lets callers in; undefined = whoever reaches the port. */
  readonly guard: Guard | undefined;
}

export interface PredictRegistrar extends Registrar {
  readonly guard: BytesGuard | undefined;
  /** Where methods that read and write their messages themselves go, if not to the server. */
  readonly bytes?: BytesRegistrar;
}

export interface BytesRegistrar {
  unary(path: string, handler: BytesHandler): void;
  stream(path: string, handler: BytesStreamHandler): void;
}

export function addUnary<Request, Reply>(
  { server, hooks, guard }: Registrar,
  method: MethodDefinition<never, Reply, Request>,
  handler: Handler<Request, Reply>,
): void {
  const { path, responseSerialize } = method;
  const name = nameOf(path);
  const answer = unary({ method: name, handler: guard?.unary(name, handler) ?? handler, hooks });
  server.register(path, answer, responseSerialize, tolerantly(method), 'unary');
}

/** A method that reads and writes its messages itself. */
export function addBytesUnary(
  { server, hooks, bytes, guard }: PredictRegistrar,
  { path }: { readonly path: string },
  open: BytesHandler,
): void {
  const handler = guard?.bytes(open) ?? open;
  if (bytes === undefined) {
    server.register(path, unary({ method: nameOf(path), handler, hooks }), joinParts, asItIs, 'unary');
  } else {
    bytes.unary(path, handler);
  }
}

/** Neither reads the request nor makes a reply, so it needs no codec. */
export function addRefusal({ server, hooks }: Registrar, { path }: { readonly path: string }, sentence: string): void {
  const handler: Handler<Buffer, Buffer> = () => {
    throw new ServerError('unimplemented', sentence);
  };
  server.register(path, unary({ method: nameOf(path), handler, hooks }), asItIs, asItIs, 'unary');
}

/** A stream whose messages are answered one by one, and read and written by the handler itself. */
export function addBytesStream(
  { server, hooks, openStreams, bytes, guard }: PredictRegistrar,
  { path }: { readonly path: string },
  open: BytesStreamHandler,
): void {
  const handler = guard?.bytesStream(open) ?? open;
  if (bytes !== undefined) {
    bytes.stream(path, handler);
    return;
  }
  const options = { method: nameOf(path), handler, hooks, openStreams };
  const answer = (stream: ServerDuplexStream<Buffer, Parts>): void => {
    answerStream(stream, options);
  };
  server.register(path, answer, joinParts, asItIs, 'bidi');
}

/** `places` are shared by methods of one sort; `leaves`: a drain ends it, since its client would keep it open. */
export function addServerStream<Request, Reply>(
  { server, hooks, openStreams, guard }: Registrar,
  method: MethodDefinition<never, Reply, Request>,
  { places, leaves }: { readonly places: Places; readonly leaves: boolean },
  open: ServerStreamHandler<Request, Reply>,
): void {
  const { path, responseSerialize } = method;
  const leavers = leaves ? openStreams : undefined;
  const name = nameOf(path);
  const handler = guard?.serverStream(name, open) ?? open;
  const answer = serveStream({ method: name, handler, hooks, places, openStreams: leavers });
  server.register(path, answer, responseSerialize, tolerantly(method), 'serverStream');
}

export function addClientStream<Request, Reply>(
  { server, hooks, guard }: Registrar,
  method: MethodDefinition<never, Reply, Request>,
  idleTimeoutMs: number,
  open: ClientStreamHandler<Request, Reply>,
): void {
  const { path, responseSerialize } = method;
  const name = nameOf(path);
  const handler = guard?.clientStream(name, open) ?? open;
  const answer = collectStream({ method: name, handler, hooks, idleTimeoutMs });
  server.register(path, answer, responseSerialize, tolerantly(method), 'clientStream');
}

/** grpc-js's paths begin with a slash; everyone else's names of methods do not. */
export function nameOf(path: string): string {
  return path.slice(1);
}
