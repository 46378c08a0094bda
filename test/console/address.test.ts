/** Where the console listens: with TLS where there is a certificate, and not at all where its usual port is taken. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { selfSigned } from '../support/certificate.ts';
import { Sluice } from '../support/sluice.ts';

const started = (line: { readonly event?: string; readonly name?: unknown }): boolean =>
  line.event === 'consoleLeftOut' || (line.event === 'listening' && line.name === 'console');

describe('the address of the console', { timeout: 120_000 }, () => {
  it('is left out with a warning where nobody gave one and the usual port is taken', async () => {
    const stranger = createServer().listen(8080, '127.0.0.1');
    // If it is taken already, so much the better.
    await Promise.race([once(stranger, 'listening'), once(stranger, 'error')]).catch(() => undefined);
    try {
      await using server = await Sluice.start({ role: 'admin', args: ['--console-address', 'auto'], until: started });
      const { reason } = await server.line(({ event }) => event === 'consoleLeftOut');
      assert.match(String(reason), /127\.0\.0\.1:8080 is in use; choose another with --console-address/);
    } finally {
      stranger.close();
    }
  });

  it('speaks TLS where the server has a certificate', async () => {
    const { cert, certFile } = await selfSigned();
    const tls = ['--tls-cert', certFile, '--tls-key', join(dirname(certFile), 'key.pem')];
    const args = ['--console-address', '127.0.0.1:0', ...tls];
    await using server = await Sluice.start({ role: 'admin', args, until: started });
    const status = await new Promise((resolve, reject) => {
      get(`https://${server.consoleAddress}/`, { ca: cert, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    assert.equal(status, 200);
    await assert.rejects(fetch(`http://${server.consoleAddress}/`));
  });
});
