/** The pauses of the garbage collector, as the process that has them counts them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { GcPauses } from '../../../src/monitor/gc-pauses.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void;

test('each collection is counted under its kind, until the watch ends', async () => {
  const gc = new GcPauses();
  const counts = () => ['minor', 'major'].map((type) => [...gc.pauses].find(([name]) => name === type)?.[1].count ?? 0);
  const [minorBefore = 0, majorBefore = 0] = counts();
  collect({ type: 'major' });
  collect({ type: 'minor' });
  while (counts().reduce((sum, count) => sum + count) < minorBefore + majorBefore + 2) await nextTurn();
  const [minor = 0, major = 0] = counts();
  assert(minor > minorBefore && major > majorBefore);
  const [, pauses] = [...gc.pauses].find(([type]) => type === 'major') ?? [];
  assert(pauses !== undefined && pauses.sum > 0 && pauses.max < 10, 'seconds');
  gc.close();
  const atTheEnd = counts();
  collect({ type: 'major' });
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
  assert.deepEqual(counts(), atTheEnd);
});
