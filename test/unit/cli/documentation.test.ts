/** The commands that the documents show are commands that there are, with flags that they have. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { findCommand, parseCommandArgs } from '../../../src/cli/parse.ts';
import { strategyFromJson } from '../../../src/cli/message-codec.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** The texts of a document's blocks of a language. */
async function blocks(document: string, language: string): Promise<string[]> {
  const text = await readFile(join(ROOT, document), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, block = '']) => block);
}

/** The command lines that begin with "npx sluice", each in words; a comment ends one, a backslash goes on with it. */
async function commandLines(document: string): Promise<string[][]> {
  const lines = (await blocks(document, 'sh')).flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'));
  return lines
    .filter((line) => line.startsWith('npx sluice '))
    .map((line) => line.slice('npx sluice '.length).split(/\s#\s/)[0] ?? '')
    .map((line) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''));
}

for (const [document, least] of [
  ['README.md', 10],
  ['docs/rollouts.md', 20],
] as const) {
  test(`every command of ${document} can be called so`, async () => {
    const lines = await commandLines(document);
    assert(lines.length >= least, `${String(lines.length)} commands`);
    for (const words of lines) {
      if (words[0] === 'help') continue;
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
