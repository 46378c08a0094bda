import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  aboveZero,
  decimal,
  longDuration,
  moment,
  momentMs,
  numberPair,
  pair,
  rule,
  share,
  signedNumber,
  text,
  weight,
} from '../../../src/cli/kinds.ts';
import { parseArms } from '../../../src/cli/commands/traffic-set.ts';
import { ratio } from '../../../src/config/kinds.ts';

const NOW = Date.UTC(2026, 0, 31, 12);

suite('shares of traffic', () => {
  test('percent are exact, 1/10,000 are taken as they are', () => {
    const given = ['1=90%', '2=33.33%', 'v1.2=0.5%', '2=100%', '2=1000', '2=0'];
    assert.deepEqual(
      given.map((each) => share().parse(each)?.weight),
      [9000, 3333, 50, 10_000, 1000, 0],
    );
  });

  test('what is more than all, finer than 1/10,000, or no share is refused', () => {
    for (const given of ['1=100.01%', '1=10001', '1=33.333%', '1=-5%', '1=', '=5%', '5%', '1=.5', '1=1e3', '1= 5%']) {
      assert.equal(share().parse(given), undefined, given);
    }
  });

  test('every weight is read back from its percent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (weight) => {
        assert.equal(share().parse(`v=${(weight / 100).toFixed(2)}%`)?.weight, weight);
      }),
    );
  });

  test('33.33% and 66.67% are all of it', () => {
    assert.deepEqual(parseArms(['1=33.33%', '2=66.67%']), [
      { version: '1', weight: 3333 },
      { version: '2', weight: 6667 },
    ]);
  });

  test('weights that do not sum up, or are of both kinds, are refused in the unit they are in', () => {
    assert.throws(() => parseArms(['1=90%', '2=5.5%']), { message: 'the weights sum to 95.5% and not 100%' });
    assert.throws(() => parseArms(['1=90', '2=10']), {
      message: 'the weights sum to 100 and not 10000 (1/10,000 each); for percent write 90%',
    });
    assert.throws(() => parseArms(['1=90%', '2=1000']), /write them all alike/);
    assert.throws(() => parseArms(['1:90%']), /"1:90%" is no weight; give VERSION=SHARE/);
  });
});

suite('times', () => {
  test('UTC where nothing else is said, or how long ago', () => {
    const given = [
      '2026-01-31T11:00:00Z',
      '2026-01-31 11:00',
      '2026-01-31',
      '2026-01-31T12:00:00.5+02:00',
      '90s',
      '2h',
      '1d ago',
    ];
    assert.deepEqual(
      given.map((each) => {
        const parsed = moment().parse(each);
        return parsed && new Date(momentMs(parsed, NOW)).toISOString();
      }),
      [
        '2026-01-31T11:00:00.000Z',
        '2026-01-31T11:00:00.000Z',
        '2026-01-31T00:00:00.000Z',
        '2026-01-31T10:00:00.500Z',
        '2026-01-31T11:58:30.000Z',
        '2026-01-31T10:00:00.000Z',
        '2026-01-30T12:00:00.000Z',
      ],
    );
  });

  test('what is no time is refused', () => {
    for (const given of ['', 'yesterday', '2026-13-01', '2026-01-31T25:00', '5', '12:00']) {
      assert.equal(moment().parse(given), undefined, given);
    }
  });
});

suite('rules', () => {
  test('each way to look at a header', () => {
    assert.deepEqual(
      ['a:x-t=acme->2', 'a:x-t^=ac->2', 'a:x-t|=a|b->2', 'a:x-t->2', 'a:!x-t->2', 'a:x-t=b=c->d->2'].map(
        (given) => rule().parse(given)?.match,
      ),
      [
        { exact: 'acme' },
        { prefix: 'ac' },
        { oneOf: { values: ['a', 'b'] } },
        { present: true },
        { present: false },
        { exact: 'b=c->d' },
      ],
    );
    assert.deepEqual(rule().parse('beta:x-tenant=acme->2'), {
      name: 'beta',
      header: 'x-tenant',
      match: { exact: 'acme' },
      version: '2',
    });
  });

  test('what lacks a name, a header or a version is refused', () => {
    for (const given of ['x-t=acme->2', 'a:=acme->2', 'a:x-t=acme', 'a:x-t=acme->', 'a:!x-t=b->2', '']) {
      assert.equal(rule().parse(given), undefined, given);
    }
  });
});

suite('pairs and numbers', () => {
  test('a value may be empty and may have "=" in it; a key may not be empty', () => {
    assert.deepEqual(
      [pair().parse('a=b=c'), pair().parse('a='), pair().parse('=b'), pair().parse('a')],
      [['a', 'b=c'], ['a', ''], undefined, undefined],
    );
  });

  test('metrics are numbers', () => {
    const given = ['acc=0.97', 'loss=-1e-3', 'a=', 'a=b', 'a=Infinity', 'a= '];
    assert.deepEqual(
      given.map((each) => numberPair().parse(each)?.[1]),
      [0.97, -0.001, undefined, undefined, undefined, undefined],
    );
  });

  test('0 is refused where it would mean the default', () => {
    assert.deepEqual(
      ['0', '0.0', '0.5', '50%'].map((each) => aboveZero(ratio()).parse(each)),
      [undefined, undefined, 0.5, 0.5],
    );
    const kind = decimal({ above: 0, max: 10 });
    assert.deepEqual(
      ['0', '0.5', '10', '10.1', '-1', '1e1'].map((each) => kind.parse(each)),
      [undefined, 0.5, 10, undefined, undefined, undefined],
    );
  });

  test('a number may have a sign, a fraction and a power of ten', () => {
    const given = ['1', '-0.5', '2e-3', '1e9', '', '-', '1.', 'NaN', 'Infinity', '1e999', '0x10'];
    assert.deepEqual(
      given.map((each) => signedNumber().parse(each)),
      [1, -0.5, 0.002, 1e9, undefined, undefined, undefined, undefined, undefined, undefined, undefined],
    );
  });

  test('a share without a version is in percent or in 1/10,000', () => {
    assert.deepEqual(
      ['10%', '33.33%', '1000', '0', '101%', '10001', 'all'].map((each) => weight().parse(each)),
      [1000, 3333, 1000, 0, undefined, undefined, undefined],
    );
  });

  test('long durations may be in days', () => {
    const kind = longDuration({ min: 1000, max: 7 * 86_400_000 });
    assert.deepEqual(
      ['1d', '7d', '90m', '8d', '0d', '1.5d', 'd'].map((each) => kind.parse(each)),
      [86_400_000, 604_800_000, 5_400_000, undefined, undefined, undefined, undefined],
    );
  });

  test('a text has a limit', () => {
    assert.equal(text().parse('x'.repeat(65_536))?.length, 65_536);
    assert.equal(text().parse('x'.repeat(65_537)), undefined);
  });
});
