/** Clients that are not ours: installed once per machine, outside the repository, when a test first needs them. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from './sluice.ts';

const run = promisify(execFile);

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sluice-test-tools');
/** Building a Go tool on two busy cores takes a minute. */
const INSTALL_TIMEOUT_MS = 8 * 60_000;

const GO_TOOLS = {
  grpcurl: 'github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4',
  ghz: 'github.com/bojand/ghz/cmd/ghz@v0.93.0',
} as const;

/** Path of the tool, or the reason why it cannot be had here. CI has no excuse: there the reason is thrown. */
export type Tool = { readonly path: string } | { readonly missing: string };

export async function goTool(name: keyof typeof GO_TOOLS): Promise<Tool> {
  const module = GO_TOOLS[name];
  const bin = join(CACHE, module.replaceAll(/[^A-Za-z0-9.@-]/g, '_'));
  return install(join(bin, name), async () => {
    await mkdir(bin, { recursive: true });
    await run('go', ['install', module], { env: { ...process.env, GOBIN: bin }, timeout: INSTALL_TIMEOUT_MS });
  });
}

/** A Python with the packages of this file of test/conformance. */
export async function python(file = 'requirements.txt'): Promise<Tool> {
  const requirements = join(REPOSITORY, 'test/conformance', file);
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const venv = join(CACHE, `venv-${digest}`);
  return install(join(venv, 'done'), async () => {
    await mkdir(CACHE, { recursive: true });
    await run('python3', ['-m', 'venv', '--clear', venv], { timeout: INSTALL_TIMEOUT_MS });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
    await run(join(venv, 'bin/python'), pip, { timeout: INSTALL_TIMEOUT_MS });
    // Half an installation has no such file.
    await mkdir(join(venv, 'done'));
  }).then((tool) => ('path' in tool ? { path: join(venv, 'bin/python') } : tool));
}

async function install(path: string, work: () => Promise<void>): Promise<Tool> {
  try {
    await access(path);
    return { path };
  } catch {
    // Not installed yet.
  }
  try {
    await work();
    return { path };
  } catch (caught) {
    if (process.env.CI !== undefined) throw caught;
    return { missing: `cannot be installed here: ${String(caught).slice(0, 200)}` };
  }
}
