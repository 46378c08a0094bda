/** The generated types are those of the protos. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const OUT_DIRECTORY = '--outDir=src/transport/gen';

it('npm run gen would change nothing in src/transport/gen', async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: { gen: string } };
  const [program = '', ...flags] = scripts.gen.split(' ');
  assert(flags.includes(OUT_DIRECTORY));
  const fresh = await mkdtemp(join(tmpdir(), 'sluice-gen-'));
  try {
    const elsewhere = flags.map((flag) => (flag === OUT_DIRECTORY ? `--outDir=${fresh}` : flag));
    await promisify(execFile)(join(ROOT, 'node_modules/.bin', program), elsewhere, { cwd: ROOT });
    assert.deepEqual(await readTree(join(ROOT, 'src/transport/gen')), await readTree(fresh));
  } finally {
    await rm(fresh, { recursive: true });
  }
});

async function readTree(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.sort().map((file) => readFile(file, 'utf8')));
  return Object.fromEntries(files.map((file, index) => [file.slice(directory.length), texts[index] ?? '']));
}
