/** The HTTP/2 connections of a grpc-js server: asked to leave, waited for, cut. */
import { once } from 'node:events';
import type { ServerHttp2Session } from 'node:http2';
import { constants } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

/** "Every stream that you have opened will be answered": the highest number a stream can have. */
const ANY_STREAM = 2 ** 31 - 1;

/** How long to wait for the client's acknowledgement before the second GOAWAY. Milliseconds. */
const PING_TIMEOUT_MS = 1000;

/**
 * grpc-js lists the sessions of injected sockets only in private, and its forceShutdown() knows them only with channelz,
 * which costs every call. So the list is read here, and nowhere else.
 */
export function connectionsOf(server: Server): ServerHttp2Session[] {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- its declaration hides the type, not the field.
  const servers: ReadonlyMap<unknown, { readonly sessions: ReadonlySet<ServerHttp2Session> }> = server['http2Servers'];
  return Array.from(servers.values()).flatMap(({ sessions }) => [...sessions]);
}

/**
 * Ends a connection without losing a call, as RFC 9113 (6.8) advises: a first GOAWAY that promises to answer everything,
 * a ping to know that the client has read it and what it sent before, then the GOAWAY that names the last call taken.
 * Resolves when the last call is answered and the connection closed.
 */
export async function leaveGently(session: ServerHttp2Session): Promise<void> {
  if (session.destroyed) return;
  const closed = once(session, 'close');
  await acknowledged(session);
  if (!session.closed) session.close();
  await closed;
}

async function acknowledged(session: ServerHttp2Session): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, PING_TIMEOUT_MS);
  session.once('close', resolve);
  try {
    session.goaway(constants.NGHTTP2_NO_ERROR, ANY_STREAM);
    session.ping(() => {
      resolve();
    });
  } catch {
    // The session is being torn down by the other side; its close event follows.
    resolve();
  }
  await promise;
  clearTimeout(timer);
}
