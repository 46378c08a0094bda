/** Names and the order of versions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareVersions, isName } from '../../../src/domain/version.ts';

const names = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/);

test('versions are ordered as people number them', () => {
  const shuffled = ['20260101_120000', '10', '1.10', '2', '20251231_235959', '1.9', '1'];
  assert.deepEqual(shuffled.toSorted(compareVersions), [
    '1',
    '1.9',
    '1.10',
    '2',
    '10',
    '20251231_235959',
    '20260101_120000',
  ]);
});

test('the order of versions is total: equal only to itself, antisymmetric and transitive', () => {
  fc.assert(
    fc.property(names, names, names, (a, b, c) => {
      assert.equal(compareVersions(a, b) === 0, a === b);
      assert.equal(Math.sign(compareVersions(a, b)), -Math.sign(compareVersions(b, a)) + 0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) assert(compareVersions(a, c) <= 0);
    }),
  );
});

test('names are safe in paths, labels and logs', () => {
  fc.assert(
    fc.property(names, (name) => {
      assert(isName(name));
    }),
  );
  const bad = ['', '.', '..', '.a', '_a', '-a', 'a/b', 'a b', 'a\n', 'é', 'a'.repeat(129), 'a\0'];
  assert.deepEqual(bad.filter(isName), []);
});
