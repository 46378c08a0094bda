/** Where admin and serve processes of one configuration meet. */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { controlAddressOf } from '../../../src/app/control-address.ts';

/** Of a socket's name, less its final NUL, where it is shortest. */
const MOST = 103;

function addressOf(controlAddress: string, dataDir = '/var/lib/sluice'): string | undefined {
  return controlAddressOf({ controlAddress, dataDir });
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
