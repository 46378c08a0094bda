/** What a rule makes of a header's value. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Match } from '../../../src/domain/traffic.ts';
import { matches } from '../../../src/routing/match.ts';

function those(match: Match, ...values: readonly (string | undefined)[]): readonly (string | undefined)[] {
  return values.filter((value) => matches(match, value));
}

suite('matches', () => {
  test('an exact value is that value alone', () => {
    assert.deepEqual(those({ kind: 'exact', value: 'gold' }, 'gold', 'Gold', 'golden', '', undefined), ['gold']);
    assert.deepEqual(those({ kind: 'exact', value: '' }, '', 'x', undefined), ['']);
  });

  test('a prefix is the beginning, and no pattern', () => {
    assert.deepEqual(those({ kind: 'prefix', value: 'a.*' }, 'a.*', 'a.*b', 'abc', 'xa.*', undefined), ['a.*', 'a.*b']);
  });

  test('one of several values is each of them', () => {
    assert.deepEqual(those({ kind: 'one_of', values: ['de', 'at'] }, 'de', 'at', 'ch', undefined), ['de', 'at']);
  });

  test('presence looks at the header alone, an empty one included', () => {
    assert.deepEqual(those({ kind: 'present', present: true }, '', 'x', undefined), ['', 'x']);
    assert.deepEqual(those({ kind: 'present', present: false }, '', 'x', undefined), [undefined]);
  });
});
