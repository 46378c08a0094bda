/**
 * An HTTP/1.1 client as light as `connection.ts`: request bytes made beforehand, answers read straight off the socket.
 * A connection carries one call at a time, so there are as many as calls in flight, up to a limit.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Done } from './connection.ts';
import { STATUS } from './grpc-status.ts';

/** Calls beyond wait for a connection. */
const MAX_SOCKETS = 128;
const CONNECT_TIMEOUT_MS = 5000;
const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH_LIMIT_BYTES = 64 * 2 ** 20;

/** How HTTP's statuses count beside gRPC's. */
const STATUS_OF_HTTP: Readonly<Record<number, number>> = {
  200: STATUS.OK,
  429: STATUS.RESOURCE_EXHAUSTED,
  503: STATUS.UNAVAILABLE,
  504: STATUS.DEADLINE_EXCEEDED,
};

interface Call {
  readonly body: Buffer;
  readonly done: Done;
}

interface Line {
  readonly socket: Socket;
  call: Call | undefined;
  received: Buffer;
}

/** The bytes of a POST of JSON. */
export function jsonPost(options: { readonly host: string; readonly path: string; readonly json: string }): Buffer {
  const { host, path, json } = options;
  const head = [`POST ${path} HTTP/1.1`, `Host: ${host}`, 'Content-Type: application/json'];
  return Buffer.from(`${[...head, `Content-Length: ${Buffer.byteLength(json)}`].join('\r\n')}\r\n\r\n${json}`);
}

export class HttpPool {
  /** Connections that are lost are opened anew by the pool itself. */
  readonly isOpen = true;
  readonly lostBecause = undefined;
  readonly #host: string;
  readonly #port: number;
  readonly #lines = new Set<Line>();
  readonly #idle: Line[] = [];
  readonly #waiting: Call[] = [];

  private constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  /** Resolves when somebody listens there. */
  static async open({ host, port }: { readonly host: string; readonly port: number }): Promise<HttpPool> {
    const pool = new HttpPool(host, port);
    const { socket } = pool.#addLine();
    try {
      await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
      return pool;
    } catch (caught) {
      pool.close();
      throw new Error(`no HTTP server at ${host}:${port}`, { cause: caught });
    }
  }

  /** `body` comes from jsonPost; the reply is the answer's body. */
  call(body: Buffer, done: Done): void {
    const call = { body, done };
    if (this.#idle.length === 0 && this.#lines.size < MAX_SOCKETS) this.#addLine();
    const line = this.#idle.pop();
    if (line === undefined) this.#waiting.push(call);
    else send(line, call);
  }

  close(): void {
    this.#waiting.length = 0;
    for (const { socket } of this.#lines) socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #addLine(): Line {
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true });
    const line: Line = { socket, call: undefined, received: Buffer.alloc(0) };
    this.#lines.add(line);
    this.#idle.push(line);
    socket.on('data', (chunk) => this.#read(line, chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#lose(line));
    return line;
  }

  #read(line: Line, chunk: Buffer): void {
    const received = line.received.byteLength === 0 ? chunk : Buffer.concat([line.received, chunk]);
    line.received = received;
    const headEnd = received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = received.toString('latin1', 0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]);
    assert(length <= LENGTH_LIMIT_BYTES, `an answer that says its length, and a sensible one, not ${head}`);
    const start = headEnd + HEAD_END.byteLength;
    if (received.byteLength < start + length) return;
    const { call } = line;
    assert(call, 'an answer belongs to a call');
    line.call = undefined;
    line.received = Buffer.alloc(0);
    const http = Number(head.slice(9, 12));
    const status = STATUS_OF_HTTP[http] ?? (http < 500 ? STATUS.INVALID_ARGUMENT : STATUS.INTERNAL);
    if (/\r\nconnection: *close/i.test(head)) line.socket.destroy();
    else this.#next(line);
    call.done(status, status === STATUS.OK ? received.subarray(start, start + length) : undefined);
  }

  #next(line: Line): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#idle.push(line);
    else send(line, waiting);
  }

  #lose(line: Line): void {
    this.#lines.delete(line);
    const at = this.#idle.indexOf(line);
    if (at >= 0) this.#idle.splice(at, 1);
    line.call?.done(STATUS.UNAVAILABLE, undefined);
    if (this.#waiting.length > 0) this.#next(this.#replacement());
  }

  #replacement(): Line {
    const line = this.#addLine();
    this.#idle.pop();
    return line;
  }
}

function send(line: Line, call: Call): void {
  line.call = call;
  line.socket.write(call.body);
}
