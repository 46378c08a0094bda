/** examples/iris: from training to 100 % and back, by its script, and by the same commands in its README. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { freePort, REPOSITORY } from '../support/sluice.ts';
import { python } from '../support/tools.ts';

const run = promisify(execFile);
const FOLDER = join(REPOSITORY, 'examples/iris');
const WALK_TIMEOUT_MS = 240_000;

/** The commands of `sluice` in a text, whatever they are called by. */
function commandsOf(text: string): string[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  return lines
    .flatMap((line) => /^(?:npx )?sluice (.*)/.exec(line)?.[1] ?? [])
    .map((line) => line.replaceAll(/\s+/g, ' '));
}

test('the walk of examples/iris ends with version 2 promoted, version 1 back, and the record of both', async (context) => {
  const interpreter = await python('requirements.txt', 'examples/iris');
  if ('missing' in interpreter) {
    context.skip(interpreter.missing);
    return;
  }
  const ports = { PREDICT_PORT: String(await freePort()), ADMIN_PORT: String(await freePort()) };
  const env = { ...process.env, ...ports, PYTHON: interpreter.path, SLUICE_CONSOLE_ADDRESS: 'off' };
  const { stdout } = await run(join(FOLDER, 'walk.sh'), [], { env, timeout: WALK_TIMEOUT_MS });
  assert.match(stdout, /promoted: nothing failed with all the traffic/);
  assert.match(stdout, /\n1 +100% /, 'version 1 has the traffic again');
  assert.match(stdout, /callers saw version 1: \d+, version 2: \d+\n/, 'and no caller saw an error');
  assert.match(stdout, /traffic\.switched/);
  assert.match(stdout, /answered by version [12] /);
  assert.match(stdout, /The chain of \d+ events is intact/);
});

test('its README says the commands that the script runs', async () => {
  const [readme, script] = await Promise.all(
    ['README.md', 'walk.sh'].map((name) => readFile(join(FOLDER, name), 'utf8')),
  );
  const commands = commandsOf(readme ?? '');
  assert.ok(commands.length > 8);
  assert.deepEqual(commands, commandsOf(script ?? ''));
});
