/** Who applied which epoch gets into the store, whatever happens to it. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Applications } from '../../../src/control/applications.ts';
import type { AppliedEpoch } from '../../../src/control/messages.ts';
import { DAWN } from '../../support/admin-scene.ts';
import { FlakyStore } from '../../support/flaky-store.ts';

const RETRY_MS = 1000;
const MAX_BATCH = 500;
const MAX_WAITING = 100_000;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
});
afterEach(() => {
  mock.timers.reset();
});

async function scene() {
  const flaky = await FlakyStore.open();
  const faults: string[] = [];
  const waiting: (() => void)[] = [];
  const applications = new Applications(flaky.store, (what) => {
    faults.push(what);
    for (const resolve of waiting.splice(0)) resolve();
  });
  return {
    flaky,
    applications,
    faults,
    fault: () => new Promise<void>((resolve) => waiting.push(resolve)),
    /** Epochs that instance "a" applied of the model; each model has one in these tests. */
    kept: async (model = 'iris') => {
      const around = await flaky.store.applicationsAround(model, DAWN);
      return around.map(({ instance, epoch, at }) => [instance, epoch, at]);
    },
    [Symbol.asyncDispose]: () => flaky[Symbol.asyncDispose](),
  };
}

/** Lets a transaction come to its end. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function epoch(model: string, number = 1): AppliedEpoch {
  return { model, epoch: number, reason: '', at: DAWN };
}

function models(count: number): AppliedEpoch[] {
  return Array.from({ length: count }, (_, index) => epoch(`m${String(index)}`));
}

test('an epoch that was applied is kept; that none is in force is not', async () => {
  await using t = await scene();
  t.applications.add('a', [epoch('iris'), epoch('mnist', 0)]);
  await t.applications.close();
  assert.deepEqual(await t.kept(), [['a', 1, DAWN]]);
  assert.deepEqual(await t.kept('mnist'), []);
});

test('reports that come while one is written share the next transaction', async () => {
  await using t = await scene();
  for (const { model } of models(10)) t.applications.add('a', [epoch(model)]);
  await t.applications.close();
  assert.equal(t.flaky.transactions, 2);
  assert.deepEqual(await t.kept('m9'), [['a', 1, DAWN]]);
});

test('many are written in several transactions, so that others get their turn', async () => {
  await using t = await scene();
  t.applications.add('a', models(2 * MAX_BATCH + 1));
  await t.applications.close();
  assert.equal(t.flaky.transactions, 3);
  assert.deepEqual(await t.kept(`m${String(2 * MAX_BATCH)}`), [['a', 1, DAWN]]);
});

test('what the store does not take is told and tried again a second later, together with what came meanwhile', async () => {
  await using t = await scene();
  t.flaky.endings.push('fails');
  const failed = t.fault();
  t.applications.add('a', [epoch('iris')]);
  await failed;
  mock.timers.tick(RETRY_MS - 1);
  assert.equal(t.flaky.transactions, 0);
  t.applications.add('a', [epoch('mnist')]);
  mock.timers.tick(1);
  await t.applications.close();
  assert.deepEqual(t.faults, ['who applied which epoch could not be kept']);
  assert.deepEqual(await t.kept(), [['a', 1, DAWN]]);
  assert.deepEqual(await t.kept('mnist'), [['a', 1, DAWN]]);
});

test('further reports do not hammer a store that has just failed', async () => {
  await using t = await scene();
  t.flaky.endings.push('fails', 'fails', 'fails');
  const failed = t.fault();
  t.applications.add('a', [epoch('iris')]);
  await failed;
  for (const { model } of models(5)) {
    t.applications.add('a', [epoch(model)]);
    await turns();
  }
  assert.equal(t.faults.length, 1);
  t.flaky.endings.length = 0;
  await t.applications.close();
});

test('a batch that was committed although it seemed to fail is there once', async () => {
  await using t = await scene();
  t.flaky.endings.push('seems to fail');
  const failed = t.fault();
  t.applications.add('a', [epoch('iris')]);
  await failed;
  await t.applications.close();
  assert.deepEqual(await t.kept(), [['a', 1, DAWN]]);
});

test('beyond the limit the oldest are dropped', async () => {
  await using t = await scene();
  t.flaky.endings.push('fails');
  const failed = t.fault();
  t.applications.add('a', [epoch('iris')]);
  t.applications.add('a', models(MAX_WAITING));
  await failed;
  await turns();
  t.applications.add('a', [epoch('last')]);
  await t.applications.close();
  assert.deepEqual(await t.kept(), []);
  assert.deepEqual(await t.kept('m0'), []);
  assert.deepEqual(await t.kept('m1'), [['a', 1, DAWN]]);
  assert.deepEqual(await t.kept('last'), [['a', 1, DAWN]]);
});

test('closing writes all that waits, also what a retry waits for, before it resolves', async () => {
  await using t = await scene();
  t.flaky.endings.push('fails');
  const failed = t.fault();
  t.applications.add('a', [epoch('iris')]);
  await failed;
  await t.applications.close();
  assert.deepEqual(await t.kept(), [['a', 1, DAWN]]);
});

test('closing ends although the store fails, and nothing is tried after it', async () => {
  await using t = await scene();
  t.flaky.endings.push('fails', 'fails', 'fails');
  t.applications.add('a', [epoch('iris')]);
  await t.applications.close();
  const told = t.faults.length;
  assert(told > 0);
  t.applications.add('a', [epoch('mnist')]);
  mock.timers.tick(10 * RETRY_MS);
  assert.deepEqual(await t.kept(), []);
  assert.deepEqual(await t.kept('mnist'), []);
  assert.equal(t.faults.length, told);
});
