/** A client that keeps many calls in flight and gives each 50 ms, by node:http2; it cancels what takes longer. */
import { once } from 'node:events';
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import { SLOW } from './h2-routes.ts';
import { Prng } from './prng.ts';
import { grpcMessage, uint32 } from './raw-h2.ts';

const IN_FLIGHT = 100;
const DEADLINE_MS = 50;
const MAX_OFFENCES = 5;

export interface HonestOptions {
  readonly port: number;
  /** How long the calls take, at random between 0 and twice this. */
  readonly meanMs: number;
  readonly seed: number;
}

/** How it fared. */
export interface Fared {
  readonly answered: number;
  readonly cancelled: number;
  /** Calls that the server refused; the connection was kept. */
  readonly refused: number;
  /** What an honest client must never see: the connection ended, or a call ended otherwise. The first few. */
  readonly offences: readonly string[];
}

export class HonestClient implements Fared {
  answered = 0;
  cancelled = 0;
  refused = 0;
  readonly offences: string[] = [];
  readonly #options: HonestOptions;
  readonly #session: ClientHttp2Session;
  readonly #running: Promise<void>[] = [];
  readonly #random: Prng;
  #stopping = false;

  private constructor(options: HonestOptions, session: ClientHttp2Session) {
    this.#options = options;
    this.#session = session;
    this.#random = new Prng(options.seed);
    session.on('goaway', (code) => this.#offended(`GOAWAY ${code}`));
    session.on('close', () => this.#offended('the connection was closed'));
    session.on('error', (error: Error) => this.#offended(error.message));
  }

  static async start(options: HonestOptions): Promise<HonestClient> {
    const session = connect(`http://127.0.0.1:${options.port}`);
    await once(session, 'connect');
    const client = new HonestClient(options, session);
    for (let index = 0; index < IN_FLIGHT; index += 1) client.#running.push(client.#run());
    return client;
  }

  /** Waits for the calls in flight. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#running);
    this.#session.removeAllListeners('close');
    this.#session.destroy();
  }

  async #run(): Promise<void> {
    while (!this.#stopping && !this.#session.destroyed) {
      const refused = this.refused;
      await this.#call();
      // As gRPC clients do: back off.
      if (this.refused > refused) await new Promise((resolve) => setTimeout(resolve, DEADLINE_MS / 2));
    }
  }

  async #call(): Promise<void> {
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': SLOW,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-timeout': `${DEADLINE_MS}m`,
    });
    let error = '';
    stream.on('error', ({ message }: Error) => (error = message));
    stream.resume();
    let status = '';
    stream.on('trailers', (trailers: IncomingHttpHeaders) => (status = String(trailers['grpc-status'])));
    stream.end(grpcMessage(uint32(Math.floor(this.#random.next() * 2 * this.#options.meanMs))));
    const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), DEADLINE_MS);
    await new Promise((resolve) => stream.once('close', resolve));
    clearTimeout(timer);
    if (status === '0') this.answered += 1;
    else if (stream.rstCode === constants.NGHTTP2_CANCEL) this.cancelled += 1;
    else if (stream.rstCode === constants.NGHTTP2_REFUSED_STREAM) this.refused += 1;
    else this.#offended(`a call ended with status '${status}' and code ${stream.rstCode}: ${error}`);
  }

  #offended(what: string): void {
    if (!this.#stopping && this.offences.length < MAX_OFFENCES) this.offences.push(what);
  }
}
