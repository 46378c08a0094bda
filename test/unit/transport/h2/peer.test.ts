/** The names of a certificate: what it was made for, and nothing that only looks like it. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { before, suite, test } from 'node:test';
import { namesOf } from '../../../../src/transport/h2/peer.ts';
import { goodFor, Pki } from '../../../support/pki.ts';

let pki: Pki;
before(async () => {
  pki = await Pki.create();
});

async function namesFor(...names: string[]): Promise<readonly string[]> {
  const { cert } = await pki.issue({ names, use: 'client', ...goodFor(1) });
  return namesOf(new X509Certificate(cert));
}

suite('the names of a certificate', () => {
  test('are its DNS names, URIs and e-mail addresses, in their order; addresses are none', async () => {
    const names = ['ci.example', 'spiffe://prod/deployer', '10.0.0.1', 'ann@example.com', '::1', '*.example'];
    const expected = ['ci.example', 'spiffe://prod/deployer', 'ann@example.com', '*.example'];
    assert.deepEqual(await namesFor(...names), expected);
  });

  test('are not its common name where it has others', async () => {
    assert.deepEqual(await namesFor('10.0.0.1', 'ci.example'), ['ci.example']);
    assert.deepEqual(await namesFor('10.0.0.1'), []);
  });

  test('are its common name where it has none', () => {
    assert.deepEqual(namesOf(new X509Certificate(pki.ca)), ['test authority']);
  });

  test('that would pass for two are one', async () => {
    for (const name of [
      'spiffe://a, DNS:admin.example',
      'spiffe://a,URI:spiffe://admin',
      'spiffe://"a", DNS:admin.example',
      'spiffe://a\\", DNS:admin.example',
      'x@y, email:admin@example.com',
    ]) {
      assert.deepEqual(await namesFor(name, 'last.example'), [name, 'last.example']);
    }
  });

  test('are a hundred at most', async () => {
    const many = Array.from({ length: 101 }, (_, at) => `n${at}.example`);
    assert.deepEqual(await namesFor(...many.slice(0, 100)), many.slice(0, 100));
    assert.deepEqual(await namesFor(...many), many.slice(0, 100));
  });
});
