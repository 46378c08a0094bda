/**
 * Scenes with lanes that are lost, each played in a process of its own: a thread that is stuck in a native run cannot
 * be ended, nor can its process but by SIGKILL. Prints what happened as JSON, then kills itself. Argument: the scene.
 */
import './no-telemetry.ts';
import { writeSync } from 'node:fs';
import process from 'node:process';
import type { VersionRunner } from '../../src/runtime/version-runner.ts';
import { tensor } from './builders.ts';
import { outcomeOf } from './fake-lane.ts';
import { fell } from './felled-thread.ts';
import { ask, dispatched, LaneBench } from './lane-bench.ts';

const MAX_RUN = { batching: false, maxRunMs: 300 };

/** slow_on_demand: instant at 0 turns, hours at 1e9. */
function slow(runner: VersionRunner, turns: number): Promise<string> {
  return outcomeOf(ask(runner, [tensor('x', 'FP32', [1, 2], [turns, 1])]));
}

function simple(runner: VersionRunner): Promise<string> {
  const values = Array<number>(16).fill(1);
  return outcomeOf(
    ask(
      runner,
      ['INPUT0', 'INPUT1'].map((name) => tensor(name, 'INT32', [1, 16], values)),
    ),
  );
}

/** Calls until the promise ends; the different outcomes. */
async function meanwhile(promise: Promise<unknown>, runner: VersionRunner): Promise<string[]> {
  const state = { going: true };
  void promise.finally(() => (state.going = false));
  const outcomes = new Set<string>();
  while (state.going) outcomes.add(await simple(runner));
  return [...outcomes];
}

const SCENES: Readonly<Record<string, () => Promise<unknown>>> = {
  /** A run overstays twice, with other versions called all the while. */
  async overstay() {
    const bench = new LaneBench(2);
    const [loop, other] = [await bench.load('slow_on_demand', MAX_RUN), await bench.load('simple')];
    const first = slow(loop, 1e9);
    const others = await meanwhile(first, other);
    const between = await slow(loop, 0);
    await bench.replaced(1);
    const second = slow(loop, 1e9);
    others.push(...(await meanwhile(second, other)));
    const after = await slow(loop, 0);
    await Promise.all(bench.freed);
    await bench.replaced(2);
    others.push(await simple(other));
    const { faults, lost } = bench;
    return { first: await first, between, second: await second, after, others: [...new Set(others)], faults, lost };
  },

  /** Both lanes are stuck in the same version when it fails for the second time. */
  async everywhere() {
    const bench = new LaneBench(2);
    const [loop, other] = [await bench.load('slow_on_demand', MAX_RUN), await bench.load('simple')];
    await slow(loop, 1e9);
    await bench.replaced(1);
    const stuck = [slow(loop, 1e9)];
    // The second lane is stuck clearly later than the first, so that it still runs when the version fails.
    for (const until = performance.now() + 100; performance.now() < until;) await slow(loop, 100);
    stuck.push(slow(loop, 1e9));
    const outcomes = await Promise.all(stuck);
    const freed = (await Promise.allSettled(bench.freed)).map(({ status }) => status);
    await bench.replaced(3);
    return { outcomes, freed, faults: bench.faults.length, other: await simple(other) };
  },

  /** A version is loaded on a successor of a lane that is stuck. */
  async succession() {
    const bench = new LaneBench(1);
    const loop = await bench.load('slow_on_demand', MAX_RUN);
    const stuck = slow(loop, 1e9);
    await dispatched();
    const loading = bench.load('simple', {}, { loadMs: 10_000 });
    const outcome = await stuck;
    const other = await loading;
    return { outcome, other: await simple(other), again: await slow(loop, 0), lost: bench.lost };
  },

  /** A copy for a shadow overstays twice; its version's callers are answered in between. */
  async shadow() {
    const bench = new LaneBench(2);
    const [loop, other] = [await bench.load('slow_on_demand', MAX_RUN), await bench.load('simple')];
    if (loop.shadow === undefined) throw new Error('a version that is loaded has a shadow');
    const first = slow(loop.shadow, 1e9);
    const others = await meanwhile(first, other);
    const between = await slow(loop, 0);
    await bench.replaced(1);
    const second = slow(loop.shadow, 1e9);
    await dispatched();
    const waiting = slow(loop.shadow, 0);
    others.push(...(await meanwhile(second, other)));
    await Promise.all(bench.freed);
    const outcomes = [await first, between, await second, await waiting, await slow(loop, 0)];
    return { outcomes, others: [...new Set(others)], faults: bench.faults, dropped: loop.shadow.stats.dropped };
  },

  /** The thread of a lane is ended by an error of its own. */
  async death() {
    const bench = new LaneBench(1);
    const other = await bench.load('simple');
    fell();
    await bench.replaced(1);
    const after = await simple(other);
    fell();
    const during = simple(other);
    await bench.replaced(2);
    return {
      after,
      during: (await during).replace(/lane \d+/, 'lane n'),
      again: await simple(other),
      lost: bench.lost,
    };
  },
};

// Idle threads keep no process alive; a server has its sockets.
setInterval(() => undefined, 60_000);

const scene = SCENES[process.argv[2] ?? ''];
if (scene === undefined) throw new Error(`no scene ${String(process.argv[2])}`);
process.on('unhandledRejection', (caught) => {
  writeSync(1, JSON.stringify({ unhandled: String(caught) }));
  process.kill(process.pid, 'SIGKILL');
});
writeSync(1, JSON.stringify(await scene()));
process.kill(process.pid, 'SIGKILL');
