/** How fast a queue drains: learned while something waits, and only then. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DrainRate } from '../../../src/batching/drain-rate.ts';

test('the first guess stands until something was seen', () => {
  const rate = new DrainRate(2);
  assert.deepEqual([rate.expectedWaitMs(0), rate.expectedWaitMs(10)], [0, 20]);
});

test('a batch that found nobody waiting before it says nothing about the speed', () => {
  const rate = new DrainRate(2);
  rate.dispatched({ rows: 4, now: 0, rowsLeft: 0 });
  rate.dispatched({ rows: 4, now: 1000, rowsLeft: 0 });
  assert.equal(rate.msPerRow, 2);
});

test('the time between two batches under backlog is what the rows of the second cost; the first guess fades', () => {
  const rate = new DrainRate(2);
  rate.dispatched({ rows: 4, now: 100, rowsLeft: 9 });
  rate.dispatched({ rows: 5, now: 150, rowsLeft: 4 });
  assert.equal(rate.msPerRow.toFixed(6), ((0.9 * 2 + 50) / (0.9 * 1 + 5)).toFixed(6));
});

test('a steady backlog is learned, up and down', () => {
  const rate = new DrainRate(2);
  let now = 0;
  const dispatch = (msPerBatch: number) => {
    now += msPerBatch;
    rate.dispatched({ rows: 10, now, rowsLeft: 50 });
  };
  for (let batch = 0; batch < 90; batch += 1) dispatch(70);
  assert.equal(rate.msPerRow.toFixed(3), '7.000');
  for (let batch = 0; batch < 90; batch += 1) dispatch(5);
  assert.equal(rate.msPerRow.toFixed(3), '0.500');
});

test('small batches that two lanes take in turn with large ones do not make the queue look slow', () => {
  const rate = new DrainRate(1);
  let now = 0;
  for (let turn = 0; turn < 60; turn += 1) {
    now += 7;
    rate.dispatched({ rows: 1, now, rowsLeft: 50 });
    now += 1;
    rate.dispatched({ rows: 7, now, rowsLeft: 50 });
  }
  // 8 rows in 8 ms; the mean of 7 ms and 1/7 ms per row would be 3.6.
  assert.ok(Math.abs(rate.msPerRow - 1) < 0.2, String(rate.msPerRow));
});

test('a queue that was emptied by other means than a batch starts anew', () => {
  const rate = new DrainRate(2);
  rate.dispatched({ rows: 4, now: 0, rowsLeft: 9 });
  rate.emptied();
  rate.dispatched({ rows: 4, now: 9_000, rowsLeft: 0 });
  assert.equal(rate.msPerRow, 2);
});
