/** The commands that the documents show are commands that there are, with flags that they have. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { findCommand, parseCommandArgs } from '../../../src/cli/parse.ts';
import { compileOptions } from '../../../src/config/compile-options.ts';
import { strategyFromJson } from '../../../src/cli/message-codec.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** The texts of a document's blocks of a language. */
async function blocks(document: string, language: string): Promise<string[]> {
  const text = await readFile(join(ROOT, document), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, block = '']) => block);
}

/** The server's own roles; without one it is "up". */
const ROLES = new Set(['up', 'serve', 'admin']);

const CALLED = /^(?:npx sluice|npm start --) /;

/** The command lines of sluice, each in words; a comment ends one, a backslash goes on with it. */
async function commandLines(document: string): Promise<string[][]> {
  const lines = (await blocks(document, 'sh')).flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'));
  return lines
    .filter((line) => CALLED.test(line))
    .map((line) => line.replace(CALLED, '').split(/\s#\s/)[0] ?? '')
    .map((line) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''));
}

const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md', 'deploy/**/*.md'], { cwd: ROOT }).sort();

test('the documents show commands, the long walk and the operators guide most', async () => {
  for (const [document, least] of [
    ['README.md', 8],
    ['docs/rollouts.md', 20],
    ['docs/operating.md', 15],
    ['examples/iris/README.md', 10],
  ] as const) {
    const lines = await commandLines(document);
    assert(lines.length >= least, `${document} has ${String(lines.length)} commands`);
    assert(DOCUMENTS.includes(document));
  }
});

for (const document of DOCUMENTS) {
  test(`every command of ${document} can be called so`, async () => {
    for (const words of await commandLines(document)) {
      if (words[0] === 'help') continue;
      if (words[0]?.startsWith('--') || ROLES.has(words[0] ?? '')) {
        const argv = words.filter((word) => !ROLES.has(word));
        assert.equal(compileOptions({ argv, env: {} }).kind, 'config', words.join(' '));
        continue;
      }
      const found = findCommand(COMMANDS, words);
      assert(found !== undefined, words.join(' '));
      parseCommandArgs(found);
    }
  });
}

test('the strategy of docs/rollouts.md can be read', async () => {
  const [strategy = ''] = await blocks('docs/rollouts.md', 'json');
  const read = strategyFromJson(JSON.parse(strategy) as Record<string, unknown>, 'strategy.json');
  assert.deepEqual(
    read.canary?.steps?.map(({ weight }) => weight),
    [500, 5000],
  );
});
