/** The Predict gate: tokens, each hashed once, and how many calls each may make. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { PredictGate } from '../../../src/access/predict-gate.ts';
import type { KnownToken } from '../../../src/access/token.ts';
import { formatToken, parseAuthorization, parseToken } from '../../../src/access/token.ts';
import { TokenBook } from '../../../src/access/token-book.ts';
import { TokenBucket } from '../../../src/access/token-bucket.ts';
import { hashSecret, makeToken, TOKEN_HASHING } from '../../../src/registry/token-secrets.ts';

function known(over: Partial<KnownToken> = {}): { token: KnownToken; header: string } {
  const { id, secret, text } = makeToken();
  const base = { name: 'shop', models: [], expiresAt: undefined, requestsPerSecond: 0, burst: 0 };
  return { token: { ...base, id, hash: hashSecret(secret), ...over }, header: `Bearer ${text}` };
}

/** Counts what is hashed and compared. */
function countedHashing() {
  const counts = { hashed: 0, compared: 0 };
  const hashing = {
    hash: (secret: string) => {
      counts.hashed += 1;
      return TOKEN_HASHING.hash(secret);
    },
    isSame: (a: Uint8Array, b: Uint8Array) => {
      counts.compared += 1;
      return TOKEN_HASHING.isSame(a, b);
    },
  };
  return { counts, hashing };
}

function openGate(tokens?: readonly KnownToken[]) {
  const refusals: string[] = [];
  const calls: string[] = [];
  const { counts, hashing } = countedHashing();
  const gate = new PredictGate({
    hashing,
    now: () => 0,
    onRefusal: (reason) => refusals.push(reason),
    onCall: (name) => calls.push(name),
  });
  if (tokens !== undefined) gate.replace(tokens);
  return { gate, refusals, calls, counts };
}

it('nobody may call before it is known who may', () => {
  const { gate, refusals } = openGate();
  assert.throws(() => gate.admit(known().header, 0), { code: 'unavailable' });
  assert.deepEqual(refusals, ['not_ready']);
});

it('a header is hashed once, and compared in constant time', () => {
  const { token, header } = known({ models: ['iris'] });
  const { gate, counts, calls } = openGate([token]);
  for (let call = 0; call < 1000; call += 1) {
    const { name, role, models } = gate.admit(header, call);
    assert.deepEqual({ name, role, models }, { name: 'shop', role: 'caller', models: ['iris'] });
  }
  assert.deepEqual(counts, { hashed: 1, compared: 1 });
  assert.equal(calls.length, 1000);
});

it('a token that is revoked lets nobody in, although its header was known', () => {
  const { token, header } = known();
  const { gate, refusals } = openGate([token]);
  gate.admit(header, 0);
  gate.replace([]);
  assert.throws(() => gate.admit(header, 0), { code: 'unauthenticated' });
  assert.throws(() => gate.admit(undefined, 0), { code: 'unauthenticated', message: /authorization: Bearer/ });
  assert.deepEqual(refusals, ['unknown', 'missing']);
});

it('each token has its own rate, with a burst, and is told when to come back', () => {
  const [slow, quick] = [known({ name: 'slow', requestsPerSecond: 10, burst: 2 }), known()];
  const { gate, refusals } = openGate([slow.token, quick.token]);
  gate.admit(slow.header, 0);
  gate.admit(slow.header, 0);
  assert.throws(() => gate.admit(slow.header, 0), {
    code: 'resource_exhausted',
    retryAfterMs: 100,
    message: /10 calls/,
  });
  for (let call = 0; call < 100; call += 1) gate.admit(quick.header, 0);
  assert.throws(() => gate.admit(slow.header, 99), { code: 'resource_exhausted', retryAfterMs: 1 });
  gate.admit(slow.header, 100);
  assert.deepEqual(refusals, ['rate', 'rate']);
});

it('a change of other tokens gives nobody a new burst', () => {
  const slow = known({ requestsPerSecond: 1, burst: 1 });
  const { gate } = openGate([slow.token]);
  gate.admit(slow.header, 0);
  gate.replace([slow.token, known().token]);
  assert.throws(() => gate.admit(slow.header, 1), { code: 'resource_exhausted' });
  gate.replace([{ ...slow.token, burst: 5 }]);
  gate.admit(slow.header, 1);
});

it('a bucket never lets more through than its burst and its rate make together', () => {
  const steps = fc.array(fc.integer({ min: -5, max: 500 }), { maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 50 }), steps, (rate, burst, waits) => {
      const bucket = new TokenBucket({ requestsPerSecond: rate, burst }, 0);
      let now = 0;
      let latest = 0;
      let taken = 0;
      for (const wait of waits) {
        now += wait;
        latest = Math.max(latest, now);
        if (bucket.take(now) === 0) taken += 1;
      }
      // A clock that goes back for a moment gives what it gained once more, at most 5 ms each time.
      const back = waits.filter((wait) => wait < 0).length * 5;
      assert(taken <= burst + ((latest + back) * rate) / 1000 + 1e-6);
    }),
  );
});

it('what is remembered of headers is bounded, and the ones in use stay', () => {
  const tokens = Array.from({ length: 50 }, () => known());
  const { counts, hashing } = countedHashing();
  const book = new TokenBook<KnownToken>({ hashing, now: () => 0, maxRemembered: 10 });
  book.replace(tokens.map(({ token }) => token));
  const [first] = tokens;
  assert(first);
  for (const { header } of tokens) {
    assert.equal(book.verify(header).kind, 'good');
    assert.equal(book.verify(first.header).kind, 'good');
  }
  assert.equal(counts.hashed, tokens.length, 'the one in use was hashed once');
  for (const { header } of tokens) book.verify(header);
  assert(counts.hashed >= 2 * tokens.length - 20, 'at most twice the limit is remembered');
});

it('headers that let nobody in are not remembered', () => {
  const { counts, hashing } = countedHashing();
  const book = new TokenBook<KnownToken>({ hashing, now: () => 0 });
  const { token, header } = known();
  book.replace([token]);
  const wrong = `${header.slice(0, -2)}__`;
  assert.equal(book.verify(wrong).kind, 'wrong_secret');
  assert.equal(book.verify(wrong).kind, 'wrong_secret');
  assert.equal(counts.hashed, 2);
});

it('a token is read back as it was printed, and nothing else is one', () => {
  const { id, secret, text } = makeToken();
  assert.deepEqual(parseToken(text), { id, secret });
  assert.equal(formatToken({ id, secret }), text);
  assert.deepEqual(parseAuthorization(`bearer   ${text}`), { id, secret });
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ minLength: 0, maxLength: 2 }), (at, piece) => {
      const changed = `${text.slice(0, at)}${piece}${text.slice(at + 1)}`;
      const parsed = parseToken(changed);
      if (parsed !== undefined) assert.equal(formatToken(parsed), changed);
    }),
  );
});

it('a header of 128 characters is looked at, and one of 129 is not', () => {
  const { id, secret, text } = makeToken();
  const spaces = 128 - 'Bearer'.length - text.length;
  assert.deepEqual(parseAuthorization(`Bearer${' '.repeat(spaces)}${text}`), { id, secret });
  assert.equal(parseAuthorization(`Bearer${' '.repeat(spaces + 1)}${text}`), undefined);
});
