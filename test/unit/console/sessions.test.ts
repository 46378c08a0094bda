/** Who has signed in at the console. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Sessions } from '../../../src/console/sessions.ts';

const HOURS = 3_600_000;
const nameOf = (cookie: string): string => cookie.split(';')[0] ?? '';

suite('a session', () => {
  test('stands for its token for twelve hours and not longer', () => {
    let now = 0;
    const sessions = new Sessions({ port: 8080, secure: false, now: () => now });
    const cookie = nameOf(sessions.begin('Bearer one'));
    now = 12 * HOURS - 1;
    assert.equal(sessions.authorizationOf(`theme=dark; ${cookie}`), 'Bearer one');
    now = 12 * HOURS;
    assert.equal(sessions.authorizationOf(cookie), undefined);
  });

  test('ends when one signs out', () => {
    const sessions = new Sessions({ port: 8080, secure: false, now: () => 0 });
    const cookie = nameOf(sessions.begin('Bearer one'));
    assert.match(sessions.end(cookie), /^sluice_console_8080=; .*Max-Age=0/);
    assert.equal(sessions.authorizationOf(cookie), undefined);
  });

  test('is nobody else’s: not of another port, not of a made-up name', () => {
    const sessions = new Sessions({ port: 8080, secure: false, now: () => 0 });
    const [, id = ''] = nameOf(sessions.begin('Bearer one')).split('=');
    for (const cookies of [
      undefined,
      '',
      `sluice_console_8081=${id}`,
      `sluice_console_8080=${id}x`,
      'sluice_console_8080=',
    ]) {
      assert.equal(sessions.authorizationOf(cookies), undefined);
    }
  });

  test('travels over TLS alone where the console speaks it', () => {
    assert.match(new Sessions({ port: 1, secure: true, now: () => 0 }).begin('x'), /; Secure$/);
  });

  test('is one of a thousand at most; the oldest makes room', () => {
    const sessions = new Sessions({ port: 8080, secure: false, now: () => 0 });
    const cookies = Array.from({ length: 1000 }, (_, index) => nameOf(sessions.begin(`Bearer ${index}`)));
    assert.equal(sessions.authorizationOf(cookies[0]), 'Bearer 0');
    sessions.begin('Bearer last');
    assert.equal(sessions.authorizationOf(cookies[0]), undefined);
    assert.equal(sessions.authorizationOf(cookies[1]), 'Bearer 1');
  });
});
