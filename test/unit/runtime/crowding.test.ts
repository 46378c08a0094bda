/** When the transport needs a core of its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Crowding } from '../../../src/runtime/crowding.ts';

/** Looks that often while the event loop does nothing but work. */
async function lookWhileBusy(crowding: Crowding, looks: number): Promise<boolean> {
  let crowded = false;
  for (let look = 0; look < looks; look += 1) {
    const until = performance.now() + 2;
    while (performance.now() < until) Math.sqrt(until);
    await nextTurn();
    crowded = crowding.look();
  }
  return crowded;
}

test('a busy transport makes it crowded where the lanes leave it no core, and only there', async () => {
  assert.equal(await lookWhileBusy(new Crowding({ lanes: 2, cores: 2 }), 10), true);
  assert.equal(await lookWhileBusy(new Crowding({ lanes: 3, cores: 4 }), 10), false);
  assert.equal(await lookWhileBusy(new Crowding({ lanes: 1, cores: 1 }), 10), false, 'one lane cannot be fewer');
});
