/** Qualification seen from the server: a child process under limits of time and memory, and a cache of its reports. */
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { describeError, ServerError } from '../domain/errors.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { ModelSettings, QualificationReport, QualificationVerdict, VersionSpec } from '../domain/version.ts';
import { plainReason } from '../runtime/plain-reason.ts';
import type { QualificationOrder } from '../runtime/qualify.ts';
import { UNFINISHED } from '../runtime/weights-pool.ts';
import { startLimitedChild } from './limited-child.ts';
import { residentBytesOf } from './resident-memory.ts';

export interface QualificationOptions {
  /** Of Node. */
  readonly nodePath: string;
  /** The child's entry file; it answers one QualificationOrder with one verdict and ends. */
  readonly childFile: string;
  /** Reports are kept here by digest and settings; losing them costs only time. */
  readonly cacheDir: string;
  /** Weights that processes of this machine share; what the child puts there waits a while for who loads it. */
  readonly weightsPool: string;
  readonly timeoutMs: number;
  readonly maxMemoryBytes: number;
  /** Names what the reports depend on besides the files: the versions of the server and of ONNX Runtime. */
  readonly revision: string;
  /** Ends the child; its version is then neither qualified nor rejected. */
  readonly signal?: AbortSignal | undefined;
}

/** Characters kept of the child's stderr, to explain a crash. */
const STDERR_TAIL = 4000;
/** What follows are addresses and paths of the machine. */
const NATIVE_TRACE = '----- Native stack trace';
const MEMORY_POLL_MS = 20;
const ABORTED = 'qualification was broken off, since the server is going down';
/** Serving goes first: the child takes what the lanes leave. */
const CHILD_NICENESS = 10;

/** Qualifies a version, or takes the report of an earlier time. Rejects with the reason when it must not serve. */
export async function qualifyVersion(spec: VersionSpec, options: QualificationOptions): Promise<QualificationReport> {
  const name = `${spec.digest}-${qualificationKey(spec.settings, options.revision)}`;
  const file = join(options.cacheDir, `${name}.bin`);
  const cached = await readCached(file, spec);
  if (cached !== undefined) return cached;
  const report = await runChild(spec, options);
  await writeCached(file, report);
  return report;
}

/** Where it is the same, a report of the same files holds. */
export function qualificationKey(settings: ModelSettings, revision: string): string {
  const { batching, maxBatchRows, intraOpThreads, executionProviders, weights } = settings;
  return [String(batching), maxBatchRows, intraOpThreads, executionProviders.join('+'), weights, revision].join('-');
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
  if (options.signal?.aborted === true) throw new ServerError('unavailable', ABORTED);
  const child = startLimitedChild({ ...options, fileBytes: spec.bytes });
  lowerPriority(child);
  const guard = guardChild(child, options);
  const pool = options.weightsPool;
  const folder = join(pool, `${UNFINISHED}${randomUUID()}`);
  try {
    const verdict = await answerOf(child, { spec, place: { folder, pool } }, guard);
    if (verdict.kind === 'qualified') return verdict.report;
    throw new ServerError('invalid_argument', verdict.reason);
  } finally {
    guard.stop();
    if (child.exitCode === null) child.kill('SIGKILL');
    await removeLeftover(folder);
  }
}

/** What cannot be removed now is removed with what killed processes leave. */
async function removeLeftover(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

function lowerPriority(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) setPriority(child.pid, CHILD_NICENESS);
  } catch {
    // Where priorities cannot be set the child competes on equal terms.
  }
}

interface Guard {
  /** The limit that was broken, or that nobody waits any more, once it is so. */
  broken(): ServerError | undefined;
  stop(): void;
}

/** Kills the child when it takes too long or too much memory, and remembers why. */
function guardChild(child: ChildProcess, options: QualificationOptions): Guard {
  let broken: ServerError | undefined;
  const end = (reason: string, code: ErrorCode = 'invalid_argument'): void => {
    broken ??= new ServerError(code, reason);
    child.kill('SIGKILL');
  };
  const abort = (): void => {
    end(ABORTED, 'unavailable');
  };
  options.signal?.addEventListener('abort', abort, { once: true });
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
      options.signal?.removeEventListener('abort', abort);
      clearTimeout(timeout);
      clearInterval(memory);
    },
  };
}

function answerOf(child: ChildProcess, order: QualificationOrder, guard: Guard): Promise<QualificationVerdict> {
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
      reject(guard.broken() ?? new ServerError('invalid_argument', `the qualification process ${how}${detail}`));
    });
    // A failing send shows as an exit; the callback keeps it from throwing.
    child.send(order, () => undefined);
  });
}
