/** Handlers that were written for grpc-js, on the lean transport: what they hear and say is what they would there. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, beforeEach, suite, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  Client,
  credentials,
  Metadata,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type ServiceError,
  status,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { HostedServer } from '../../../src/transport/grpc-js/hosted-server.ts';
import { type H2Server, serve } from '../../../src/transport/h2/serve.ts';
import { answerOn, statusOn } from '../../support/h2-answer.ts';
import { data, END_STREAM, grpcMessage, openCall, RawH2, TYPE, windowUpdate } from '../../support/raw-h2.ts';
import { until } from '../../support/until.ts';

type Respond = (error: unknown, reply?: string) => void;
type AnyCall =
  ServerUnaryCall<string, string> | ServerReadableStream<string, string> | ServerDuplexStream<string, string>;

const toText = (bytes: Buffer): string => {
  if (bytes.includes(0xff)) throw new Error('no text');
  return bytes.toString();
};
const toBytes = (text: string): Buffer => Buffer.from(text);

function method(name: string, requestStream: boolean, responseStream: boolean): ServiceDefinition[string] {
  const codec = { requestSerialize: toBytes, requestDeserialize: toText, responseSerialize: toBytes };
  return {
    path: `/t/${name}`,
    originalName: name,
    requestStream,
    responseStream,
    ...codec,
    responseDeserialize: toText,
  };
}

/** What handlers do is told by the test. */
const doing: {
  unary: (call: ServerUnaryCall<string, string>, respond: Respond) => void;
  collect: (call: ServerReadableStream<string, string>, respond: Respond) => void;
  tell: (call: ServerWritableStream<string, string>) => void;
  chat: (call: ServerDuplexStream<string, string>) => void;
} = { unary: () => undefined, collect: () => undefined, tell: () => undefined, chat: () => undefined };

const DEFINITION: ServiceDefinition = {
  unary: method('unary', false, false),
  collect: method('collect', true, false),
  tell: method('tell', false, true),
  chat: method('chat', true, true),
};

/** The call, once a handler has it. */
function handed(kind: keyof typeof doing): Promise<AnyCall> {
  return new Promise((resolve) => {
    Object.assign(doing, { [kind]: resolve });
  });
}

let server: H2Server;
let client: Client;
before(async () => {
  const hosted = new HostedServer();
  const handlers = {
    unary: (...[call, respond]: Parameters<typeof doing.unary>) => doing.unary(call, respond),
    collect: (...[call, respond]: Parameters<typeof doing.collect>) => doing.collect(call, respond),
    tell: (call: Parameters<typeof doing.tell>[0]) => doing.tell(call),
    chat: (call: Parameters<typeof doing.chat>[0]) => doing.chat(call),
  };
  hosted.addService(DEFINITION, handlers as unknown as Record<string, UntypedHandleCall>);
  server = await serve(hosted.routes, { host: '127.0.0.1', port: 0 });
  client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
});
after(() => {
  client.close();
  server.close();
});
beforeEach(() => {
  const nothing = (): void => undefined;
  Object.assign(doing, { unary: nothing, collect: nothing, tell: nothing, chat: nothing });
});

interface Outcome {
  readonly reply: string;
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

function ask(text: string, metadata = new Metadata(), deadline: number | Date = Infinity): Promise<Outcome> {
  return new Promise((resolve) => {
    let error: ServiceError | null = null;
    let reply = '';
    const call = client.makeUnaryRequest('/t/unary', toBytes, toText, text, metadata, { deadline }, (failed, got) => {
      error = failed;
      reply = got ?? '';
    });
    call.on('status', ({ code, details, metadata: trailing }) => {
      setImmediate(() => resolve({ reply: error === null ? reply : '', code, details, metadata: trailing }));
    });
  });
}

suite('a handler of grpc-js on the lean transport', () => {
  test('answers one message with one', async () => {
    doing.unary = ({ request }, respond) => respond(null, `got ${request}`);
    const { reply, code } = await ask('this');
    assert.deepEqual([reply, code], ['got this', status.OK]);
  });

  test('answers many messages with one', async () => {
    doing.collect = (call, respond) => {
      let all = '';
      call.on('data', (text: string) => (all += text));
      call.on('end', () => respond(null, all));
    };
    const reply = await new Promise((resolve, reject) => {
      const call = client.makeClientStreamRequest('/t/collect', toBytes, toText, (error, got) => {
        if (error === null) resolve(got);
        else reject(error);
      });
      for (const text of ['a', 'b', 'c']) call.write(text);
      call.end();
    });
    assert.equal(reply, 'abc');
  });

  test('answers one message with many', async () => {
    doing.tell = (call) => {
      for (const letter of call.request) call.write(letter);
      call.end();
    };
    const replies: unknown[] = [];
    for await (const reply of client.makeServerStreamRequest('/t/tell', toBytes, toText, 'abc')) replies.push(reply);
    assert.deepEqual(replies, ['a', 'b', 'c']);
  });

  test('answers many messages with many', async () => {
    doing.chat = (call) => {
      call.on('data', (text: string) => call.write(`${text}!`));
      call.on('end', () => call.end());
    };
    const call = client.makeBidiStreamRequest('/t/chat', toBytes, toText);
    for (const text of ['a', 'b']) call.write(text);
    call.end();
    const replies: unknown[] = [];
    for await (const reply of call) replies.push(reply);
    assert.deepEqual(replies, ['a!', 'b!']);
  });

  test('sees the metadata of the caller, and what is bytes as bytes', async () => {
    doing.unary = ({ metadata }, respond) =>
      respond(null, JSON.stringify([metadata.get('x-own'), metadata.get('x-own-bin'), metadata.get('te')]));
    const metadata = new Metadata();
    metadata.add('x-own', 'a');
    metadata.add('x-own', 'b');
    metadata.add('x-own-bin', Buffer.from([1, 2]));
    const { reply } = await ask('', metadata);
    assert.deepEqual(JSON.parse(reply), [['a', 'b'], [{ type: 'Buffer', data: [1, 2] }], []]);
  });

  test('fails with its own status, words and metadata, all values of a name', async () => {
    const metadata = new Metadata();
    metadata.add('x-why', 'this');
    metadata.add('x-why', 'that');
    metadata.add('x-why-bin', Buffer.from([7]));
    doing.unary = (_call, respond) => respond({ code: status.ABORTED, details: 'not now: é', metadata });
    const outcome = await ask('');
    assert.deepEqual([outcome.code, outcome.details], [status.ABORTED, 'not now: é']);
    assert.deepEqual(
      outcome.metadata.get('x-why').flatMap((value) => String(value).split(', ')),
      ['this', 'that'],
    );
    assert.deepEqual(outcome.metadata.get('x-why-bin'), [Buffer.from([7])]);
  });

  test('that fails with what is no status ends with UNKNOWN', async () => {
    for (const [error, details] of [
      [new TypeError('inner words'), ''],
      ['words', 'words'],
    ] as const) {
      doing.unary = (_call, respond) => respond(error);
      const outcome = await ask('');
      assert.deepEqual([outcome.code, outcome.details], [status.UNKNOWN, details]);
    }
  });

  test('ends a stream with a status after replies', async () => {
    doing.tell = (call) => {
      call.write('one');
      call.emit('error', { code: status.UNAVAILABLE, details: 'going' });
    };
    const call = client.makeServerStreamRequest('/t/tell', toBytes, toText, '');
    const replies: unknown[] = [];
    call.on('data', (reply) => replies.push(reply));
    const [error] = (await once(call, 'error')) as [ServiceError];
    assert.deepEqual([replies, error.code, error.details], [['one'], status.UNAVAILABLE, 'going']);
  });

  for (const kind of ['unary', 'collect', 'tell', 'chat'] as const) {
    test(`hears that its caller has gone (${kind})`, async () => {
      const handing = handed(kind);
      using raw = await RawH2.greet(server.port);
      const whole = kind === 'unary' || kind === 'tell';
      raw.write(Buffer.concat([openCall(1, `/t/${kind}`), data(1, grpcMessage(toBytes('x')), whole ? END_STREAM : 0)]));
      const call = await handing;
      assert.equal(call.cancelled, false);
      const cancelled = once(call, 'cancelled');
      raw.destroy();
      await cancelled;
      assert.equal(call.cancelled, true);
    });

    test(`knows its deadline and hears when it has passed (${kind})`, async () => {
      const handing = handed(kind);
      using raw = await RawH2.greet(server.port);
      const whole = kind === 'unary' || kind === 'tell';
      raw.write(openCall(1, `/t/${kind}`, ['grpc-timeout', '50m']));
      raw.write(data(1, grpcMessage(toBytes('x')), whole ? END_STREAM : 0));
      const call = await handing;
      const deadline = call.getDeadline();
      assert.ok(deadline instanceof Date);
      assert.ok(Math.abs(deadline.getTime() - Date.now()) <= 60);
      await once(call, 'cancelled');
      assert.equal(call.cancelled, true);
      assert.equal(await statusOn(raw, 1), '4 the deadline has passed');
    });
  }

  test('without a deadline has for ever', async () => {
    doing.unary = (call, respond) => respond(null, String(call.getDeadline()));
    assert.equal((await ask('')).reply, 'Infinity');
  });

  test('is made to wait by a reader that is slow, and loses nothing by it', async () => {
    const COUNT = 200;
    const reply = 'x'.repeat(10_000);
    let written = 0;
    doing.tell = (call) => {
      const more = (): void => {
        if (written === COUNT) call.end();
        else {
          written += 1;
          call.write(reply, more);
        }
      };
      more();
    };
    using raw = await RawH2.greet(server.port);
    raw.write(Buffer.concat([openCall(1, '/t/tell'), data(1, grpcMessage(toBytes('x')), END_STREAM)]));
    await until(() => raw.dataBytes(1) === 65_535);
    assert.equal(await raw.closes(), false);
    assert.ok(written < 30, `${written} replies were taken, of which 6 fit into the window`);
    for (const stream of [0, 1]) raw.write(windowUpdate(stream, 2 ** 30));
    assert.equal((await answerOn(raw, 1)).body.length, COUNT * (reply.length + 5));
    assert.equal(written, COUNT);
  });

  test('that does not read makes its caller wait, and hears everything once it reads', async () => {
    const handing = handed('chat');
    using raw = await RawH2.greet(server.port);
    raw.write(openCall(1, '/t/chat'));
    const call = (await handing) as ServerDuplexStream<string, string>;
    const message = grpcMessage(Buffer.alloc(995, 'x'));
    // Not a byte more than the window that every stream has.
    for (let count = 0; count < 65; count += 1) raw.write(data(1, message));
    assert.equal(await raw.closes(), false);
    assert.equal(
      raw.frames.some(({ type, stream }) => type === TYPE.windowUpdate && stream === 1),
      false,
    );
    let heard = 0;
    call.on('data', () => (heard += 1));
    await raw.next(({ type, stream }) => type === TYPE.windowUpdate && stream === 1);
    await until(() => heard === 65);
    call.end();
    assert.equal(await statusOn(raw, 1), '0');
  });

  test('whose caller sends what cannot be read hears that the call is over, and the caller why', async () => {
    const handing = handed('chat');
    using raw = await RawH2.greet(server.port);
    raw.write(openCall(1, '/t/chat'));
    const call = await handing;
    const cancelled = once(call, 'cancelled');
    raw.write(data(1, grpcMessage(Buffer.from([0xff]))));
    assert.equal(await statusOn(raw, 1), '13 the message cannot be read: no text');
    await cancelled;
  });

  test('is not called where there is not just one message and it takes one', async () => {
    let called = 0;
    doing.unary = () => (called += 1);
    const message = grpcMessage(toBytes('x'));
    for (const [count, body] of [Buffer.alloc(0), message, Buffer.concat([message, message])].entries()) {
      if (count === 1) continue;
      using raw = await RawH2.greet(server.port);
      raw.write(Buffer.concat([openCall(1, '/t/unary'), data(1, body, END_STREAM)]));
      assert.equal(await statusOn(raw, 1), `13 the method takes one message, and ${count} came`);
    }
    using raw = await RawH2.greet(server.port);
    raw.write(Buffer.concat([openCall(1, '/t/unary'), data(1, grpcMessage(Buffer.from([0xff])), END_STREAM)]));
    assert.equal(await statusOn(raw, 1), '13 the message cannot be read: no text');
    await nextTurn();
    assert.equal(called, 0);
  });
});

suite('services', () => {
  const handlers = { unary: () => undefined, collect: () => undefined, tell: () => undefined, chat: () => undefined };

  test('are added whole, and once', () => {
    const hosted = new HostedServer();
    hosted.addService(DEFINITION, handlers);
    assert.deepEqual([...hosted.routes.keys()], ['/t/unary', '/t/collect', '/t/tell', '/t/chat']);
    assert.throws(() => hosted.addService(DEFINITION, handlers), /\/t\/unary is there already/);
    const { unary } = handlers;
    assert.throws(() => new HostedServer().addService(DEFINITION, { unary }), /no handler for \/t\/collect/);
    assert.equal(hosted.register('/t/unary', unary, toBytes, toText, 'unary'), false);
  });
});
