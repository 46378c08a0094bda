/** Where the command finds its token, and that it never shows one. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { GLOBAL_FLAGS, TOKEN } from '../../../src/cli/flags.ts';
import { findCommand, parseCommandArgs } from '../../../src/cli/parse.ts';
import { accessLine, tokenTable } from '../../../src/cli/render/tokens.ts';
import { tokenFor } from '../../../src/cli/token-source.ts';
import { parseToken } from '../../../src/access/token.ts';
import { makeToken } from '../../../src/registry/token-secrets.ts';

function argsOf(...argv: readonly string[]) {
  const found = findCommand(COMMANDS, argv);
  assert(found !== undefined);
  return parseCommandArgs(found);
}

it('a flag wins over the variable, and that over the file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-token-'));
  try {
    const file = join(directory, 'token');
    await writeFile(file, 'of-the-file\n');
    const both = { SLUICE_TOKEN: 'of-the-variable', SLUICE_TOKEN_FILE: file };
    assert.equal(await tokenFor(argsOf('whoami', '--token', 'of-the-flag'), both), 'of-the-flag');
    assert.equal(await tokenFor(argsOf('whoami'), both), 'of-the-variable');
    assert.equal(await tokenFor(argsOf('whoami'), { SLUICE_TOKEN: '', SLUICE_TOKEN_FILE: file }), 'of-the-file');
    assert.equal(await tokenFor(argsOf('whoami'), {}), undefined);
  } finally {
    await rm(directory, { recursive: true });
  }
});

it('what is no token is refused without being shown', async () => {
  const secret = 'hunter2 hunter2';
  assert.throws(
    () => argsOf('whoami', '--token', secret),
    (error: Error) => error.message.includes('--token cannot be what was given') && !error.message.includes('hunter2'),
  );
  await assert.rejects(
    tokenFor(argsOf('whoami'), { SLUICE_TOKEN: secret }),
    (error: Error) => error.message.includes('SLUICE_TOKEN') && !error.message.includes('hunter2'),
  );
  await assert.rejects(tokenFor(argsOf('whoami'), { SLUICE_TOKEN_FILE: '/nowhere/token' }), /SLUICE_TOKEN_FILE/);
});

it('every command takes --token, and no help shows one', () => {
  assert(GLOBAL_FLAGS.includes(TOKEN) && TOKEN.secret === true);
  assert(!/slc_[0-9a-f]{16}/.test(JSON.stringify(COMMANDS)));
});

it('a token that is made here is one', () => {
  assert(parseToken(makeToken().text) !== undefined);
});

it('the table shows what a token is for and how long it is good, never a hash', () => {
  const wide = (seconds: number) => ({ toNumber: () => seconds });
  const time = (seconds: number) => ({ seconds: wide(seconds), nanos: 0 });
  const base = {
    ...{ id: '0123456789abcdef', name: 'shop', role: 'CALLER', models: ['iris', 'wine'], requestsPerSecond: 500 },
    ...{ burst: 900, madeAt: time(0), madeBy: 'ann', expiresAt: null, revokedAt: null, lastUsedAt: null },
  };
  const tokens = [
    base,
    { ...base, revokedAt: time(5) },
    { ...base, expiresAt: time(9) },
    { ...base, lastUsedAt: time(0) },
  ];
  const look = { width: 200, colour: false, bars: false, now: 10_000 };
  const lines = tokenTable(tokens as never, look);
  assert.match(lines[1] ?? '', /0123456789abcdef\s+shop\s+caller\s+iris,wine\s+500\/s\s+10s ago\s+ann\s+never\s+ever/);
  assert.match(lines[2] ?? '', /revoked$/);
  assert.match(lines[3] ?? '', /expired$/);
  assert.match(lines[4] ?? '', /this hour/);
  const me = { name: 'ann', role: 'ADMIN' as const, models: [], tokenId: 'x' };
  assert.equal(accessLine(me), 'You are ann, admin for all models, by token x.');
  assert.match(accessLine({ ...me, name: '' }), /Nobody has to say/);
});
