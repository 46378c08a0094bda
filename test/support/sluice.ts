/** A real server in processes of its own, on free ports, for tests from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Transport } from './fake-door.ts';

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
export const MODELS = join(REPOSITORY, 'models');
export const FIXTURES = join(REPOSITORY, 'test/models');

export type LogLine = Readonly<Record<string, unknown>> & { readonly event?: string };

export interface SluiceOptions {
  readonly modelsDir?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** `serve` and `admin` run without the supervisor. */
  readonly role?: 'up' | 'serve' | 'admin';
  /** One that is kept at the end; else one that is not. */
  readonly dataDir?: string;
  /** Who serves the Predict port; the option's default, or what SLUICE_PREDICT_TRANSPORT says, unless told. */
  readonly transport?: Transport;
  /** What tells that it is up; by default that everything is ready or failed. */
  readonly until?: (line: LogLine) => boolean;
  /** A command that becomes the server, such as one that gives up rights. */
  readonly through?: readonly string[];
}

/** Start-up is bounded, so that a test that cannot start says so. */
const READY_TIMEOUT_MS = 60_000;
const EXIT_TIMEOUT_MS = 45_000;

export class Sluice {
  readonly predictAddress: string;
  readonly metricsAddress: string;
  /** '' where there is no admin process. */
  readonly adminMetricsAddress: string;
  /** '' where there is no admin process. */
  readonly adminAddress: string;
  /** '' where there is no console. */
  readonly consoleAddress: string;
  readonly dataDir: string;
  readonly log: readonly LogLine[];
  readonly #child: ChildProcess;
  readonly #log: LogReader;
  readonly #keepData: boolean;

  private constructor(child: ChildProcess, log: LogReader, dataDir: string, keepData: boolean) {
    this.#child = child;
    this.#keepData = keepData;
    this.#log = log;
    this.dataDir = dataDir;
    this.log = log.lines;
    this.predictAddress = log.addressOf('predict');
    this.metricsAddress = log.addressOf('metrics');
    this.adminAddress = log.addressOf('admin');
    this.consoleAddress = log.addressOf('console');
    this.adminMetricsAddress = log.addressOf('admin metrics');
  }

  /** Resolves when everything is ready or failed. */
  static async start(options: SluiceOptions = {}): Promise<Sluice> {
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'sluice-data-')));
    const child = spawnSluice(options, dataDir);
    const log = new LogReader(child);
    await log.line(options.until ?? ((line) => line.event === 'settled'), READY_TIMEOUT_MS);
    return new Sluice(child, log, dataDir, options.dataDir !== undefined);
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the server has no pid');
    return this.#child.pid;
  }

  /** Of the child process with this role, now. */
  childPid(role: 'serve' | 'admin'): number {
    const found = this.findChild(role);
    if (found === undefined) throw new Error(`the supervisor has no ${role} process now`);
    return found;
  }

  findChild(role: 'serve' | 'admin'): number | undefined {
    return this.childrenOf(role)[0];
  }

  /** Of all child processes with this role, the oldest first. */
  childrenOf(role: 'serve' | 'admin'): number[] {
    const children = readFileSync(`/proc/${String(this.pid)}/task/${String(this.pid)}/children`, 'utf8');
    return children
      .split(' ')
      .filter((text) => text.trim() !== '')
      .map(Number)
      .filter((pid) => isRole(pid, role));
  }

  /** What came on standard output beside the log: the greeting. */
  get text(): string {
    return this.#log.text;
  }

  /** The first line, past or future, that satisfies the condition. */
  line(condition: (line: LogLine) => boolean, timeoutMs = READY_TIMEOUT_MS): Promise<LogLine> {
    return this.#log.line(condition, timeoutMs);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Exit code, once it has ended by itself. */
  async exited(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, 'exit', { signal: AbortSignal.timeout(EXIT_TIMEOUT_MS) });
    }
    return this.#child.exitCode;
  }

  async stop(): Promise<number | null> {
    this.signal('SIGTERM');
    try {
      return await this.exited();
    } finally {
      this.#child.kill('SIGKILL');
      if (!this.#keepData) await rm(this.dataDir, { recursive: true, force: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Runs the command to its end: for options that it refuses, and the like. */
export async function runSluice(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(REPOSITORY, 'src/main.ts'), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), EXIT_TIMEOUT_MS);
  await once(child, 'close');
  clearTimeout(timer);
  return { code: child.exitCode, stdout, stderr };
}

function isRole(pid: number, role: string): boolean {
  try {
    // A process that has set its title has that in place of its arguments.
    const line = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return line.startsWith(`sluice ${role}`) || line.includes(` ${role} `);
  } catch {
    return false;
  }
}

/** A port that nobody used a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function spawnSluice(
  { modelsDir = MODELS, args = [], env = {}, role = 'up', transport, through = [] }: SluiceOptions,
  dataDir: string,
): ChildProcess {
  const addresses = ['--predict-address', '--metrics-address', '--admin-address', '--admin-metrics-address'];
  const places = addresses.filter((flag) => !args.includes(flag)).flatMap((flag) => [flag, '127.0.0.1:0']);
  const main = join(REPOSITORY, 'src/main.ts');
  const own = ['--models-dir', modelsDir, '--data-dir', dataDir];
  if (!args.includes('--console-address')) own.push('--console-address', 'off');
  if (transport !== undefined) own.push('--predict-transport', transport);
  const words = [...through, process.execPath, main, role, ...own, ...places, ...args];
  return spawn(words[0] ?? '', words.slice(1), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

class LogReader {
  readonly lines: LogLine[] = [];
  text = '';
  readonly #waiting = new Set<() => void>();
  #ended = false;

  constructor(child: ChildProcess) {
    if (child.stdout === null) throw new Error('the server has no standard output');
    const reader = createInterface({ input: child.stdout });
    reader.on('line', (line) => {
      if (line.startsWith('{')) this.lines.push(JSON.parse(line) as LogLine);
      else this.text += `${line}\n`;
      for (const look of [...this.#waiting]) look();
    });
    reader.on('close', () => {
      this.#ended = true;
      for (const look of [...this.#waiting]) look();
    });
  }

  addressOf(name: string): string {
    const line = this.lines.find((candidate) => candidate.event === 'listening' && candidate.name === name);
    return typeof line?.address === 'string' ? line.address : '';
  }

  line(condition: (line: LogLine) => boolean, timeoutMs: number): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        end();
      };
      const look = (): void => {
        const found = this.lines.find(condition);
        if (found !== undefined) {
          settle(() => {
            resolve(found);
          });
        } else if (this.#ended) {
          settle(() => {
            reject(new Error(`the server ended; its log:\n${this.tail()}`));
          });
        }
      };
      const timer = setTimeout(() => {
        settle(() => {
          reject(new Error(`no such line within ${String(timeoutMs)} ms; the log:\n${this.tail()}`));
        });
      }, timeoutMs);
      this.#waiting.add(look);
      look();
    });
  }

  tail(): string {
    return this.lines
      .slice(-20)
      .map((line) => JSON.stringify(line))
      .join('\n');
  }
}
