/** What lies on disk: the data directory, and the models that are to be imported. */
import { access, constants, stat, statfs } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { ModelDefaults } from '../../config/model-config.ts';
import { readModelsDirectory } from '../../registry/directory.ts';
import { bytesText } from '../render/bar.ts';
import { CHECK_MS, fail, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';

const LITTLE_SPACE = 2 ** 30;
const TOO_LITTLE_SPACE = 64 * 2 ** 20;
const TMPFS = 0x01_02_19_94;
/** Problems that are told one by one. */
const MAX_PROBLEMS = 10;

export interface DirectoryFacts {
  readonly path: string;
  /** missing: it can be made, since the one that it would lie in can be written. */
  readonly state: 'there' | 'missing' | 'no directory' | 'not writable';
  readonly isOwn: boolean;
  readonly isTmpfs: boolean;
  readonly freeBytes: number;
}

export async function directoryFacts(dir: string): Promise<DirectoryFacts> {
  const path = resolve(dir);
  const found = await stat(path).catch(() => undefined);
  const place = found === undefined ? await nearest(path) : path;
  const isWritable = await access(place, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  const { type, bavail, bsize } = await statfs(place);
  const missing = isWritable ? 'missing' : 'not writable';
  const there = found?.isDirectory() === false ? 'no directory' : isWritable ? 'there' : 'not writable';
  return {
    path,
    state: found === undefined ? missing : there,
    isOwn: found === undefined || found.uid === userInfo().uid,
    isTmpfs: type === TMPFS,
    freeBytes: bavail * bsize,
  };
}

/** The closest directory above that there is. */
async function nearest(path: string): Promise<string> {
  const parent = dirname(path);
  const isThere = await stat(parent).then(
    () => true,
    () => false,
  );
  return isThere || parent === path ? parent : await nearest(parent);
}

export function dataDirectoryFindings({ path, state, isOwn, isTmpfs, freeBytes }: DirectoryFacts): Finding[] {
  const name = 'data directory';
  if (state === 'no directory') return [fail(name, `${path} is no directory`, 'give another --data-dir')];
  if (state === 'not writable') {
    return [fail(name, `${path} cannot be written to by this user`, 'correct its owner, or give another --data-dir')];
  }
  const found = `${path}${state === 'missing' ? ' will be made' : ''}, ${bytesText(freeBytes)} free`;
  if (freeBytes < TOO_LITTLE_SPACE) {
    return [fail(name, found, 'make room: the registry stops taking changes when the disk is full')];
  }
  const findings: Finding[] = [];
  if (freeBytes < LITTLE_SPACE) findings.push(warn(name, found, 'make room before it is full'));
  if (isTmpfs) {
    findings.push(
      warn(
        name,
        `${path} is in memory (tmpfs)`,
        'a restart of the machine loses the registry: give a --data-dir on a disk',
      ),
    );
  }
  if (!isOwn) {
    findings.push(warn(name, `${path} belongs to another user`, 'run as its owner, so that files keep one owner'));
  }
  return findings.length === 0 ? [ok(name, found)] : findings;
}

/** The same reading as the server's, and no longer than a check may take. */
export async function modelsFindings(dir: string, defaults: ModelDefaults): Promise<Finding[]> {
  const name = 'models';
  if (dir === 'off') return [ok(name, 'no directory is imported')];
  const signal = AbortSignal.timeout(CHECK_MS - 200);
  try {
    const { models, problems } = await readModelsDirectory(dir, defaults, { signal });
    const versions = models.reduce((sum, { specs }) => sum + specs.length, 0);
    const told = problems.slice(0, MAX_PROBLEMS).map(({ model, version, reason }) => {
      return fail(
        name,
        `${model}${version === '' ? '' : ` ${version}`}: ${reason}`,
        'correct it, or take it out of the directory',
      );
    });
    const more = problems.length - told.length;
    return [
      ...told,
      ...(more > 0 ? [fail(name, `${more} more cannot be read`, 'correct these first')] : []),
      ok(name, `${models.length} models with ${versions} versions in ${resolve(dir)} can be read`),
    ];
  } catch (caught) {
    if (!signal.aborted) throw caught;
    return [
      warn(
        name,
        `${resolve(dir)} is too large to be read within ${CHECK_MS / 1000} s`,
        'the server takes its time at the start; its log tells of problems',
      ),
    ];
  }
}
