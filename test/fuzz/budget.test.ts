import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { H2Lab } from '../support/h2-lab.ts';
import { CHAT, ECHO } from '../support/h2-routes.ts';
import { Prng } from '../support/prng.ts';
import { grpcMessage, uint32 } from '../support/raw-h2.ts';

/** For one message at a time, and less than some have. */
const LIMITS = { maxPartialBytes: 150_000 };
const CALLS = 40;

describe('calls whose messages are larger than the usual window, and the budget of their connection', () => {
  const random = new Prng(42);
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const message = (): Buffer => Buffer.alloc(below(3) === 0 ? below(100) : below(1_000_000), below(256));

  it('all get their turn: unary ones', async () => {
    using lab = await Client.open();
    const sent = Array.from({ length: CALLS }, message);
    const answers = await Promise.all(sent.map((each) => lab.call(ECHO, grpcMessage(each), below(2) === 0)));
    for (const [index, each] of sent.entries()) assert.ok(answers[index]?.equals(grpcMessage(each)), `call ${index}`);
  });

  it('end, though their message fills its window to the last byte: some clients then wait for more', async () => {
    using lab = await Client.open();
    for (const bytes of [65_529, 65_530, 65_531, 200_000]) {
      const body = grpcMessage(Buffer.alloc(bytes));
      for (const path of [ECHO, CHAT]) assert.ok((await lab.call(path, body, true)).equals(body), `${path}, ${bytes}`);
    }
  });

  it('all get their turn: streams, mixed with unary ones', async () => {
    using lab = await Client.open();
    const sent = Array.from({ length: CALLS }, (_, index) => {
      const count = index % 2 === 0 ? 1 : 4;
      return Buffer.concat(Array.from({ length: count }, () => grpcMessage(message())));
    });
    const paths = sent.map((_, index) => (index % 2 === 0 ? ECHO : CHAT));
    const answers = await Promise.all(sent.map((each, index) => lab.call(paths[index]!, each, below(2) === 0)));
    for (const [index, each] of sent.entries()) assert.ok(answers[index]?.equals(each), `call ${index}`);
  });

  it('all get their turn: compressed ones', async () => {
    using lab = await Client.open();
    const sent = Array.from({ length: CALLS }, message);
    const packed = sent
      .map((each) => gzipSync(each))
      .map((each) => Buffer.concat([Buffer.from([1]), uint32(each.length), each]));
    const answers = await Promise.all(packed.map((each) => lab.call(ECHO, each, false)));
    for (const [index, each] of sent.entries()) assert.ok(answers[index]?.equals(grpcMessage(each)), `call ${index}`);
  });
});

class Client {
  readonly #server: H2Lab;
  readonly #session: ClientHttp2Session;

  private constructor(server: H2Lab, session: ClientHttp2Session) {
    this.#server = server;
    this.#session = session;
  }

  static async open(): Promise<Client> {
    const server = await H2Lab.open(LIMITS);
    const session = connect(`http://127.0.0.1:${server.port}`, { maxSessionMemory: 1000 });
    await once(session, 'connect');
    return new Client(server, session);
  }

  /** The body of the answer; `late`: the request is ended some time after its last message. */
  async call(path: string, body: Buffer, late: boolean): Promise<Buffer> {
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      'grpc-encoding': 'gzip',
      te: 'trailers',
    });
    stream.write(body, () => {
      if (late) setTimeout(() => stream.end(), 5);
      else stream.end();
    });
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  [Symbol.dispose](): void {
    this.#session.destroy();
    this.#server.close();
  }
}
