/** Tokens are made, listed and revoked, with an event each, and nobody locks everybody out. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Role } from '../../../src/access/role.ts';
import { MAX_TOKENS } from '../../../src/admin/access-keeper.ts';
import { type CreateTokenInput, createToken, registerAdminToken } from '../../../src/admin/create-token.ts';
import { listTokens } from '../../../src/admin/list-tokens.ts';
import { revokeToken } from '../../../src/admin/revoke-token.ts';
import { verifyChain } from '../../../src/admin/verify-chain.ts';
import { hashSecret, makeToken } from '../../../src/registry/token-secrets.ts';
import { openScene, order, DAWN } from '../../support/admin-scene.ts';
import { openAccess } from '../../support/open-gate.ts';

const READ = 'sluice.admin.v1.Traffic/GetTraffic';

async function open(clientRoles: ReadonlyMap<string, Role> = new Map()) {
  const scene = await openScene();
  const { access } = await openAccess({ store: scene.store, now: scene.context.now }, { clientRoles });
  const context = { ...scene.context, access };
  const make = (over: Partial<CreateTokenInput> = {}) =>
    createToken(
      context,
      { name: 'ann', role: 'admin', models: [], lifetimeMs: undefined, requestsPerSecond: 0, burst: 0, ...over },
      order({ actor: 'root', reason: 'to begin' }),
    );
  const ask = (secret: string) =>
    access.gate.authorize({ authorization: `Bearer ${secret}`, certificateNames: [] }, READ, '');
  return {
    ...scene,
    context,
    access,
    make,
    ask,
    [Symbol.asyncDispose]: async () => {
      await access.close();
      await scene[Symbol.asyncDispose]();
    },
  };
}

it('a token lets its holder in as soon as it is made, and its secret is kept nowhere', async () => {
  await using scene = await open();
  const { token, secret } = await scene.make();
  assert.equal((await scene.ask(secret)).name, 'ann');
  assert.equal(token.madeBy, 'root');
  const [event] = await scene.store.events({}, { limit: 10 });
  assert.deepEqual(
    [event?.kind, event?.subject, event?.actor, event?.reason, event?.after.role],
    ['token.created', token.id, 'root', 'to begin', 'admin'],
  );
  const kept = JSON.stringify([await scene.store.events({}, { limit: 10 }), await scene.store.token(token.id)]);
  assert(!kept.includes(secret.slice(-43)) && !kept.includes(Buffer.from(hashSecret(secret)).toString('hex')));
  assert((await verifyChain(scene.context)).intact);
});

it('a token that is revoked lets nobody in, and its name is free again', async () => {
  await using scene = await open();
  await scene.make({ name: 'root' });
  const { token, secret } = await scene.make();
  await scene.ask(secret);
  const revoked = await revokeToken(scene.context, { id: token.id }, order({ actor: 'root' }));
  assert.equal(revoked.revokedAt, DAWN);
  await assert.rejects(scene.ask(secret), { code: 'unauthenticated' });
  await revokeToken(scene.context, { id: token.id }, order());
  const kinds = (await scene.store.events({}, { limit: 10 })).map(({ kind }) => kind);
  assert.deepEqual(kinds, ['token.revoked', 'token.created', 'token.created'], 'a second time changes nothing');
  await scene.make({ role: 'viewer' });
});

it('the first token has to be an admin’s, for all models, unless a certificate is', async () => {
  await using scene = await open();
  for (const over of [{ role: 'operator' }, { role: 'caller' }, { models: ['iris'] }] as const) {
    await assert.rejects(scene.make(over), { code: 'failed_precondition', message: /role admin first/ });
  }
  await scene.make();
  await scene.make({ name: 'shop', role: 'caller', models: ['iris'] });
  await using certified = await open(new Map([['root.example', 'admin']]));
  await certified.make({ role: 'viewer' });
});

it('the last admin is not revoked, and one that expires or has some models only does not stand in', async () => {
  await using scene = await open();
  const { token } = await scene.make();
  await scene.make({ name: 'brief', lifetimeMs: 1000 });
  await scene.make({ name: 'iris-admin', models: ['iris'] });
  scene.pass(1000);
  const revoke = () => revokeToken(scene.context, { id: token.id }, order());
  await assert.rejects(revoke(), { code: 'failed_precondition', message: /last of an admin/ });
  await scene.make({ name: 'other' });
  await revoke();
});

it('tokens of one name are one identity: the same role and models', async () => {
  await using scene = await open();
  await scene.make({ name: 'root' });
  await scene.make({ name: 'ci', role: 'operator', models: ['a', 'b'] });
  await scene.make({ name: 'ci', role: 'operator', models: ['b', 'a'] });
  for (const over of [{ role: 'admin' }, { models: ['a'] }, { models: [] }] as const) {
    const input = { name: 'ci', role: 'operator' as const, models: ['a', 'b'], ...over };
    await assert.rejects(scene.make(input), { code: 'already_exists' });
  }
});

it('what a token cannot be is refused, at each limit', async () => {
  await using scene = await open();
  await scene.make();
  const models = (count: number) => Array.from({ length: count }, (_, at) => `m${String(at)}`);
  const wrong: Partial<CreateTokenInput>[] = [
    ...['', 'unknown', 'models-directory', 'rollout', 'a b', 'ä', 'x'.repeat(129)].map((name) => ({ name })),
    { models: models(101) },
    { models: ['..'] },
    { lifetimeMs: 999 },
    { lifetimeMs: 3650 * 86_400_000 + 1 },
    { requestsPerSecond: 1_000_001 },
    { requestsPerSecond: 1, burst: 1_000_001 },
    { burst: 1 },
  ];
  for (const over of wrong) {
    await assert.rejects(scene.make({ name: 'fine', ...over }), { code: 'invalid_argument' }, JSON.stringify(over));
  }
  await scene.make({
    ...{ name: 'x'.repeat(128), role: 'caller', models: models(100), lifetimeMs: 3650 * 86_400_000 },
    ...{ requestsPerSecond: 1_000_000, burst: 1_000_000 },
  });
  const { token } = await scene.make({ name: 'fine', requestsPerSecond: 7 });
  assert.equal(token.burst, 7);
});

it('there are so many tokens and no more; revoked ones do not count', async () => {
  await using scene = await open();
  const { token } = await scene.make();
  await scene.make();
  const base = { ...token, hash: new Uint8Array(32) };
  await scene.store.transact(async (writer) => {
    for (let at = 3; at <= MAX_TOKENS; at += 1) await writer.addToken({ ...base, id: `filler-${String(at)}` });
  });
  await assert.rejects(scene.make(), { code: 'resource_exhausted' });
  await revokeToken(scene.context, { id: token.id }, order());
  await scene.make();
});

it('lists page by page, the newest first, the revoked ones where they are asked for', async () => {
  await using scene = await open();
  const made = [await scene.make(), await scene.make(), await scene.make()].map(({ token }) => token.id);
  await revokeToken(scene.context, { id: made[1] ?? '' }, order());
  const ids = async (revoked: boolean, pageToken = '') => {
    const page = await listTokens(scene.context, { revoked, pageSize: 2, pageToken });
    return [page.tokens.map(({ id }) => id), page.nextPageToken] as const;
  };
  assert.deepEqual(await ids(false), [[made[2], made[0]], '']);
  const [first, next] = await ids(true);
  assert.deepEqual(first, [made[2], made[1]]);
  assert.deepEqual(await ids(true, next), [[made[0]], '']);
});

it('the token of a file becomes an admin once, and stays revoked', async () => {
  await using scene = await open();
  const { text, id } = makeToken();
  await registerAdminToken(scene.context, text);
  await registerAdminToken(scene.context, text);
  assert.equal((await scene.ask(text)).name, 'admin-token-file');
  assert.equal((await scene.store.events({}, { limit: 10 })).length, 1);
  await scene.make();
  await revokeToken(scene.context, { id }, order());
  await registerAdminToken(scene.context, text);
  await assert.rejects(scene.ask(text), { code: 'unauthenticated' });
});

it('a file without a token, or with the id of another, is refused without a word of it', async () => {
  await using scene = await open();
  const { token, secret } = await scene.make();
  const forged = `slc_${token.id}_${'A'.repeat(43)}`;
  for (const text of ['', 'password', `${secret}x`, forged]) {
    await assert.rejects(registerAdminToken(scene.context, text), (error: Error) => {
      return text === '' || !error.message.includes(text);
    });
  }
});

it('that a token was used is written once an hour', async () => {
  await using scene = await open();
  const { token, secret } = await scene.make();
  for (let call = 0; call < 5; call += 1) await scene.ask(secret);
  await scene.access.close();
  assert.equal((await scene.store.token(token.id))?.lastUsedAt, DAWN);
  scene.pass(3_600_000 + 5);
  await scene.ask(secret);
  await scene.access.close();
  assert.equal((await scene.store.token(token.id))?.lastUsedAt, DAWN + 3_600_000);
});

it('identities are there again after a restart', async () => {
  await using scene = await open();
  const { secret } = await scene.make();
  const { access } = await openAccess({ store: scene.store, now: scene.context.now });
  const caller = await access.gate.authorize({ authorization: `Bearer ${secret}`, certificateNames: [] }, READ, '');
  await access.close();
  assert.equal(caller.name, 'ann');
});
