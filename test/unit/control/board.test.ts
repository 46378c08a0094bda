/** Where serve processes stand, and who waits for them. */
import assert from 'node:assert/strict';
import { beforeEach, mock, suite, test } from 'node:test';
import { Changes } from '../../../src/admin/changes.ts';
import { Board } from '../../../src/control/board.ts';
import type { Hello, VersionReport } from '../../../src/control/messages.ts';
import { HELLO, report } from '../../support/fake-hub.ts';

const FOREVER_MS = 3_600_000;
const MEMORY_MS = 600_000;

let now = 0;
let told: string[] = [];
let board = newBoard();
beforeEach(() => {
  now = 1000;
  told = [];
  board = newBoard();
});

function newBoard(): Board {
  const changes = new Changes();
  changes.listen((model, source) => told.push(`${model} ${source}`));
  return new Board({ changes, now: () => now });
}

function hello(instance: string, boot = 'b1'): Hello {
  return { ...HELLO, instance, boot };
}

function applied(epoch: number, model = 'iris', reason = '') {
  return report({ applied: [{ model, epoch, reason, at: now }] });
}

function version(over: Partial<VersionReport> = {}) {
  const stand = {
    model: 'iris',
    version: '1',
    digest: 'd',
    state: 'ready',
    reason: '',
    since: 5,
    gone: false,
  } as const;
  return report({ versions: [{ ...stand, ...over }] });
}

/** What a promise is by now. */
async function stateOf(promise: Promise<boolean>): Promise<boolean | 'waiting'> {
  await new Promise((resolve) => setImmediate(resolve));
  return await Promise.race([promise, Promise.resolve('waiting' as const)]);
}

suite('what is known', () => {
  test('an instance that has not said anything about a model is said to have no epoch of it', () => {
    board.join(hello('a'));
    const reason = 'it has not said anything about this model';
    assert.deepEqual(board.epochs('iris'), [{ instance: 'a', epoch: 0, reason }]);
    assert.deepEqual(board.versions('iris', '1'), []);
  });

  test('the last word about an epoch and about a version counts, and those who left have none', () => {
    const a = board.join(hello('a'));
    const b = board.join(hello('b'));
    a.update(applied(1));
    a.update(applied(1, 'iris', 'version 2 is not ready yet'));
    a.update(version({ state: 'loading' }));
    a.update(version({ since: 9 }));
    b.update(applied(2));
    b.update(version({ state: 'failed', reason: 'too big' }));
    assert.deepEqual(board.epochs('iris'), [
      { instance: 'a', epoch: 1, reason: 'version 2 is not ready yet' },
      { instance: 'b', epoch: 2, reason: '' },
    ]);
    assert.deepEqual(board.versions('iris', '1'), [
      { instance: 'a', state: 'ready', reason: '', since: 9 },
      { instance: 'b', state: 'failed', reason: 'too big', since: 5 },
    ]);
    b.leave();
    assert.deepEqual(
      board.epochs('iris').map(({ instance }) => instance),
      ['a'],
    );
    assert.equal(board.versions('iris', '1').length, 1);
  });

  test('a version that is gone is no longer there', () => {
    const seat = board.join(hello('a'));
    seat.update(version());
    seat.update(version({ state: 'unloaded', gone: true }));
    assert.deepEqual(board.versions('iris', '1'), []);
  });

  test('an instance is shown with what it counts, connected or since when not', () => {
    const seat = board.join(hello('a'));
    seat.update(version());
    seat.update(version({ version: '2', state: 'failed' }));
    now = 2000;
    seat.leave();
    const { instance, address, serverVersion } = hello('a');
    const counts = { readyVersions: 1, failedVersions: 1, settled: true };
    assert.deepEqual(board.instances(), [
      { instance, connected: false, since: 2000, address, serverVersion, ...counts },
    ]);
  });

  test('one settled instance is enough, and it must be connected', () => {
    const seat = board.join(hello('a'));
    assert.equal(board.anySettled(), false);
    seat.update(report({ settled: true }));
    assert.equal(board.anySettled(), true);
    seat.leave();
    assert.equal(board.anySettled(), false);
  });

  test('changes are told by model: of reports what they are about, of a leave all that it stood with', () => {
    const seat = board.join(hello('a'));
    seat.update(report({ ...version(), applied: [{ model: 'mnist', epoch: 1, reason: '', at: 0 }] }));
    assert.deepEqual(told.splice(0), ['mnist fleet', 'iris fleet']);
    seat.update(report());
    assert.deepEqual(told.splice(0), []);
    seat.leave();
    assert.deepEqual(told.toSorted(), ['iris fleet', 'mnist fleet']);
  });

  test('who listens hears of every report until it stops', () => {
    let heard = 0;
    const stop = board.onChange(() => (heard += 1));
    const seat = board.join(hello('a'));
    seat.update(report());
    assert.equal(heard, 2);
    stop();
    seat.leave();
    assert.equal(heard, 2);
  });
});

suite('coming again', () => {
  test('the same instance and boot takes the place of its former connection, and begins with nothing said', () => {
    const former = board.join(hello('a'));
    former.update(applied(3));
    const next = board.join(hello('a'));
    assert.deepEqual(
      board.epochs('iris').map(({ epoch }) => epoch),
      [0],
    );
    next.update(applied(4));
    // The end of the former connection is noticed late.
    former.leave();
    assert.deepEqual(board.epochs('iris'), [{ instance: 'a', epoch: 4, reason: '' }]);
    assert.deepEqual(
      board.instances().map(({ connected }) => connected),
      [true],
    );
  });

  test('a successor of the same instance stands beside its predecessor', () => {
    board.join(hello('a', 'b1')).update(applied(1));
    board.join(hello('a', 'b2'));
    assert.equal(board.epochs('iris').length, 2);
  });
});

suite('who left', () => {
  test('is shown for ten minutes, also when nobody comes or goes meanwhile', () => {
    board.join(hello('a')).leave();
    now += MEMORY_MS;
    assert.equal(board.instances().length, 1);
    now += 1;
    assert.equal(board.instances().length, 0);
  });

  test('is forgotten beyond the hundredth, those first that left first', () => {
    const stayed = board.join(hello('long-lived'));
    for (let index = 0; index < 100; index += 1) {
      now += 1;
      board.join(hello(`i${String(index)}`)).leave();
    }
    assert.equal(board.instances().length, 101);
    now += 1;
    stayed.leave();
    const names = board.instances().map(({ instance }) => instance);
    assert.equal(names.length, 100);
    assert(names.includes('long-lived'));
    assert(!names.includes('i0'));
  });
});

suite('waiting until an epoch is applied', () => {
  test('ends when the last of several instances has it, or a later one', async () => {
    const a = board.join(hello('a'));
    const b = board.join(hello('b'));
    const waiting = board.whenApplied({ model: 'iris', epoch: 2, ms: FOREVER_MS });
    a.update(applied(2));
    b.update(applied(1));
    assert.equal(await stateOf(waiting), 'waiting');
    b.update(applied(3));
    assert.equal(await waiting, true);
  });

  test('is over at once where it is so already, or where nobody wants to wait', async () => {
    assert.equal(await board.whenApplied({ model: 'iris', epoch: 1, ms: 0 }), false);
    board.join(hello('a')).update(applied(1));
    assert.equal(await board.whenApplied({ model: 'iris', epoch: 1, ms: FOREVER_MS }), true);
    assert.equal(await board.whenApplied({ model: 'iris', epoch: 1, ms: 0 }), true);
    assert.equal(await board.whenApplied({ model: 'iris', epoch: 2, ms: 0 }), false);
  });

  test('does not wait for a laggard that leaves', async () => {
    board.join(hello('a')).update(applied(1));
    const laggard = board.join(hello('b'));
    const waiting = board.whenApplied({ model: 'iris', epoch: 1, ms: FOREVER_MS });
    assert.equal(await stateOf(waiting), 'waiting');
    laggard.leave();
    assert.equal(await waiting, true);
  });

  test('goes on while nobody is there, and takes who comes', async () => {
    const waiting = board.whenApplied({ model: 'iris', epoch: 1, ms: FOREVER_MS });
    const first = board.join(hello('a'));
    first.leave();
    assert.equal(await stateOf(waiting), 'waiting');
    board.join(hello('a', 'b2')).update(applied(1));
    assert.equal(await waiting, true);
  });

  test('ends with false when its time is over', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      board.join(hello('a'));
      const waiting = board.whenApplied({ model: 'iris', epoch: 1, ms: 500 });
      mock.timers.tick(499);
      assert.equal(await stateOf(waiting), 'waiting');
      mock.timers.tick(1);
      assert.equal(await waiting, false);
    } finally {
      mock.timers.reset();
    }
  });
});
