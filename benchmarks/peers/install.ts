/** Installs what the peers need, pinned, into a cache outside the repository; what is there already stays as it is. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Needs, Peer } from './peers.ts';

/** Where a peer's program is, or why it cannot be had here. */
export type Installed = { readonly program: string } | { readonly missing: string };

const run = promisify(execFile);

const HERE = import.meta.dirname;
const CACHE =
  process.env.SLUICE_PEERS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sluice-peers');
const UV = 'uv==0.13.9';
const TIMEOUT_MS = 20 * 60_000;
const REASON_CHARACTERS = 300;

export async function install({ needs }: Peer): Promise<Installed> {
  try {
    const { program, proof, make } = recipe(needs);
    if (!existsSync(proof)) {
      mkdirSync(CACHE, { recursive: true });
      await make();
    }
    return { program };
  } catch (caught) {
    const { stderr = '' } = caught as { stderr?: string };
    return { missing: `${String(caught).split('\n')[0] ?? ''} ${stderr}`.trim().slice(0, REASON_CHARACTERS) };
  }
}

/** Whether a peer can be started, without installing anything. */
export function installed({ needs }: Peer): Installed {
  const { program, proof } = recipe(needs);
  return existsSync(proof) ? { program } : { missing: 'not installed: npm run peers -- install' };
}

interface Recipe {
  readonly program: string;
  /** Is there once everything is: half an installation has none. */
  readonly proof: string;
  readonly make: () => Promise<void>;
}

function recipe(needs: Needs): Recipe {
  switch (needs.kind) {
    case 'nothing':
      return { program: process.execPath, proof: process.execPath, make: async () => undefined };
    case 'cargo':
      return cargo(needs.folder);
    case 'python':
      return python(needs.folder, needs.python);
  }
}

function cargo(folder: string): Recipe {
  const target = join(CACHE, `${folder}-${digestOf(join(HERE, folder), ['Cargo.lock', 'build.rs', 'src/main.rs'])}`);
  const program = join(target, 'release', folder);
  return {
    program,
    proof: program,
    make: async () => {
      await run('cargo', ['build', '--release', '--locked', '--target-dir', target], {
        cwd: join(HERE, folder),
        timeout: TIMEOUT_MS,
      });
    },
  };
}

function python(folder: string, interpreter: string): Recipe {
  const requirements = join(HERE, folder, 'requirements.txt');
  const venv = join(CACHE, `${folder}-${digestOf(join(HERE, folder), ['requirements.txt'])}`);
  const [program, proof] = [join(venv, 'bin', 'python'), join(venv, 'done')];
  return {
    program,
    proof,
    make: async () => {
      const uv = await installUv();
      await run(uv, ['venv', '--quiet', '--clear', '--python', interpreter, venv], { timeout: TIMEOUT_MS });
      const into = ['--python', program, '--requirements', requirements];
      await run(uv, ['pip', 'install', '--quiet', ...into], { timeout: TIMEOUT_MS });
      writeFileSync(proof, '');
    },
  };
}

async function installUv(): Promise<string> {
  const venv = join(CACHE, UV.replace('==', '-'));
  const done = join(venv, 'done');
  if (!existsSync(done)) {
    await run('python3', ['-m', 'venv', '--clear', venv], { timeout: TIMEOUT_MS });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', UV];
    await run(join(venv, 'bin', 'python'), pip, { timeout: TIMEOUT_MS });
    writeFileSync(done, '');
  }
  return join(venv, 'bin', 'uv');
}

function digestOf(folder: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}
