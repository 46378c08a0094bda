import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { AuditEvent } from '../../../src/domain/registry.ts';
import { canonicalJson, hashEvent } from '../../../src/registry/event-hash.ts';

const EVENT: Omit<AuditEvent, 'hash'> = {
  seq: 7,
  at: 1000,
  kind: 'alias.set',
  model: 'iris',
  subject: 'champion',
  actor: 'ada',
  reason: 'better',
  before: {},
  after: { version: '2', digest: 'd' },
};

suite('hashes of events', () => {
  test('are sha256 over the hash before, a line feed, and the event as JSON with sorted keys in before and after', () => {
    const text =
      'prev\n{"seq":7,"at":1000,"kind":"alias.set","model":"iris","subject":"champion","actor":"ada","reason":"better",' +
      '"before":{},"after":{"digest":"d","version":"2"}}';
    assert.equal(hashEvent('prev', EVENT), createHash('sha256').update(text).digest('hex'));
  });

  test('change with every field, and with the hash before', () => {
    const changed = [
      hashEvent('', EVENT),
      hashEvent('x', EVENT),
      ...[{ seq: 8 }, { at: 1001 }, { kind: 'alias.deleted' as const }, { model: 'm' }, { subject: 's' }].map((over) =>
        hashEvent('', { ...EVENT, ...over }),
      ),
      ...[{ actor: 'a' }, { reason: 'r' }, { before: { a: 1 } }, { after: {} }].map((over) =>
        hashEvent('', { ...EVENT, ...over }),
      ),
    ];
    assert.equal(new Set(changed).size, changed.length);
  });
});

suite('canonical JSON', () => {
  test('is the same after it was parsed, however odd the keys are', () => {
    const property = fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
      const text = canonicalJson(record);
      assert.equal(canonicalJson(JSON.parse(text) as Record<string, unknown>), text);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(record)));
    });
    fc.assert(property, { numRuns: 500 });
  });

  test('sorts keys by their characters, numbers too, and at every depth', () => {
    const record = { b: [{ z: 1, a: 2 }], 9: 0, 10: 0, a: { '\u00e9': 1, e: 2 } };
    assert.equal(canonicalJson(record), '{"10":0,"9":0,"a":{"e":2,"\u00e9":1},"b":[{"a":2,"z":1}]}');
  });
});
