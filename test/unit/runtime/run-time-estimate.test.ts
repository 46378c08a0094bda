/** How long a run of so many rows will take. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunTimeEstimate } from '../../../src/runtime/run-time-estimate.ts';

const MEASURED = { singleRunMs: 2, batchRunMs: 9, batchRows: 8 };

test('the estimate is a line through the two measured points', () => {
  const estimate = new RunTimeEstimate(MEASURED);
  assert.deepEqual(
    [1, 2, 8, 15].map((rows) => estimate.estimateMs(rows)),
    [2, 3, 9, 16],
  );
});

test('a version that is not batched costs the same for every row', () => {
  const estimate = new RunTimeEstimate({ singleRunMs: 2, batchRunMs: 2, batchRows: 1 });
  assert.deepEqual(
    [1, 3].map((rows) => estimate.estimateMs(rows)),
    [2, 6],
  );
});

test('a batch that was measured faster than one row counts as just as fast', () => {
  const estimate = new RunTimeEstimate({ singleRunMs: 2, batchRunMs: 1, batchRows: 8 });
  assert.deepEqual(
    [1, 8].map((rows) => estimate.estimateMs(rows)),
    [2, 2],
  );
});

test('a run too short to be measured still has a length', () => {
  const estimate = new RunTimeEstimate({ singleRunMs: 0, batchRunMs: 0, batchRows: 8 });
  assert(estimate.estimateMs(1) > 0);
});

test('what is observed again and again is believed, for every number of rows', () => {
  const estimate = new RunTimeEstimate(MEASURED);
  for (let run = 0; run < 100; run += 1) estimate.observe(8, 18);
  assert.deepEqual(
    [1, 8].map((rows) => estimate.estimateMs(rows).toFixed(2)),
    ['4.00', '18.00'],
  );
  for (let run = 0; run < 100; run += 1) estimate.observe(1, 1);
  assert.equal(estimate.estimateMs(8).toFixed(2), '4.50');
});

test('one pause of the machine is no news', () => {
  const estimate = new RunTimeEstimate(MEASURED);
  estimate.observe(1, 60_000);
  assert(estimate.estimateMs(1) <= 2 * 1.3);
  estimate.observe(1, 0);
  assert(estimate.estimateMs(1) >= 2);
});
