/** Errors on their way out: the right number, a message that a header can carry, no cause. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { status } from '@grpc/grpc-js';
import { ServerError, toServerError } from '../../../src/domain/errors.ts';
import { STATUS_OF, toStatus } from '../../../src/transport/status.ts';

it('every code has the number of its gRPC status', () => {
  const numbers = Object.entries(STATUS_OF).map(([code, number]) => [code.toUpperCase(), number]);
  assert.deepEqual(
    numbers,
    numbers.map(([name]) => [name, Object.entries(status).find(([known]) => known === name)?.[1]]),
  );
});

it('an unknown error tells the caller nothing of its cause', () => {
  const { code, message } = toStatus(toServerError(new Error('password is hunter2')));
  assert.equal(code, status.INTERNAL);
  assert.doesNotMatch(message, /hunter2/);
});

it('a message is short and well-formed enough to be percent-encoded into a header', () => {
  const { message } = toStatus(new ServerError('not_found', `\uD800${'x'.repeat(100_000)}`));
  assert(encodeURI(message).length < 8192);
});

it('a full queue says when to come back', () => {
  assert.equal(toStatus(new ServerError('resource_exhausted', 'full')).retryPushbackMs, 100);
  assert.equal(toStatus(new ServerError('unavailable', 'loading')).retryPushbackMs, undefined);
});
