import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { GLOBAL_FLAGS } from '../../../src/cli/flags.ts';
import { findCommand, parseCommandArgs } from '../../../src/cli/parse.ts';
import { FakeAdmin, sluice } from '../../support/fake-admin.ts';

/** The one sentence of a call that is wrong. */
async function complaint(...argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await sluice(argv);
  assert.equal(code, 2, stderr);
  assert.equal(stdout, '');
  return stderr;
}

/** A shell's words, as far as the examples need it. */
function shellWords(line: string): string[] {
  const command = line.split(/ \| | <<< /)[0] ?? '';
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S*?)(?:"([^"]*)")|(\S+)/g)].map(
    ([, single, double, head, tail, plain]) => single ?? double ?? plain ?? `${head ?? ''}${tail ?? ''}`,
  );
}

suite('what is left to the server', () => {
  test('no word, an option, or one of its three words', async () => {
    for (const argv of [[], ['--help'], ['--predict-address=x'], ['up'], ['serve', '--help'], ['admin']]) {
      assert.equal((await sluice(argv)).code, undefined, argv.join(' '));
    }
  });
});

suite('wrong calls', () => {
  test('a mistyped command names the one that was meant', async () => {
    assert.equal(await complaint('modles'), 'sluice: there is no command "modles"; did you mean "sluice models"?\n');
    assert.equal(await complaint('sevre'), 'sluice: there is no command "sevre"; did you mean "sluice serve"?\n');
    assert.equal(
      await complaint('traffic', 'swich', 'iris'),
      'sluice: there is no command "traffic swich"; did you mean "sluice traffic switch"?\n',
    );
    assert.equal(await complaint('frobnicate'), 'sluice: there is no command "frobnicate"; "sluice help" lists all\n');
  });

  test('half a command lists what may follow', async () => {
    assert.match(await complaint('alias'), /"sluice alias" needs one of list, set, delete;/);
    assert.match(await complaint('alias', '--json'), /"sluice alias" needs one of list, set, delete;/);
    assert.match(await complaint('--json'), /no command is named/);
  });

  test('a mistyped flag names the one that was meant', async () => {
    assert.equal(
      await complaint('stats', 'iris', '--windw=5m'),
      'sluice: stats has no flag --windw; did you mean --window?\n',
    );
    assert.equal(
      await complaint('models', '--zzzzzzzz'),
      'sluice: models has no flag --zzzzzzzz; see sluice models --help\n',
    );
    assert.equal(await complaint('models', '-x'), 'sluice: models has no flag -x; see sluice models --help\n');
  });

  test('a flag that has an effect on changes only is none of the others', async () => {
    assert.match(await complaint('models', '--reason', 'why'), /models has no flag --reason/);
  });

  test('values are checked before anything is sent', async () => {
    assert.match(
      await complaint('stats', 'iris', '--window', '5x'),
      /--window cannot be "5x"; give a duration from 10s to 24h/,
    );
    assert.match(await complaint('stats', 'iris', '--window', '--json'), /--window needs a value/);
    assert.match(await complaint('stats', 'iris', '--window'), /--window needs a value/);
    assert.match(await complaint('models', '--json=yes'), /--json takes no value/);
    assert.match(await complaint('models', '--timeout=1s', '--timeout=2s'), /--timeout is given 2 times/);
    assert.match(await complaint('models', '--address', 'nowhere'), /--address cannot be "nowhere"/);
    assert.match(await complaint('traffic', 'rollback', 'iris', '--to', '0'), /--to cannot be "0"/);
    assert.match(await complaint('traffic', 'set', 'iris', '1=50%'), /the weights sum to 50% and not 100%/);
    assert.match(await complaint('stage', 'approve', 'x'), /"x" is no request/);
    assert.match(await complaint('tag', 'iris', '3', 'team'), /"team" is no tag/);
  });

  test('missing, superfluous and empty arguments show the usage', async () => {
    assert.equal(await complaint('versions'), 'sluice: MODEL is missing: sluice versions MODEL [flags]\n');
    assert.equal(await complaint('models', 'iris'), 'sluice: "iris" is one too many: sluice models\n');
    assert.equal(
      await complaint('stats', 'iris', ''),
      'sluice: VERSION is empty: sluice stats MODEL [VERSION] [flags]\n',
    );
    assert.match(await complaint('audit', 'verfy'), /"verfy" is one too many/);
  });

  test('an address in the environment is checked too', async () => {
    const { code, stderr } = await sluice(['models'], { env: { SLUICE_ADMIN_ADDRESS: 'nowhere' } });
    assert.equal(code, 2);
    assert.match(stderr, /SLUICE_ADMIN_ADDRESS cannot be "nowhere"; give host:port/);
  });
});

suite('help', () => {
  test('lists every command, a group, or one command', async () => {
    const all = await sluice(['help']);
    assert.equal(all.code, 0);
    for (const { name } of COMMANDS) assert(all.stdout.includes(`\n  ${name} `), name);
    assert.match((await sluice(['traffic', '--help'])).stdout, /traffic switch {2}/);
    assert.match(
      (await sluice(['help', 'traffic', 'set'])).stdout,
      /^Usage: sluice traffic set MODEL VERSION=SHARE… \[flags\]$/m,
    );
    assert.match((await sluice(['audit', '--help'])).stdout, /^See also: sluice audit verify$/m);
    assert.match((await sluice(['--json', 'models', '-h'])).stdout, /^Usage: sluice models$/m);
    assert.equal((await sluice(['help', 'modles'])).code, 2);
  });

  test('tells all about each command: its flags, examples that are right, nothing wider than the terminal', async () => {
    for (const command of COMMANDS) {
      const { code, stdout } = await sluice([...command.name.split(' '), '--help']);
      assert.equal(code, 0);
      assert(command.examples.length > 0, command.name);
      for (const { name } of [...command.flags, ...GLOBAL_FLAGS]) {
        assert(stdout.includes(`  --${name}`), `${command.name} ${name}`);
      }
      const prose = stdout.split('\n').filter((line) => !line.startsWith('  sluice ') && !line.startsWith('Usage: '));
      assert.deepEqual(
        prose.filter((line) => line.length > 80),
        [],
      );
      for (const example of command.examples) {
        const found = findCommand(COMMANDS, shellWords(example));
        assert.equal(found?.command, command, example);
        parseCommandArgs(found);
      }
    }
  });
});

suite('global flags', () => {
  test('stand before the command or behind it, and win over the environment', async () => {
    using admin = await FakeAdmin.start({ ListModels: () => ({ models: [] }) });
    const elsewhere = { SLUICE_ADMIN_ADDRESS: '127.0.0.1:1' };
    for (const argv of [
      ['--address', admin.address, '--json', 'models'],
      ['models', '--json', `--address=${admin.address}`],
    ]) {
      const { code, stdout } = await sluice(argv, { env: elsewhere });
      assert.equal(code, 0);
      assert.deepEqual(JSON.parse(stdout), { models: [], nextPageToken: '' });
    }
  });

  test('say who does it: the user, or --actor', async () => {
    using admin = await FakeAdmin.start({ ListModels: () => ({ models: [] }) });
    await sluice(['models'], { admin });
    await sluice(['models', '--actor', 'bob'], { admin });
    assert.deepEqual(
      admin.calls.map(({ actor }) => actor),
      ['ann@desk', 'bob'],
    );
  });
});
