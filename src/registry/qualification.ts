/** Qualification seen from the server: a child process under limits of time and memory, and a cache of its reports. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { describeError, ServerError } from '../domain/errors.ts';
import type { QualificationReport, QualificationVerdict, VersionSpec } from '../domain/version.ts';
import { plainReason } from '../runtime/plain-reason.ts';
import { residentBytesOf } from './resident-memory.ts';

export interface QualificationOptions {
  /** The child's entry file; it answers one VersionSpec with one verdict and ends. */
  readonly childFile: string;
  /** Reports are kept here by digest and settings; losing them costs only time. */
  readonly cacheDir: string;
  readonly timeoutMs: number;
  readonly maxMemoryBytes: number;
  /** Names what the reports depend on besides the files: the versions of the server and of ONNX Runtime. */
  readonly revision: string;
}

/** Characters kept of the child's stderr, to explain a crash. */
const STDERR_TAIL = 4000;
/** What follows are addresses and paths of the machine. */
const NATIVE_TRACE = '----- Native stack trace';
const MEMORY_POLL_MS = 20;
/** Serving goes first: the child takes what the lanes leave. */
const CHILD_NICENESS = 10;

/** Qualifies a version, or takes the report of an earlier time. Rejects with the reason when it must not serve. */
export async function qualifyVersion(spec: VersionSpec, options: QualificationOptions): Promise<QualificationReport> {
  const file = join(options.cacheDir, `${cacheName(spec, options)}.bin`);
  const cached = await readCached(file, spec);
  if (cached !== undefined) return cached;
  const report = await runChild(spec, options);
  await writeCached(file, report);
  return report;
}

function cacheName(spec: VersionSpec, options: QualificationOptions): string {
  const { batching, maxBatchRows, intraOpThreads, executionProviders } = spec.settings;
  const settings = [String(batching), maxBatchRows, intraOpThreads, executionProviders.join('+')].join('-');
  return `${spec.digest.replace('sha256:', '')}-${settings}-${options.revision}`;
}

async function readCached(file: string, spec: VersionSpec): Promise<QualificationReport | undefined> {
  try {
    const report: unknown = deserialize(await readFile(file));
    return isReportOf(report, spec.digest) ? report : undefined;
  } catch {
    // Absent or unreadable is the same: the child is asked again.
    return undefined;
  }
}

function isReportOf(value: unknown, digest: string): value is QualificationReport {
  return typeof value === 'object' && value !== null && 'digest' in value && value.digest === digest;
}

async function writeCached(file: string, report: QualificationReport): Promise<void> {
  const temporary = `${file}.${String(Date.now())}.tmp`;
  try {
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(temporary, serialize(report));
    await rename(temporary, file);
  } catch {
    // A full or read-only disk costs the next start a second, not this one its version.
  }
}

async function runChild(spec: VersionSpec, options: QualificationOptions): Promise<QualificationReport> {
  const child = fork(options.childFile, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ORT_DISABLE_TELEMETRY: '1' },
  });
  lowerPriority(child);
  const guard = guardChild(child, options);
  try {
    const verdict = await answerOf(child, spec, guard);
    if (verdict.kind === 'qualified') return verdict.report;
    throw new ServerError('invalid_argument', verdict.reason);
  } finally {
    guard.stop();
    if (child.exitCode === null) child.kill('SIGKILL');
  }
}

function lowerPriority(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) setPriority(child.pid, CHILD_NICENESS);
  } catch {
    // Where priorities cannot be set the child competes on equal terms.
  }
}

interface Guard {
  /** The limit that was broken, once one was. */
  broken(): string | undefined;
  stop(): void;
}

/** Kills the child when it takes too long or too much memory, and remembers why. */
function guardChild(child: ChildProcess, options: QualificationOptions): Guard {
  let broken: string | undefined;
  const end = (reason: string): void => {
    broken ??= reason;
    child.kill('SIGKILL');
  };
  const seconds = String(options.timeoutMs / 1000);
  const timeout = setTimeout(() => {
    end(`qualification did not finish within ${seconds} s; the model hangs, or raise qualification-timeout`);
  }, options.timeoutMs);
  const memory = setInterval(() => {
    const bytes = child.pid === undefined ? 0 : residentBytesOf(child.pid);
    if (bytes <= options.maxMemoryBytes) return;
    end(`the model needs more memory than qualification-memory allows (${String(options.maxMemoryBytes)} bytes)`);
  }, MEMORY_POLL_MS);
  return {
    broken: () => broken,
    stop: () => {
      clearTimeout(timeout);
      clearInterval(memory);
    },
  };
}

function answerOf(child: ChildProcess, spec: VersionSpec, guard: Guard): Promise<QualificationVerdict> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL);
  });
  return new Promise((resolve, reject) => {
    child.once('message', (verdict: QualificationVerdict) => {
      resolve(verdict);
    });
    child.once('error', (error) => {
      reject(new ServerError('unavailable', `the qualification process could not be started: ${describeError(error)}`));
    });
    child.once('exit', (code, signal) => {
      const how = signal === null ? `ended with exit code ${String(code)}` : `was ended by ${signal}`;
      const said = plainReason(stderr.split(NATIVE_TRACE, 1)[0]);
      const detail = said === '' ? '' : `: ${said}`;
      reject(new ServerError('invalid_argument', guard.broken() ?? `the qualification process ${how}${detail}`));
    });
    // A failing send shows as an exit; the callback keeps it from throwing.
    child.send(spec, () => undefined);
  });
}
