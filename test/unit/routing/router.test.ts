/** The router: who answers, and what is told to those whom nobody can answer. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ServerError } from '../../../src/domain/errors.ts';
import { slotOf } from '../../../src/routing/pick.ts';
import { nextDraw } from '../../../src/routing/draw.ts';
import { buildLadder } from '../../../src/routing/route-table.ts';
import type { PolicyRoute, Route } from '../../../src/routing/route-table.ts';
import { Router } from '../../../src/routing/router.ts';
import type { Question } from '../../../src/routing/router.ts';
import { trafficPolicy } from '../../support/builders.ts';

const NINE_TO_ONE = trafficPolicy([
  ['1', 9000],
  ['2', 1000],
]);

function policy(over: Partial<PolicyRoute<string>> = {}): PolicyRoute<string> {
  return {
    ladder: buildLadder(NINE_TO_ONE.arms, (version) => `iris ${version}`),
    rules: [],
    shadows: [],
    failOver: undefined,
    sticky: true,
    routingKeyHeader: '',
    salt: 'iris',
    draw: undefined,
    ...over,
  };
}

function route(over: Partial<Route<string>> = {}): Route<string> {
  return {
    model: 'iris',
    epoch: 7,
    policy: policy(),
    reason: '',
    aliases: new Map([
      ['champion', '2'],
      ['broken', '4'],
      ['gone', '9'],
    ]),
    ready: new Map(['1', '2', '3'].map((version) => [version, `iris ${version}`])),
    absent: new Map([['4', 'failed, its golden example 1 is answered wrongly']]),
    others: new Map([['5', 'it has no traffic; give it some']]),
    latest: '3',
    ...over,
  };
}

function routerOf(over: Partial<Route<string>> = {}, random = (): number => 0): Router<string> {
  const router = new Router<string>(random);
  router.swap(new Map([['iris', route(over)]]));
  return router;
}

function ask(over: Partial<Question> = {}, headers: Readonly<Record<string, string>> = {}): Question {
  return { model: 'iris', version: '', routingKey: '', header: (key) => headers[key], ...over };
}

/** "code: message" of what was thrown. */
function refusal(router: Router<string>, question: Question): string {
  try {
    return router.route(question).target;
  } catch (caught) {
    assert(caught instanceof ServerError);
    return `${caught.code}: ${caught.message}`;
  }
}

suite('Router', () => {
  test('without a version and a key, chance decides by the weights', () => {
    const draws = [0, 0.8999, 0.9, 0.99999];
    let turn = 0;
    const router = routerOf({}, () => draws[turn++] ?? 0);
    assert.deepEqual(
      draws.map(() => router.route(ask()).target),
      ['iris 1', 'iris 1', 'iris 2', 'iris 2'],
    );
  });

  test('a key decides alone: the same caller gets the same version, and the weights hold over many callers', () => {
    const router = routerOf({}, () => assert.fail('chance has no say'));
    const keys = Array.from({ length: 2000 }, (_, index) => `user-${String(index)}`);
    const answers = keys.map((routingKey) => router.route(ask({ routingKey })).target);
    assert.deepEqual(
      keys.map((routingKey) => router.route(ask({ routingKey })).target),
      answers,
    );
    assert.deepEqual(
      answers,
      keys.map((key) => (slotOf('iris', key) < 9000 ? 'iris 1' : 'iris 2')),
    );
  });

  test('a version that is named answers, whatever the weights', () => {
    assert.equal(routerOf().route(ask({ version: '3', routingKey: 'user-1' })).target, 'iris 3');
  });

  test('"latest" is the newest ready version', () => {
    assert.equal(routerOf().route(ask({ version: 'latest' })).target, 'iris 3');
  });

  test('an alias is the version that it points at', () => {
    assert.equal(routerOf().route(ask({ version: 'alias:champion' })).target, 'iris 2');
  });

  test('an alias that does not exist is not found, one of a version that is not ready unavailable', () => {
    const router = routerOf();
    assert.equal(refusal(router, ask({ version: 'alias:none' })), "not_found: model 'iris' has no 'alias:none'");
    assert.equal(
      refusal(router, ask({ version: 'alias:broken' })),
      "unavailable: model 'iris' version 4 ('alias:broken') is not at ready state: failed, its golden example 1 is answered wrongly",
    );
    assert.match(refusal(router, ask({ version: 'alias:gone' })), /^not_found: .* version 9 \('alias:gone'\)/);
    assert(refusal(router, ask({ version: `alias:${'x'.repeat(10_000)}` })).length < 300);
  });

  test('a version that is known and not loaded is unavailable, with the word on why', () => {
    assert.equal(
      refusal(routerOf(), ask({ version: '5' })),
      "unavailable: model 'iris' version 5 cannot answer: it has no traffic; give it some",
    );
  });

  test('a choice by the policy tells epoch, arm and slot, who gets copies and who answers in its place', () => {
    const shadows = [{ runner: 'iris 3', share: 100 }];
    const router = routerOf({ policy: policy({ shadows, failOver: 'iris 1' }) });
    const slot = slotOf('iris', 'user-3');
    assert.deepEqual(router.route(ask({ routingKey: 'user-3' })), {
      target: slot < 9000 ? 'iris 1' : 'iris 2',
      arm: slot < 9000 ? 'arm-1' : 'arm-2',
      epoch: 7,
      slot,
      shadows,
      failOver: 'iris 1',
      evidence: 'none',
      isDrawn: false,
      key: 'user-3',
    });
  });

  const draw = nextDraw(
    undefined,
    buildLadder(NINE_TO_ONE.arms, (version) => version),
  );

  test('where arms are compared a choice says whether its key decided or chance alone, and a rule or name neither', () => {
    const rules = [
      { arm: 'rule:beta', header: 'x-tier', match: { kind: 'present' as const, present: true }, target: 'iris 2' },
    ];
    const router = routerOf({ policy: policy({ draw, rules }) });
    const evidence = (question: Parameters<typeof ask>[0], headers = {}): string =>
      router.route(ask(question, headers)).evidence;
    assert.equal(evidence({ routingKey: 'user-3' }), 'keyed');
    assert.equal(evidence({}), 'keyless');
    assert.equal(evidence({}, { 'x-tier': 'beta' }), 'none');
    assert.equal(evidence({ version: '2' }), 'none');
    const restless = routerOf({ policy: policy({ draw, sticky: false }) });
    assert.equal(restless.route(ask({ routingKey: 'user-3' })).evidence, 'keyless');
  });

  test('a call by key is drawn where the epoch decided for its slot, one without always', () => {
    const isDrawn = (open: number, question: Parameters<typeof ask>[0]): boolean => {
      const policyOf = policy({ draw: { ...draw, open: new Uint8Array(10_000).fill(open) } });
      return routerOf({ policy: policyOf }).route(ask(question)).isDrawn;
    };
    assert.deepEqual([isDrawn(1, { routingKey: 'user-3' }), isDrawn(0, { routingKey: 'user-3' })], [true, false]);
    assert.deepEqual([isDrawn(0, {}), isDrawn(1, { version: '2' })], [true, false]);
  });

  test('a named version is outside the policy: no arm, no slot, no copies, nobody in its place', () => {
    const shadows = [{ runner: 'iris 3', share: 100 }];
    const router = routerOf({ policy: policy({ shadows, failOver: 'iris 1' }) });
    const bare = {
      arm: '',
      epoch: 7,
      slot: -1,
      shadows: [],
      failOver: undefined,
      evidence: 'none',
      isDrawn: false,
      key: '',
    };
    for (const version of ['2', 'alias:champion']) {
      assert.deepEqual(router.route(ask({ version })), { target: 'iris 2', ...bare });
    }
  });

  test('of the rules the first that matches decides, before the slots; where none does the slots decide', () => {
    const exact = (value: string) => ({ kind: 'exact' as const, value });
    const rules = [
      { arm: 'rule:beta', header: 'x-tier', match: exact('beta'), target: 'iris 2' },
      { arm: 'rule:any', header: 'x-tier', match: { kind: 'present' as const, present: true }, target: 'iris 3' },
    ];
    const router = routerOf({ policy: policy({ rules }) });
    const chosen = [{ 'x-tier': 'beta' }, { 'x-tier': 'other' }, {}].map((headers) => {
      const { target, arm, slot } = router.route(ask({ routingKey: 'user-1' }, headers));
      return [target, arm, slot];
    });
    assert.deepEqual(chosen, [
      ['iris 2', 'rule:beta', -1],
      ['iris 3', 'rule:any', -1],
      ['iris 1', 'arm-1', slotOf('iris', 'user-1')],
    ]);
    assert.equal(router.route(ask({ version: '1' }, { 'x-tier': 'beta' })).target, 'iris 1');
  });

  test('the key of a call that brings none is the value of the header that the policy names', () => {
    const router = routerOf({ policy: policy({ routingKeyHeader: 'x-user' }) }, () => 0.99999);
    const slots = [
      router.route(ask({}, { 'x-user': 'user-1' })).slot,
      router.route(ask({ routingKey: 'user-2' }, { 'x-user': 'user-1' })).slot,
      router.route(ask()).slot,
    ];
    assert.deepEqual(slots, [slotOf('iris', 'user-1'), slotOf('iris', 'user-2'), 9999]);
  });

  test('without stickiness chance decides, whatever the key', () => {
    const router = routerOf({ policy: policy({ sticky: false, routingKeyHeader: 'x-user' }) }, () => 0.95);
    assert.equal(router.route(ask({ routingKey: 'user-1' }, { 'x-user': 'user-1' })).slot, 9500);
  });

  test('an unknown model is not found', () => {
    const expected = "not_found: Request for unknown model: 'wine' is not found";
    assert.equal(refusal(routerOf(), ask({ model: 'wine' })), expected);
    assert.equal(refusal(new Router(() => 0), ask({ model: 'wine', version: '1' })), expected);
  });

  test('an unknown version is not found', () => {
    const expected = "not_found: Request for unknown model: 'iris' version 9 is not found";
    assert.equal(refusal(routerOf(), ask({ version: '9' })), expected);
  });

  test('a version that exists and cannot answer is unavailable, with its state', () => {
    assert.equal(
      refusal(routerOf(), ask({ version: '4' })),
      "unavailable: model 'iris' version 4 is not at ready state: failed, its golden example 1 is answered wrongly",
    );
  });

  test('while no version is ready, "latest" is unavailable', () => {
    assert.equal(
      refusal(routerOf({ ready: new Map(), latest: '' }), ask({ version: 'latest' })),
      "unavailable: model 'iris' has no version at ready state",
    );
  });

  test('while no policy is in force, a call without a version is unavailable with the reason', () => {
    const router = routerOf({ policy: undefined, reason: 'version 1 is to have traffic and is loading' });
    assert.equal(
      refusal(router, ask()),
      "unavailable: model 'iris' has no version in service: version 1 is to have traffic and is loading; " +
        'version 4 is failed, its golden example 1 is answered wrongly; version 5: it has no traffic; give it some',
    );
    assert.equal(router.route(ask({ version: '3' })).target, 'iris 3');
  });

  test('a swap replaces the whole table, for the next question on', () => {
    const router = routerOf();
    const former = router.table;
    router.swap(new Map([['wine', route({ model: 'wine' })]]));
    assert.deepEqual([...former.keys()], ['iris']);
    assert.deepEqual([...router.table.keys()], ['wine']);
    assert.equal(refusal(router, ask()), "not_found: Request for unknown model: 'iris' is not found");
  });
});
