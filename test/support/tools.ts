/** Clients that are not ours: installed once per machine, outside the repository, when a test first needs them. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from './sluice.ts';

const run = promisify(execFile);

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sluice-test-tools');
/** Building a Go tool on two busy cores takes a minute. */
const INSTALL_TIMEOUT_MS = 8 * 60_000;

const GO_TOOLS = {
  grpcurl: 'github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4',
  ghz: 'github.com/bojand/ghz/cmd/ghz@v0.93.0',
  h2spec: 'github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible',
  interopClient: 'google.golang.org/grpc/interop/client@v1.85.0',
} as const;

/** Path of the tool, or the reason why it cannot be had here. CI has no excuse: there the reason is thrown. */
export type Tool = { readonly path: string } | { readonly missing: string };

export async function goTool(name: keyof typeof GO_TOOLS): Promise<Tool> {
  const module = GO_TOOLS[name];
  const bin = join(CACHE, module.replaceAll(/[^A-Za-z0-9.@-]/g, '_'));
  return install(join(bin, basename(module.replace(/@.*/, ''))), async () => {
    await mkdir(bin, { recursive: true });
    await run('go', ['install', module], { env: { ...process.env, GOBIN: bin }, timeout: INSTALL_TIMEOUT_MS });
  });
}

/** A program of a Debian package: unpacked, not installed, so that no service of it is started. */
export async function debianTool(name: string, { package: from }: { readonly package: string }): Promise<Tool> {
  const target = join(CACHE, `debian-${from}`);
  return install(join(target, 'usr/bin', name), async () => {
    await mkdir(CACHE, { recursive: true });
    const scratch = await mkdtemp(join(CACHE, 'debian-'));
    try {
      const get = ['apt-get', ['download', from], { cwd: scratch, timeout: INSTALL_TIMEOUT_MS }] as const;
      // The lists of packages may be missing, or older than the packages.
      await run(...get).catch(() =>
        run('apt-get', ['update', '--quiet'], { timeout: INSTALL_TIMEOUT_MS }).then(() => run(...get)),
      );
      const [file = ''] = await readdir(scratch);
      await run('dpkg-deb', ['--extract', join(scratch, file), join(scratch, 'root')]);
      // Whole, or not at all: others may be looking for it.
      await rename(join(scratch, 'root'), target);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
}

/** A program of test/interop/clients that cargo builds. */
export async function cargoTool(name: string): Promise<Tool> {
  const project = join(REPOSITORY, 'test/interop/clients', name);
  const target = join(CACHE, `${name}-${await digestOf(project, ['Cargo.lock', 'src/main.rs'])}`);
  return install(join(target, 'debug', 'predict-client'), async () => {
    const args = ['build', '--locked', '--quiet', '--manifest-path', join(project, 'Cargo.toml')];
    const env = { ...process.env, CARGO_TARGET_DIR: target };
    await run('cargo', args, { env, timeout: INSTALL_TIMEOUT_MS });
  });
}

/** A folder with a script of test/interop/clients and the packages that its lock file names. */
export async function npmTool(name: string, script: string): Promise<Tool> {
  const project = join(REPOSITORY, 'test/interop/clients', name);
  const target = join(CACHE, `${name}-${await digestOf(project, ['package-lock.json', script])}`);
  return install(join(target, 'done'), async () => {
    await rm(target, { recursive: true, force: true });
    await cp(project, target, { recursive: true });
    await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: target, timeout: INSTALL_TIMEOUT_MS });
    await mkdir(join(target, 'done'));
  }).then((tool) => ('path' in tool ? { path: join(target, script) } : tool));
}

/** Debian's Chromium: from the machine, or by apt-get where one may install. */
export async function chromium(): Promise<Tool> {
  return install('/usr/bin/chromium', () => aptInstall('chromium', 'fonts-dejavu-core'));
}

/** A shell of Debian. */
export async function shell(name: 'zsh' | 'fish'): Promise<Tool> {
  return install(`/usr/bin/${name}`, () => aptInstall(name));
}

async function aptInstall(...packages: readonly string[]): Promise<void> {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeout: INSTALL_TIMEOUT_MS };
  // Several tests may want something at a time.
  const patiently = ['-o', 'DPkg::Lock::Timeout=300', '--quiet'];
  await run('apt-get', [...patiently, 'update'], options);
  await run('apt-get', [...patiently, '--yes', '--no-install-recommends', 'install', ...packages], options);
}

async function digestOf(folder: string, files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}

/** The Go client of examples, from code that it generates with the protoc that a Python with grpcio-tools has. */
export async function goExample(interpreter: string): Promise<Tool> {
  const ours = ['dial.go', 'generate.sh', 'go.mod', 'go.sum', 'main.go'].map((name) => `examples/go/${name}`);
  const files = [...ours, 'examples/service-config.json'];
  const protos = ['proto/sluice/v1/predict.proto', 'proto/sluice/v1/outcomes.proto'];
  const target = join(CACHE, `go-example-${await digestOf(REPOSITORY, [...files, ...protos])}`);
  return install(join(target, 'client'), async () => {
    await rm(target, { recursive: true, force: true });
    for (const folder of ['examples', 'proto']) {
      await cp(join(REPOSITORY, folder), join(target, folder), { recursive: true });
    }
    const protoc = `#!/bin/sh\nexec '${interpreter}' -m grpc_tools.protoc "$@"\n`;
    await writeFile(join(target, 'protoc'), protoc, { mode: 0o755 });
    const cwd = join(target, 'examples/go');
    const env = { ...process.env, PATH: `${target}:${process.env.PATH ?? ''}` };
    await run('go', ['generate', './...'], { cwd, env, timeout: INSTALL_TIMEOUT_MS });
    await run('go', ['build', '-o', join(target, 'client'), '.'], { cwd, timeout: INSTALL_TIMEOUT_MS });
  });
}

/** A Python with the packages of this file of a folder. */
export async function python(file = 'requirements.txt', from = 'test/conformance'): Promise<Tool> {
  const folder = join(REPOSITORY, from);
  const requirements = join(folder, file);
  const venv = join(CACHE, `venv-${await digestOf(folder, [file])}`);
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
