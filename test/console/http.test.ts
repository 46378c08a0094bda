/** The console's server against requests that its page would not make. */
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ConsoleClient } from '../support/console.ts';
import { MODELS, Sluice } from '../support/sluice.ts';

const ASK = '/api/Registry/ListModels';

describe("the console's server", { timeout: 120_000 }, () => {
  let directory: string;
  let server: Sluice;
  let port: number;
  let api: ConsoleClient;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-console-'));
    await cp(join(MODELS, 'iris'), join(directory, 'iris'), { recursive: true });
    const args = ['--console-address', '127.0.0.1:0', '--console-hosts', 'sluice.example.org'];
    server = await Sluice.start({ modelsDir: directory, args });
    port = Number(server.consoleAddress.split(':')[1]);
    api = new ConsoleClient(`http://${server.consoleAddress}`);
  });
  after(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
  });

  /** fetch has its own mind about Host and Origin. */
  function raw(
    path: string,
    options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
  ): Promise<{ readonly status: number; readonly text: string }> {
    const { method = 'GET', headers = {}, body = '' } = options;
    return new Promise((resolve, reject) => {
      const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => (text += piece));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
  const own = { 'x-sluice-console': '1', 'content-type': 'application/json' };

  it('answers under the names of the loopback and those that were told, and no others', async () => {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, 'sluice.example.org']) {
      assert.equal((await raw('/', { headers: { host } })).status, 200, host);
    }
    for (const host of ['evil.example', 'localhost.evil.example', `127.0.0.1.evil.example:${port}`, 'a b']) {
      const { status, text } = await raw('/', { headers: { host } });
      assert.notEqual(status, 200, host);
      assert.doesNotMatch(text, /<html/, host);
    }
  });

  it('takes requests from its own page alone', async () => {
    const host = `127.0.0.1:${port}`;
    const post = (headers: Readonly<Record<string, string>>) =>
      raw(ASK, { method: 'POST', headers: { host, ...headers }, body: '{}' });
    assert.equal((await post(own)).status, 200);
    assert.equal((await post({ ...own, origin: `http://${host}` })).status, 200);
    assert.equal((await post({ ...own, origin: 'http://evil.example' })).status, 403);
    assert.equal((await post({ ...own, origin: 'null' })).status, 403);
    assert.equal((await post({ ...own, 'sec-fetch-site': 'cross-site' })).status, 403);
    assert.equal((await post({ ...own, 'sec-fetch-site': 'same-site' })).status, 403);
    assert.equal((await post({ 'content-type': 'application/json' })).status, 403, 'without the header');
    assert.equal((await post({ 'x-sluice-console': '1', 'content-type': 'text/plain' })).status, 400, 'as forms send');
    const { status } = await raw('/api/watch?of=[["Registry/ListModels",{}]]', {
      headers: { host, 'sec-fetch-site': 'cross-site' },
    });
    assert.equal(status, 403);
  });

  it('serves the files of its page and no others', async () => {
    for (const path of [
      '/../package.json',
      '/%2e%2e/package.json',
      '/types.d.ts',
      '/tsconfig.json',
      '/lib/',
      '//etc/passwd',
    ]) {
      assert.equal((await raw(path, { headers: { host: `127.0.0.1:${port}` } })).status, 404, path);
    }
    const { headers } = await api.send('/');
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/);
    assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    const etag = headers.get('etag') ?? '';
    assert.equal((await api.send('/', { headers: { 'if-none-match': etag } })).status, 304);
    assert.equal((await api.send(ASK, { method: 'POST', body: {} })).headers.get('cache-control'), 'no-store');
  });

  it('reads requests strictly, and refuses in the words of the Admin port', async () => {
    const refusal = async (name: string, message: object): Promise<string> => {
      const { status, body } = await api.send(`/api/${name}`, { method: 'POST', body: message });
      assert.notEqual(status, 200);
      return `${status} ${body.message ?? ''}`;
    };
    const policy = (weight: unknown) => ({ model: 'iris', policy: { arms: [{ version: '1', weight }] } });
    assert.match(
      await refusal('Traffic/SetTraffic', { modle: 'iris' }),
      /^400 there is no field "modle"; give model, /,
    );
    assert.match(
      await refusal('Traffic/SetTraffic', policy('10000')),
      /^400 policy\.arms\[0\]\.weight cannot be "10000"/,
    );
    assert.match(await refusal('Traffic/SetTraffic', policy(-1)), /^400 policy\.arms\[0\]\.weight cannot be -1/);
    assert.match(await refusal('Traffic/SetTraffic', policy(9999)), /^400 .*10,000/);
    assert.match(await refusal('Traffic/GetTraffic', { model: 'nobody' }), /^404 .*nobody/);
    assert.match(await refusal('Monitor/GetStats', { model: 'iris', window: '5 minutes' }), /^400 window cannot be/);
    assert.match(await refusal('Traffic/Nothing', {}), /^404 /);
    assert.match(await refusal('Registry/RegisterVersion', {}), /^501 /);
    const tooLong = { model: 'x'.repeat(256 * 1024) };
    assert.match(await refusal('Traffic/GetTraffic', tooLong), /^429 the body has more than 262144 bytes/);
    const { status } = await raw(ASK, { method: 'POST', headers: own, body: '['.repeat(100_000) });
    assert.equal(status, 400);
  });

  it('registers what is uploaded, and nothing of an upload whose sizes are not what was said', async () => {
    const model = await readFile(join(MODELS, 'iris/2/model.onnx'));
    const put = (files: unknown, body: Uint8Array, version: object = { model: 'uploaded', version: '1' }) => {
      const query = new URLSearchParams({ version: JSON.stringify(version), files: JSON.stringify(files) });
      return fetch(`http://${server.consoleAddress}/api/upload?${query.toString()}`, {
        method: 'PUT',
        headers: { 'x-sluice-console': '1' },
        body: new Blob([new Uint8Array(body)]),
      });
    };
    assert.equal((await put([['model.onnx', model.length - 1]], model)).status, 400);
    assert.equal((await put([['model.onnx', model.length + 1]], model)).status, 400);
    assert.equal((await put([['../model.onnx', model.length]], model)).status, 400);
    assert.equal((await put([], model)).status, 400);
    assert.equal((await put('model.onnx', model)).status, 400);
    assert.equal((await raw('/api/upload?version={', { method: 'PUT', headers: own })).status, 400);
    assert.equal((await raw('http://[', { headers: own })).status, 400);
    await assert.rejects(api.ask('Registry/ListVersions', { model: 'uploaded' }), /not_found/);
    const files = [
      ['empty.txt', 0],
      ['model.onnx', model.length],
      ['notes.txt', 5],
    ];
    const reply = await put(files, Buffer.concat([model, Buffer.from('notes')]));
    assert.equal(reply.status, 200);
    const { version } = (await reply.json()) as { version: { files: { path: string; size: string }[] } };
    assert.deepEqual(
      version.files.map(({ path, size }) => [path, size]),
      [
        ['empty.txt', '0'],
        ['model.onnx', String(model.length)],
        ['notes.txt', '5'],
      ],
    );
  });

  it('watches at most 24 things on one stream, and only what changes nothing', async () => {
    const watch = async (of: unknown): Promise<number> => {
      const leaving = new AbortController();
      const url = `http://${server.consoleAddress}/api/watch?of=${encodeURIComponent(JSON.stringify(of))}`;
      const { status } = await fetch(url, { signal: leaving.signal });
      leaving.abort();
      return status;
    };
    const look = ['Registry/ListModels', {}];
    assert.equal(await watch(Array.from({ length: 24 }, () => look)), 200);
    assert.equal(await watch(Array.from({ length: 25 }, () => look)), 400);
    assert.equal(await watch([]), 400);
    assert.equal(await watch([['Traffic/SetTraffic', {}]]), 400);
    assert.equal(await watch([['Registry/DownloadVersion', {}]]), 400);
  });

  it('tells a watcher of a change, of a heart-beat and of what is not there', async () => {
    const of = [
      ['Traffic/WatchTraffic', { model: 'iris' }],
      ['Registry/GetVersion', { model: 'iris', version: 'none' }],
    ];
    const leaving = new AbortController();
    const url = `http://${server.consoleAddress}/api/watch?of=${encodeURIComponent(JSON.stringify(of))}`;
    const { body } = await fetch(url, { signal: leaving.signal });
    assert(body !== null);
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      const before = text;
      text += decoder.decode(chunk);
      if (text.includes('"epoch":"1"') && !before.includes('"epoch":"1"')) {
        await api.ask('Traffic/SwitchTraffic', { model: 'iris', version: '2' });
      }
      if (text.includes('"epoch":"2"') && text.includes('not_found')) break;
    }
    assert.match(text, /^retry: 1000\n\nid: 1\ndata: \{\}\n\n/);
    leaving.abort();
  });

  it('gives up on a head that does not come', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    const ended = Promise.withResolvers<string>();
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    socket.on('close', () => {
      ended.resolve(text);
    });
    assert.match(await ended.promise, /^HTTP\/1\.1 408 /);
  });

  it('reads a head of almost 16 KiB, and none of more', async () => {
    const ask = (bytes: number) =>
      raw(ASK, { method: 'POST', headers: { ...own, 'x-long': 'x'.repeat(bytes) }, body: '{}' });
    assert.equal((await ask(15 * 1024)).status, 200);
    assert.equal((await ask(16 * 1024)).status, 431);
  });

  it('has 64 pages watching at most, and room again when one leaves', async () => {
    const of = encodeURIComponent(JSON.stringify([['Registry/ListModels', {}]]));
    const watch = async (signal: AbortSignal): Promise<number> =>
      (await fetch(`http://${server.consoleAddress}/api/watch?of=${of}`, { signal })).status;
    const pages = Array.from({ length: 64 }, () => new AbortController());
    const statuses = await Promise.all(pages.map(({ signal }) => watch(signal)));
    assert.deepEqual(new Set(statuses), new Set([200]));
    const another = new AbortController();
    assert.equal(await watch(another.signal), 429);
    pages[0]?.abort();
    while ((await watch(another.signal)) === 429) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const page of [another, ...pages]) page.abort();
  });
});
