import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { wantedName } from '../../../src/cli/complete.ts';
import { completionRows } from '../../../src/cli/completion-rows.ts';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { OPTION_FIELDS } from '../../../src/config/options.ts';
import { FakeAdmin, Refusal, silence, sluice } from '../../support/fake-admin.ts';
import type { Handler } from '../../support/fake-admin.ts';

const HANDLERS: Readonly<Record<string, Handler>> = {
  ListModels: () => ({ models: [{ model: 'iris' }, { model: 'wine' }] }),
  ListVersions: ({ model }: { model: string }) => ({
    versions: [{ version: `${model}-2` }, { version: `${model}-1` }],
  }),
  ListAliases: () => ({ aliases: [{ alias: 'champion' }] }),
  List: () => ({ experiments: [{ name: 'greeting' }] }),
};

/** What `sluice __complete` prints for a line; the last word is being typed. */
async function offered(handlers: Readonly<Record<string, Handler>>, ...words: readonly string[]): Promise<string[]> {
  using admin = await FakeAdmin.start(handlers);
  const { code, stdout, stderr } = await sluice(['__complete', ...words], { admin });
  assert.deepEqual([code, stderr], [0, '']);
  return stdout.split('\n').filter((line) => line !== '');
}

suite('the rows that shells look up', () => {
  const rows = completionRows(COMMANDS);
  const words = (behind: string, kind: string) =>
    rows.filter((row) => row.behind === behind && row.kind === kind).map(({ word }) => word);

  test('have every command and every flag, the words of a server and its options', () => {
    for (const { name, flags } of COMMANDS) {
      const [first = '', second] = name.split(' ');
      assert(words('', 'word').includes(first), name);
      if (second !== undefined) assert(words(first, 'word').includes(second), name);
      for (const flag of flags) {
        const kinds = ['switch', 'flag', 'file'].filter((kind) => words(name, kind).includes(`--${flag.name}`));
        assert.deepEqual(kinds.length, 1, `${name} --${flag.name}`);
      }
    }
    const options = ['switch', 'flag', 'file'].flatMap((kind) => words('up', kind));
    assert(OPTION_FIELDS.length <= options.length);
    assert(options.includes('--no-reflection'));
  });

  test('have the values of a flag where there are so many only, and tell flags with files apart', () => {
    assert.deepEqual(words('stats', 'value'), ['--role=live', '--role=shadow']);
    assert(words('up', 'value').includes('--log-level=debug'));
    assert(words('*', 'file').includes('--ca'));
    assert(words('doctor', 'file').includes('--data-dir'));
    assert.deepEqual(words('register', 'path'), ['PATH']);
  });

  test('have nothing in them that would break the rows', () => {
    for (const { behind, word, help } of rows) assert(!/[|\n]/.test(`${behind}${word}${help}`), word);
  });

  test('each name is unique at its place, so that a shell offers it once', () => {
    const keys = rows.map(({ behind, kind, word }) => `${behind} ${kind} ${word}`);
    assert.deepEqual(keys, [...new Set(keys)]);
  });
});

suite('the word that is being typed', () => {
  const wanted = (...words: readonly string[]) => wantedName(COMMANDS, words);

  test('stands for the operand that is next, whatever flags are before it', () => {
    assert.deepEqual(wanted('stats', ''), { place: 'MODEL', word: '', model: '' });
    assert.deepEqual(wanted('stats', '--window', '5m', '--json', 'iris', '2'), {
      place: 'VERSION',
      word: '2',
      model: 'iris',
    });
    assert.deepEqual(wanted('--json', 'traffic', 'set', 'iris', '1=50%', '2'), {
      place: 'VERSION=SHARE',
      word: '2',
      model: 'iris',
    });
    assert.deepEqual(wanted('rollout', 'show', 'i'), { place: 'ID|MODEL', word: 'i', model: 'i'.slice(1) });
  });

  test('or for the value of a flag', () => {
    assert.deepEqual(wanted('top', '--model', 'i'), { place: 'MODEL', word: 'i', model: '' });
    assert.deepEqual(wanted('top', '--model=i'), { place: 'MODEL', word: 'i', model: '' });
    assert.deepEqual(wanted('stats', 'iris', '--window', ''), { place: 'DURATION', word: '', model: 'iris' });
  });

  test('or for nothing, where no command is named or all is there', () => {
    assert.equal(wanted('frobnicate', ''), undefined);
    assert.equal(wanted(''), undefined);
    assert.equal(wanted('stats', 'iris', '1', ''), undefined);
    assert.equal(wanted('models', ''), undefined);
  });
});

suite('names that the server knows', () => {
  test('are offered by what stands there, and by how they begin', async () => {
    assert.deepEqual(await offered(HANDLERS, 'stats', ''), ['iris', 'wine']);
    assert.deepEqual(await offered(HANDLERS, 'stats', 'wi'), ['wine']);
    assert.deepEqual(await offered(HANDLERS, 'stats', 'iris', ''), ['iris-2', 'iris-1']);
    assert.deepEqual(await offered(HANDLERS, 'rollout', 'start', 'iris', 'iris-1'), ['iris-1']);
    assert.deepEqual(await offered(HANDLERS, 'traffic', 'set', 'iris', ''), ['iris-2=', 'iris-1=']);
    assert.deepEqual(await offered(HANDLERS, 'bench', 'iris@'), ['iris@iris-2', 'iris@iris-1']);
    assert.deepEqual(await offered(HANDLERS, 'alias', 'delete', 'iris', 'c'), ['champion']);
    assert.deepEqual(await offered(HANDLERS, 'experiment', 'show', ''), ['greeting']);
    assert.deepEqual(await offered(HANDLERS, 'stats', 'iris', '--window', ''), []);
  });

  test('a server that refuses, hangs or is not there offers nothing, without a word', async () => {
    const refused = () => {
      throw new Refusal('PERMISSION_DENIED', 'no');
    };
    assert.deepEqual(await offered({ ListModels: refused }, 'stats', ''), []);
    assert.deepEqual(await offered({ ListModels: silence }, 'stats', ''), []);
    const { code, stdout, stderr } = await sluice(['__complete', 'stats', ''], {
      env: { SLUICE_ADMIN_ADDRESS: '127.0.0.1:1' },
    });
    assert.deepEqual([code, stdout, stderr], [0, '', '']);
  });

  test('a line with a wrong address offers nothing either', async () => {
    assert.deepEqual(await offered(HANDLERS, '--address', 'nowhere', 'stats', ''), []);
  });
});

suite('completions', () => {
  test('print a script with the rows in it, none of them breaking its quotes', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout } = await sluice(['completions', shell]);
      assert.equal(code, 0);
      assert(stdout.includes('\ntraffic|word|set'));
      assert(!stdout.includes('@TABLE@'));
    }
  });
});
