/** Certificates that an authority signs, as OpenSSL's X509 of Node sees them. */
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { Authority } from '../../../src/certs/authority.ts';
import { goodFor } from '../../support/pki.ts';

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

test('what it signs is for the names and the use that were asked for, and no authority itself', async () => {
  const authority = await Authority.create('an authority', goodFor(3));
  const ca = new X509Certificate(authority.cert);
  assert.deepEqual([ca.ca, ca.subject, ca.verify(ca.publicKey)], [true, 'CN=an authority', true]);
  for (const [use, usages] of [
    ['server', [SERVER_AUTH, CLIENT_AUTH]],
    ['client', [CLIENT_AUTH]],
  ] as const) {
    const validity = goodFor(2);
    const { cert, key } = await authority.issue({ names: ['a.example', '::1', 'u@example'], use, ...validity });
    const certificate = new X509Certificate(cert);
    assert.equal(certificate.ca, false);
    assert.ok(certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
    assert.ok(certificate.checkPrivateKey(createPrivateKey(key)));
    assert.deepEqual(certificate.keyUsage, usages);
    assert.equal(certificate.subjectAltName, 'DNS:a.example, IP Address:0:0:0:0:0:0:0:1, email:u@example');
    assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
    assert.equal(Date.parse(certificate.validTo), Math.floor(validity.notAfter.getTime() / 1000) * 1000);
  }
});

test('no two have a key or a number in common, and another authority has signed neither', async () => {
  const [one, other] = await Promise.all([Authority.create('a', goodFor(1)), Authority.create('a', goodFor(1))]);
  const wanted = { names: ['a.example'], use: 'server', ...goodFor(1) } as const;
  const made = [await one.issue(wanted), await one.issue(wanted)].map(({ cert }) => new X509Certificate(cert));
  assert.notEqual(made[0]?.serialNumber, made[1]?.serialNumber);
  assert.ok(made[0] && made[1] && !made[0].publicKey.equals(made[1].publicKey));
  assert.equal(made[0].verify(new X509Certificate(other.cert).publicKey), false);
});
