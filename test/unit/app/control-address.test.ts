/** Where admin and serve processes of one configuration meet. */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { controlAddressOf } from '../../../src/app/control-address.ts';

/** Of a socket's name, less its final NUL, where it is shortest. */
const MOST = 103;

const CLEAR = { tlsCert: 'off', tlsClientCa: 'off' } as const;

function addressOf(controlAddress: string, dataDir = '/var/lib/sluice'): string | undefined {
  return controlAddressOf({ controlAddress, dataDir, ...CLEAR });
}

test('it is a socket in the data directory unless told otherwise, by its absolute path', () => {
  assert.equal(addressOf('auto'), 'unix:/var/lib/sluice/control.sock');
  assert.equal(addressOf('auto', 'data'), `unix:${resolve('data', 'control.sock')}`);
  assert.equal(addressOf('unix:run/c.sock'), `unix:${resolve('run/c.sock')}`);
});

test('a host and port stay as they are, and off is nowhere', () => {
  assert.equal(addressOf('127.0.0.1:50053'), '127.0.0.1:50053');
  assert.equal(addressOf('off'), undefined);
});

test('an address that other machines reach is one only where both sides show a certificate', () => {
  const tls = { tlsCert: 'a.pem', tlsClientCa: 'b.pem' };
  for (const controlAddress of ['0.0.0.0:50053', 'control.example:50053', '[::]:50053']) {
    assert.equal(controlAddressOf({ controlAddress, dataDir: '/d', ...tls }), controlAddress);
    for (const less of [CLEAR, { ...tls, tlsCert: 'off' }, { ...tls, tlsClientCa: 'off' }]) {
      const message = /can be reached from other machines.* give --tls-cert, --tls-key and --tls-client-ca too/;
      assert.throws(() => controlAddressOf({ controlAddress, dataDir: '/d', ...less }), { message });
    }
  }
  for (const address of ['localhost:1', '127.9.9.9:1', '[::1]:1']) assert.equal(addressOf(address), address);
});

test('a socket may have the longest name that every kernel takes, in bytes, and none longer', () => {
  const root = '/';
  const longest = 'x'.repeat(MOST - root.length);
  assert.equal(addressOf(`unix:${join(root, longest)}`), `unix:${root}${longest}`);
  const message = /^the socket \/x+ has a name of more than 103 bytes; give --control-address unix:PATH/;
  assert.throws(() => addressOf(`unix:${join(root, longest)}x`), { code: 'invalid_argument', message });
  const umlauts = 'ü'.repeat(MOST / 2 + 1);
  assert.throws(() => addressOf(`unix:/${umlauts}`), { code: 'invalid_argument' });
  assert.throws(() => addressOf('auto', `/${longest}`), /or a shorter --data-dir/);
});
