import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { compareVersions, isName } from '../../../../src/domain/version.ts';
import { sortKey } from '../../../../src/registry/sql/sort-key.ts';

/** Few characters, so that names often differ in one thing only. */
const name = fc
  .oneof(
    fc.stringMatching(/^[aAbBzZ0129._-]{1,12}$/),
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/),
    fc.stringMatching(/^v?[0-9]{1,40}([._-][0-9]{1,20}){0,3}$/),
  )
  .filter(isName);

suite('sort keys', () => {
  test('their byte order is the order of compareVersions', () => {
    const property = fc.property(name, name, (a, b) => {
      const byBytes = Buffer.compare(Buffer.from(sortKey(a)), Buffer.from(sortKey(b)));
      assert.equal(byBytes, Math.sign(compareVersions(a, b)), `${a} and ${b}`);
    });
    fc.assert(property, { numRuns: 3000 });
  });

  test('they order names of any mixture alike when many are sorted', () => {
    const property = fc.property(fc.uniqueArray(name, { maxLength: 30 }), (names) => {
      const byKey = names.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
      assert.deepEqual(byKey, names.toSorted(compareVersions));
    });
    fc.assert(property, { numRuns: 500 });
  });

  test('what is not a name is refused', () => {
    for (const text of ['', '.1', 'a b', 'ä', 'x'.repeat(129)]) {
      assert.throws(() => sortKey(text), { code: 'invalid_argument', message: /is not the name of a version/ });
    }
  });
});
