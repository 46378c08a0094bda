/**
 * A server with all the processes that it starts: found by a mark in their environment or by descent, so that daemons
 * count too, and ended one by one by their ids.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Memory {
  /** Summed: what processes share counts for each. */
  readonly residentMb: number;
  /** What they share counts once: its proportional part in each. */
  readonly proportionalMb: number;
  readonly processes: number;
}

/** Linux tells times in /proc in hundredths of a second on every machine that Node runs on. */
const TICKS_PER_SECOND = 100;
const MB_PER_KB = 1024 / 1e6;
const GRACE_MS = 8000;
const POLL_MS = 50;
const LAST_OUTPUT_CHARACTERS = 1500;

const running = new Set<ProcessFamily>();
process.on('exit', () => {
  for (const family of running) family.kill();
});

export class ProcessFamily {
  readonly #child: ChildProcess;
  readonly #mark: string;
  readonly #logFile: string;

  private constructor(child: ChildProcess, mark: string, logFile: string) {
    this.#child = child;
    this.#mark = mark;
    this.#logFile = logFile;
    // A program that is not there shows as a family without members.
    child.on('error', () => undefined);
    running.add(this);
  }

  /** What it prints goes to a file, so that reading it costs nobody anything. */
  static start(command: Command, place: { readonly directory: string; readonly logFile: string }): ProcessFamily {
    const mark = `PEER_FAMILY=${randomUUID()}`;
    const [name = '', value = ''] = mark.split('=');
    const log = openSync(place.logFile, 'w');
    try {
      const child = spawn(command.file, command.args, {
        cwd: place.directory,
        env: { ...process.env, ...command.env, [name]: value },
        stdio: ['ignore', log, log],
        detached: true,
      });
      return new ProcessFamily(child, mark, place.logFile);
    } finally {
      closeSync(log);
    }
  }

  get hasEnded(): boolean {
    return this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The end of what it printed. */
  get lastOutput(): string {
    return readFileSync(this.#logFile, 'utf8').slice(-LAST_OUTPUT_CHARACTERS);
  }

  /** User and system time of all members, and of their children which have ended. */
  cpuSeconds(): number {
    const ticks = this.#members().flatMap((pid) => readStat(pid)?.slice(11, 15).map(Number) ?? []);
    return ticks.reduce((sum, some) => sum + some, 0) / TICKS_PER_SECOND;
  }

  /** Of all members, or of those whose command line begins so. */
  memory(title = ''): Memory {
    const rollups = this.#members()
      .filter((pid) => readText(`/proc/${pid}/cmdline`)?.startsWith(title))
      .map((pid) => readText(`/proc/${pid}/smaps_rollup`))
      .filter((rollup) => rollup !== undefined);
    const sum = (field: string): number =>
      rollups.reduce((total, text) => total + Number(new RegExp(`^${field}: +(\\d+)`, 'm').exec(text)?.[1] ?? 0), 0);
    return {
      residentMb: sum('Rss') * MB_PER_KB,
      proportionalMb: sum('Pss') * MB_PER_KB,
      processes: rollups.length,
    };
  }

  /** SIGTERM to the first process; SIGKILL, after a while, to whoever is left. */
  async stop(): Promise<void> {
    if (!this.hasEnded) this.#child.kill('SIGTERM');
    const giveUpMs = performance.now() + GRACE_MS;
    while (this.#members().length > 0 && performance.now() < giveUpMs) await sleep(POLL_MS);
    this.kill();
    while (this.#members().length > 0) await sleep(POLL_MS);
    running.delete(this);
  }

  kill(): void {
    for (const pid of this.#members()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended already.
      }
    }
  }

  /** Who carries the mark, and all who descend from them: a child may have cleared its environment. Zombies are none. */
  #members(): number[] {
    const children = new Map<number, number[]>();
    const members: number[] = [];
    for (const pid of readdirSync('/proc').map(Number).filter(Boolean)) {
      const [state, parent] = readStat(pid) ?? [];
      if (state === undefined || state === 'Z') continue;
      children.set(Number(parent), [...(children.get(Number(parent)) ?? []), pid]);
      if (readText(`/proc/${pid}/environ`)?.includes(this.#mark)) members.push(pid);
    }
    const known = new Set(members);
    for (const pid of known) for (const child of children.get(pid) ?? []) known.add(child);
    return [...known];
  }
}

/** The fields after the program's name, which may hold anything: state, parent, … */
function readStat(pid: number): string[] | undefined {
  return readText(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, '')
    .split(' ');
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // The process has ended, or is somebody else's.
    return undefined;
  }
}
