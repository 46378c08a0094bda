/** Kills a process that writes to a store, and looks at what it left behind. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { verifyChain } from '../../../../src/admin/verify-chain.ts';
import type { Store } from '../../../../src/registry/store.ts';

const CHILD = fileURLToPath(new URL('../../../support/writing-child.ts', import.meta.url));

/** Resolves to the last change that was acknowledged, once the process is dead. */
export async function killWriter(address: string, afterChanges: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, address], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  let [changes, acknowledged] = [0, 0];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line);
    changes += 1;
    if (changes === afterChanges) child.kill('SIGKILL');
  }
  assert.deepEqual(await exit, [null, 'SIGKILL']);
  return acknowledged;
}

/** Every acknowledged change is there, and every change that is there is there as a whole. */
export async function checkWhole(store: Store, acknowledged: number): Promise<void> {
  const revision = await store.revision();
  // The one after the last may have been committed without a word.
  assert(revision === acknowledged || revision === acknowledged + 1, `${revision} after ${acknowledged}`);
  const events = await store.eventsFrom(1, revision + 10);
  const numbers = Array.from({ length: revision }, (_, index) => index + 1);
  assert.deepEqual(
    events.map(({ after }) => after.next),
    numbers,
  );
  const models = await store.models({ limit: revision + 10 });
  assert.deepEqual(
    models.map(({ createdAt }) => createdAt).toSorted((a, b) => a - b),
    numbers,
  );
  assert.equal((await verifyChain({ store })).events, revision);
}
