/** Which call is the first of its key, in memory that does not grow. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { FirstCalls } from '../../../src/monitor/first-calls.ts';
import { hashOf } from '../../../src/routing/pick.ts';

suite('the first call of a key', () => {
  test('is one, whatever the hash', () => {
    const calls = new FirstCalls();
    for (const hash of [0, 1, 7, 8, 2 ** 31 + 9, 2 ** 32 - 1]) {
      assert.deepEqual([calls.take(hash), calls.take(hash)], [true, false], `${hash}`);
    }
  });

  test('is found for nine in ten keys at the limit; the others are taken for known', () => {
    const calls = new FirstCalls();
    let found = 0;
    for (let caller = 0; caller < 60_000; caller += 1) if (calls.take(hashOf(`caller-${caller}`))) found += 1;
    assert(found > 54_000 && found < 60_000, `${found}`);
  });

  test('is one again after as many other keys as there is room for, and not before', () => {
    const calls = new FirstCalls(3);
    assert.deepEqual(
      [1, 2, 3].map((hash) => calls.take(hash)),
      [true, true, true],
    );
    assert.equal(calls.take(1), false);
    assert.deepEqual([calls.take(4), calls.take(1), calls.take(4)], [true, true, false]);
  });
});
