/** Thousands of connections that begin a handshake of TLS and go no further. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { H2Lab } from '../support/h2-lab.ts';
import { ECHO } from '../support/h2-routes.ts';
import { Pki } from '../support/pki.ts';
import { grpcMessage } from '../support/raw-h2.ts';
import { until } from '../support/until.ts';

const HALF_OPEN = 2000;
const TIMEOUT_MS = 6000;

/** The first bytes of a ClientHello that says that it has 512. */
const HALF_HELLO = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]);

test('half-open handshakes by the thousand keep no honest caller out, and are gone in time', async () => {
  const pki = await Pki.create();
  using lab = await H2Lab.open({ headersTimeoutMs: TIMEOUT_MS, maxConnections: HALF_OPEN + 1 }, await pki.server());
  const attackers = await Promise.all(Array.from({ length: HALF_OPEN }, () => halfOpen(lab.port)));
  let closed = 0;
  for (const socket of attackers) socket.once('close', () => (closed += 1));

  const honest = connectHttp2(`https://localhost:${lab.port}`, { ca: pki.ca });
  const call = honest.request({ ':method': 'POST', ':path': ECHO, 'content-type': 'application/grpc' });
  call.end(grpcMessage(Buffer.from('honest')));
  const [body] = (await once(call, 'data')) as [Buffer];
  assert.equal(body.toString('latin1', 5), 'honest');

  const late = await halfOpen(lab.port);
  await new Promise((resolve) => late.once('close', resolve));
  assert.equal(lab.report.abuse.connections, 1, 'one more than the limit is closed at once');

  await until(() => closed === HALF_OPEN);
  assert.equal(lab.report.abuse.bad_preface, HALF_OPEN);
  assert.equal(lab.report.connections, 1);
  honest.destroy();
});

async function halfOpen(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port });
  // To be reset is what it waits for.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(HALF_HELLO);
  return socket;
}
