/** Work in spare time, on a clock of test. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { SpareTime } from '../../../src/serving/spare-time.ts';

/** A clock and turns that the test lets happen. */
class Bench {
  now = 1000;
  readonly #turns: (() => void)[] = [];
  readonly spare = new SpareTime({ now: () => this.now, later: (turn) => this.#turns.push(turn) });
  readonly log: string[] = [];

  /** A task that takes `ms`. */
  offer(name: string, ms = 0): void {
    this.spare.offer({
      run: () => {
        this.now += ms;
        this.log.push(name);
      },
      skip: () => this.log.push(`no ${name}`),
    });
  }

  /** One turn of the event loop; the log of it. */
  turn(): readonly string[] {
    for (const turn of this.#turns.splice(0)) turn();
    return this.log.splice(0);
  }

  get turnsDue(): number {
    return this.#turns.length;
  }
}

suite('SpareTime', () => {
  test('tasks run in the next turn, in order', () => {
    const bench = new Bench();
    bench.offer('a');
    bench.offer('b');
    assert.deepEqual([bench.log, bench.turnsDue], [[], 1]);
    assert.deepEqual([bench.turn(), bench.turnsDue], [['a', 'b'], 0]);
  });

  test('a turn ends after half a millisecond, and the rest has the next', () => {
    const bench = new Bench();
    for (const name of ['a', 'b', 'c']) bench.offer(name, 0.3);
    assert.deepEqual([bench.turn(), bench.turn(), bench.turn()], [['a', 'b'], ['c'], []]);
  });

  test('promises no more than 16 tasks at once, and again once one is settled', () => {
    const { spare } = new Bench();
    const promised = Array.from({ length: 20 }, () => spare.promise());
    assert.deepEqual([promised.filter(Boolean).length, promised.indexOf(false)], [16, 16]);
    spare.settle();
    assert.deepEqual([spare.promise(), spare.promise()], [true, false]);
  });

  test('promises nothing while time is owed', () => {
    const bench = new Bench();
    bench.offer('long', 60);
    bench.turn();
    assert.equal(bench.spare.promise(), false);
    // 10 ms are owed, and what tasks take is still to be saved for the next.
    bench.now += 1500;
    assert.equal(bench.spare.promise(), true);
  });

  test('beyond 1 % of the time tasks are skipped', () => {
    const bench = new Bench();
    for (let task = 0; task < 4; task += 1) bench.offer(`t${String(task)}`, 30);
    assert.deepEqual([bench.turn(), bench.turn(), bench.turn()], [['t0'], ['t1'], ['no t2', 'no t3']]);
    // 60 ms were used of 50, to which 0.3 came meanwhile: 9.7 are owed, which takes 970 ms.
    bench.now += 900;
    bench.offer('early', 1);
    assert.deepEqual(bench.turn(), ['no early']);
    bench.now += 100;
    bench.offer('later', 1);
    assert.deepEqual(bench.turn(), ['later']);
  });

  test('over a long time no more than 1 % is used beyond what was saved up, and nearly all of it', () => {
    const bench = new Bench();
    let spent = 0;
    for (let turn = 0; turn < 10_000; turn += 1) {
      bench.offer('t', 0.2);
      spent += bench.turn().includes('t') ? 0.2 : 0;
      bench.now += 1;
    }
    const share = (spent - 50) / (bench.now - 1000);
    assert.ok(share > 0.0098 && share < 0.0102, String(share));
  });

  test('what is saved up has a limit', () => {
    const bench = new Bench();
    bench.now += 3_600_000;
    for (const name of ['a', 'b', 'c']) bench.offer(name, 40);
    assert.deepEqual([bench.turn(), bench.turn(), bench.turn()], [['a'], ['b'], ['no c']]);
  });

  test('no more than 256 wait', () => {
    const bench = new Bench();
    for (let task = 0; task < 257; task += 1) bench.offer('t');
    assert.deepEqual(bench.log.splice(0), ['no t']);
    assert.equal(bench.turn().length, 256);
  });
});
