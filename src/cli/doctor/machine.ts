/** What the machine has to give: Node, memory, cores, file descriptors and a clock. */
import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import type { Config } from '../../config/options.ts';
import { placement } from '../../config/placement.ts';
import { bytesText } from '../render/bar.ts';
import { span } from '../render/time.ts';
import { fail, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';

const OLDEST_NODE = 24;
/** Flags without which Node does not run TypeScript. */
const AGAINST_TYPES = /--no-(experimental-)?strip-types/;
/** Of a process with a small model: what it holds before any weights. */
const PROCESS_BYTES = 200 * 2 ** 20;
const FEW_FILES = 4096;
const TOO_FEW_FILES = 256;
const CLOCK_MS = 1000;

export function nodeFinding({ version, options }: { readonly version: string; readonly options: string }): Finding {
  const name = 'node';
  const found = `Node ${version}${options === '' ? '' : ` with NODE_OPTIONS ${options}`}`;
  const major = Number(/^v?(\d+)/.exec(version)?.[1] ?? 0);
  if (major < OLDEST_NODE) return fail(name, found, `use Node ${OLDEST_NODE} or later; "npx sluice" brings its own`);
  if (AGAINST_TYPES.test(options)) return fail(name, found, 'take --no-strip-types out of NODE_OPTIONS');
  return ok(name, found);
}

/** The cgroup's limit, or all that the machine has. */
export async function memoryLimit(): Promise<number> {
  const texts = await Promise.all(['memory.max', 'memory/memory.limit_in_bytes'].map(readCgroup));
  return Math.min(totalmem(), ...texts.map(Number).filter((bytes) => bytes > 0));
}

async function readCgroup(name: string): Promise<string> {
  return await readFile(`/sys/fs/cgroup/${name}`, 'utf8').catch(() => '');
}

export function memoryFinding(limitBytes: number, processes: number): Finding {
  const least = (processes + 1) * PROCESS_BYTES;
  const found = `${bytesText(limitBytes)} for ${processes} serve ${processes === 1 ? 'process' : 'processes'} and the admin process`;
  if (limitBytes >= least) return ok('memory', found);
  return warn('memory', found, `give it ${bytesText(least)} and the weights of the models, or lower --serve-processes`);
}

export function coresFinding(
  config: Pick<Config, 'serveProcesses' | 'lanes' | 'intraOpThreads'>,
  cores: number,
): Finding {
  const { processes, lanes } = placement(config, cores);
  const threads = processes * lanes * config.intraOpThreads;
  const found = `${cores} ${cores === 1 ? 'core' : 'cores'} for ${processes} × ${lanes} × ${config.intraOpThreads} threads that run models`;
  if (threads <= cores) return ok('cores', found);
  return warn(
    'cores',
    found,
    'more threads than cores wait for each other: lower --serve-processes, --lanes or --intra-op-threads',
  );
}

/** The limit of open files that a process can give itself; undefined where the machine does not tell. */
export async function fileLimit(): Promise<number | undefined> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const [, hard] = /^Max open files\s+\S+\s+(\S+)/m.exec(limits) ?? [];
  return hard === undefined ? undefined : hard === 'unlimited' ? Infinity : Number(hard);
}

export function filesFinding(limit: number | undefined): Finding {
  if (limit === undefined) return ok('open files', 'this machine does not tell its limit');
  const found = `at most ${limit === Infinity ? 'as many as there are' : limit}`;
  const advice = `each connection takes one: raise it with "ulimit -n ${FEW_FILES * 16}" or LimitNOFILE=`;
  if (limit < TOO_FEW_FILES) return fail('open files', found, advice);
  return limit < FEW_FILES ? warn('open files', found, advice) : ok('open files', found);
}

export interface Clocks {
  /** How far the wall clock has moved against the monotonic one since this command began, in ms. */
  readonly jumpMs: number;
  /** How far the database's clock is ahead, in ms. */
  readonly databaseAheadMs: number;
  /** Epoch ms. */
  readonly now: number;
  readonly newestEventAt: number | undefined;
}

export function clockFinding({ jumpMs, databaseAheadMs, now, newestEventAt }: Clocks): Finding {
  const advice = 'let NTP or chrony set the clock; epochs and outcomes are told apart by time';
  if (Math.abs(jumpMs) > CLOCK_MS) return warn('clock', `it moved by ${spanText(jumpMs)} while this ran`, advice);
  if (Math.abs(databaseAheadMs) > CLOCK_MS) {
    return warn('clock', `it differs by ${spanText(databaseAheadMs)} from the database's`, advice);
  }
  const futureMs = (newestEventAt ?? now) - now;
  if (futureMs > CLOCK_MS) {
    return fail('clock', `the newest event in the registry is ${span(futureMs)} in the future`, advice);
  }
  return ok('clock', 'steady, and behind nothing that the registry holds');
}

function spanText(ms: number): string {
  return span(Math.abs(ms));
}
