/** The Admin gate: who is known, by what, for how long, and what those are told who are not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AdminGate, type AdminToken, ANYBODY } from '../../../src/access/admin-gate.ts';
import type { Role } from '../../../src/access/role.ts';
import { TokenBook } from '../../../src/access/token-book.ts';
import { hashSecret, makeToken, TOKEN_HASHING } from '../../../src/registry/token-secrets.ts';

const READ = 'sluice.admin.v1.Traffic/GetTraffic';
const CHANGE = 'sluice.admin.v1.Traffic/SetTraffic';

class Scene {
  now = 1000;
  readonly refusals: string[] = [];
  readonly used: string[] = [];
  readonly book = new TokenBook<AdminToken>({ hashing: TOKEN_HASHING, now: () => this.now });
  readonly gate: AdminGate;
  #tokens: readonly AdminToken[] = [];

  constructor({ clientRoles = {}, isLocal = true }: { clientRoles?: Record<string, Role>; isLocal?: boolean } = {}) {
    this.gate = new AdminGate({
      book: this.book,
      clientRoles: new Map(Object.entries(clientRoles)),
      isLocal,
      onUse: ({ id }) => this.used.push(id),
      onRefusal: (reason) => this.refusals.push(reason),
    });
  }

  add(over: Partial<AdminToken> = {}): { readonly id: string; readonly header: string } {
    const { id, secret, text } = makeToken();
    const base = {
      name: 'ann',
      role: 'admin',
      models: [],
      expiresAt: undefined,
      requestsPerSecond: 0,
      burst: 0,
    } as const;
    this.#tokens = [...this.#tokens, { ...base, id, hash: hashSecret(secret), ...over }];
    this.book.replace(this.#tokens);
    this.gate.review();
    return { id, header: `Bearer ${text}` };
  }

  revoke(id: string): void {
    this.#tokens = this.#tokens.filter((token) => token.id !== id);
    this.book.replace(this.#tokens);
    this.gate.review();
  }

  ask(authorization: string | undefined, method = READ, certificateNames: readonly string[] = []) {
    return this.gate.authorize({ authorization, certificateNames }, method, '');
  }
}

describe('without any identity', () => {
  it('this machine is let in as it is, and whoever comes from elsewhere is not', async () => {
    assert.equal(await new Scene().ask(undefined, CHANGE), ANYBODY);
    await assert.rejects(new Scene({ isLocal: false }).ask(undefined), { code: 'unauthenticated' });
  });

  it('the first token closes the gate, for streams that are open too', async () => {
    const scene = new Scene();
    const ended: string[] = [];
    scene.gate.watch(await scene.ask(undefined), ({ code }) => ended.push(code));
    scene.add();
    assert.deepEqual(ended, ['unauthenticated']);
    await assert.rejects(scene.ask(undefined), { code: 'unauthenticated', message: /--token/ });
  });

  it('an expired token keeps it closed', async () => {
    const scene = new Scene();
    scene.add({ expiresAt: 10 });
    await assert.rejects(scene.ask(undefined), { code: 'unauthenticated' });
  });
});

describe('a token', () => {
  it('names the caller, with its role and models', async () => {
    const scene = new Scene();
    const { id, header } = scene.add({ name: 'ci', role: 'operator' });
    assert.deepEqual(await scene.ask(header, CHANGE), { name: 'ci', role: 'operator', models: [], tokenId: id });
    assert.deepEqual(scene.used, [id]);
  });

  it('that is wrong is told nothing of why, and is not helped by a certificate', async () => {
    const scene = new Scene({ clientRoles: { 'ci.example': 'admin' } });
    const { header } = scene.add();
    const other = `${header.slice(0, -1)}${header.endsWith('A') ? 'B' : 'A'}`;
    const unknown = `Bearer ${makeToken().text}`;
    const messages: string[] = [];
    for (const wrong of [other, unknown]) {
      await assert.rejects(scene.ask(wrong, READ, ['ci.example']), (error: Error & { code?: string }) => {
        messages.push(error.message);
        return error.code === 'unauthenticated';
      });
    }
    assert.equal(messages[0], messages[1]);
    assert.deepEqual(scene.refusals, ['wrong_secret', 'unknown']);
  });

  it('that is hostile is refused like any other, and no message repeats it', async () => {
    const scene = new Scene();
    const { header } = scene.add();
    const hostile = [
      '',
      'Bearer',
      'Bearer ',
      `Basic ${header.slice(7)}`,
      header.toUpperCase(),
      `${header}, ${header}`,
      `${header} `,
      header.replace('Bearer ', 'Bearer\t'),
      `${header}\u0000`,
      header.replace('slc_', 'ѕlc_'),
      'x'.repeat(1_000_000),
      `Bearer ${'slc_'.repeat(300_000)}`,
      'Bearer slc_0123456789abcdef_💥',
    ];
    for (const text of hostile) {
      await assert.rejects(scene.ask(text), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'unauthenticated', JSON.stringify(text.slice(0, 80)));
        return error.message.length < 300 && !error.message.includes(header.slice(-43));
      });
    }
  });

  it('is good until the very moment at which it expires', async () => {
    const scene = new Scene();
    const { header } = scene.add({ expiresAt: 2000 });
    scene.now = 1999;
    await scene.ask(header);
    scene.now = 2000;
    await assert.rejects(scene.ask(header), { code: 'unauthenticated', message: /expired/ });
  });

  it('ends what it opened when it is revoked, or has expired, and nothing else', async () => {
    const scene = new Scene();
    const [one, two, three] = [scene.add(), scene.add({ expiresAt: 5000 }), scene.add()];
    const ended: string[] = [];
    for (const [name, { header }] of Object.entries({ one, two, three })) {
      scene.gate.watch(await scene.ask(header), () => ended.push(name));
    }
    const stop = scene.gate.watch(await scene.ask(one.header), () => ended.push('stopped'));
    stop();
    scene.revoke(one.id);
    assert.deepEqual(ended, ['one']);
    await assert.rejects(scene.ask(one.header), { code: 'unauthenticated' });
    scene.now = 5000;
    scene.gate.review();
    assert.deepEqual(ended, ['one', 'two']);
  });
});

describe('a certificate', () => {
  const clientRoles = { 'spiffe://x/deployer': 'operator', 'eye.example': 'viewer' } as const;

  it('has the role of the first of its names that has one', async () => {
    const scene = new Scene({ clientRoles });
    const caller = await scene.ask(undefined, CHANGE, ['web.example', 'spiffe://x/deployer', 'eye.example']);
    assert.deepEqual(caller, { name: 'spiffe://x/deployer', role: 'operator', models: [], tokenId: '' });
    await assert.rejects(scene.ask(undefined, CHANGE, ['eye.example']), { code: 'permission_denied' });
  });

  it('without a role lets nobody in', async () => {
    const scene = new Scene({ clientRoles });
    for (const names of [['EYE.example'], ['eye.example.org'], ['constructor']]) {
      await assert.rejects(scene.ask(undefined, READ, names), { code: 'unauthenticated', message: /has no role/ });
    }
    assert.deepEqual(scene.refusals, ['no_role', 'no_role', 'no_role']);
  });
});

it('what a request is about is only looked up for whoever has some models and the role', async () => {
  const scene = new Scene();
  const all = scene.add();
  const some = scene.add({ name: 'some', role: 'viewer', models: ['iris'] });
  let lookups = 0;
  const look = (): Promise<string> => {
    lookups += 1;
    return Promise.resolve('iris');
  };
  const credentials = (authorization: string) => ({ authorization, certificateNames: [] });
  await scene.gate.authorize(credentials(all.header), READ, look);
  await assert.rejects(scene.gate.authorize(credentials('Bearer x'), READ, look));
  await assert.rejects(scene.gate.authorize(credentials(some.header), CHANGE, look));
  assert.equal(lookups, 0);
  await scene.gate.authorize(credentials(some.header), READ, look);
  assert.equal(lookups, 1);
});
