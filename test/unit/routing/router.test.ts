/** The router: who answers, and what is told to those whom nobody can answer. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ServerError } from '../../../src/domain/errors.ts';
import { slotOf } from '../../../src/routing/pick.ts';
import { buildLadder } from '../../../src/routing/route-table.ts';
import type { Route } from '../../../src/routing/route-table.ts';
import { Router } from '../../../src/routing/router.ts';
import type { Question } from '../../../src/routing/router.ts';

const LADDER = buildLadder(
  new Map([
    ['1', 9000],
    ['2', 1000],
  ]),
  (version) => `iris ${version}`,
);

function route(over: Partial<Route<string>> = {}): Route<string> {
  return {
    model: 'iris',
    ladder: LADDER,
    ladderReason: '',
    salt: 'iris',
    ready: new Map(['1', '2', '3'].map((version) => [version, `iris ${version}`])),
    absent: new Map([['4', 'failed, its golden example 1 is answered wrongly']]),
    latest: '3',
    ...over,
  };
}

function routerOf(over: Partial<Route<string>> = {}, random = (): number => 0): Router<string> {
  const router = new Router<string>(random);
  router.swap(new Map([['iris', route(over)]]));
  return router;
}

function ask(over: Partial<Question> = {}): Question {
  return { model: 'iris', version: '', routingKey: '', ...over };
}

/** "code: message" of what was thrown. */
function refusal(router: Router<string>, question: Question): string {
  try {
    return router.route(question);
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
      draws.map(() => router.route(ask())),
      ['iris 1', 'iris 1', 'iris 2', 'iris 2'],
    );
  });

  test('a key decides alone: the same caller gets the same version, and the weights hold over many callers', () => {
    const router = routerOf({}, () => assert.fail('chance has no say'));
    const keys = Array.from({ length: 2000 }, (_, index) => `user-${String(index)}`);
    const answers = keys.map((routingKey) => router.route(ask({ routingKey })));
    assert.deepEqual(
      keys.map((routingKey) => router.route(ask({ routingKey }))),
      answers,
    );
    assert.deepEqual(
      answers,
      keys.map((key) => (slotOf('iris', key) < 9000 ? 'iris 1' : 'iris 2')),
    );
  });

  test('a version that is named answers, whatever the weights', () => {
    assert.equal(routerOf().route(ask({ version: '3', routingKey: 'user-1' })), 'iris 3');
  });

  test('"latest" is the newest ready version', () => {
    assert.equal(routerOf().route(ask({ version: 'latest' })), 'iris 3');
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
    const router = routerOf({ ladder: [], ladderReason: 'version 1 is to have traffic and is loading' });
    assert.equal(
      refusal(router, ask()),
      "unavailable: model 'iris' has no version in service: version 1 is to have traffic and is loading; " +
        'version 4 is failed, its golden example 1 is answered wrongly',
    );
    assert.equal(router.route(ask({ version: '3' })), 'iris 3');
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
