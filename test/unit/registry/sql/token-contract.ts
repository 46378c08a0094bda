/** What every store has to do with tokens, whatever database it is on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Store } from '../../../../src/registry/store.ts';
import type { StoredToken } from '../../../../src/registry/token-store.ts';

type Fresh = (context: TestContext) => Promise<Store>;

function draft(id: string, over: Partial<StoredToken> = {}) {
  const { number: _, revokedAt: __, lastUsedAt: ___, ...rest } = { ...BASE, id, ...over };
  return rest;
}

const BASE: StoredToken = {
  number: 0,
  id: '',
  name: 'ann',
  role: 'admin',
  models: ['iris', 'wine'],
  hash: new Uint8Array([1, 2, 255, 0]),
  requestsPerSecond: 5,
  burst: 7,
  madeAt: 100,
  madeBy: 'root',
  expiresAt: undefined,
  revokedAt: undefined,
  lastUsedAt: undefined,
};

export function tokenTests(fresh: Fresh): void {
  test('tokens are kept as they were made, and listed newest first', async (context) => {
    const store = await fresh(context);
    const made = await store.transact(async (writer) => [
      await writer.addToken(draft('a')),
      await writer.addToken(draft('b', { role: 'caller', models: [], expiresAt: 9_007_199_254_740_991 })),
    ]);
    assert.deepEqual(
      made.map(({ number, id }) => [number, id]),
      [
        [1, 'a'],
        [2, 'b'],
      ],
    );
    assert.deepEqual(await store.token('a'), made[0]);
    assert.deepEqual(await store.tokens({ revokedToo: true }, { limit: 10 }), made.toReversed());
    assert.deepEqual(await store.tokens({ revokedToo: true }, { after: 2, limit: 10 }), [made[0]]);
    assert.equal(await store.token('c'), undefined);
  });

  test('a token is revoked once, and then only listed where it is asked for', async (context) => {
    const store = await fresh(context);
    await store.transact(async (writer) => {
      await writer.addToken(draft('a'));
      await writer.revokeToken('a', 200);
      await writer.revokeToken('a', 300);
      await writer.revokeToken('nobody', 300);
    });
    assert.equal((await store.token('a'))?.revokedAt, 200);
    assert.deepEqual(await store.tokens({ revokedToo: false }, { limit: 10 }), []);
    assert.equal((await store.tokens({ revokedToo: true }, { limit: 10 })).length, 1);
  });

  test('the last use of a token only moves on', async (context) => {
    const store = await fresh(context);
    await store.transact(async (writer) => {
      await writer.addToken(draft('a'));
      for (const at of [3_600_000, 7_200_000, 3_600_000]) await writer.markTokenUsed('a', at);
    });
    assert.equal((await store.token('a'))?.lastUsedAt, 7_200_000);
  });

  test('there is one token of an id', async (context) => {
    const store = await fresh(context);
    await store.transact((writer) => writer.addToken(draft('a')));
    await assert.rejects(store.transact((writer) => writer.addToken(draft('a'))));
    assert.equal((await store.tokens({ revokedToo: true }, { limit: 10 })).length, 1);
  });
}
