/**
 * Strategies and experiments that are written in JSON files, as the messages that are sent: names as in proto3 JSON or
 * as in the .proto file, durations such as "90s" or "5m", shares of traffic such as "10%" or in 1/10,000.
 */
import type { Kind } from '../config/kinds.ts';
import type { CreateExperimentRequest } from '../transport/gen/sluice/admin/v1/CreateExperimentRequest.ts';
import type { Strategy } from '../transport/gen/sluice/admin/v1/Strategy.ts';
import { usageError } from './exit.ts';
import { weight } from './kinds.ts';
import { HOLD } from './rollout-kinds.ts';
import { wireTime } from './wire.ts';

/** `at` says where in the file the value stands. */
type Reader = (value: unknown, at: string) => unknown;

const MAX_ITEMS = 1000;

const text: Reader = (value, at) => {
  if (typeof value === 'string') return value;
  throw unfit(at, value, 'a text');
};

const flag: Reader = (value, at) => {
  if (typeof value === 'boolean') return value;
  throw unfit(at, value, 'true or false');
};

const number: Reader = (value, at) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw unfit(at, value, 'a number');
};

const count: Reader = (value, at) => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value;
  throw unfit(at, value, 'a whole number from 0 on');
};

const share: Reader = (value, at) => written(weight(), value, at);
const span: Reader = (value, at) => wireTime(written(HOLD, typeof value === 'string' ? value : undefined, at));

function written<T>(kind: Kind<T>, value: unknown, at: string): T {
  const isPlain = typeof value === 'string' || typeof value === 'number';
  const parsed = isPlain ? kind.parse(String(value)) : undefined;
  if (parsed === undefined) throw unfit(at, value, kind.allowed);
  return parsed;
}

function list(read: Reader): Reader {
  return (value, at) => {
    if (!Array.isArray(value)) throw unfit(at, value, 'a list');
    if (value.length > MAX_ITEMS) throw usageError(`${at} has ${value.length} items; give at most ${MAX_ITEMS}`);
    return value.map((item: unknown, index) => read(item, `${at}[${index}]`));
  };
}

function message(fields: Readonly<Record<string, Reader>>): Reader {
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit(at, value, 'an object');
    const entries = Object.entries(value).map(([given, content]: [string, unknown]) => {
      const name = given.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
      const read = Object.hasOwn(fields, name) ? fields[name] : undefined;
      const allowed = Object.keys(fields).join(', ');
      if (read === undefined) throw usageError(`${at} has no field "${given}"; give ${allowed}`);
      return [name, read(content, `${at}.${name}`)] as const;
    });
    return Object.fromEntries(entries);
  };
}

function unfit(at: string, value: unknown, allowed: string): Error {
  const found = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 100);
  return usageError(`${at} cannot be ${found}; give ${allowed}`);
}

const STRATEGY = message({
  canary: message({
    steps: list(
      message({ weight: share, hold: span, minRequests: count, analysis: flag, approval: flag, deadline: span }),
    ),
  }),
  linear: message({ increment: share, every: span, minRequests: count }),
  blueGreen: message({ approval: flag }),
  budget: message({ extraFaults: count, alpha: number, maxWeight: share, hold: span, deadline: span }),
  shadow: message({ share, minPairs: count, hold: span, deadline: span }),
  analysis: message({
    alpha: number,
    metrics: list(message({ metric: text, margin: number, onFail: text, direction: text })),
    guardrails: list(message({ metric: text, limit: number, minRequests: count, window: span, onFail: text })),
    fuse: count,
    onInsufficient: text,
  }),
  failOver: flag,
  bake: span,
  deadline: span,
});

const EXPERIMENT = message({
  hypothesis: text,
  arms: list(message({ name: text, version: text, share })),
  trafficShare: share,
  layer: text,
  metrics: list(
    message({
      name: text,
      kind: text,
      direction: text,
      role: text,
      minimumEffect: number,
      baseline: number,
      standardDeviation: number,
    }),
  ),
  alpha: number,
  power: number,
});

const KINDS = ['canary', 'linear', 'blueGreen', 'budget'] as const;

/** `where` names the file in what is said of it. */
export function strategyFromJson(json: Readonly<Record<string, unknown>>, where: string): Strategy {
  const strategy = STRATEGY(json, where) as Strategy;
  const named = KINDS.filter((kind) => strategy[kind] !== undefined);
  if (named.length > 1) throw usageError(`${where} has ${named.join(' and ')}; give one of them`);
  return strategy;
}

/** All but its name and model. */
export function experimentFromJson(
  json: Readonly<Record<string, unknown>>,
  where: string,
): Omit<CreateExperimentRequest, 'name' | 'model'> {
  return EXPERIMENT(json, where) as Omit<CreateExperimentRequest, 'name' | 'model'>;
}
