/** The catalog of one of several serve processes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TogetherCatalog } from '../../../src/app/together-catalog.ts';
import type { Catalog } from '../../../src/domain/catalog.ts';

function ownCatalog() {
  const listeners: ((models: readonly string[]) => void)[] = [];
  const state = { isSettled: true };
  const own: Catalog = {
    models: () => [],
    model: () => undefined,
    settled: () => state.isSettled,
    onChange: (listener: (models: readonly string[]) => void) => {
      listeners.push(listener);
      return () => undefined;
    },
  };
  const tell = (models: readonly string[]): void => {
    for (const listener of listeners) listener(models);
  };
  return { own, state, tell };
}

test('is settled once all processes are ready, and tells so', async () => {
  const { own } = ownCatalog();
  const { promise, resolve } = Promise.withResolvers<void>();
  const catalog = new TogetherCatalog(own, promise);
  const told: (readonly string[])[] = [];
  catalog.onChange((models) => told.push(models));
  await Promise.resolve();
  assert.deepEqual([catalog.settled(), told], [false, []]);
  resolve();
  await promise;
  assert.deepEqual([catalog.settled(), told], [true, [[]]]);
});

test('is not settled while its own process is not, whatever the others are', async () => {
  const { own, state } = ownCatalog();
  const catalog = new TogetherCatalog(own, Promise.resolve());
  await Promise.resolve();
  state.isSettled = false;
  assert.equal(catalog.settled(), false);
});

test('passes on what changes, to those who still want to hear of it', async () => {
  const { own, tell } = ownCatalog();
  const catalog = new TogetherCatalog(own, Promise.resolve());
  await Promise.resolve();
  const told: string[] = [];
  const stop = catalog.onChange((models) => told.push(models.join()));
  tell(['iris', 'wine']);
  stop();
  tell(['iris']);
  assert.deepEqual(told, ['iris,wine']);
});
