/** Compiles `models/<name>/config.json` and the server's defaults into how a model is run. */
import { ServerError, describeError } from '../domain/errors.ts';
import type { ShadowSettings, Tolerance } from '../domain/comparison.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import { isName } from '../domain/version.ts';
import type { ModelSettings } from '../domain/version.ts';
import type { WeightsPreference } from '../domain/weights.ts';
import { closest } from './closest.ts';
import { isJsonObject, showJson } from './json.ts';
import type { JsonObject } from './json.ts';
import { OPTIONS } from './options.ts';
import type { Config } from './options.ts';

/** Which of the versions in the directory are to be served. */
export type VersionPolicy =
  | { readonly kind: 'all' }
  | { readonly kind: 'latest'; readonly count: number }
  | { readonly kind: 'specific'; readonly versions: readonly string[] };

/** Weights by version in 1/10,000; they sum to TOTAL_WEIGHT. */
export type TrafficWeights = ReadonlyMap<string, number>;

export interface ModelConfig {
  readonly settings: ModelSettings;
  readonly versionPolicy: VersionPolicy;
  /** undefined: the first version takes everything until told otherwise. */
  readonly traffic: TrafficWeights | undefined;
}

/** What the server's options say for models that say nothing. */
export type ModelDefaults = Pick<
  Config,
  | 'maxBatchRows'
  | 'maxQueueDelayMs'
  | 'maxQueueRows'
  | 'maxQueueBytes'
  | 'intraOpThreads'
  | 'executionProviders'
  | 'maxRunMs'
  | 'weights'
>;

const MAX_VERSIONS_NAMED = 1000;

export function defaultModelConfig(defaults: ModelDefaults): ModelConfig {
  return compile({}, defaults);
}

/** `file` names the text in messages; anything wrong in it is an `invalid_argument`. */
export function parseModelConfig(source: {
  readonly text: string;
  readonly file: string;
  readonly defaults: ModelDefaults;
}): ModelConfig {
  try {
    return compile(parseObject(source.text), source.defaults);
  } catch (caught) {
    throw new ServerError('invalid_argument', `${source.file}: ${describeError(caught)}`, { cause: caught });
  }
}

/** Every key of the file with how it is read; a key that is not given reads as undefined. */
const KEYS = {
  batching: toggle,
  maxBatchRows: numberWithin(OPTIONS.maxBatchRows.kind, Number.isSafeInteger),
  maxQueueDelayMs: numberWithin(OPTIONS.maxQueueDelayMs.kind, Number.isFinite),
  maxQueueRows: numberWithin(OPTIONS.maxQueueRows.kind, Number.isSafeInteger),
  maxQueueBytes: numberWithin(OPTIONS.maxQueueBytes.kind, Number.isSafeInteger),
  instances: numberWithin(OPTIONS.lanes.kind, Number.isSafeInteger),
  isolated: toggle,
  intraOpThreads: numberWithin(OPTIONS.intraOpThreads.kind, Number.isSafeInteger),
  executionProviders: providers,
  maxRunMs: numberWithin(OPTIONS.maxRunMs.kind, Number.isFinite),
  weights: weightsPreference,
  shadow: parseShadow,
  versionPolicy: parseVersionPolicy,
  traffic: parseTraffic,
} as const;

type Keys = typeof KEYS;

function compile(json: JsonObject, defaults: ModelDefaults): ModelConfig {
  rejectUnknownKeys(json);
  const isolated = read('isolated', json) ?? false;
  const instances = read('instances', json) ?? 0;
  const shadow = read('shadow', json);
  const settings: ModelSettings = Object.freeze({
    batching: read('batching', json) ?? true,
    maxBatchRows: read('maxBatchRows', json) ?? defaults.maxBatchRows,
    maxQueueDelayMs: read('maxQueueDelayMs', json) ?? defaults.maxQueueDelayMs,
    maxQueueRows: read('maxQueueRows', json) ?? defaults.maxQueueRows,
    maxQueueBytes: read('maxQueueBytes', json) ?? defaults.maxQueueBytes,
    instances: isolated ? Math.max(1, instances) : instances,
    isolated,
    intraOpThreads: read('intraOpThreads', json) ?? defaults.intraOpThreads,
    executionProviders: read('executionProviders', json) ?? defaults.executionProviders,
    maxRunMs: read('maxRunMs', json) ?? defaults.maxRunMs,
    weights: read('weights', json) ?? defaults.weights,
    ...(shadow === undefined ? {} : { shadow }),
  });
  const versionPolicy: VersionPolicy = read('versionPolicy', json) ?? { kind: 'all' };
  return Object.freeze({ settings, versionPolicy, traffic: read('traffic', json) });
}

function read<K extends keyof Keys>(key: K, json: JsonObject): ReturnType<Keys[K]> | undefined;
function read(key: keyof Keys, json: JsonObject): unknown {
  return Object.hasOwn(json, key) ? KEYS[key](json[key], key) : undefined;
}

function parseObject(text: string): JsonObject {
  const json: unknown = JSON.parse(text);
  if (!isJsonObject(json)) throw new Error(`holds ${showJson(json)}; write a JSON object`);
  return json;
}

function rejectUnknownKeys(json: JsonObject): void {
  const known = Object.keys(KEYS);
  for (const key of Object.keys(json)) {
    if (known.includes(key)) continue;
    const meant = closest(key, known);
    const hint = meant === undefined ? `the keys are ${known.join(', ')}` : `did you mean "${meant}"?`;
    throw new Error(`unknown key ${showJson(key)}; ${hint}`);
  }
}

function numberWithin(limits: { readonly min: number; readonly max: number }, isAllowed: (value: unknown) => boolean) {
  const what = isAllowed === Number.isSafeInteger ? 'a whole number' : 'a number';
  return (value: unknown, key: string): number => {
    if (typeof value === 'number' && isAllowed(value) && value >= limits.min && value <= limits.max) return value;
    return refuse(key, value, `${what} from ${limits.min} to ${limits.max}`);
  };
}

function toggle(value: unknown, key: string): boolean {
  return typeof value === 'boolean' ? value : refuse(key, value, 'true or false');
}

function providers(value: unknown, key: string): readonly string[] {
  const { kind } = OPTIONS.executionProviders;
  const names = strings(value);
  const parsed = kind.parse(names?.join(',') ?? '');
  if (parsed !== undefined && parsed.length === names?.length) return parsed;
  return refuse(key, value, 'a list of different words such as ["cuda", "cpu"]');
}

function weightsPreference(value: unknown, key: string): WeightsPreference {
  const { kind } = OPTIONS.weights;
  const parsed = typeof value === 'string' ? kind.parse(value) : undefined;
  return parsed ?? refuse(key, value, kind.allowed);
}

function parseVersionPolicy(value: unknown, key: string): VersionPolicy {
  const allowed = '"all", {"latest": 2} or {"specific": ["1", "3"]}';
  if (value === 'all') return Object.freeze({ kind: 'all' });
  if (!isJsonObject(value) || Object.keys(value).length !== 1) return refuse(key, value, allowed);
  const { latest, specific } = value;
  if (typeof latest === 'number' && Number.isSafeInteger(latest) && latest >= 1 && latest <= MAX_VERSIONS_NAMED) {
    return Object.freeze({ kind: 'latest', count: latest });
  }
  const versions = strings(specific);
  if (versions === undefined || versions.length === 0 || versions.length > MAX_VERSIONS_NAMED) {
    return refuse(key, value, allowed);
  }
  if (!versions.every(isName) || new Set(versions).size !== versions.length) return refuse(key, value, allowed);
  return Object.freeze({ kind: 'specific', versions: Object.freeze(versions) });
}

function parseTraffic(value: unknown, key: string): TrafficWeights {
  const allowed = `an object of weights by version that sum to ${TOTAL_WEIGHT}, such as {"1": 9000, "2": 1000}`;
  if (!isJsonObject(value)) return refuse(key, value, allowed);
  const weights = new Map<string, number>();
  let total = 0;
  for (const [version, weight] of Object.entries(value)) {
    if (!isName(version) || weights.size === MAX_VERSIONS_NAMED) return refuse(key, value, allowed);
    if (typeof weight !== 'number' || !Number.isSafeInteger(weight) || weight < 0) return refuse(key, value, allowed);
    weights.set(version, weight);
    total += weight;
  }
  return total === TOTAL_WEIGHT ? weights : refuse(key, value, `${allowed}; these sum to ${total}`);
}

const MAX_OUTPUTS_NAMED = 1000;

function parseShadow(value: unknown, key: string): ShadowSettings {
  const allowed = 'an object such as {"tolerances": {"y": {"absolute": 0.001, "relative": 0.01}}, "private": false}';
  if (!isJsonObject(value)) return refuse(key, value, allowed);
  const { tolerances = {}, private: hidden = false, ...unknown } = value;
  if (Object.keys(unknown).length > 0 || typeof hidden !== 'boolean') return refuse(key, value, allowed);
  if (!isJsonObject(tolerances) || Object.keys(tolerances).length > MAX_OUTPUTS_NAMED) {
    return refuse(`${key}.tolerances`, tolerances, 'an object of tolerances by output');
  }
  const read = Object.entries(tolerances).map(
    ([output, tolerance]) => [output, parseTolerance(tolerance, `${key}.tolerances.${output}`)] as const,
  );
  return Object.freeze({ tolerances: Object.freeze(Object.fromEntries(read)), private: hidden });
}

function parseTolerance(value: unknown, key: string): Tolerance {
  const allowed = 'absolute and relative, numbers from 0 on, such as {"absolute": 0.001, "relative": 0}';
  if (!isJsonObject(value)) return refuse(key, value, allowed);
  const { absolute = 0, relative = 0, ...unknown } = value;
  const none = value.absolute === undefined && value.relative === undefined;
  if (none || Object.keys(unknown).length > 0 || !isTolerance(absolute) || !isTolerance(relative)) {
    return refuse(key, value, allowed);
  }
  return Object.freeze({ absolute, relative });
}

function isTolerance(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function strings(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: unknown[] = value;
  const texts = items.filter((item) => typeof item === 'string');
  return texts.length === items.length ? texts : undefined;
}

function refuse(key: string, value: unknown, allowed: string): never {
  throw new Error(`"${key}" cannot be ${showJson(value)}; give ${allowed}`);
}
