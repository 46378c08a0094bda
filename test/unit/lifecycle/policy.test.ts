/**
 * The lifecycle policy by its golden scripts, test/golden/lifecycle/*.txt; see policy-script.ts for how to read them.
 * `UPDATE_GOLDEN=1` writes what the policy decides now, to be read before it is kept.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { neededVersions } from '../../../src/domain/traffic.ts';
import { keyOf } from '../../../src/lifecycle/policy.ts';
import { desiredState, named, play, World } from './policy-script.ts';

const FOLDER = new URL('../../golden/lifecycle/', import.meta.url);

suite('lifecycle scripts', () => {
  for (const name of readdirSync(FOLDER).sort()) {
    const file = new URL(name, FOLDER);
    const script = readFileSync(file, 'utf8');
    const title = script.slice(2, script.indexOf('\n'));
    test(title, () => {
      const played = play(script);
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, played);
      else assert.equal(played, script);
    });
  }
});

const key = fc.constantFrom('iris/1', 'iris/2', 'iris/3', 'iris/1@b', 'iris/2@b', 'wine/1');
const traffic = fc.constantFrom(
  '',
  '| traffic iris 1=10000',
  '| traffic iris 2=10000',
  '| traffic iris 1=9000 2=1000',
  '| traffic iris 1=0 3=10000',
  '| traffic iris 1=10000 | shadow iris 2 | epoch iris 2',
  '| traffic iris 2=10000 | rule iris 3 | fail-over iris 1 | epoch iris 3',
);
const broken = fc.constantFrom('', '| broken iris/1', '| broken iris');
const wants = fc.tuple(fc.uniqueArray(key, { maxLength: 4 }), traffic, broken).map(([keys, weights, bad]) => {
  // A desired state has each version once.
  const byName = new Map(keys.map((each) => [each.replace(/@.*/, ''), each]));
  return `${[...byName.values()].join(' ')} ${weights} ${bad}`;
});
const events = fc.oneof(
  { weight: 2, arbitrary: wants.map((want) => ({ kind: 'want' as const, want })) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('ready' as const, 'failed' as const, 'unloaded' as const), key }),
  },
);

/** Every load and unload that is under way ends well, until none is. */
function calmDown(world: World): void {
  for (let turn = 0; turn < 20; turn += 1) {
    const ended = [...world.versions.keys()].filter((each) => world.end(each, 'ready') || world.end(each, 'unloaded'));
    if (world.step().length === 0 && ended.length === 0) return;
  }
  assert.fail('the policy does not come to rest');
}

function afterHistory(check: (world: World) => void): void {
  fc.assert(
    fc.property(fc.array(events, { maxLength: 40 }), (history) => {
      const world = new World();
      for (const event of history) {
        if (event.kind === 'want') world.want(desiredState(event.want));
        else world.end(keyOf(named(event.key)), event.kind);
        world.step();
        check(world);
      }
      calmDown(world);
      check(world);
    }),
    { seed: 7, numRuns: 300 },
  );
}

suite('lifecycle policy, over random histories', () => {
  test('it comes to rest, and a second look at the same state changes nothing', () => {
    afterHistory((world) => {
      assert.deepEqual(world.step(), []);
    });
  });

  test('a version of a wanted model that has traffic is never unloaded', () => {
    afterHistory(({ desired, versions, inForce }) => {
      for (const { model } of desired.models) {
        for (const holder of inForce.get(model)?.keys.values() ?? []) {
          assert.notEqual(versions.get(holder)?.state, 'draining', `${holder} has traffic`);
        }
      }
    });
  });

  test('what is in force is a whole policy, with a version behind every name that it needs', () => {
    afterHistory(({ inForce }) => {
      for (const { policy, keys } of inForce.values()) {
        assert.equal(
          policy.arms.reduce((total, { weight }) => total + weight, 0),
          10_000,
        );
        assert.deepEqual([...keys.keys()].sort(), [...neededVersions(policy)].sort());
      }
    });
  });

  test('when all loads go well, exactly what is wanted is served in the end, but for what is broken', () => {
    afterHistory((world) => {
      const { desired } = world;
      if (desired.broken.length > 0 || desired.models.some((model) => model.policy !== undefined)) return;
      const copy = Object.assign(new World(), { inForce: new Map(world.inForce) });
      for (const [each, version] of world.versions) copy.versions.set(each, { ...version });
      copy.want(desired, { retryFailed: true });
      copy.step();
      calmDown(copy);
      const wanted = desired.models.flatMap((model) => model.specs.map((each) => keyOf(each)));
      assert.deepEqual([...copy.versions.keys()].sort(), wanted.sort());
      assert([...copy.versions.values()].every(({ state }) => state === 'ready'));
      assert.deepEqual([...copy.inForce.keys()].sort(), desired.models.map(({ model }) => model).sort());
    });
  });
});
