/** Certificates of clients, and certificates that are replaced while connections are open. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect, type ConnectionOptions, type SecureVersion, type TLSSocket } from 'node:tls';
import { before, suite, test } from 'node:test';
import type { Issued } from '../../../../src/certs/authority.ts';
import type { TlsOptions } from '../../../../src/transport/h2/listener.ts';
import type { AbuseKind, Limits } from '../../../../src/transport/h2/options.ts';
import type { Route } from '../../../../src/transport/h2/route.ts';
import { type H2Server, serve } from '../../../../src/transport/h2/serve.ts';
import { Pki } from '../../../support/pki.ts';
import { grpcMessage, RawH2 } from '../../../support/raw-h2.ts';
import { until } from '../../../support/until.ts';

let pki: Pki;
let strangers: Pki;
let own: Issued;
let ann: Issued;
before(async () => {
  [pki, strangers] = await Promise.all([Pki.create(), Pki.create()]);
  [own, ann] = await Promise.all([pki.server(), pki.client('ann@example.com')]);
});

/** Answers with the names of the caller. */
const whoami: Route = {
  kind: 'unary',
  answer: (_message, call) => call.reply([Buffer.from(call.peer.certificateNames.join() || 'nobody')]),
};

interface Lab extends Disposable {
  readonly server: H2Server;
  readonly abuse: AbuseKind[];
}

async function open(more: Partial<TlsOptions> = {}, limits: Partial<Limits> = {}): Promise<Lab> {
  const abuse: AbuseKind[] = [];
  const place = { host: '127.0.0.1', port: 0, limits, tickMs: 10 };
  const hooks = { onAbuse: (kind: AbuseKind) => abuse.push(kind) };
  const server = await serve(new Map([['/who', whoami]]), { ...place, hooks, tls: { ...own, ...more } });
  return { server, abuse, [Symbol.dispose]: () => server.close() };
}

function dial({ server }: Lab, options: ConnectionOptions = {}): ClientHttp2Session {
  return connectHttp2(`https://localhost:${server.port}`, { ca: pki.ca, ...options });
}

/** What the server answers, or why it does not. */
async function ask(session: ClientHttp2Session): Promise<string> {
  try {
    const stream = session.request({ ':method': 'POST', ':path': '/who', 'content-type': 'application/grpc' });
    const failed = Promise.withResolvers<never>();
    session.on('error', failed.reject);
    stream.on('error', failed.reject);
    session.on('close', () => failed.reject(new Error('closed without a reply')));
    stream.end(grpcMessage(Buffer.alloc(0)));
    const [body] = (await Promise.race([once(stream, 'data'), failed.promise])) as [Buffer];
    return body.toString('latin1', 5);
  } catch (caught) {
    return `no: ${(caught as NodeJS.ErrnoException).code ?? (caught as Error).message}`;
  }
}

async function askOnce(lab: Lab, options?: ConnectionOptions): Promise<string> {
  const session = dial(lab, options);
  try {
    return await ask(session);
  } finally {
    session.destroy();
  }
}

function isNo(answer: string): boolean {
  return answer.startsWith('no: ');
}

suite('certificates of clients', () => {
  test('give calls their names', async () => {
    using lab = await open({ clientCa: pki.ca });
    assert.equal(await askOnce(lab, ann), 'ann@example.com');
    assert.equal(await askOnce(lab, await pki.client('spiffe://prod/deployer')), 'spiffe://prod/deployer');
    assert.deepEqual(lab.abuse, []);
  });

  test('are not asked for without an authority, and one that is shown gives no name', async () => {
    using lab = await open();
    assert.equal(await askOnce(lab, ann), 'nobody');
  });

  test('that are optional may be left out, but not be bad', async () => {
    using lab = await open({ clientCa: pki.ca, clientAuth: 'optional' });
    assert.equal(await askOnce(lab), 'nobody');
    assert.equal(await askOnce(lab, ann), 'ann@example.com');
    assert.deepEqual(lab.abuse, []);
    for (const bad of [await strangers.client('ann@example.com'), await pki.client('ann@example.com', -1)]) {
      assert.ok(isNo(await askOnce(lab, bad)));
    }
    await until(() => lab.abuse.length === 2);
    assert.deepEqual(lab.abuse, ['bad_preface', 'bad_preface']);
  });

  test('that are required may be neither left out, nor of strangers, nor expired', async () => {
    using lab = await open({ clientCa: pki.ca });
    const bad = [{}, await strangers.client('ann@example.com'), await pki.client('ann@example.com', -1)];
    for (const identity of bad) assert.ok(isNo(await askOnce(lab, identity)));
    await until(() => lab.abuse.length === 3);
    assert.equal(lab.server.connections, 0);
  });

  test('are let in by name where the server wants some alone', async () => {
    using lab = await open({ clientCa: pki.ca, admits: (names) => names.includes('bob@example.com') });
    assert.ok(isNo(await askOnce(lab, ann)));
    assert.equal(await askOnce(lab, await pki.client('bob@example.com')), 'bob@example.com');
    assert.deepEqual(lab.abuse, ['bad_preface']);
  });
});

suite('a certificate that is replaced', () => {
  test('is what new connections get; those that are open go on', async () => {
    using lab = await open({ clientCa: pki.ca });
    const session = dial(lab, ann);
    assert.equal(await ask(session), 'ann@example.com');
    const [next, bea] = await Promise.all([strangers.server(), strangers.client('bea@example.com')]);
    lab.server.setTls({ ...next, clientCa: strangers.ca });
    assert.equal(await ask(session), 'ann@example.com');
    session.destroy();
    assert.ok(isNo(await askOnce(lab, { ...ann, ca: strangers.ca })));
    assert.ok(isNo(await askOnce(lab, bea)));
    assert.equal(await askOnce(lab, { ...bea, ca: strangers.ca }), 'bea@example.com');
  });

  test('by one that is bad stays in force', async () => {
    using lab = await open();
    const { key } = await pki.server();
    assert.throws(() => lab.server.setTls({ cert: own.cert, key }), /key values mismatch/);
    assert.equal(await askOnce(lab), 'nobody');
  });

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`lets nobody in by a session of before (${version})`, async () => {
      using lab = await open({ clientCa: pki.ca });
      const session = await sessionOf(lab, version);
      const resumed = await handshake(lab, { ...ann, session, maxVersion: version });
      assert.equal(resumed, 'resumed');
      lab.server.setTls({ ...own, clientCa: strangers.ca });
      assert.match(await handshake(lab, { ...ann, session, maxVersion: version }), /^no: /);
      await until(() => lab.abuse.length === 1);
    });
  }
});

/** A ticket to come back with. */
async function sessionOf(lab: Lab, version: SecureVersion): Promise<Buffer> {
  const socket = connectTls(lab, { ...ann, maxVersion: version });
  const [session] = (await once(socket, 'session')) as [Buffer];
  socket.destroy();
  return session;
}

/** 'full' or 'resumed', or why not; the server has to speak for it: its half of a handshake may fail later. */
async function handshake(lab: Lab, options: ConnectionOptions): Promise<string> {
  const socket = connectTls(lab, options);
  try {
    const failed = Promise.withResolvers<never>();
    socket.on('error', failed.reject);
    socket.on('close', () => failed.reject(new Error('closed')));
    await Promise.race([once(socket, 'data'), failed.promise]);
    return socket.isSessionReused() ? 'resumed' : 'full';
  } catch (caught) {
    return `no: ${(caught as Error).message}`;
  } finally {
    socket.destroy();
  }
}

function connectTls({ server }: Lab, options: ConnectionOptions): TLSSocket {
  return connect({ port: server.port, ca: pki.ca, servername: 'localhost', ALPNProtocols: ['h2'], ...options });
}

suite('versions of TLS', () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`${version} is spoken, with and without the server's name`, async () => {
      using lab = await open();
      assert.equal(await handshake(lab, { minVersion: version, maxVersion: version }), 'full');
      const nameless = {
        minVersion: version,
        maxVersion: version,
        servername: '',
        checkServerIdentity: () => undefined,
      };
      assert.equal(await handshake(lab, nameless), 'full');
    });
  }

  test('before 1.2 are refused', async () => {
    using lab = await open();
    for (const version of ['TLSv1', 'TLSv1.1'] as const) {
      const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' };
      assert.match(await handshake(lab, old), /^no: .*(protocol version|alert)/);
    }
    await until(() => lab.abuse.length === 2);
  });
});

suite('handshakes that do not come to an end', () => {
  test('count as connections, and are given up in time', async () => {
    using lab = await open({}, { maxConnections: 3, headersTimeoutMs: 300 });
    const idle = await Promise.all([1, 2, 3].map(() => RawH2.dial(lab.server.port)));
    assert.ok(isNo(await askOnce(lab)));
    assert.deepEqual(lab.abuse, ['connections']);
    await Promise.all(idle.map((raw) => raw.closed()));
    assert.deepEqual(lab.abuse, ['connections', 'bad_preface', 'bad_preface', 'bad_preface']);
    assert.equal(await askOnce(lab), 'nobody');
  });
});
