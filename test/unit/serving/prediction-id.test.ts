/** Prediction ids: what goes in comes out, and only with the key that signed it. */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { PredictionIds, readPredictionId } from '../../../src/serving/prediction-id.ts';

const KEY = new Uint8Array(32).fill(7);
const FACTS = {
  model: 'iris',
  version: '20260101_120000',
  arm: 'canary',
  epoch: 12,
  slot: 4255,
  unit: '00c0ffee12345678',
};
const NOW = Date.UTC(2026, 0, 2);

function idsOf({ key = KEY, boot = new Uint8Array(8).fill(1), now = (): number => NOW } = {}): PredictionIds {
  return new PredictionIds({ key, boot, now });
}

/** Every text that differs from this one in one character. */
function* changed(text: string): Generator<string> {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. ';
  for (let at = 0; at < text.length; at += 1) {
    for (const other of alphabet) {
      if (other !== text[at]) yield text.slice(0, at) + other + text.slice(at + 1);
    }
  }
}

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/);
const facts = fc.record(
  {
    model: name,
    version: name,
    arm: fc.oneof(
      name,
      fc.constant(''),
      name.map((rule) => `rule:${rule}`),
    ),
    epoch: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    slot: fc.integer({ min: -1, max: 9999 }),
    unit: fc.constantFrom('', '00c0ffee12345678', 'ffffffffffffffff', '0000000000000001'),
  },
  { noNullPrototype: true },
);

suite('prediction ids', () => {
  test('say what they were told, and when', () => {
    const ids = idsOf();
    fc.assert(
      fc.property(facts, (told) => {
        assert.deepEqual(readPredictionId(KEY, ids.sign(told)), { ...told, at: NOW });
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test('are refused as soon as one character is another one', () => {
    const id = idsOf().sign(FACTS);
    for (const other of changed(id)) assert.equal(readPredictionId(KEY, other), undefined, other);
  });

  test('are refused when something is missing, added or longer than any id', () => {
    const id = idsOf().sign(FACTS);
    for (let length = 0; length < id.length; length += 1) {
      assert.equal(readPredictionId(KEY, id.slice(0, length)), undefined);
      assert.equal(readPredictionId(KEY, id.slice(length + 1)), undefined);
    }
    assert.equal(readPredictionId(KEY, `${id}A`), undefined);
    assert.equal(readPredictionId(KEY, `A${id}`), undefined);
    assert.equal(readPredictionId(KEY, 'A'.repeat(10_000_000)), undefined);
  });

  test('are refused whatever people make up', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\w-]{22,200}$/)), (text) => {
        assert.equal(readPredictionId(KEY, text), undefined);
      }),
      { seed: 7, numRuns: 1000 },
    );
  });

  test('are refused with another key, also one that lends bytes to the body', () => {
    const id = idsOf().sign(FACTS);
    for (const key of [KEY.slice(1), new Uint8Array(33).fill(7), new Uint8Array(32), new Uint8Array(0)]) {
      assert.equal(readPredictionId(key, id), undefined);
    }
  });

  test('are all different: of one process by their number, of several by their boot', () => {
    const [one, other] = [idsOf(), idsOf({ boot: new Uint8Array(8).fill(2) })];
    const made = Array.from({ length: 1000 }, () => [one.sign(FACTS), other.sign(FACTS)]).flat();
    assert.equal(new Set(made).size, 2000);
  });

  test('follow the epoch: what they have in common is made anew with it', () => {
    const ids = idsOf();
    const epochs = [12, 13, 12].map((epoch) => readPredictionId(KEY, ids.sign({ ...FACTS, epoch }))?.epoch);
    assert.deepEqual(epochs, [12, 13, 12]);
  });

  test('stay right when there are more arms than are remembered', () => {
    const ids = idsOf();
    for (let arm = 0; arm < 10_002; arm += 1) {
      const id = ids.sign({ ...FACTS, arm: String(arm) });
      if (arm % 5000 < 2) assert.equal(readPredictionId(KEY, id)?.arm, String(arm));
    }
    assert.equal(readPredictionId(KEY, ids.sign({ ...FACTS, arm: '0' }))?.arm, '0');
  });

  test('are short enough for a header, and plain enough for an URL', () => {
    assert.match(idsOf().sign(FACTS), /^[\w-]{60,160}$/);
  });

  test('of format 1, which had no unit, are still read', () => {
    const sign = (format: number): string => {
      const now = Buffer.from(idsOf().sign(FACTS).slice(0, -22), 'base64url');
      // The unit stands between the head and the names.
      const old = Buffer.concat([now.subarray(0, 30), now.subarray(38)]);
      old[0] = format;
      const key = hash('sha512-256', KEY, 'buffer');
      return old.toString('base64url') + hash('sha512-256', Buffer.concat([key, old]), 'base64url').slice(0, 22);
    };
    assert.deepEqual(readPredictionId(KEY, sign(1)), { ...FACTS, unit: '', at: NOW });
    assert.equal(readPredictionId(KEY, sign(3)), undefined);
  });

  test('take names of at most 255 bytes', () => {
    assert.throws(() => idsOf().sign({ ...FACTS, arm: 'a'.repeat(256) }), /255 bytes/);
  });
});
