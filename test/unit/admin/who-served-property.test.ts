import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { whoServed } from '../../../src/admin/who-served.ts';
import type { Application, AuditEvent } from '../../../src/domain/registry.ts';
import type { Arm } from '../../../src/domain/traffic.ts';
import { slotOf } from '../../../src/routing/pick.ts';
import { assignSlots } from '../../../src/routing/slots.ts';
import { DAWN, openScene } from '../../support/admin-scene.ts';
import type { Scene } from '../../support/admin-scene.ts';
import { policy, rollBack, send, switchTo } from '../../support/traffic.ts';

type Step =
  | {
      readonly kind: 'set';
      readonly cuts: readonly [number, number];
      readonly sticky: boolean;
      readonly reshuffle: boolean;
    }
  | { readonly kind: 'switch'; readonly version: string }
  | { readonly kind: 'rollback'; readonly back: number }
  | { readonly kind: 'apply'; readonly instance: string }
  | { readonly kind: 'pass'; readonly ms: number };

const cut = fc.integer({ min: 0, max: 10_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    cuts: fc.tuple(cut, cut),
    sticky: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
    reshuffle: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('switch' as const), version: fc.constantFrom('1', '2', '3') }),
  fc.record({ kind: fc.constant('rollback' as const), back: fc.integer({ min: 0, max: 4 }) }),
  fc.record({ kind: fc.constant('apply' as const), instance: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 2000 }) }),
);

/** Takes one step; what a serve process says is told to `said` too. */
async function take(scene: Scene, step: Step, said: Application[]): Promise<void> {
  const inForce = (await scene.store.epoch('iris'))?.policy.epoch ?? 0;
  switch (step.kind) {
    case 'set': {
      const [low, high] = [Math.min(...step.cuts), Math.max(...step.cuts)];
      const { sticky, reshuffle } = step;
      await send(scene, policy({ '1': low, '2': high - low, '3': 10_000 - high }, { sticky }), { reshuffle });
      return;
    }
    case 'switch':
      await switchTo(scene, step.version);
      return;
    case 'rollback':
      if (inForce > Math.max(1, step.back)) await rollBack(scene, step.back === 0 ? 0 : inForce - step.back);
      return;
    case 'apply': {
      scene.pass(1);
      const application = { instance: step.instance, model: 'iris', epoch: inForce, at: scene.context.now() };
      said.push(application);
      await scene.store.transact((writer) => writer.recordApplication(application));
      return;
    }
    case 'pass':
      scene.pass(step.ms);
      return;
  }
}

interface Replayed {
  readonly arms: readonly Arm[];
  readonly salt: string;
  readonly sticky: boolean;
  readonly from: number;
}

/** The log's own words on what each epoch was, slot for slot; the first has number 1. */
function replay(events: readonly AuditEvent[]): readonly Replayed[] {
  const epochs: Replayed[] = [];
  for (const { at, after } of events) {
    const { weights, salt, sticky, policyOf } = after as {
      weights: { version: string; arm: string; weight: number }[];
      salt: string;
      sticky: boolean;
      policyOf?: number;
    };
    const arms =
      policyOf === undefined ? assignSlots(epochs.at(-1)?.arms ?? [], weights) : (epochs[policyOf - 1]?.arms ?? []);
    epochs.push({ arms, salt, sticky, from: at });
  }
  return epochs;
}

/** Slot by slot, as simple as it can be said. */
function ownerOf({ arms, salt, sticky }: Replayed, key: string): string {
  if (!sticky) return '';
  const owners = new Map<number, string>();
  for (const { version, slots } of arms) {
    for (const [from, below] of slots) for (let slot = from; slot < below; slot += 1) owners.set(slot, version);
  }
  return owners.get(slotOf(salt, key)) ?? 'nobody';
}

/** Epoch, its serve processes, the key's version; the newest first. */
type Answer = readonly (readonly [epoch: number, instances: readonly string[], version: string])[];

function expected(epochs: readonly Replayed[], said: readonly Application[], at: number, key: string): Answer {
  const committed = epochs.findLastIndex(({ from }) => from <= at) + 1;
  if (committed === 0) return [];
  const where = new Map<number, Set<string>>([[committed, new Set()]]);
  for (const instance of ['a', 'b', 'c']) {
    const own = said.filter((application) => application.instance === instance);
    const before = own.findLast((application) => application.at < at);
    for (const { epoch } of [...(before ? [before] : []), ...own.filter((application) => application.at === at)]) {
      where.set(epoch, (where.get(epoch) ?? new Set()).add(instance));
    }
  }
  return [...where]
    .sort(([a], [b]) => b - a)
    .map(([epoch, instances]) => [epoch, [...instances].sort(), ownerOf(epochs[epoch - 1]!, key)]);
}

test('whatever was set, switched and rolled back, the answer is what a replay of the log gives', async () => {
  const question = fc.record({
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    user: fc.nat(1000),
    exact: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 25 }),
      fc.array(question, { minLength: 5, maxLength: 5 }),
      async (steps, questions) => {
        await using scene = await openScene();
        for (const version of ['1', '2', '3']) await scene.register(version);
        const said: Application[] = [];
        for (const step of steps) await take(scene, step, said);
        scene.pass(100);
        const epochs = replay(await scene.store.eventsFrom(1, 1000));
        const moments = [...epochs.map(({ from }) => from), ...said.map(({ at }) => at)];
        for (const { share, user, exact } of questions) {
          const any = DAWN + Math.floor(share * (scene.context.now() - DAWN));
          const at = exact ? moments[Math.floor(share * (moments.length - 1))]! : any;
          const key = `user-${user}`;
          const answer = await whoServed(scene.context, { model: 'iris', at, routingKey: key, predictionId: '' });
          assert.deepEqual(
            answer.epochs.map(({ epoch, instances, version }) => [epoch, instances, version]),
            expected(epochs, said, at, key),
          );
        }
      },
    ),
    { numRuns: 60 },
  );
});
