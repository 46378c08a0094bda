/** The account that floods overdraw: what it holds, and how it fills. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Overhead } from '../../../../src/transport/h2/overhead.ts';

const MOST = 10_000;
const PER_SECOND = 500;

/** How often it bears a cost of 1 from here on. */
function left(account: Overhead): number {
  let spent = 0;
  while (account.spend(1)) spent += 1;
  return spent;
}

suite('the account of overhead', () => {
  test('begins full, bears exactly that, and not one more', () => {
    const account = new Overhead(0);
    assert.equal(account.spend(MOST), true);
    assert.equal(account.spend(1), false);
  });

  test('gets so much back a second, by the time that has passed', () => {
    const account = new Overhead(5000);
    account.spend(MOST);
    account.refill(5100);
    assert.equal(left(account), PER_SECOND / 10);
  });

  test('gets what calls bring in', () => {
    const account = new Overhead(0);
    account.spend(MOST);
    account.earn(20);
    account.earn(8);
    assert.equal(left(account), 28);
  });

  test('cannot be filled beyond its measure, however long a client was quiet or good', () => {
    const account = new Overhead(0);
    for (let call = 0; call < 1000; call += 1) account.earn(20);
    account.refill(1e9);
    assert.equal(left(account), MOST);
  });
});
