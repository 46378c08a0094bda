/** Any policy and any call: the router says what a reading of the policy, slot by slot, says. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { ServerError } from '../../../src/domain/errors.ts';
import { TOTAL_WEIGHT } from '../../../src/domain/traffic.ts';
import type { Arm, Match } from '../../../src/domain/traffic.ts';
import { slotOf } from '../../../src/routing/pick.ts';
import { buildLadder } from '../../../src/routing/route-table.ts';
import type { PolicyRoute, Route, Rule } from '../../../src/routing/route-table.ts';
import { Router } from '../../../src/routing/router.ts';
import type { Choice } from '../../../src/routing/router.ts';
import { assignSlots } from '../../../src/routing/slots.ts';

const RUNS = { numRuns: 2000, seed: 20_261_124 };
const VERSIONS = ['1', '2', '10'] as const;

const text = fc.oneof(fc.constantFrom('', 'a', 'ab', 'b'), fc.string({ unit: 'binary', maxLength: 6 }));
const match: fc.Arbitrary<Match> = fc.oneof(
  fc.record({ kind: fc.constant('exact' as const), value: text }),
  fc.record({ kind: fc.constant('prefix' as const), value: text }),
  fc.record({ kind: fc.constant('one_of' as const), values: fc.array(text, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('present' as const), present: fc.boolean() }),
);
const header = fc.constantFrom('x-one', 'x-two');
const rule = fc.record({ header, match, version: fc.constantFrom(...VERSIONS) });
/** Two cuts make three shares, one after the other: the slots of later policies lie in many ranges. */
const cuts = fc.tuple(fc.nat(TOTAL_WEIGHT), fc.nat(TOTAL_WEIGHT));

const policy = fc.record({
  history: fc.array(cuts, { minLength: 1, maxLength: 5 }),
  rules: fc.array(rule, { maxLength: 3 }),
  sticky: fc.boolean(),
  routingKeyHeader: fc.constantFrom('', 'x-one', 'x-key'),
  salt: text,
});
type Policy = typeof policy extends fc.Arbitrary<infer T> ? T : never;

const call = fc.record({
  routingKey: text,
  headers: fc.dictionary(fc.constantFrom('x-one', 'x-two', 'x-key'), text),
  random: fc.oneof(fc.constantFrom(0, 1 - 2 ** -32), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
});
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

function armsOf(history: Policy['history']): readonly Arm[] {
  let arms: readonly Arm[] = [];
  for (const [a, b] of history) {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    const weights = [low, high - low, TOTAL_WEIGHT - high];
    arms = assignSlots(
      arms,
      VERSIONS.map((version, at) => ({ version, arm: `arm ${version}`, weight: weights[at] ?? 0 })),
    );
  }
  return arms;
}

function routerOf({ history, rules, ...rest }: Policy, random: () => number): Router<string> {
  const route: PolicyRoute<string> = {
    ...rest,
    ladder: buildLadder(armsOf(history), (version) => version),
    rules: rules.map((each): Rule<string> => ({ ...each, arm: 'rule:r', target: each.version })),
    shadows: [],
    failOver: undefined,
    draw: undefined,
  };
  const router = new Router<string>(random);
  const others = { aliases: new Map(), ready: new Map(), absent: new Map(), others: new Map(), latest: '' };
  const model: Route<string> = { model: 'iris', epoch: 3, policy: route, reason: '', ...others };
  router.swap(new Map([['iris', model]]));
  return router;
}

function ask(router: Router<string>, { routingKey, headers }: Call): Choice<string> {
  return router.route({
    ...{ model: 'iris', version: '', routingKey },
    header: (key) => (Object.hasOwn(headers, key) ? headers[key] : undefined),
  });
}

/** As somebody would read it aloud. */
function read({ history, rules, sticky, routingKeyHeader, salt }: Policy, { routingKey, headers, random }: Call) {
  for (const { header: name, match: wanted, version } of rules) {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    const isMatch =
      (wanted.kind === 'exact' && value === wanted.value) ||
      (wanted.kind === 'prefix' && (value ?? null)?.indexOf(wanted.value) === 0) ||
      (wanted.kind === 'one_of' && wanted.values.some((each) => each === value)) ||
      (wanted.kind === 'present' && wanted.present === (value !== undefined));
    if (isMatch) return { target: version, arm: 'rule:r', slot: -1, key: '' };
  }
  const named = routingKeyHeader === '' ? '' : (headers[routingKeyHeader] ?? '');
  const key = sticky ? routingKey || named : '';
  const slot = key === '' ? Math.floor(random * TOTAL_WEIGHT) : slotOf(salt, key);
  const owners = armsOf(history).filter(({ slots }) => slots.some(([from, below]) => from <= slot && slot < below));
  assert.equal(owners.length, 1, 'every slot has one owner');
  return { target: owners[0]?.version ?? '', arm: owners[0]?.arm ?? '', slot, key };
}

suite('any policy', () => {
  test('decides as it reads, and alike on every replica', () => {
    const deciders = new Map<string, number>();
    fc.assert(
      fc.property(policy, call, (wanted, asked) => {
        const expected = read(wanted, asked);
        for (const replica of [routerOf(wanted, () => asked.random), routerOf(wanted, () => asked.random)]) {
          const { target, arm, slot, key } = ask(replica, asked);
          assert.deepEqual({ target, arm, slot, key }, expected);
        }
        const decider = expected.slot < 0 ? 'rule' : expected.key === '' ? 'chance' : 'key';
        deciders.set(decider, (deciders.get(decider) ?? 0) + 1);
      }),
      RUNS,
    );
    for (const decider of ['rule', 'chance', 'key']) assert((deciders.get(decider) ?? 0) > 100, decider);
  });

  test('asked for anything else answers with a reason', () => {
    fc.assert(
      fc.property(policy, fc.oneof(fc.constant('iris'), text), text, (wanted, model, version) => {
        const router = routerOf(wanted, () => 0);
        try {
          router.route({ model, version, routingKey: '', header: () => undefined });
          assert.equal(model, 'iris');
        } catch (caught) {
          assert(caught instanceof ServerError);
          assert(caught.code === 'not_found' || caught.code === 'unavailable', caught.code);
        }
      }),
      { ...RUNS, numRuns: 300 },
    );
  });
});
