/** Several serve processes on one port: when they are ready, what the loss of one does, and how they end. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, suite, test } from 'node:test';
import { ServeGroup } from '../../../src/app/serve-group.ts';
import { FakeProcess } from '../../support/fake-process.ts';

const STOP_MS = 30_000;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
});
afterEach(() => {
  mock.timers.reset();
});

function start(processes: number) {
  const log: string[] = [];
  const spawned: FakeProcess[] = [];
  const group = new ServeGroup({
    processes,
    spawn: ({ number, of, late }) => {
      const process = new FakeProcess(`${String(number)}/${String(of)}${late ? ' late' : ''}`, log);
      spawned.push(process);
      return process;
    },
    stopTimeoutMs: STOP_MS,
    onGreeting: (text) => log.push(`greeting: ${text}`),
    onRestart: ({ reason, delayMs }) => log.push(`${reason}, again in ${String(delayMs)} ms`),
    onRecycle: ({ reason }) => log.push(`recycles: ${reason}`),
    now: () => 0,
  });
  const last = (number: number): FakeProcess => {
    const process = spawned.findLast(({ name }) => name.startsWith(`${String(number)}/`));
    assert(process, `serve process ${String(number)} was started`);
    return process;
  };
  return { group, ended: group.ended(), last, since: () => log.splice(0) };
}

suite('the start of several', () => {
  test('is over when all are ready, whichever is last; then each is told so and the first one is heard', () => {
    const { last, since } = start(3);
    assert.deepEqual(since(), ['1/3 starts', '2/3 starts', '3/3 starts']);
    last(3).ready();
    last(1).ready();
    assert.deepEqual(since(), []);
    last(2).ready();
    assert.deepEqual(since(), [
      '3/3 is told to all ready',
      '1/3 is told to all ready',
      '2/3 is told to all ready',
      'greeting: 1/3 greets',
    ]);
  });

  test('waits for one that was ready and died meanwhile', () => {
    const { last, since } = start(2);
    last(1).ready();
    last(1).end();
    last(2).ready();
    mock.timers.tick(100);
    since();
    last(1).ready();
    assert.deepEqual(since(), [
      '2/2 is told to all ready',
      '1/2 late is told to all ready',
      'greeting: 1/2 late greets',
    ]);
  });

  test('that one of them refuses ends all, with code 2 and its reason', async () => {
    const { ended, last, since } = start(2);
    since();
    last(2).say({ kind: 'refused', reason: 'the disk is full' });
    last(2).end('ended with exit code 2');
    await Promise.resolve();
    await Promise.resolve();
    assert.deepEqual(since(), ['1/2 is told to stop']);
    last(1).finish();
    assert.deepEqual(await ended, { exitCode: 2, reason: 'the disk is full' });
  });
});

test('a lone one is told nothing when it is ready, and opens its ports at once after a loss', () => {
  const { last, since } = start(1);
  last(1).ready();
  last(1).end();
  mock.timers.tick(100);
  last(1).ready();
  assert.deepEqual(since(), [
    '1/1 starts',
    'greeting: 1/1 greets',
    'the serve process ended with exit code 1, again in 100 ms',
    '1/1 starts',
  ]);
});

suite('the loss of one', () => {
  test('leaves the others alone; it opens its ports when it is ready, and is told at once that all were', () => {
    const { last, since } = start(2);
    last(1).ready();
    last(2).ready();
    since();
    last(2).end('was ended by SIGKILL');
    mock.timers.tick(100);
    last(2).ready();
    assert.deepEqual(since(), [
      'serve process 2 of 2 was ended by SIGKILL, again in 100 ms',
      '2/2 late starts',
      '2/2 late is told to all ready',
    ]);
  });

  test('does not slow down the return of another: each has a back-off of its own', () => {
    const { last, since } = start(2);
    for (const delayMs of [100, 200, 400]) {
      last(1).end();
      mock.timers.tick(delayMs);
    }
    since();
    last(2).end();
    assert.deepEqual(since(), ['serve process 2 of 2 ended with exit code 1, again in 100 ms']);
  });

  test('by its own wish is made good by a successor in the same place', () => {
    const { last, since } = start(2);
    last(1).ready();
    last(2).ready();
    since();
    const former = last(1);
    former.say({ kind: 'recycle', reason: 'its threads are stuck' });
    last(1).ready();
    assert.deepEqual(since(), [
      'recycles: its threads are stuck',
      '1/2 late starts',
      '1/2 late is told to all ready',
      '1/2 is told to stop',
    ]);
  });
});

suite('the end of several', () => {
  test('is told to all at once, and waited for', async () => {
    const { group, ended, last, since } = start(2);
    since();
    group.stop();
    assert.deepEqual(since(), ['1/2 is told to stop', '2/2 is told to stop']);
    last(2).finish();
    last(1).finish();
    assert.deepEqual(await ended, { exitCode: 0, reason: 'stopped' });
  });

  test('is as good as the worst of them', async () => {
    const { group, ended, last } = start(3);
    group.stop();
    last(1).finish();
    last(2).end('was ended by SIGKILL');
    last(3).finish();
    const reason = 'serve process 2 of 3 was ended by SIGKILL before it had answered all calls';
    assert.deepEqual(await ended, { exitCode: 1, reason });
  });
});

test('the wish to read the models directory again goes to all', () => {
  const { group, since } = start(2);
  since();
  group.reload();
  assert.deepEqual(since(), ['1/2 gets SIGHUP', '2/2 gets SIGHUP']);
});
