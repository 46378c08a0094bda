/** The HTTP/2 connections of a grpc-js server: their guard against floods, and how they are asked to leave. */
import { once } from 'node:events';
import type { ServerHttp2Session, ServerOptions } from 'node:http2';
import { constants } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

/** "Every stream that you have opened will be answered": the highest number a stream can have. */
const ANY_STREAM = 2 ** 31 - 1;

/** How long to wait for the client's acknowledgement before the second GOAWAY. Milliseconds. */
const PING_TIMEOUT_MS = 1000;

/**
 * HTTP/2 libraries close a connection that resets streams faster than this, against "rapid reset" (CVE-2023-44487).
 * Their default of 33 a second counts every cancelled call, so that an honest client with short deadlines loses all of
 * its calls. Here a reset call leaves the queue at once and costs no more than one that is answered, so the limit is
 * only what no client can reach by honest means.
 */
const STREAM_RESETS = { streamResetBurst: 20_000, streamResetRate: 10_000 };

/** grpc-js has no option for it. Before the server has its first listener or injector. */
export function allowCancellations(server: Server): void {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment, @typescript-eslint/dot-notation -- private by type.
  const options: ServerOptions = server['commonServerOptions'];
  Object.assign(options, STREAM_RESETS);
}

/**
 * grpc-js lists the sessions of injected sockets only in private, and its forceShutdown() knows them only with
 * channelz, which costs every call. So the list is read here, and nowhere else.
 */
export function connectionsOf(server: Server): ServerHttp2Session[] {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment, @typescript-eslint/dot-notation -- private by type.
  const servers: ReadonlyMap<unknown, { readonly sessions: ReadonlySet<ServerHttp2Session> }> = server['http2Servers'];
  return Array.from(servers.values()).flatMap(({ sessions }) => [...sessions]);
}

/**
 * Ends a connection without losing a call, as RFC 9113 (6.8) advises: a first GOAWAY that promises to answer
 * everything, a ping to know that the client has read it and what it sent before, then the GOAWAY that names the last
 * call taken. Resolves when the last call is answered and the connection closed; the caller has seen that it is not
 * destroyed yet.
 */
export async function leaveGently(session: ServerHttp2Session): Promise<void> {
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
