/** Which calls are compared: neighbours of both arms, and no run twice. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { Neighbours, RunTimes } from '../../../src/monitor/neighbours.ts';
import type { Neighbour, RunTime } from '../../../src/monitor/neighbours.ts';

const runOf = (computeMs = 1): RunTime => ({ id: Symbol(), computeMs });

/** Two arms of an epoch; calls are named by the order in which they came. */
class Scene {
  readonly neighbours = new Neighbours();
  readonly a = new RunTimes();
  readonly b = new RunTimes();
  readonly calls: Neighbour[] = [];

  come(arms: string): void {
    for (const arm of arms) this.calls.push(this.neighbours.arrive(arm === 'a' ? this.a : this.b));
  }

  answer(index: number, ms = 10, run = runOf()): void {
    const call = this.calls[index];
    assert(call);
    this.neighbours.answered(call, { ms, run });
  }

  get counts(): readonly number[] {
    return [this.a.request.count, this.b.request.count];
  }
}

suite('neighbours', () => {
  test('are the first and the second call, the third and the fourth, and never of one arm', () => {
    const scene = new Scene();
    scene.come('aabbabba');
    for (const index of scene.calls.keys()) scene.answer(index);
    assert.deepEqual(scene.counts, [2, 2]);
    const alternate = new Scene();
    // The second and the third are no neighbours.
    alternate.come('abba');
    for (const index of [1, 2]) alternate.answer(index);
    assert.deepEqual(alternate.counts, [0, 0]);
  });

  test('are counted when both are answered, in either order, each with its own times', () => {
    for (const [first, second] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const scene = new Scene();
      scene.come('ab');
      scene.answer(first, 10 * (first + 1), runOf(first + 1));
      assert.deepEqual(scene.counts, [0, 0]);
      scene.answer(second, 10 * (second + 1), runOf(second + 1));
      const sums = [scene.a, scene.b].map(({ request, compute }) => [request.sum, compute.sum]);
      assert.deepEqual(sums, [
        [0.01, 0.001],
        [0.02, 0.002],
      ]);
    }
  });

  test('are counted where the first was answered before the second came', () => {
    const scene = new Scene();
    scene.come('a');
    scene.answer(0);
    scene.come('b');
    assert.deepEqual(scene.counts, [0, 0]);
    scene.answer(1);
    assert.deepEqual(scene.counts, [1, 1]);
  });

  test('are left out where one of them shares its run with a call that was counted', () => {
    const scene = new Scene();
    scene.come('ababab');
    const shared = runOf();
    for (const index of [0, 2]) scene.answer(index, 10, shared);
    for (const index of [1, 3, 4, 5]) scene.answer(index);
    assert.deepEqual(scene.counts, [2, 2]);
  });

  test('of which one is never answered are forgotten, and hold up nobody', () => {
    const scene = new Scene();
    for (let pair = 0; pair < 1000; pair += 1) scene.come('ab');
    for (let pair = 0; pair < 999; pair += 1) scene.answer(2 * pair);
    for (const index of [1998, 1999]) scene.answer(index);
    assert.deepEqual(scene.counts, [1, 1]);
  });

  test('are as many calls of one arm as of the other, and no run is among them twice, whatever the order', () => {
    const arrivals = fc.array(fc.record({ arm: fc.constantFrom('a', 'b'), run: fc.nat({ max: 5 }) }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(arrivals, fc.infiniteStream(fc.nat()), (calls, order) => {
        const scene = new Scene();
        const runs = new Map<string, RunTime>();
        const waiting: number[] = [];
        const answerOne = (): void => {
          const [at = 0] = waiting.splice((order.next().value ?? 0) % waiting.length, 1);
          const { arm, run } = calls[at] ?? { arm: '', run: 0 };
          const name = `${arm}${run}`;
          if (!runs.has(name)) runs.set(name, runOf());
          scene.answer(at, 10, runs.get(name));
        };
        for (const [at, { arm }] of calls.entries()) {
          scene.come(arm);
          waiting.push(at);
          while (waiting.length > 0 && (order.next().value ?? 0) % 2 === 0) answerOne();
        }
        while (waiting.length > 0) answerOne();
        const [a = 0, b = 0] = scene.counts;
        assert.equal(a, b);
        assert(a <= [...runs.keys()].filter((name) => name.startsWith('a')).length);
        assert(b <= [...runs.keys()].filter((name) => name.startsWith('b')).length);
      }),
    );
  });
});
