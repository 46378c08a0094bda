/** Certificates for development, in a folder. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeDevCertificates } from '../../../src/certs/dev-certificates.ts';
import { readTlsFiles } from '../../../src/transport/tls/tls-files.ts';
import { goodFor, PemFolder } from '../../support/pki.ts';

test('they fit together, are for this machine and the names given, and only their owner reads the keys', async () => {
  await using folder = await PemFolder.create();
  const dir = folder.path('new/certs');
  const clients = ['operator', 'spiffe://prod/deployer'];
  const made = await writeDevCertificates({
    dir,
    hosts: ['sluice.example', '10.0.0.1', 'localhost'],
    clients,
    validity: goodFor(1),
    force: false,
  });
  const server = await readTlsFiles({ ...made.server, ca: made.ca }, Date.now());
  assert.deepEqual(server.names, ['localhost', 'sluice.example']);
  const certificate = new X509Certificate(server.cert);
  for (const ip of ['127.0.0.1', '::1', '10.0.0.1']) assert.equal(certificate.checkIP(ip), ip);
  for (const [at, client] of made.clients.entries()) {
    assert.deepEqual((await readTlsFiles({ ...client, ca: made.ca }, Date.now())).names, [clients[at]]);
  }
  assert.deepEqual((await readdir(dir)).sort(), [
    'ca.pem',
    'client-operator-key.pem',
    'client-operator.pem',
    'client-spiffe-prod-deployer-key.pem',
    'client-spiffe-prod-deployer.pem',
    'server-key.pem',
    'server.pem',
  ]);
  for (const name of await readdir(dir)) {
    const { mode } = await stat(join(dir, name));
    assert.equal(mode & 0o777, name.endsWith('-key.pem') ? 0o600 : 0o644, name);
  }
});

test('a file that is there already is left alone, all others too, unless it is forced', async () => {
  await using folder = await PemFolder.create();
  const key = folder.path('client-b-key.pem');
  await writeFile(key, 'precious', { mode: 0o644 });
  const options = { dir: folder.dir, hosts: [], clients: ['a', 'b'], validity: goodFor(1) };
  const message = `${key} is there already; give another --out, or --force to replace it`;
  await assert.rejects(writeDevCertificates({ ...options, force: false }), { code: 'already_exists', message });
  assert.deepEqual(await readdir(folder.dir), ['client-b-key.pem']);
  await writeDevCertificates({ ...options, force: true });
  assert.match(await readFile(key, 'utf8'), /BEGIN PRIVATE KEY/);
  assert.equal((await stat(key)).mode & 0o777, 0o600);
});

test('two clients that would share a file are refused', async () => {
  await using folder = await PemFolder.create();
  const options = { dir: folder.dir, hosts: [], validity: goodFor(1), force: false };
  await assert.rejects(writeDevCertificates({ ...options, clients: ['a:b', 'a/b'] }), { code: 'invalid_argument' });
  assert.deepEqual(await readdir(folder.dir), []);
});
