/** What a model.json says, as the metadata of a registered version. */
import { isJsonObject } from '../config/json.ts';
import type { JsonRecord, VersionMetadata } from '../domain/registry.ts';

/** Metadata fields by their names in model.json; both spellings are in use. */
const TEXTS = {
  description: ['description'],
  modelType: ['modelType', 'model_type'],
  framework: ['framework'],
  trainingData: ['trainingData', 'training_data'],
  trainingDataDigest: ['trainingDataDigest', 'training_data_digest'],
  codeCommit: ['codeCommit', 'code_commit'],
  dependencyLockDigest: ['dependencyLockDigest', 'dependency_lock_digest'],
  source: ['source'],
  parent: ['parent'],
} as const;

/** A key that its field cannot hold as it was written stays in `extra` too, so that nothing is lost. */
export function importMetadata(json: JsonRecord): VersionMetadata {
  const extra: Record<string, unknown> = { ...json };
  const take = (key: string): unknown => {
    const value = Object.hasOwn(extra, key) ? extra[key] : undefined;
    Reflect.deleteProperty(extra, key);
    return value;
  };
  const takeText = (keys: readonly string[]): string => {
    const key = keys.find((name) => Object.hasOwn(extra, name) && typeof extra[name] === 'string');
    return key === undefined ? '' : String(take(key));
  };
  const texts = {
    description: takeText(TEXTS.description),
    modelType: takeText(TEXTS.modelType),
    framework: takeText(TEXTS.framework),
    trainingData: takeText(TEXTS.trainingData),
    trainingDataDigest: takeText(TEXTS.trainingDataDigest),
    codeCommit: takeText(TEXTS.codeCommit),
    dependencyLockDigest: takeText(TEXTS.dependencyLockDigest),
    source: takeText(TEXTS.source),
    parent: takeText(TEXTS.parent),
  };
  const tags = entriesOf(extra.tags, isText);
  if (tags !== undefined) take('tags');
  const metrics = entriesOf(extra.metrics, isFiniteNumber);
  if (metrics !== undefined) take('metrics');
  const parameters = entriesOf(extra.parameters, isText);
  if (parameters !== undefined) take('parameters');
  return {
    ...texts,
    ...(texts.trainingData === '' ? trainingDataOf(extra.trainingData, texts.trainingDataDigest) : {}),
    tags: tags ?? {},
    metrics: metrics ?? {},
    parameters: parameters ?? asTexts(extra.parameters),
    extra,
  };
}

/** `{"source": "…", "digest": "…"}`, as the models of this repository have it. */
function trainingDataOf(value: unknown, digest: string): Pick<VersionMetadata, 'trainingData' | 'trainingDataDigest'> {
  if (!isJsonObject(value)) return { trainingData: '', trainingDataDigest: digest };
  return {
    trainingData: isText(value.source) ? value.source : '',
    trainingDataDigest: digest === '' && isText(value.digest) ? value.digest : digest,
  };
}

/** undefined where it is no object of such values alone. */
function entriesOf<T>(value: unknown, isOne: (value: unknown) => value is T): Readonly<Record<string, T>> | undefined {
  if (!isJsonObject(value)) return undefined;
  const entries = Object.entries(value).flatMap(([key, item]): [string, T][] => (isOne(item) ? [[key, item]] : []));
  return entries.length === Object.keys(value).length ? Object.fromEntries(entries) : undefined;
}

function asTexts(value: unknown): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, isText(item) ? item : JSON.stringify(item)]),
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
