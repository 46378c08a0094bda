import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { MetadataFields } from '../../src/transport/h2/metadata.ts';
import type { StreamRoute } from '../../src/transport/h2/route.ts';
import { type H2Server, serve } from '../../src/transport/h2/serve.ts';
import { Prng } from '../support/prng.ts';
import { grpcMessage } from '../support/raw-h2.ts';

const SEED = 7540;
const CALLS = 150;
const PATH = '/test.Twin/Call';

/** A call as both servers are to get it, and the answer that both are to give. */
interface Exchange {
  readonly request: {
    readonly fields: Fields;
    readonly messages: readonly Buffer[];
    readonly pieces: readonly Buffer[];
  };
  readonly answer: {
    readonly initial: Fields;
    readonly messages: readonly Buffer[];
    readonly status: number;
    readonly trailing: Fields;
  };
}

type Fields = readonly (readonly [name: string, value: string])[];

/** What one side got from the other. */
interface Got {
  readonly fields: Record<string, string>;
  readonly body: string;
  readonly trailers: Record<string, string>;
}

describe("node:http2's client", () => {
  const random = new Prng(SEED);
  const exchanges = Array.from({ length: CALLS }, (_, index) => exchange(random, index));
  const seenByOurs: Got[] = [];
  const seenByNodes: Got[] = [];
  let ours: H2Server;
  let nodes: Http2Server;
  let toOurs: ClientHttp2Session;
  let toNodes: ClientHttp2Session;

  before(async () => {
    ours = await serve(new Map([[PATH, answering(exchanges, seenByOurs)]]), { host: '127.0.0.1', port: 0 });
    nodes = createServer();
    nodes.on('stream', (stream, headers) => void answerAsNode(stream, headers, exchanges, seenByNodes));
    nodes.listen(0, '127.0.0.1');
    await once(nodes, 'listening');
    toOurs = connect(`http://127.0.0.1:${ours.port}`);
    toNodes = connect(`http://127.0.0.1:${String((nodes.address() as { port: number }).port)}`);
  });
  after(() => {
    toOurs.destroy();
    toNodes.destroy();
    ours.close();
    nodes.close();
  });

  it('is understood, and answered, as by its own server', async () => {
    for (const [index, { request, answer }] of exchanges.entries()) {
      const [fromOurs, fromNodes] = await Promise.all([call(toOurs, request, index), call(toNodes, request, index)]);
      assert.deepEqual(fromOurs, fromNodes, `answer ${index}`);
      assert.equal(
        fromOurs.body,
        Buffer.concat(answer.messages.map((message) => grpcMessage(message))).toString('hex'),
      );
      assert.deepEqual(seenByOurs[index], seenByNodes[index], `request ${index}`);
      assert.equal(seenByOurs[index]?.body, Buffer.concat([...request.messages]).toString('hex'));
    }
  });

  it('is understood when all calls are made at once', async () => {
    const requests = exchanges.map(({ request }) => request);
    const fromOurs = await Promise.all(requests.map((request, index) => call(toOurs, request, index)));
    const fromNodes = await Promise.all(requests.map((request, index) => call(toNodes, request, index)));
    assert.deepEqual(fromOurs, fromNodes);
  });
});

function exchange(random: Prng, index: number): Exchange {
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const bytes = (most: number): Buffer => Buffer.from(Array.from({ length: below(most) }, () => below(256)));
  const message = (): Buffer => bytes(below(4) === 0 ? 100_000 : 100);
  const fields = (prefix: string): Fields =>
    Array.from({ length: below(6) }, (_, at) => {
      const name = `${prefix}-${at}`;
      if (below(3) === 0) return [`${name}-bin`, bytes(60).toString('base64').replace(/=+$/, '')] as const;
      return [
        name,
        bytes(80)
          .toString('latin1')
          .replaceAll(/[^!-~]/g, 'x'),
      ] as const;
    });
  const messages = Array.from({ length: below(4) }, message);
  const wire = Buffer.concat(messages.map((each) => grpcMessage(each)));
  const pieces: Buffer[] = [];
  for (let at = 0; at < wire.length;) {
    const next = at + 1 + below(below(2) === 0 ? 30_000 : wire.length);
    pieces.push(wire.subarray(at, next));
    at = next;
  }
  const request = { fields: [...fields('x-call'), ['x-index', String(index)] as const], messages, pieces };
  const answer = { initial: fields('x-head'), messages: [message()], status: below(17), trailing: fields('x-end') };
  return { request, answer };
}

/** Answers each call once its last message has come. */
function answering(exchanges: readonly Exchange[], seen: Got[]): StreamRoute {
  return {
    kind: 'stream',
    open: (call) => {
      const index = Number(call.metadata.get('x-index'));
      const body: Buffer[] = [];
      call.listener = {
        message: (bytes) => body.push(Buffer.from(bytes)),
        end: () => {
          const fields = call.metadata.fields().map(([name, value]) => [name, plain(value)] as const);
          seen[index] = {
            fields: own(Object.fromEntries(fields)),
            body: Buffer.concat(body).toString('hex'),
            trailers: {},
          };
          const { initial, messages, status, trailing } = exchanges[index]!.answer;
          call.sendInitial(metadata(initial));
          for (const message of messages) call.send([message]);
          call.end({ code: status, message: `status ${status}`, trailing: metadata(trailing) });
        },
        gone: () => undefined,
        drained: () => undefined,
      };
    },
  };
}

async function answerAsNode(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  exchanges: readonly Exchange[],
  seen: Got[],
): Promise<void> {
  const index = Number(headers['x-index']);
  const body = await collect(stream);
  const messages: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const length = body.readUInt32BE(at + 1);
    messages.push(body.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  seen[index] = { fields: own(headers), body: Buffer.concat(messages).toString('hex'), trailers: {} };
  const { answer } = exchanges[index]!;
  const trailers = { 'grpc-status': String(answer.status), 'grpc-message': `status ${answer.status}` };
  stream.on('wantTrailers', () => stream.sendTrailers({ ...trailers, ...Object.fromEntries(answer.trailing) }));
  const head = { 'content-type': 'application/grpc', ...Object.fromEntries(answer.initial) };
  stream.respond(head, { waitForTrailers: true });
  for (const message of answer.messages) stream.write(grpcMessage(message));
  stream.end();
}

async function call(session: ClientHttp2Session, request: Exchange['request'], index: number): Promise<Got> {
  const stream = session.request({
    ':method': 'POST',
    ':path': PATH,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...Object.fromEntries(request.fields),
  });
  let fields: Record<string, string> = {};
  let trailers: Record<string, string> = {};
  stream.on('response', (headers) => (fields = own(headers)));
  stream.on('trailers', (headers) => (trailers = { ...(headers as Record<string, string>) }));
  const body = collect(stream);
  for (const piece of request.pieces) {
    stream.write(piece);
    if (index % 3 === 0) await turn();
  }
  stream.end();
  const bytes = await body;
  return { fields, body: bytes.toString('hex'), trailers };
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Without what each server adds of itself, and what is not metadata. */
function own(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith('x-') || name === ':status')
      .map(([name, value]) => [name, String(value)]),
  );
}

function metadata(fields: Fields): MetadataFields {
  return fields.map(([name, value]) => [name, name.endsWith('-bin') ? Buffer.from(value, 'base64') : value]);
}

function plain(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('base64').replace(/=+$/, '');
}
