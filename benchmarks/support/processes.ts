/** Starts processes, reads what their whole tree uses from /proc, and ends them by their ids. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';

/** Linux tells times in /proc in hundredths of a second on every machine that Node runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;
const ENDING_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
const LAST_OUTPUT_BYTES = 4000;

export interface Usage {
  /** User and system time of the tree, with that of children which have ended. */
  readonly cpuSeconds: number;
  /** Resident memory, summed: what processes share counts for each. */
  readonly residentBytes: number;
}

const running = new Set<ChildProcess>();

/** A benchmark that is told to end leaves nobody behind. */
function endWithThem(signal: NodeJS.Signals): void {
  process.once(signal, () => {
    for (const child of running) child.kill('SIGTERM');
    process.exit(1);
  });
}

ENDING_SIGNALS.forEach(endWithThem);

export class RunningProcess {
  readonly #child: ChildProcess;
  #lastOutput = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    const keep = (chunk: Buffer): void => {
      this.#lastOutput = (this.#lastOutput + chunk.toString()).slice(-LAST_OUTPUT_BYTES);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    // spawn's failure shows as a process that has no id; see pid.
    child.on('error', () => undefined);
    running.add(child);
    child.once('exit', () => running.delete(child));
  }

  /** Runs a TypeScript file with this Node. */
  static start(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningProcess {
    return RunningProcess.run(process.execPath, [file, ...args], env);
  }

  /** Runs any program. */
  static run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningProcess {
    const child = spawn(program, [...args], {
      env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new RunningProcess(child);
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('the process could not be started');
    return pid;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The end of what it printed. */
  get lastOutput(): string {
    return this.#lastOutput;
  }

  usage(): Usage {
    return usageOfAll(processTree(this.pid));
  }

  /** Of those processes of the tree whose command line begins so. */
  usageOf(title: string): Usage {
    return usageOfAll(this.pidsOf(title));
  }

  pidsOf(title: string): number[] {
    return processTree(this.pid).filter((pid) => readTitle(pid).startsWith(title));
  }

  /** Memory of the tree, what processes share divided among them: a mapped file counts once. */
  proportionalBytes(): number {
    return processTree(this.pid).reduce((sum, pid) => sum + readProportional(pid), 0);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** SIGTERM, and after `graceMs` SIGKILL for every process of the tree. */
  async stop(graceMs = 20_000): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.#child, 'exit');
    const tree = processTree(this.pid);
    const lastResort = setTimeout(() => tree.forEach(kill), graceMs);
    this.signal('SIGTERM');
    await ended;
    clearTimeout(lastResort);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** CPU time since the machine's start of all that is neither this process nor below it: what disturbs a measurement. */
export function othersCpuSeconds(): number {
  const [line = ''] = readFileSync('/proc/stat', 'latin1').split('\n');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(/ +/).slice(1).map(Number);
  const busy = (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
  return busy - usageOfAll(processTree(process.pid)).cpuSeconds;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** The process and its descendants, those of its threads too. */
function processTree(root: number): number[] {
  const tree = [root];
  for (const pid of tree) tree.push(...childrenOf(pid));
  return tree;
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    // A process or thread that ended meanwhile has no children.
    return [];
  }
}

function usageOfAll(pids: readonly number[]): Usage {
  return pids.reduce<Usage>(
    (sum, pid) => {
      const { cpuSeconds, residentBytes } = readUsage(pid);
      return { cpuSeconds: sum.cpuSeconds + cpuSeconds, residentBytes: sum.residentBytes + residentBytes };
    },
    { cpuSeconds: 0, residentBytes: 0 },
  );
}

/** What a process calls itself, or its arguments. */
function readTitle(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    // It ended.
    return '';
  }
}

function readProportional(pid: number): number {
  try {
    const [, kilobytes = 0] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    // It ended.
    return 0;
  }
}

function readUsage(pid: number): Usage {
  try {
    // The second field is the program's name in brackets, and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { cpuSeconds: ticks / TICKS_PER_SECOND, residentBytes: Number(fields[21]) * PAGE_BYTES };
  } catch {
    // It ended; its parent has its time now.
    return { cpuSeconds: 0, residentBytes: 0 };
  }
}
