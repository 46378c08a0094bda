/** Connections over TLS: agreed on by ALPN, with certificates of clients where they are asked for. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:tls';
import { before, suite, test } from 'node:test';
import type { TlsOptions } from '../../../../src/transport/h2/listener.ts';
import type { AbuseKind } from '../../../../src/transport/h2/options.ts';
import { type H2Server, serve } from '../../../../src/transport/h2/serve.ts';
import { type Certificate, selfSigned } from '../../../support/certificate.ts';
import { ECHO, labRoutes } from '../../../support/h2-routes.ts';
import { grpcMessage, RawH2 } from '../../../support/raw-h2.ts';
import { until } from '../../../support/until.ts';

interface Lab extends Disposable {
  readonly server: H2Server;
  readonly abuse: AbuseKind[];
}

let own: Certificate;
let client: Certificate;
let stranger: Certificate;
before(async () => {
  [own, client, stranger] = await Promise.all([selfSigned(), selfSigned(), selfSigned()]);
});

async function open(more: Partial<TlsOptions> = {}, headersTimeoutMs = 10_000): Promise<Lab> {
  const abuse: AbuseKind[] = [];
  const server = await serve(labRoutes({ slowCalls: 0, slowAtWork: 0, openChats: 0 }), {
    host: '127.0.0.1',
    port: 0,
    tls: { key: own.key, cert: own.cert, ...more },
    limits: { headersTimeoutMs },
    hooks: { onAbuse: (kind) => abuse.push(kind) },
  });
  return { server, abuse, [Symbol.dispose]: () => server.close() };
}

/** The reply to one message, or why there is none. */
async function echo({ server }: Lab, identity?: Certificate): Promise<string> {
  const certificate = identity === undefined ? {} : { key: identity.key, cert: identity.cert };
  const session = connectHttp2(`https://localhost:${server.port}`, { ca: own.cert, ...certificate });
  try {
    const stream = session.request({ ':method': 'POST', ':path': ECHO, 'content-type': 'application/grpc' });
    const failed = Promise.withResolvers<never>();
    session.on('error', failed.reject);
    stream.on('error', failed.reject);
    session.on('close', () => failed.reject(new Error('closed without a reply')));
    stream.end(grpcMessage(Buffer.from('secret')));
    const [body] = (await Promise.race([once(stream, 'data'), failed.promise])) as [Buffer];
    return body.toString('latin1', 5);
  } catch (caught) {
    return (caught as NodeJS.ErrnoException).code ?? (caught as Error).message;
  } finally {
    session.destroy();
  }
}

suite('TLS', () => {
  test('is spoken with clients that ask for h2', async () => {
    using lab = await open();
    assert.equal(await echo(lab), 'secret');
    assert.deepEqual(lab.abuse, []);
  });

  test('is ended at the handshake with those that ask for something else', async () => {
    using lab = await open();
    const socket = connect({
      port: lab.server.port,
      ca: own.cert,
      ALPNProtocols: ['http/1.1'],
      servername: 'localhost',
    });
    const [error] = (await once(socket, 'error')) as [Error];
    assert.match(error.message, /no application protocol/);
    await until(() => lab.abuse.length > 0);
    assert.deepEqual(lab.abuse, ['bad_preface']);
  });

  test('is ended with those that ask for nothing', async () => {
    using lab = await open();
    const socket = connect({ port: lab.server.port, ca: own.cert, servername: 'localhost' });
    let came = 0;
    socket.on('data', ({ length }: Buffer) => (came += length));
    await once(socket, 'close');
    assert.equal(came, 0);
    assert.equal(lab.server.connections, 0);
  });

  test('is asked of those that do without', async () => {
    using lab = await open();
    await assert.rejects(RawH2.greet(lab.server.port), /closed before that came/);
    assert.deepEqual(lab.abuse, ['bad_preface']);
  });

  test('is not waited for longer than for headers', async () => {
    using lab = await open({}, 50);
    using raw = await RawH2.dial(lab.server.port);
    await raw.closed();
    assert.deepEqual(lab.abuse, ['bad_preface']);
  });

  test('with certificates of clients lets in those that were signed, and nobody else', async () => {
    using lab = await open({ clientCa: client.cert });
    assert.equal(await echo(lab, client), 'secret');
    for (const identity of [undefined, stranger]) assert.notEqual(await echo(lab, identity), 'secret');
    await until(() => lab.abuse.length === 2);
    assert.deepEqual(lab.abuse, ['bad_preface', 'bad_preface']);
  });
});
