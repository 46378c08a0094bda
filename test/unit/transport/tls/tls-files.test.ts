/** Reading the files of TLS: what is good is taken, and what is not is named with its reason. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import type { Issued } from '../../../../src/certs/authority.ts';
import { readAuthorities, readTlsFiles } from '../../../../src/transport/tls/tls-files.ts';
import { PemFolder, Pki } from '../../../support/pki.ts';

let pki: Pki;
let folder: PemFolder;
let good: Issued;
before(async () => {
  pki = await Pki.create();
  folder = await PemFolder.create();
  good = await pki.server();
});
after(async () => {
  await folder[Symbol.asyncDispose]();
});

/** Writes the texts that are given, and reads. */
async function read(texts: { cert?: string; key?: string; ca?: string }) {
  const paths = { cert: folder.path('cert.pem'), key: folder.path('key.pem') };
  await folder.put('cert.pem', texts.cert ?? good.cert);
  await folder.put('key.pem', texts.key ?? good.key);
  const ca = texts.ca === undefined ? undefined : await folder.put('ca.pem', texts.ca);
  return readTlsFiles({ ...paths, ca }, Date.now());
}

function refused(message: RegExp) {
  return { code: 'invalid_argument', message };
}

suite('the files of TLS', () => {
  test('are taken with the names that the certificate is for, and when it ends', async () => {
    const { cert, key, ca, names, expiresAt } = await read({ cert: good.cert + pki.ca, ca: pki.ca + pki.ca });
    assert.deepEqual([String(cert), String(key), String(ca)], [good.cert + pki.ca, good.key, pki.ca + pki.ca]);
    assert.deepEqual(names, ['localhost']);
    assert.equal(Math.round((expiresAt - Date.now()) / 86_400_000), 30);
  });

  test('that are not there, or are no files, are named', async () => {
    const paths = { cert: folder.path('cert.pem'), key: folder.path('key.pem'), ca: undefined };
    await read({});
    const missing = folder.path('none.pem');
    const wrong = (over: object) => readTlsFiles({ ...paths, ...over }, Date.now());
    await assert.rejects(
      wrong({ cert: missing }),
      refused(/^cannot read the certificate .*none\.pem: it is not there$/),
    );
    await assert.rejects(wrong({ key: missing }), refused(/^cannot read the key .*none\.pem: it is not there$/));
    await assert.rejects(wrong({ ca: missing }), refused(/^cannot read the authority .*none\.pem: it is not there$/));
    await assert.rejects(wrong({ key: folder.dir }), refused(/it is a directory; name the file$/));
  });

  test('are 1 MiB at most', async () => {
    const filler = '\n'.repeat(2 ** 20 - good.cert.length);
    await read({ cert: good.cert + filler });
    await assert.rejects(read({ cert: `${good.cert}${filler}\n` }), refused(/has 1048577 bytes, and at most 1048576/));
  });

  test('without what they should hold are refused', async () => {
    await assert.rejects(read({ cert: good.key }), refused(/cert\.pem has no certificate in PEM form/));
    await assert.rejects(read({ key: good.cert }), refused(/key\.pem has no private key in PEM form/));
    await assert.rejects(read({ ca: '' }), refused(/ca\.pem has no certificate in PEM form/));
    const broken = pki.ca.replace(/MII.{10}/, 'MIIbroken');
    await assert.rejects(read({ ca: pki.ca + broken }), refused(/ca\.pem has no certificate in PEM form/));
    await assert.rejects(readAuthorities(folder.path('key.pem')), refused(/key\.pem has no certificate/));
  });

  test('with a key of another certificate are refused', async () => {
    const other = await pki.server();
    await assert.rejects(
      read({ key: other.key }),
      refused(/^the key .*key\.pem does not fit the certificate .*cert\.pem/),
    );
  });

  test('with a key behind a passphrase are refused, and the key is in no message', async () => {
    const locked = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
    });
    await assert.rejects(read({ key: locked.privateKey }), refused(/key\.pem is locked by a passphrase/));
  });

  test('with a certificate that has ended are refused, up to its last moment they are not', async () => {
    await assert.rejects(
      read({ ...(await pki.server(['localhost'], -1)) }),
      refused(/cert\.pem expired on 20\d\d-.*Z; renew/),
    );
    const { expiresAt } = await read({});
    const paths = { cert: folder.path('cert.pem'), key: folder.path('key.pem'), ca: undefined };
    await readTlsFiles(paths, expiresAt - 1);
    await assert.rejects(readTlsFiles(paths, expiresAt), refused(/expired on/));
  });
});
