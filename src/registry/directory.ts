/** Reads a models directory, `<dir>/<model>/<version>/model.onnx`, into the versions that it asks to be served. */
import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { defaultModelConfig, parseModelConfig } from '../config/model-config.ts';
import type { ModelConfig, ModelDefaults, TrafficWeights, VersionPolicy } from '../config/model-config.ts';
import { isJsonObject } from '../config/json.ts';
import { ServerError, describeError } from '../domain/errors.ts';
import type { JsonRecord } from '../domain/registry.ts';
import { compareVersions, isName } from '../domain/version.ts';
import type { VersionSpec } from '../domain/version.ts';
import type { DigestCache } from './digest.ts';
import { checkInside, listDirectory, readSmallFile } from './model-files.ts';
import type { Entry } from './model-files.ts';
import { readVersionFolder } from './version-folder.ts';
import type { Reading } from './version-folder.ts';

export interface ModelListing {
  readonly model: string;
  /** In compareVersions order; what the version policy leaves out is not here. */
  readonly specs: readonly VersionSpec[];
  /** What config.json says about how the versions are run: the file without versionPolicy and traffic. */
  readonly config: JsonRecord;
  /** As config.json has it; it may name a version that is missing, which is a problem too. */
  readonly traffic: TrafficWeights | undefined;
}

/** Something in the directory that cannot be served. What one had of it before should stay as it is. */
export interface DirectoryProblem {
  readonly model: string;
  /** '' when the whole model is meant: its name, its config.json, its folder. */
  readonly version: string;
  readonly reason: string;
}

/** Plain data: it can be posted from the thread that read it. */
export interface DirectoryListing {
  /** By name; models without a version that can be read are not here but in `problems`. */
  readonly models: readonly ModelListing[];
  readonly problems: readonly DirectoryProblem[];
}

const MAX_ENTRIES = 1000;
const BAD_NAME = 'its name must be letters, digits, ".", "_" and "-", 128 at most, and begin with a letter or digit';

/**
 * Reads everything that `dir` asks for; what is broken becomes a problem and stops nothing else. Files are streamed
 * in small chunks, one after the other, so the calling thread is never held for longer than a small JSON takes to
 * parse. Keep `digests` between calls: files that did not change are then not read again.
 */
export async function readModelsDirectory(
  dir: string,
  defaults: ModelDefaults,
  options: { readonly digests?: DigestCache; readonly signal?: AbortSignal } = {},
): Promise<DirectoryListing> {
  const { digests = new Map<string, never>(), signal } = options;
  const root = await openDirectory(dir);
  const former = new Map(digests);
  digests.clear();
  const models: ModelListing[] = [];
  const problems: DirectoryProblem[] = [];
  for (const entry of await listDirectory(root, MAX_ENTRIES)) {
    signal?.throwIfAborted();
    if (!entry.isDirectory || isNobodys(entry)) continue;
    const listing = await readModel(entry.name, { defaults, problems, reading: { root, former, digests, signal } });
    if (listing !== undefined) models.push(listing);
  }
  return { models, problems };
}

/** .git, __pycache__ and their like lie beside models without being any. */
function isNobodys({ name }: Entry): boolean {
  return name.startsWith('.') || name.startsWith('_');
}

async function openDirectory(dir: string): Promise<string> {
  try {
    const root = await realpath(resolve(dir));
    if ((await stat(root)).isDirectory()) return root;
    throw new Error('it is not a directory');
  } catch (caught) {
    const reason = describeError(caught);
    const message = `cannot read the models directory ${dir}: ${reason}; give one with --models-dir`;
    throw new ServerError('invalid_argument', message, { cause: caught });
  }
}

interface Context {
  readonly defaults: ModelDefaults;
  readonly problems: DirectoryProblem[];
  readonly reading: Reading;
}

async function readModel(model: string, context: Context): Promise<ModelListing | undefined> {
  const { problems, reading } = context;
  try {
    if (!isName(model)) throw new ServerError('invalid_argument', BAD_NAME);
    const directory = join(reading.root, model);
    await checkInside(reading.root, directory);
    const config = await readConfig(directory, context);
    const versions = (await listDirectory(directory, MAX_ENTRIES)).filter(
      (entry) => entry.isDirectory && !isNobodys(entry),
    );
    const specs = await readVersions({ model, config, versions: versions.map((entry) => entry.name) }, context);
    const missing = [...(config.traffic?.keys() ?? [])].filter((name) => !specs.some((spec) => spec.version === name));
    for (const version of missing) {
      problems.push({
        model,
        version,
        reason: 'config.json gives it traffic, but it is not among the versions to serve',
      });
    }
    if (versions.length === 0) throw new ServerError('not_found', 'it has no version; add a folder with a model.onnx');
    return specs.length === 0 ? undefined : { model, specs, config: config.running, traffic: config.traffic };
  } catch (caught) {
    reading.signal?.throwIfAborted();
    problems.push({ model, version: '', reason: describeError(caught) });
    return undefined;
  }
}

interface DirectoryConfig extends ModelConfig {
  readonly running: JsonRecord;
}

async function readConfig(directory: string, { defaults, reading }: Context): Promise<DirectoryConfig> {
  const file = join(directory, 'config.json');
  const text = await readSmallFile(reading.root, file);
  if (text === undefined) return { ...defaultModelConfig(defaults), running: {} };
  return { ...parseModelConfig({ text, file, defaults }), running: runningPart(JSON.parse(text)) };
}

function runningPart(json: unknown): JsonRecord {
  if (!isJsonObject(json)) return {};
  const { versionPolicy: _versionPolicy, traffic: _traffic, ...running } = json;
  return running;
}

interface Candidates {
  readonly model: string;
  readonly versions: readonly string[];
  readonly config: ModelConfig;
}

/** From the newest on: "latest" counts the versions that can be read, so that a half copied one displaces none. */
async function readVersions(candidates: Candidates, context: Context): Promise<readonly VersionSpec[]> {
  const { model, config, versions } = candidates;
  const { problems, reading } = context;
  const specs: VersionSpec[] = [];
  const limit = config.versionPolicy.kind === 'latest' ? config.versionPolicy.count : Number.POSITIVE_INFINITY;
  for (const version of wanted(config.versionPolicy, versions)) {
    if (specs.length === limit) break;
    try {
      if (!isName(version)) throw new ServerError('invalid_argument', BAD_NAME);
      specs.push(await readVersionFolder({ model, version, settings: config.settings }, reading));
    } catch (caught) {
      reading.signal?.throwIfAborted();
      problems.push({ model, version, reason: describeError(caught) });
    }
  }
  return specs.reverse();
}

/** The newest first. Versions that are asked for by name are read even where there is no folder: the reason is told. */
function wanted(policy: VersionPolicy, versions: readonly string[]): readonly string[] {
  const names = policy.kind === 'specific' ? policy.versions : versions;
  return names.toSorted((a, b) => compareVersions(b, a));
}
