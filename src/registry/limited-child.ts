/** Starts a child process that the system holds to limits, and that knows nothing of its parent's secrets. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';

export interface LimitedChild {
  /** Of Node. */
  readonly nodePath: string;
  /** The child's entry. */
  readonly childFile: string;
  /** Wall time for which somebody waits; the CPU time allowed is as much on every core. */
  readonly timeoutMs: number;
  /** What it may have in use, as whoever watches it measures that. */
  readonly maxMemoryBytes: number;
  /** Of the files that it works on: it may map them twice, and write what is in them once. */
  readonly fileBytes: number;
}

/** Node has no setrlimit; the shell has, and becomes the child. Limits that are lower already stay. */
const SHELL = '/bin/sh';
/** A core file would hold the model. The score makes this process the first that the system ends for want of memory. */
const SET_LIMITS = `
ulimit -c 0
ulimit -n "$1"
ulimit -t "$2"
ulimit -f "$3"
ulimit -d "$4"
{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
shift 4
exec "$@"
`;
const MAX_OPEN_FILES = 1024;
const KIB = 1024;
/** Of `ulimit -f`. */
const BLOCK_BYTES = 512;
const EXTRA_FILE_BYTES = 64 * 2 ** 20;
/**
 * The limit of the system counts what is reserved, used or not: stacks of threads, heaps' spare room, and up to twice
 * what an arena that grows by doubling has in use.
 */
const RESERVED_BYTES = 2 ** 30;
const RESERVED_PER_USED = 2;

/** Its standard error and a channel for messages are open; it leads a group of its own. */
export function startLimitedChild(options: LimitedChild): ChildProcess {
  const { nodePath, childFile, timeoutMs, maxMemoryBytes, fileBytes } = options;
  const cpuSeconds = Math.ceil(timeoutMs / 1000) * availableParallelism();
  const memory = RESERVED_BYTES + RESERVED_PER_USED * (maxMemoryBytes + fileBytes);
  const values = [
    MAX_OPEN_FILES,
    cpuSeconds,
    Math.ceil((fileBytes + EXTRA_FILE_BYTES) / BLOCK_BYTES),
    Math.ceil(memory / KIB),
  ].map(String);
  return fork(childFile, [], {
    execPath: SHELL,
    execArgv: ['-c', SET_LIMITS, 'sh', ...values, nodePath],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true,
    env: { ORT_DISABLE_TELEMETRY: '1' },
  });
}
