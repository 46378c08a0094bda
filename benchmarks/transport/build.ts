/** Builds the echo servers of other languages, where their compilers are on the PATH. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OUT } from '../support/bench-models.ts';

/** The path of a program, or why there is none. */
export type Built = { readonly path: string } | { readonly missing: string };

const run = promisify(execFile);
const BUILD_TIMEOUT_MS = 15 * 60_000;
const TARGET = join(OUT, 'transport');

/** Some minutes the first time, then next to nothing. */
export async function buildTonic(): Promise<Built> {
  const target = join(TARGET, 'tonic');
  const flags = ['build', '--release', '--locked', '--quiet', '--target-dir', target];
  return await build('cargo', flags, { cwd: 'tonic', path: join(target, 'release', 'echo-tonic') });
}

export async function buildGrpcGo(): Promise<Built> {
  const path = join(TARGET, 'echo-grpc-go');
  return await build('go', ['build', '-o', path, '.'], { cwd: 'grpc-go', path });
}

async function build(
  command: string,
  flags: readonly string[],
  { cwd, path }: { readonly cwd: string; readonly path: string },
): Promise<Built> {
  try {
    await run(command, flags, { cwd: join(import.meta.dirname, cwd), timeout: BUILD_TIMEOUT_MS });
    return { path };
  } catch (caught) {
    const { code, stderr = '' } = caught as { code?: unknown; stderr?: string };
    return { missing: code === 'ENOENT' ? `${command} is not on the PATH` : `${command} failed: ${stderr.trim()}` };
  }
}
