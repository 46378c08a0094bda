/** Calls of both kinds: how many messages they have, how they end, and what happens at their limits. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { AbuseKind, Limits } from '../../../../src/transport/h2/options.ts';
import type { Route, StreamCall, StreamListener, UnaryCall } from '../../../../src/transport/h2/route.ts';
import { type H2Server, serve } from '../../../../src/transport/h2/serve.ts';
import { answerOn, messagesOf, statusOn } from '../../../support/h2-answer.ts';
import {
  data,
  END_HEADERS,
  END_STREAM,
  frame,
  grpcMessage,
  literal,
  openCall,
  RawH2,
  rstStream,
  SETTING,
  TYPE,
  unaryCall,
  windowUpdate,
} from '../../../support/raw-h2.ts';
import { until } from '../../../support/until.ts';

const LARGE = 2 ** 31 - 1;
const ENHANCE_YOUR_CALM = 11;
const NO_ERROR = 0;
const LIMITS: Partial<Limits> = { maxMessageBytes: 1000, maxUnsentBytes: 3000 };
const GREETING = grpcMessage(Buffer.from('hello'));

/** What a stream's route hears. */
class Ear implements StreamListener {
  readonly heard: string[] = [];
  readonly call: StreamCall;
  readonly onMessage: (text: string, call: StreamCall) => void;

  constructor(call: StreamCall, onMessage: (text: string, call: StreamCall) => void) {
    this.call = call;
    this.onMessage = onMessage;
  }

  message(bytes: Uint8Array): void {
    const text = Buffer.from(bytes).toString();
    this.heard.push(text);
    this.onMessage(text, this.call);
  }

  end(): void {
    this.heard.push('(end)');
    this.call.end({ code: 0 });
  }

  gone(): void {
    const { deadline, signal } = this.call;
    const late = performance.now() >= deadline ? 'late' : 'early';
    this.heard.push(`(gone, ${late}, ${signal.aborted ? 'aborted' : 'wanted'})`);
    this.call.end({ code: 1 });
  }

  drained(): void {
    this.heard.push('(drained)');
  }
}

let server: H2Server;
const abuse: AbuseKind[] = [];
const ears: Ear[] = [];
const unaryCalls: UnaryCall[] = [];

function ear(): Ear {
  const [newest] = ears.slice(-1);
  assert(newest);
  return newest;
}

function streamRoute(onMessage: (text: string, call: StreamCall) => void): Route {
  return {
    kind: 'stream',
    open: (call) => {
      const listener = new Ear(call, onMessage);
      call.listener = listener;
      ears.push(listener);
    },
  };
}

const routes = new Map<string, Route>([
  ['/unary', { kind: 'unary', answer: (message, call) => call.reply([Buffer.from('got '), message]) }],
  ['/kept', { kind: 'unary', answer: (_message, call) => unaryCalls.push(call) }],
  [
    '/rich',
    {
      kind: 'unary',
      answer: (_message, call) =>
        call.reply([Buffer.from('x')], {
          initial: [['x-initial', 'a']],
          trailing: [['x-trailing-bin', Buffer.from([1, 2])]],
        }),
    },
  ],
  [
    '/fails',
    {
      kind: 'unary',
      answer: (_message, call) =>
        call.fail({ code: 9, message: 'no %, é', details: Buffer.from([3]), trailing: [['x-why', 'because']] }),
    },
  ],
  ['/echo', streamRoute((text, call) => void call.send([Buffer.from(text)]))],
  ['/silent', streamRoute(() => undefined)],
  ['/pausing', streamRoute((_text, call) => call.pause())],
  ['/aborting', streamRoute((_text, call) => call.abort())],
  ['/initial', streamRoute((_text, call) => call.sendInitial([['x-initial', 'a']]))],
  ['/kilobytes', streamRoute((text, call) => void call.send([Buffer.alloc(Number(text))]))],
]);

before(async () => {
  const hooks = { onAbuse: (kind: AbuseKind) => abuse.push(kind) };
  server = await serve(routes, { host: '127.0.0.1', port: 0, limits: LIMITS, hooks });
});
after(() => server.close());

suite('a unary call', () => {
  test('has one message and one answer', async () => {
    using raw = await RawH2.greet(server.port);
    raw.write(unaryCall(1, '/unary', Buffer.from('this')));
    const { headers, trailers, body } = await answerOn(raw, 1);
    assert.deepEqual(headers, {
      ':status': '200',
      'content-type': 'application/grpc',
      'grpc-accept-encoding': 'identity,gzip,deflate',
    });
    assert.deepEqual(messagesOf(body), ['got this']);
    assert.deepEqual(trailers, { 'grpc-status': '0' });
  });

  for (const [what, body, says] of [
    ['without a message', Buffer.alloc(0), '13 a unary call has one message, and none came'],
    ['with two', Buffer.concat([GREETING, GREETING]), '13 a unary call has one message, and more than one came'],
    ['that ends inside its message', GREETING.subarray(0, -1), '13 the request ended in the middle of a message'],
    ['that ends inside a prefix', GREETING.subarray(0, 4), '13 the request ended in the middle of a message'],
    [
      'with a message beyond the limit',
      grpcMessage(Buffer.alloc(1001)),
      '8 the message has 1001 bytes; at most 1000 are taken',
    ],
  ] as const) {
    test(`${what} is told so, and no route hears of it`, async () => {
      using raw = await RawH2.greet(server.port);
      raw.write(Buffer.concat([openCall(1, '/kept'), data(1, body, END_STREAM)]));
      assert.equal(await statusOn(raw, 1), says);
      assert.deepEqual(unaryCalls, []);
    });
  }

  test('whose client goes on sending is told to stop', async () => {
    using raw = await RawH2.greet(server.port);
    raw.write(Buffer.concat([openCall(1, '/unary'), data(1, Buffer.concat([GREETING, GREETING]))]));
    await raw.next(({ type }) => type === TYPE.rstStream);
    assert.equal((await answerOn(raw, 1)).reset, NO_ERROR);
    raw.write(data(1, GREETING, END_STREAM));
    assert.equal(await raw.closes(), false);
  });

  test('may have metadata before and after its reply', async () => {
    using raw = await RawH2.greet(server.port);
    raw.write(unaryCall(1, '/rich'));
    const { headers, trailers } = await answerOn(raw, 1);
    assert.equal(headers['x-initial'], 'a');
    assert.deepEqual(trailers, { 'grpc-status': '0', 'x-trailing-bin': 'AQI' });
  });

  test('that fails is answered by trailers alone, with words, details and metadata', async () => {
    using raw = await RawH2.greet(server.port);
    raw.write(unaryCall(1, '/fails'));
    const { headers, trailers, body } = await answerOn(raw, 1);
    assert.deepEqual(headers, trailers);
    assert.equal(body.length, 0);
    const { 'grpc-status': code, 'grpc-message': message, 'grpc-status-details-bin': details, 'x-why': why } = trailers;
    assert.deepEqual([code, message, details, why], ['9', 'no %25, %C3%A9', 'Aw', 'because']);
  });

  test('that is cancelled is told to its route, and answered in vain', async () => {
    using raw = await RawH2.greet(server.port);
    raw.write(unaryCall(1, '/kept'));
    await until(() => unaryCalls.length === 1);
    const [call] = unaryCalls.splice(0);
    assert.equal(call?.signal.aborted, false);
    raw.write(rstStream(1));
    assert.equal(await raw.closes(), false);
    assert.equal(call.signal.aborted, true);
    call.reply([Buffer.from('too late')]);
    assert.equal(await raw.closes(), false);
    assert.equal(raw.frames.filter(({ stream }) => stream === 1).length, 0);
  });

  test('tells its deadline to the route, as an instant', async () => {
    using raw = await RawH2.greet(server.port);
    raw.write(Buffer.concat([openCall(1, '/kept', ['grpc-timeout', '5S']), data(1, GREETING, END_STREAM)]));
    await until(() => unaryCalls.length === 1);
    const [call] = unaryCalls.splice(0);
    assert.equal(call && call.deadline - call.receivedAt, 5000);
    call?.fail({ code: 1 });
  });
});

suite('a call that is refused before it begins', () => {
  const refused = async (path: string, ...more: (readonly [string, string])[]): Promise<string> => {
    using raw = await RawH2.greet(server.port);
    raw.write(Buffer.concat([openCall(1, path, ...more), data(1, GREETING, END_STREAM)]));
    return await statusOn(raw, 1);
  };

  test('names the path that is not here', async () => {
    assert.equal(await refused('/no.Such/Method'), '12 no method /no.Such/Method is here');
  });

  test('says what a timeout looks like', async () => {
    const says = '13 grpc-timeout is not a number of at most 8 digits and a unit';
    for (const timeout of ['123456789S', 'soon', '1s']) {
      assert.equal(await refused('/unary', ['grpc-timeout', timeout]), says);
    }
  });

  test('says which compression is taken', async () => {
    const says = '12 messages compressed as zstd are not taken; use gzip or deflate';
    assert.equal(await refused('/unary', ['grpc-encoding', 'zstd']), says);
  });

  test('that is not gRPC is told so in the words of HTTP', async () => {
    for (const [method, status] of [
      ['GET', '405'],
      ['POST', '415'],
    ] as const) {
      using raw = await RawH2.greet(server.port);
      const fields = [[':method', method] as const, [':scheme', 'http'] as const, [':path', '/unary'] as const];
      const block = Buffer.concat(fields.map(([name, value]) => literal(name, value)));
      raw.write(frame(TYPE.headers, END_STREAM | END_HEADERS, 1, block));
      const { headers, body } = await answerOn(raw, 1);
      assert.deepEqual(headers, { ':status': status, 'content-type': 'text/plain' });
      assert.match(body.toString(), /^This port speaks gRPC: POST/);
    }
  });
});

suite('a stream of messages', () => {
  test('is answered as its route likes, then ends', async () => {
    using raw = await RawH2.greet(server.port);
    raw.write(openCall(1, '/echo'));
    for (const text of ['a', '', 'c']) raw.write(data(1, grpcMessage(Buffer.from(text))));
    raw.write(data(1, Buffer.alloc(0), END_STREAM));
    const { body, trailers } = await answerOn(raw, 1);
    assert.deepEqual(messagesOf(body), ['a', '', 'c']);
    assert.deepEqual(trailers, { 'grpc-status': '0' });
    assert.deepEqual(ear().heard, ['a', '', 'c', '(end)']);
  });

  test('may be ended by trailers of the client', async () => {
    using raw = await RawH2.greet(server.port);
    raw.write(Buffer.concat([openCall(1, '/echo'), data(1, GREETING)]));
    raw.write(frame(TYPE.headers, END_STREAM | END_HEADERS, 1, literal('x-last', 'word')));
    assert.equal(await statusOn(raw, 1), '0');
    assert.deepEqual(ear().heard, ['hello', '(end)']);
  });

  test('may begin with metadata before any message', async () => {
    using raw = await RawH2.greet(server.port);
    raw.write(Buffer.concat([openCall(1, '/initial'), data(1, GREETING)]));
    await raw.next(({ type, stream }) => type === TYPE.headers && stream === 1);
    raw.write(data(1, Buffer.alloc(0), END_STREAM));
    assert.equal((await answerOn(raw, 1)).headers['x-initial'], 'a');
  });

  test('hears when it is cancelled, and when its connection is lost', async () => {
    const raw = await RawH2.greet(server.port);
    raw.write(Buffer.concat([openCall(1, '/silent'), rstStream(1)]));
    await until(() => ears.at(-1)?.heard.length === 1);
    assert.deepEqual(ear().heard, ['(gone, early, aborted)']);
    raw.write(openCall(3, '/silent'));
    assert.equal(await raw.closes(), false);
    raw.socket.resetAndDestroy();
    await until(() => ear().heard.length === 1);
    assert.deepEqual(ear().heard, ['(gone, early, aborted)']);
  });

  test('whose deadline passes ends with DEADLINE_EXCEEDED, never before it, and nobody waits for it any more', async () => {
    using raw = await RawH2.greet(server.port);
    // Fractions of a millisecond are what Go's clients send.
    for (let stream = 1; stream < 40; stream += 2) {
      raw.write(openCall(stream, '/silent', ['grpc-timeout', `${5000 + stream * 50}u`]));
      assert.equal(await statusOn(raw, stream), '4 the deadline has passed');
      assert.deepEqual(ear().heard, ['(gone, late, aborted)']);
    }
  });

  test('does not send what waited when its deadline passed', async () => {
    using raw = await RawH2.greet(server.port, [SETTING.initialWindowSize, 3]);
    raw.write(Buffer.concat([openCall(1, '/echo', ['grpc-timeout', '20m']), data(1, GREETING)]));
    const { body, trailers } = await answerOn(raw, 1);
    assert.deepEqual([body.length, trailers['grpc-status']], [3, '4']);
  });

  test('that its route aborts is reset at once', async () => {
    using raw = await RawH2.greet(server.port);
    raw.write(Buffer.concat([openCall(1, '/aborting'), data(1, GREETING)]));
    assert.equal((await answerOn(raw, 1)).reset, ENHANCE_YOUR_CALM);
    assert.equal(await raw.closes(), false);
  });

  test('that is paused keeps what came, in order, and gives no window for more than it has', async () => {
    using raw = await RawH2.greet(server.port);
    raw.write(Buffer.concat([openCall(1, '/pausing'), data(1, GREETING)]));
    const message = grpcMessage(Buffer.alloc(995));
    for (let count = 0; count < 60; count += 1) raw.write(data(1, message));
    raw.write(data(1, grpcMessage(Buffer.from('last')), END_STREAM));
    assert.equal(await raw.closes(), false);
    assert.deepEqual(ear().heard, ['hello']);
    const given = raw.frames.filter(({ type, stream }) => type === TYPE.windowUpdate && stream === 1);
    assert.deepEqual(given, []);
    // Each message pauses it again.
    for (let count = 0; count < 61; count += 1) ear().call.resume();
    assert.deepEqual([ear().heard.length, ear().heard.at(-1)], [62, 'last']);
    ear().call.resume();
    assert.equal(await statusOn(raw, 1), '0');
  });

  test('is told when there is room again, once what waited is half of what it may be', async () => {
    const KIB = 1024;
    using roomy = await openRoomy();
    using raw = await RawH2.greet(roomy.port, [SETTING.initialWindowSize, 0]);
    // With the prefix of five bytes it is one more than may wait without a word.
    raw.write(Buffer.concat([openCall(1, '/kilobytes'), data(1, grpcMessage(Buffer.from(String(128 * KIB - 4))))]));
    raw.write(Buffer.concat([windowUpdate(0, 64 * KIB), windowUpdate(1, 64 * KIB)]));
    assert.equal(await raw.closes(), false);
    const { call, heard } = ear();
    assert.deepEqual([raw.dataBytes(1), heard.slice(1)], [64 * KIB, []]);
    raw.write(windowUpdate(1, 1));
    assert.equal(await raw.closes(), false);
    assert.deepEqual([raw.dataBytes(1), heard.slice(1)], [64 * KIB + 1, ['(drained)']]);
    assert.equal(call.send([Buffer.alloc(64 * KIB - 5)]), true);
    assert.equal(call.send([]), false);
    call.end({ code: 0 });
  });
});

suite('replies beyond what may wait', () => {
  test('become RESOURCE_EXHAUSTED, and are counted', async () => {
    using raw = await RawH2.greet(server.port, [SETTING.initialWindowSize, 0]);
    const ask = grpcMessage(Buffer.from('995'));
    raw.write(Buffer.concat([1, 3, 5].flatMap((id) => [openCall(id, '/kilobytes'), data(id, ask, END_STREAM)])));
    assert.equal(await raw.closes(), false);
    assert.deepEqual(abuse, []);
    raw.write(Buffer.concat([openCall(7, '/kilobytes'), data(7, grpcMessage(Buffer.from('0')), END_STREAM)]));
    assert.equal(await statusOn(raw, 7), '8 3000 bytes of replies wait for this connection to take them; read faster');
    assert.deepEqual(abuse.splice(0), ['unsent_bytes']);
    raw.write(windowUpdate(1, 1000));
    assert.equal(await statusOn(raw, 1), '0');
  });

  test('are one, however large, where nothing waits', async () => {
    using raw = await RawH2.greet(server.port, [SETTING.initialWindowSize, 0]);
    const ask = grpcMessage(Buffer.from('100000'));
    raw.write(Buffer.concat([openCall(1, '/kilobytes'), data(1, ask, END_STREAM)]));
    await raw.next(({ type, stream }) => type === TYPE.headers && stream === 1);
    assert.deepEqual(abuse, []);
  });

  test('make a route wait that always has more, whatever the windows', async () => {
    using roomy = await openRoomy();
    using raw = await RawH2.greet(roomy.port, [SETTING.initialWindowSize, LARGE]);
    raw.write(windowUpdate(0, LARGE - 65_535));
    raw.write(openCall(1, '/silent'));
    assert.equal(await raw.closes(), false);
    const { call } = ear();
    let sent = 0;
    while (sent < 64 * 2 ** 20 && call.send([Buffer.alloc(10_000)])) sent += 10_000;
    assert.ok(sent < 2 * 2 ** 20, `it took ${sent} bytes in one turn`);
    call.abort();
  });
});

/** As the others, but with larger messages. */
async function openRoomy(): Promise<Disposable & { port: number }> {
  const roomy = await serve(routes, { host: '127.0.0.1', port: 0 });
  return { port: roomy.port, [Symbol.dispose]: () => roomy.close() };
}
