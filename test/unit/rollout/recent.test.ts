/** The last while in slots of time. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { NO_VALUES } from '../../../src/monitor/series.ts';
import { addToRate, addToWindow, busiestSecond, recentTotals } from '../../../src/rollout/recent.ts';
import type { RateSlot, RecentSlot } from '../../../src/rollout/recent.ts';

const HOUR = 3_600_000;
const calls = (count: number): Parameters<typeof addToWindow>[1] => ({
  calls: count,
  ok: count,
  request: NO_VALUES,
  runCompute: NO_VALUES,
});

/** One call each second. */
function steady(seconds: number): readonly RecentSlot[] {
  let slots: readonly RecentSlot[] = [];
  for (let second = 0; second < seconds; second += 1) {
    slots = addToWindow(slots, calls(1), { now: second * 1000, windowMs: HOUR });
  }
  return slots;
}

suite('the window of guardrails', () => {
  test('is counted to ten seconds in the last ten minutes, and to a minute before', () => {
    const slots = steady(7200);
    const now = 7_199_000;
    const within = (windowMs: number): number => recentTotals(slots, { now, windowMs }).calls;
    assert.deepEqual([within(10_000), within(60_000), within(300_000)], [20, 70, 310]);
    assert(within(HOUR) >= 3600 && within(HOUR) <= 3660, String(within(HOUR)));
  });

  test('has at most 120 slots, however long it goes on', () => {
    const lengths = [600, 3600, 7200].map((seconds) => steady(seconds).length);
    assert(
      lengths.every((length) => length <= 120),
      lengths.join(),
    );
  });

  test('is empty when nothing came lately', () => {
    assert.equal(recentTotals(steady(60), { now: HOUR, windowMs: 60_000 }).calls, 0);
  });
});

suite('the busiest second', () => {
  const after = (...counts: readonly number[]): readonly RateSlot[] =>
    counts.reduce<readonly RateSlot[]>((slots, count, second) => addToRate(slots, count, second * 1000), []);

  test('is not known of fewer than three seconds, since the first and the last may not be whole', () => {
    assert.deepEqual(
      [busiestSecond([]), busiestSecond(after(5, 6)), busiestSecond(after(5, 9, 6))],
      [undefined, undefined, 9],
    );
  });

  test('is one of the last half minute', () => {
    const burst = after(5, 900, ...Array.from({ length: 29 }, () => 7));
    assert.equal(busiestSecond(burst), 900);
    assert.equal(busiestSecond(addToRate(burst, 7, 31_500)), 7);
  });

  test('is known of the last seconds with calls where calls are few', () => {
    const slots = [0, 1, 2, 3].reduce<readonly RateSlot[]>(
      (known, minute) => addToRate(known, minute + 1, minute * 60_000),
      [],
    );
    assert.deepEqual([slots.length, busiestSecond(slots)], [4, 4]);
    assert.equal(addToRate(slots, 1, 600_000).length, 4);
  });

  test('adds up what comes in one second', () => {
    assert.deepEqual(addToRate(addToRate([], 3, 1100), 4, 1900), [{ at: 1000, calls: 7 }]);
  });
});
