import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { MetricsServer, type MetricsServerOptions } from '../../../src/transport/http/metrics-server.ts';

function open(options: Partial<MetricsServerOptions> = {}): Promise<MetricsServer> {
  const defaults = {
    host: '127.0.0.1',
    port: 0,
    reusePort: false,
    metrics: () => Promise.resolve('up 1\n'),
    ready: () => true,
  };
  return MetricsServer.open({ ...defaults, ...options });
}

async function ask(
  server: MetricsServer,
  path: string,
  method = 'GET',
): Promise<[number | undefined, string, string | undefined]> {
  const asked = request({ port: server.port, path, method, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return [response.statusCode, await text(response), response.headers['content-type']];
}

test('the metrics server answers its three paths and no other', async () => {
  await using server = await open();
  assert.match(server.address, /^127\.0\.0\.1:\d+$/);
  const plain = 'text/plain; charset=utf-8';
  assert.deepEqual(await ask(server, '/metrics?x=1'), [200, 'up 1\n', 'text/plain; version=0.0.4; charset=utf-8']);
  assert.deepEqual(await ask(server, '/healthz'), [200, 'live\n', plain]);
  assert.deepEqual(await ask(server, '/readyz'), [200, 'ready\n', plain]);
  assert.deepEqual(await ask(server, '/'), [404, 'there are /metrics, /healthz and /readyz\n', plain]);
  assert.deepEqual(await ask(server, '/metrics', 'POST'), [405, 'only GET\n', plain]);
});

test('a server that is not ready is live all the same', async () => {
  await using server = await open({ ready: () => false });
  const [ready] = await ask(server, '/readyz');
  const [live] = await ask(server, '/healthz');
  assert.deepEqual([ready, live], [503, 200]);
});

test('metrics that cannot be read are a 500', async () => {
  await using server = await open({ metrics: () => Promise.reject(new Error('broken')) });
  assert.deepEqual((await ask(server, '/metrics')).slice(0, 2), [500, 'the metrics could not be read\n']);
});

test('a busy port is told in one sentence', async () => {
  await using server = await open();
  await assert.rejects(open({ port: server.port }), {
    code: 'unavailable',
    message: `metrics address 127.0.0.1:${String(server.port)} is in use; stop what listens there or choose another address`,
  });
});

test('two servers share a port where both allow it', async () => {
  await using first = await open({ reusePort: true });
  await using second = await open({ reusePort: true, port: first.port });
  assert.equal(second.port, first.port);
});

test('a header that is too large is refused, and garbage breaks nothing', async () => {
  await using server = await open();
  for (const garbage of [
    `GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(10_000)}\r\n\r\n`,
    '\x16\x03\x01 no http\r\n\r\n',
  ]) {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(garbage);
    assert.match(await text(socket), /^HTTP\/1\.1 4\d\d /);
  }
  assert.equal((await ask(server, '/healthz'))[0], 200);
});
