/** Puts a service's functions on a grpc-js server, each under its method's path and codec. */
import type { Server } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import { ServerError } from '../../domain/errors.ts';
import type { Handler, StreamHandler } from '../call.ts';
import type { ClientStreamHandler, ServerStreamHandler } from '../long-call.ts';
import { AnsweredStream } from './answered-stream.ts';
import { tolerantly } from './codec.ts';
import { collectStream } from './collected-stream.ts';
import type { DoorHooks } from './hooks.ts';
import type { OpenStreams } from './open-streams.ts';
import type { Places } from './places.ts';
import { serveStream } from './served-stream.ts';
import { unary } from './unary.ts';

export interface Registrar {
  readonly server: Server;
  readonly hooks: DoorHooks;
  readonly openStreams: OpenStreams;
}

export function addUnary<Request, Reply>(
  { server, hooks }: Registrar,
  method: MethodDefinition<never, Reply, Request>,
  handler: Handler<Request, Reply>,
): void {
  const { path, responseSerialize } = method;
  const answer = unary({ method: nameOf(path), handler, hooks });
  server.register(path, answer, responseSerialize, tolerantly(method), 'unary');
}

/** Neither reads the request nor makes a reply, so it needs no codec. */
export function addRefusal({ server, hooks }: Registrar, { path }: { readonly path: string }, sentence: string): void {
  const handler: Handler<Buffer, Buffer> = () => {
    throw new ServerError('unimplemented', sentence);
  };
  const asItIs = (bytes: Buffer): Buffer => bytes;
  server.register(path, unary({ method: nameOf(path), handler, hooks }), asItIs, asItIs, 'unary');
}

export function addStream<Request, Reply>(
  { server, hooks, openStreams }: Registrar,
  method: MethodDefinition<never, Reply, Request>,
  handler: StreamHandler<Request, Reply>,
): void {
  const { path, responseSerialize } = method;
  const options = { method: nameOf(path), handler, hooks, openStreams };
  const answer = (stream: ConstructorParameters<typeof AnsweredStream<Request, Reply>>[0]): void => {
    new AnsweredStream(stream, options);
  };
  server.register(path, answer, responseSerialize, tolerantly(method), 'bidi');
}

/** `places` are shared by methods of one sort; `leaves`: a drain ends it, since its client would keep it open. */
export function addServerStream<Request, Reply>(
  { server, hooks, openStreams }: Registrar,
  method: MethodDefinition<never, Reply, Request>,
  { places, leaves }: { readonly places: Places; readonly leaves: boolean },
  handler: ServerStreamHandler<Request, Reply>,
): void {
  const { path, responseSerialize } = method;
  const leavers = leaves ? openStreams : undefined;
  const answer = serveStream({ method: nameOf(path), handler, hooks, places, openStreams: leavers });
  server.register(path, answer, responseSerialize, tolerantly(method), 'serverStream');
}

export function addClientStream<Request, Reply>(
  { server, hooks }: Registrar,
  method: MethodDefinition<never, Reply, Request>,
  idleTimeoutMs: number,
  handler: ClientStreamHandler<Request, Reply>,
): void {
  const { path, responseSerialize } = method;
  const answer = collectStream({ method: nameOf(path), handler, hooks, idleTimeoutMs });
  server.register(path, answer, responseSerialize, tolerantly(method), 'clientStream');
}

/** grpc-js's paths begin with a slash; everyone else's names of methods do not. */
export function nameOf(path: string): string {
  return path.slice(1);
}
