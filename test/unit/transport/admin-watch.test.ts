/** Watches tell of every state that lasts, and of none twice. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ServerError } from '../../../src/domain/errors.ts';
import { type Pause, watch, type Watched } from '../../../src/transport/services/admin/watch.ts';

/** A watch over numbers by key, whose pauses end when the test says so. */
function openWatch(over: Partial<Watched<string>> = {}) {
  const now = new Map([['a', 1]]);
  const sent: string[] = [];
  const pauses: (() => void)[] = [];
  const controller = new AbortController();
  let touch: (key: string) => void = () => undefined;
  let listening = true;
  let reads = 0;
  const watched: Watched<string> = {
    listen: (listener) => {
      touch = listener;
      return () => (listening = false);
    },
    first: () => Promise.resolve([...now.keys()]),
    read: (key) => {
      reads += 1;
      const value = now.get(key);
      return Promise.resolve(value === undefined ? undefined : `${key}${value}`);
    },
    isLast: () => false,
    ...over,
  };
  const pause: Pause = () => new Promise<void>((resolve) => pauses.push(resolve));
  const send = (reply: string): Promise<void> => {
    sent.push(reply);
    return Promise.resolve();
  };
  const ended = watch(watched, controller, send, pause);
  ended.catch(() => undefined);
  return {
    sent,
    pauses,
    ended,
    abort: () => {
      controller.abort();
    },
    set: (key: string, value: number) => {
      now.set(key, value);
      touch(key);
    },
    touch: (key: string) => {
      touch(key);
    },
    isListening: () => listening,
    reads: () => reads,
  };
}

it('changes within a pause are told as one, the latest', async () => {
  const watching = openWatch();
  await nextTurn();
  assert.deepEqual(watching.sent, ['a1']);
  for (let value = 2; value <= 100; value += 1) watching.set('a', value);
  await nextTurn();
  assert.deepEqual(watching.sent, ['a1']);
  watching.pauses.shift()?.();
  await nextTurn();
  assert.deepEqual(watching.sent, ['a1', 'a100']);
  assert.equal(watching.reads(), 2);
});

it('a change that comes while nobody pauses is told at once', async () => {
  const watching = openWatch();
  await nextTurn();
  watching.pauses.shift()?.();
  await nextTurn();
  watching.set('b', 7);
  await nextTurn();
  assert.deepEqual(watching.sent, ['a1', 'b7']);
});

it('what looks as it did is not told again, and what is not there yet is not told', async () => {
  const watching = openWatch();
  for (let round = 0; round < 3; round += 1) {
    await nextTurn();
    watching.pauses.shift()?.();
    watching.touch('a');
    watching.touch('nothing');
  }
  await nextTurn();
  assert.deepEqual(watching.sent, ['a1']);
});

it('a change while the first state is being found out is not lost', async () => {
  const found = Promise.withResolvers<readonly string[]>();
  const watching = openWatch({ first: () => found.promise });
  watching.set('b', 1);
  found.resolve(['a']);
  await nextTurn();
  assert.deepEqual(watching.sent.toSorted(), ['a1', 'b1']);
});

it('it ends after its last reply, and listens no more', async () => {
  const watching = openWatch({ isLast: (reply) => reply === 'a2' });
  await nextTurn();
  watching.set('a', 2);
  watching.pauses.shift()?.();
  await watching.ended;
  assert.deepEqual(watching.sent, ['a1', 'a2']);
  assert.equal(watching.isListening(), false);
});

it('it ends when nobody waits any more, and listens no more', async () => {
  const watching = openWatch();
  await nextTurn();
  watching.pauses.shift()?.();
  await nextTurn();
  watching.abort();
  await assert.rejects(watching.ended, { name: 'AbortError' });
  assert.equal(watching.isListening(), false);
});

it('what cannot be read ends it with the reason', async () => {
  const gone = new ServerError('data_loss', 'the row is damaged');
  const watching = openWatch({ read: () => Promise.reject(gone) });
  await assert.rejects(watching.ended, gone);
  assert.equal(watching.isListening(), false);
});
