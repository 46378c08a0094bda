/** One admin and one serve process, kept together: who is greeted, who ends when, and with what result. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, suite, test } from 'node:test';
import { Up } from '../../../src/app/up.ts';
import type { UpOptions } from '../../../src/app/up.ts';
import { FakeProcess } from '../../support/fake-process.ts';

const SERVE_STOP_MS = 30_000;
const ADMIN_STOP_MS = 5000;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
});
afterEach(() => {
  mock.timers.reset();
});

function start(over: Partial<UpOptions> = {}) {
  const log: string[] = [];
  const spawned: FakeProcess[] = [];
  const spawn = (name: string): FakeProcess => {
    const process = new FakeProcess(name, log);
    spawned.push(process);
    return process;
  };
  const up = new Up({
    serveProcesses: 1,
    spawnServe: () => spawn('serve'),
    spawnAdmin: () => spawn('admin'),
    serveStopMs: SERVE_STOP_MS,
    adminStopMs: ADMIN_STOP_MS,
    print: (text) => log.push(text),
    onServing: () => log.push('all serve'),
    onRestart: ({ process, reason, delayMs }) => log.push(`${process}: ${reason}, again in ${String(delayMs)} ms`),
    onRecycle: ({ reason }) => log.push(`recycles: ${reason}`),
    now: () => 0,
    ...over,
  });
  const last = (name: string): FakeProcess => {
    const process = spawned.findLast((candidate) => candidate.name === name);
    assert(process, `${name} was started`);
    return process;
  };
  return { up, ended: up.ended(), log, last, since: () => log.splice(0) };
}

/** Lets what was resolved go on. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

suite('the start', () => {
  for (const first of ['admin', 'serve'] as const) {
    test(`is told once both are ready, serve first, when ${first} was the first to be`, () => {
      const { last, since } = start();
      assert.deepEqual(since(), ['admin starts', 'serve starts']);
      last(first).ready();
      last(first === 'admin' ? 'serve' : 'admin').ready();
      const told = since().filter((line) => line !== 'all serve');
      assert.deepEqual(told, ['serve greets', 'admin greets']);
    });
  }

  test('is told once, however often they start again', () => {
    const { last, since } = start();
    last('admin').ready();
    last('serve').ready();
    since();
    for (const name of ['admin', 'serve']) {
      last(name).end();
      mock.timers.tick(100);
      last(name).ready();
    }
    assert.deepEqual(since(), [
      'admin: the admin process ended with exit code 1, again in 100 ms',
      'admin starts',
      'serve: the serve process ended with exit code 1, again in 100 ms',
      'serve starts',
    ]);
  });

  test('has no admin process where serve processes read the models directory', async () => {
    const { up, ended, last, since } = start({ spawnAdmin: undefined });
    last('serve').ready();
    up.stop();
    last('serve').finish();
    assert.deepEqual(await ended, { exitCode: 0, reason: 'stopped' });
    assert.deepEqual(since(), ['serve starts', 'serve greets', 'all serve', 'serve is told to stop']);
  });

  test('that admin refuses ends serve too, with code 2 and the reason', async () => {
    const { ended, last, since } = start();
    since();
    last('admin').say({ kind: 'refused', reason: 'the registry is locked' });
    last('admin').end('ended with exit code 2');
    assert.deepEqual(since(), ['serve is told to stop']);
    last('serve').finish();
    assert.deepEqual(await ended, { exitCode: 2, reason: 'the registry is locked' });
    assert.deepEqual(since(), []);
  });

  test('that serve refuses ends admin too, with code 2 and the reason', async () => {
    const { ended, last, since } = start();
    last('admin').ready();
    since();
    last('serve').say({ kind: 'refused', reason: 'port 50051 is taken' });
    last('serve').end('ended with exit code 2');
    await turn();
    assert.deepEqual(since(), ['admin is told to stop']);
    last('admin').finish();
    assert.deepEqual(await ended, { exitCode: 2, reason: 'port 50051 is taken' });
  });

  test('that both refuse ends with the reason of admin, whose reason comes first', async () => {
    const { ended, last } = start();
    last('admin').say({ kind: 'refused', reason: 'the disk is full' });
    last('serve').say({ kind: 'refused', reason: 'the disk is full too' });
    last('admin').end();
    last('serve').end();
    assert.deepEqual(await ended, { exitCode: 2, reason: 'the disk is full' });
  });

  test('that an admin process refuses which was ready before is tried again', () => {
    const { last, since } = start();
    last('admin').ready();
    last('admin').end();
    mock.timers.tick(100);
    since();
    last('admin').say({ kind: 'refused', reason: 'the database is away' });
    last('admin').end('ended with exit code 2');
    mock.timers.tick(200);
    assert.deepEqual(since(), ['admin: the admin process ended with exit code 2, again in 200 ms', 'admin starts']);
  });
});

suite('the end', () => {
  test('is serve first, and then admin, which keeps what serve reports at its end', async () => {
    const { up, ended, last, since } = start();
    last('serve').ready();
    last('admin').ready();
    since();
    up.stop();
    up.stop();
    await turn();
    assert.deepEqual(since(), ['serve is told to stop']);
    last('serve').finish();
    await turn();
    assert.deepEqual(since(), ['admin is told to stop']);
    last('admin').finish();
    assert.deepEqual(await ended, { exitCode: 0, reason: 'stopped' });
    mock.timers.tick(SERVE_STOP_MS + ADMIN_STOP_MS);
    assert.deepEqual(since(), []);
  });

  test('of a serve process that does not come to its end is SIGKILL, and then code 1', async () => {
    const { up, ended, last, since } = start();
    since();
    up.stop();
    mock.timers.tick(SERVE_STOP_MS - 1);
    assert.deepEqual(since(), ['serve is told to stop']);
    mock.timers.tick(1);
    assert.deepEqual(since(), ['serve gets SIGKILL']);
    last('serve').end('was ended by SIGKILL');
    await turn();
    last('admin').finish();
    const reason = 'the serve process was ended by SIGKILL before it had answered all calls';
    assert.deepEqual(await ended, { exitCode: 1, reason });
  });

  test('of an admin process that does not come to its end is SIGKILL', async () => {
    const { up, ended, last, since } = start();
    up.stop();
    last('serve').finish();
    await turn();
    since();
    mock.timers.tick(ADMIN_STOP_MS - 1);
    assert.deepEqual(since(), []);
    mock.timers.tick(1);
    assert.deepEqual(since(), ['admin gets SIGKILL']);
    last('admin').end('was ended by SIGKILL');
    assert.deepEqual(await ended, { exitCode: 0, reason: 'stopped' });
  });

  test('does not wait for an admin process that is to be started again, nor start it', async () => {
    const { up, ended, last, since } = start();
    last('admin').end();
    up.stop();
    since();
    last('serve').finish();
    assert.deepEqual(await ended, { exitCode: 0, reason: 'stopped' });
    mock.timers.tick(60_000);
    assert.deepEqual(since(), []);
  });

  test('has the admin process started again while serve still drains, since its last counts are to be kept', async () => {
    const { up, ended, last, since } = start();
    up.stop();
    since();
    last('admin').end();
    mock.timers.tick(100);
    assert.deepEqual(since(), ['admin: the admin process ended with exit code 1, again in 100 ms', 'admin starts']);
    last('serve').finish();
    await turn();
    last('admin').finish();
    await ended;
  });
});

suite('the wish to read the models directory again', () => {
  test('goes to the admin process where there is one', () => {
    const { up, since } = start();
    since();
    up.reload();
    assert.deepEqual(since(), ['admin gets SIGHUP']);
  });

  test('goes to the serve process where there is no other', () => {
    const { up, since } = start({ spawnAdmin: undefined });
    since();
    up.reload();
    assert.deepEqual(since(), ['serve gets SIGHUP']);
  });

  test('is dropped while the admin process is away: it reads the directory at its start', () => {
    const { up, last, since } = start();
    last('admin').end();
    since();
    up.reload();
    assert.deepEqual(since(), []);
  });
});
