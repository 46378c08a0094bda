/** What to do next so that what is becomes what should be: availability first, pure, idempotent. */
import { compareVersions } from '../domain/version.ts';
import type { VersionSpec, VersionState } from '../domain/version.ts';
import type { BrokenVersion, DesiredModel, DesiredState } from './desired-state.ts';

/** One version as it stands here. Two of the same name differ in their digest: the files were replaced. */
export interface ActualVersion {
  readonly key: string;
  readonly model: string;
  readonly version: string;
  readonly state: VersionState;
}

/** The traffic policy that is in force for a model: key of a version → weight. */
export type Weights = ReadonlyMap<string, number>;

export interface Ladder {
  readonly weights: Weights;
  /** Why this is not what is desired; '' when it is. */
  readonly reason: string;
}

export interface Plan {
  readonly load: readonly VersionSpec[];
  readonly ladders: ReadonlyMap<string, Ladder>;
  /** Keys of versions to drain and unload, once the ladders are in force. */
  readonly unload: readonly string[];
}

/** Identity of a loaded version: the same name with other files, or run in another way, is another one. */
export function keyOf(spec: Pick<VersionSpec, 'model' | 'version' | 'digest' | 'settings'>): string {
  return `${spec.model}/${spec.version}@${spec.digest} ${JSON.stringify(spec.settings)}`;
}

/**
 * Loads before it unloads: a model's traffic moves only when every version that is to have some is ready, and until
 * then the former policy stays; what neither is desired nor has traffic goes. Call it after every change, it repeats
 * itself until all is quiet.
 */
export function plan(
  desired: DesiredState,
  actual: readonly ActualVersion[],
  inForce: ReadonlyMap<string, Weights>,
): Plan {
  const states = new Map(actual.map((version) => [version.key, version.state]));
  const load: VersionSpec[] = [];
  const ladders = new Map<string, Ladder>();
  const wanted = new Set<string>();
  for (const model of desired.models) {
    for (const spec of model.specs) {
      wanted.add(keyOf(spec));
      if (!states.has(keyOf(spec))) load.push(spec);
    }
    const now = inForce.get(model.model) ?? new Map<string, number>();
    ladders.set(model.model, ladderFor(model, { states, inForce: now, broken: desired.broken }));
  }
  const unload = actual.filter((version) => mayGo(version, { desired, wanted, ladders, states }));
  return { load, ladders, unload: unload.map((version) => version.key) };
}

/** What one model's traffic depends on besides its desired state. */
interface Standing {
  readonly states: ReadonlyMap<string, VersionState>;
  readonly inForce: Weights;
  readonly broken: readonly BrokenVersion[];
}

function ladderFor(model: DesiredModel, standing: Standing): Ladder {
  const { states, inForce } = standing;
  const wish = model.traffic ?? defaultTraffic(model, standing);
  const weights = new Map<string, number>();
  // Always in the same order, so that the order in which they are written moves no caller.
  for (const [version, weight] of [...wish].sort(([a], [b]) => compareVersions(a, b))) {
    if (weight === 0) continue;
    const spec = model.specs.find((candidate) => candidate.version === version);
    const state = spec === undefined ? undefined : states.get(keyOf(spec));
    if (spec === undefined || state !== 'ready') {
      const why = spec === undefined ? 'is not there' : state === 'failed' ? 'failed' : 'is not ready yet';
      return { weights: inForce, reason: `version ${version} is to have traffic and ${why}` };
    }
    weights.set(keyOf(spec), weight);
  }
  if (weights.size > 0) return { weights, reason: '' };
  return { weights: inForce, reason: 'every version failed' };
}

/** All to the version that has most of it now, else to the first that did not fail: later ones take none until told. */
function defaultTraffic(model: DesiredModel, { states, inForce, broken }: Standing): Weights {
  const names = new Map(model.specs.map((spec) => [spec.version, states.get(keyOf(spec))]));
  const holders = [...inForce].sort(([, a], [, b]) => b - a).map(([key]) => versionOf(key));
  const holder = holders.find(
    (version) => names.has(version) || broken.some((each) => each.model === model.model && each.version === version),
  );
  const first = [...names].find(([, state]) => state !== 'failed')?.[0];
  const chosen = holder ?? first;
  return chosen === undefined ? new Map() : new Map([[chosen, 10_000]]);
}

function versionOf(key: string): string {
  return key.slice(key.indexOf('/') + 1, key.indexOf('@'));
}

interface Surroundings {
  readonly desired: DesiredState;
  readonly wanted: ReadonlySet<string>;
  readonly ladders: ReadonlyMap<string, Ladder>;
  readonly states: ReadonlyMap<string, VersionState>;
}

/** Ready, no longer wanted, without traffic, and not standing in for a successor that is still on its way. */
function mayGo(version: ActualVersion, { desired, wanted, ladders, states }: Surroundings): boolean {
  if (version.state !== 'ready' || wanted.has(version.key)) return false;
  if (ladders.get(version.model)?.weights.has(version.key) === true) return false;
  if (desired.broken.some((broken) => broken.model === version.model && covers(broken.version, version.version))) {
    return false;
  }
  const successor = desired.models
    .find((model) => model.model === version.model)
    ?.specs.find((spec) => spec.version === version.version);
  return successor === undefined || states.get(keyOf(successor)) === 'ready';
}

function covers(broken: string, version: string): boolean {
  return broken === '' || broken === version;
}
