/** A server as a whole: how many connections it takes, how it drains, and that old connections lose no call. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { suite, test } from 'node:test';
import type { AbuseKind, Limits } from '../../../../src/transport/h2/options.ts';
import { type H2Server, serve } from '../../../../src/transport/h2/serve.ts';
import { selfSigned } from '../../../support/certificate.ts';
import { answerOn, statusOn } from '../../../support/h2-answer.ts';
import { CHAT, ECHO, labRoutes, SLOW, type Seen } from '../../../support/h2-routes.ts';
import { ACK, frame, grpcMessage, openCall, RawH2, TYPE, uint32, unaryCall } from '../../../support/raw-h2.ts';
import { until } from '../../../support/until.ts';

const REFUSED = 7;
const TICK_MS = 10;

interface Lab extends Disposable {
  readonly server: H2Server;
  readonly seen: Seen;
  readonly abuse: AbuseKind[];
}

async function open(limits: Partial<Limits> = {}, tls?: { key: string; cert: string }): Promise<Lab> {
  const seen: Seen = { slowCalls: 0, slowAtWork: 0, openChats: 0 };
  const abuse: AbuseKind[] = [];
  const hooks = { onAbuse: (kind: AbuseKind) => abuse.push(kind) };
  const place = { host: '127.0.0.1', port: 0, tickMs: TICK_MS, limits, hooks };
  const server = await serve(labRoutes(seen), tls === undefined ? place : { ...place, tls });
  return { server, seen, abuse, [Symbol.dispose]: () => server.close() };
}

/** Answers the ping by which a server that wants to be left makes sure that it was heard. */
function answerPings(raw: RawH2): void {
  const answer = ({ type, flags, payload }: { type: number; flags: number; payload: Buffer }): boolean => {
    if (type === TYPE.ping && flags === 0) raw.write(frame(TYPE.ping, ACK, 0, payload));
    return type === TYPE.ping && flags === 0;
  };
  void raw.next(answer).catch(() => undefined);
}

suite('connections', () => {
  test('are taken up to the limit; one past it is closed without a word, and there is room again later', async () => {
    using lab = await open({ maxConnections: 2 });
    using first = await RawH2.greet(lab.server.port);
    using second = await RawH2.greet(lab.server.port);
    using third = await RawH2.dial(lab.server.port);
    await third.closed();
    assert.deepEqual([lab.server.connections, lab.abuse, third.frames.length], [2, ['connections'], 0]);
    first.destroy();
    await until(() => lab.server.connections === 1);
    using again = await RawH2.greet(lab.server.port);
    assert.deepEqual([await second.closes(), await again.closes()], [false, false]);
  });

  test('past the limit are closed before TLS is spoken', async () => {
    using lab = await open({ maxConnections: 0 }, await selfSigned());
    using one = await RawH2.dial(lab.server.port);
    await one.closed();
    assert.deepEqual([lab.server.connections, lab.abuse], [0, ['connections']]);
  });
});

suite('a drain', () => {
  test('lets calls be done and is over once they are, with a word to each client', async () => {
    using lab = await open();
    using raw = await RawH2.greet(lab.server.port);
    answerPings(raw);
    raw.write(unaryCall(1, SLOW, uint32(100)));
    await until(() => lab.seen.slowAtWork === 1);
    const drained = lab.server.drain(60_000);
    assert.equal(await statusOn(raw, 1), '0');
    assert.equal(await drained, true);
    await raw.closed();
    assert.deepEqual([raw.goaway, lab.server.connections], [0, 0]);
  });

  test('takes calls that were on their way, and refuses those after the client was told', async () => {
    using lab = await open();
    using raw = await RawH2.greet(lab.server.port);
    raw.write(openCall(1, CHAT));
    await until(() => lab.seen.openChats === 1);
    void lab.server.drain(60_000);
    const { payload } = await raw.next(({ type, flags }) => type === TYPE.ping && flags === 0);
    raw.write(unaryCall(3, ECHO));
    raw.write(frame(TYPE.ping, ACK, 0, payload));
    raw.write(unaryCall(5, ECHO));
    assert.equal(await statusOn(raw, 3), '0');
    assert.equal((await answerOn(raw, 5)).reset, REFUSED);
  });

  test('cuts what is not done after its grace, and says so', async () => {
    using lab = await open();
    using raw = await RawH2.greet(lab.server.port);
    raw.write(openCall(1, CHAT));
    await until(() => lab.seen.openChats === 1);
    assert.equal(await lab.server.drain(20), false);
    await raw.closed();
    await until(() => lab.seen.openChats === 0);
  });

  test('gives calls all of its grace, though an old connection would have less', async () => {
    using lab = await open({ maxConnectionAgeMs: 1, connectionAgeGraceMs: 200 });
    using raw = await RawH2.greet(lab.server.port);
    answerPings(raw);
    raw.write(unaryCall(1, SLOW, uint32(400)));
    await until(() => lab.seen.slowAtWork === 1);
    const drained = lab.server.drain(60_000);
    assert.equal(await statusOn(raw, 1), '0');
    assert.equal(await drained, true);
  });

  test('ends a connection that does not answer its ping', async () => {
    using lab = await open();
    using raw = await RawH2.greet(lab.server.port);
    assert.equal(await lab.server.drain(60_000), true);
    await raw.closed();
  });

  test('of a server that nobody is connected to is over at once', async () => {
    using lab = await open();
    assert.equal(await lab.server.drain(60_000), true);
    assert.equal(await lab.server.drain(60_000), true);
  });
});

test('clients of a server whose connections do not grow old lose no call, and connect again and again', async () => {
  const CALLS = 2000;
  const IN_FLIGHT = 20;
  using lab = await open({ maxConnectionAgeMs: 20 });
  let connections = 0;
  let session = newSession();
  function newSession(): ClientHttp2Session {
    connections += 1;
    const made = connect(`http://127.0.0.1:${lab.server.port}`);
    made.on('error', () => undefined);
    return made;
  }
  const lost: string[] = [];
  let begun = 0;
  const caller = async (): Promise<void> => {
    while (begun < CALLS) {
      begun += 1;
      if (session.closed || session.destroyed) session = newSession();
      const outcome = await call(session);
      if (outcome !== '0') lost.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  session.close();
  assert.deepEqual(lost, []);
  assert.ok(connections > 2, `${connections} connections`);
  assert.deepEqual(lab.abuse, []);
});

async function call(session: ClientHttp2Session): Promise<string> {
  const head = { ':method': 'POST', ':path': ECHO, 'content-type': 'application/grpc', te: 'trailers' };
  const stream = session.request(head);
  let status = '';
  stream.on('trailers', (trailers: IncomingHttpHeaders) => (status = String(trailers['grpc-status'])));
  stream.on('error', ({ message }: Error) => (status = message));
  stream.resume();
  stream.end(grpcMessage(Buffer.from('x')));
  await once(stream, 'close').catch(() => undefined);
  return status;
}
