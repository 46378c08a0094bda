/** One serve process that is kept running: lost and started again, replaced, and ended. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, suite, test } from 'node:test';
import { Supervisor } from '../../../src/app/keep-serve.ts';
import { FakeProcess } from '../../support/fake-process.ts';

const STOP_MS = 30_000;
const STUCK = { kind: 'recycle', reason: 'its threads are stuck' } as const;

let now = 0;
beforeEach(() => {
  now = 0;
  mock.timers.enable({ apis: ['setTimeout'] });
});
afterEach(() => {
  mock.timers.reset();
});

function pass(ms: number): void {
  now += ms;
  mock.timers.tick(ms);
}

function start() {
  const log: string[] = [];
  const spawned: FakeProcess[] = [];
  const supervisor = new Supervisor({
    name: 'the serve process',
    spawn: ({ successor }) => {
      const process = new FakeProcess(`${successor ? 'successor' : 'serve'} ${String(spawned.length)}`, log);
      spawned.push(process);
      return process;
    },
    stopTimeoutMs: STOP_MS,
    onReady: (_process, text) => log.push(text),
    onRestart: ({ reason, delayMs }) => log.push(`${reason}, again in ${String(delayMs)} ms`),
    onRecycle: ({ reason }) => log.push(`recycles: ${reason}`),
    now: () => now,
  });
  const child = (index: number): FakeProcess => {
    const process = spawned[index];
    assert(process, `child ${String(index)} was started`);
    return process;
  };
  return { supervisor, child, since: () => log.splice(0), count: () => spawned.length };
}

suite('a serve process that is lost', () => {
  test('is started again, each time twice as late, ten seconds at most', () => {
    const { child, since, count } = start();
    child(0).ready();
    const delays: number[] = [];
    for (let index = 0; index < 9; index += 1) {
      child(index).end('was ended by SIGKILL');
      const told = since().at(-1) ?? '';
      const [, delay = ''] = /^the serve process was ended by SIGKILL, again in (\d+) ms$/.exec(told) ?? [];
      delays.push(Number(delay));
      pass(Number(delay) - 1);
      assert.equal(count(), index + 1);
      pass(1);
      assert.equal(count(), index + 2);
    }
    assert.deepEqual(delays, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  });

  test('is started again soon where the last loss is a minute ago', () => {
    const { child, since } = start();
    for (const index of [0, 1]) {
      child(index).end();
      pass(200);
    }
    pass(60_000);
    since();
    child(2).end();
    assert.deepEqual(since(), ['the serve process ended with exit code 1, again in 100 ms']);
  });

  test('before it was ever ready is started again too', () => {
    const { child, since } = start();
    child(0).end('could not be started: no memory');
    pass(100);
    child(1).ready();
    assert.deepEqual(since(), [
      'serve 0 starts',
      'the serve process could not be started: no memory, again in 100 ms',
      'serve 1 starts',
      'serve 1 greets',
    ]);
  });

  test('is not started again after the wish to stop', async () => {
    const { supervisor, child, since } = start();
    child(0).end();
    supervisor.stop();
    assert.deepEqual(await supervisor.ended, { exitCode: 0, reason: 'stopped' });
    since();
    pass(60_000);
    assert.deepEqual(since(), []);
  });

  test('that refuses after a first start that went well is started again', () => {
    const { child, since } = start();
    child(0).ready();
    child(0).end();
    pass(100);
    since();
    child(1).say({ kind: 'refused', reason: 'the disk is away' });
    child(1).end('ended with exit code 2');
    assert.deepEqual(since(), ['the serve process ended with exit code 2, again in 200 ms']);
  });

  test('says nothing that is not understood', () => {
    const { child, since } = start();
    since();
    child(0).say({ kind: 'something else' });
    assert.deepEqual(since(), []);
  });
});

suite('a successor', () => {
  test('is started beside a process that asks for it, and takes over when it is ready', async () => {
    const { supervisor, child, since } = start();
    child(0).ready();
    since();
    child(0).say(STUCK);
    child(0).say(STUCK);
    assert.deepEqual(since(), ['recycles: its threads are stuck', 'successor 1 starts']);
    child(1).ready();
    assert.deepEqual(since(), ['successor 1 greets', 'serve 0 is told to stop']);
    pass(STOP_MS);
    assert.deepEqual(since(), ['serve 0 gets SIGKILL']);
    child(0).end('was ended by SIGKILL');
    assert.deepEqual(since(), []);
    supervisor.stop();
    child(1).finish();
    assert.deepEqual(await supervisor.ended, { exitCode: 0, reason: 'stopped' });
  });

  test('that dies before it is ready is tried again, since its predecessor is still stuck', () => {
    const { child, since } = start();
    child(0).ready();
    child(0).say(STUCK);
    since();
    child(1).end();
    assert.deepEqual(since(), ['the successor of the serve process ended with exit code 1, again in 100 ms']);
    pass(100);
    assert.deepEqual(since(), ['successor 2 starts']);
    child(2).ready();
    assert.deepEqual(since(), ['successor 2 greets', 'serve 0 is told to stop']);
    child(0).finish();
    pass(60_000);
    assert.deepEqual(since(), []);
  });

  test('takes the place of a predecessor that dies meanwhile, and is started again as any other if it dies too', () => {
    const { child, since } = start();
    child(0).ready();
    child(0).say(STUCK);
    child(0).end('was ended by SIGKILL');
    since();
    pass(60_000);
    assert.deepEqual(since(), []);
    child(1).end();
    pass(100);
    assert.deepEqual(since(), ['the serve process ended with exit code 1, again in 100 ms', 'serve 2 starts']);
  });

  test('that waits to be tried again is no longer wanted once its predecessor died: a plain start opens its ports at once', () => {
    const { child, since } = start();
    child(0).ready();
    child(0).say(STUCK);
    child(1).end();
    since();
    child(0).end();
    assert.deepEqual(since(), ['the serve process ended with exit code 1, again in 200 ms']);
    pass(60_000);
    assert.deepEqual(since(), ['serve 2 starts']);
  });

  test('is not started once all is to end', () => {
    const { supervisor, child, since } = start();
    child(0).ready();
    supervisor.stop();
    since();
    child(0).say(STUCK);
    assert.deepEqual(since(), []);
  });
});

suite('the end', () => {
  test('is waited for as long as calls are answered, and kills then', async () => {
    const { supervisor, child, since } = start();
    since();
    supervisor.stop();
    pass(STOP_MS);
    assert.deepEqual(since(), ['serve 0 is told to stop', 'serve 0 gets SIGKILL']);
    child(0).end('was ended by SIGKILL');
    const reason = 'the serve process was ended by SIGKILL before it had answered all calls';
    assert.deepEqual(await supervisor.ended, { exitCode: 1, reason });
  });

  test('is in good order where all calls were answered, however the process ends then', async () => {
    const { supervisor, child } = start();
    supervisor.stop();
    child(0).say({ kind: 'drained' });
    child(0).end('was ended by SIGKILL');
    assert.deepEqual(await supervisor.ended, { exitCode: 0, reason: 'stopped' });
  });

  for (const [lossy, other] of [
    [0, 1],
    [1, 0],
  ] as const) {
    test(`with a successor is that of both: calls that child ${String(lossy)} lost are told`, async () => {
      const { supervisor, child, since } = start();
      child(0).ready();
      child(0).say(STUCK);
      since();
      supervisor.stop();
      assert.deepEqual(since(), ['serve 0 is told to stop', 'successor 1 is told to stop']);
      child(lossy).end('was ended by SIGSEGV');
      child(other).finish();
      const reason = 'the serve process was ended by SIGSEGV before it had answered all calls';
      assert.deepEqual(await supervisor.ended, { exitCode: 1, reason });
    });
  }

  test('tells how the first of two ended that both lost calls', async () => {
    const { supervisor, child } = start();
    child(0).ready();
    child(0).say(STUCK);
    supervisor.stop();
    child(1).end('was ended by SIGSEGV');
    child(0).end('was ended by SIGKILL');
    assert.match((await supervisor.ended).reason, /^the serve process was ended by SIGSEGV before/);
  });
});
