/**
 * What to do next so that what is becomes what should be: availability first, pure, idempotent, one model at a time.
 */
import type { BrokenVersion, DesiredModel } from '../domain/desired-state.ts';
import { neededVersions } from '../domain/traffic.ts';
import type { TrafficPolicy } from '../domain/traffic.ts';
import type { VersionSpec, VersionState } from '../domain/version.ts';
import { policyOf } from './directory-policy.ts';

/** One version as it stands here. Two of the same name differ in their digest: the files were replaced. */
export interface ActualVersion {
  readonly key: string;
  readonly version: string;
  readonly state: VersionState;
  /** Why it failed; '' otherwise. */
  readonly reason: string;
  /** It failed and is to be tried again. */
  readonly retry: boolean;
}

/** A policy that can be followed: every version that it needs is, or was, ready. */
export interface InForce {
  readonly policy: TrafficPolicy;
  /** Which of the loaded versions stand behind its names: key by version. */
  readonly keys: ReadonlyMap<string, string>;
}

/** Everything that the decision about one model depends on. */
export interface Standing {
  /** undefined = nothing of it is to be served. */
  readonly desired: DesiredModel | undefined;
  readonly broken: readonly BrokenVersion[];
  readonly actual: readonly ActualVersion[];
  readonly inForce: InForce | undefined;
}

export interface Plan {
  readonly load: readonly VersionSpec[];
  readonly inForce: InForce | undefined;
  /** Why that is not what is desired; '' when it is. */
  readonly reason: string;
  /** Keys of versions to drain and unload, once the policy is in force. */
  readonly unload: readonly string[];
  /** Keys of versions that failed and that nobody asks for any more. */
  readonly forget: readonly string[];
}

/** Identity of a loaded version: the same name with other files, or run in another way, is another one. */
export function keyOf(spec: Pick<VersionSpec, 'model' | 'version' | 'digest' | 'settings'>): string {
  return `${spec.model}/${spec.version}@${spec.digest} ${JSON.stringify(spec.settings)}`;
}

/**
 * Loads before it unloads: a model's traffic moves only when every version that the policy needs is ready, and until
 * then the former policy stays; what neither is desired nor has a part in the policy in force goes. Call it after
 * every change, it repeats itself until all is quiet.
 */
export function plan(standing: Standing): Plan {
  const { desired, actual } = standing;
  const states = new Map(actual.map((version) => [version.key, version]));
  const specs = new Map((desired?.specs ?? []).map((spec) => [keyOf(spec), spec]));
  const load = [...specs].filter(([key]) => states.get(key)?.retry ?? true).map(([, spec]) => spec);
  const { inForce, reason } = nextPolicy(standing, states);
  const held = new Set(desired === undefined ? [] : inForce?.keys.values());
  const idle = actual.filter(({ key }) => !specs.has(key) && !held.has(key));
  const isBroken = ({ version }: ActualVersion): boolean => covers(standing.broken, version);
  const unload = idle.filter((each) => each.state === 'ready' && !isBroken(each) && !standsIn(each, desired, states));
  const forget = idle.filter(({ state }) => state === 'failed');
  return { load, inForce, reason, unload: keysOf(unload), forget: keysOf(forget) };
}

type States = ReadonlyMap<string, ActualVersion>;

function nextPolicy(standing: Standing, states: States): Pick<Plan, 'inForce' | 'reason'> {
  const { desired } = standing;
  if (desired === undefined) return { inForce: standing.inForce, reason: '' };
  const policy = desired.policy ?? defaultPolicy(desired, standing, states);
  if (policy === undefined) {
    const reason = desired.specs.length === 0 ? 'no version is to be served' : 'every version failed';
    return { inForce: standing.inForce, reason };
  }
  const keys = new Map<string, string>();
  for (const version of neededVersions(policy)) {
    const spec = desired.specs.find((candidate) => candidate.version === version);
    const lack = spec === undefined ? whyNotThere(desired, version) : whyNotReady(states.get(keyOf(spec)));
    if (spec === undefined || lack !== '') {
      return { inForce: standing.inForce, reason: `version ${version} ${partOf(policy, version)} and ${lack}` };
    }
    keys.set(version, keyOf(spec));
  }
  return { inForce: { policy, keys }, reason: '' };
}

function whyNotThere({ others }: DesiredModel, version: string): string {
  const word = others.get(version);
  return word === undefined ? 'is not there' : `cannot be loaded: ${word}`;
}

/** '' when it is. */
function whyNotReady(version: ActualVersion | undefined): string {
  if (version?.state === 'ready') return '';
  if (version === undefined || !isLost(version)) return 'is not ready yet';
  return version.reason === '' ? 'failed' : `failed: ${version.reason}`;
}

function partOf({ arms, rules, shadows }: TrafficPolicy, version: string): string {
  if (arms.some((arm) => arm.version === version && arm.weight > 0)) return 'is to have traffic';
  if (rules.some((rule) => rule.version === version)) return 'is to answer for a rule';
  return shadows.some((shadow) => shadow.version === version)
    ? 'is to get copies of calls'
    : 'is to answer where others fail';
}

/** All to the version that has most of it now, else to the first that did not fail: later ones take none until told. */
function defaultPolicy(
  { model, specs }: DesiredModel,
  { inForce, broken }: Standing,
  states: States,
): TrafficPolicy | undefined {
  const arms = (inForce?.policy.arms ?? []).filter(({ weight }) => weight > 0).toSorted((a, b) => b.weight - a.weight);
  const isHere = (name: string): boolean =>
    specs.some(({ version }) => version === name) || broken.some(({ version }) => version === name);
  const holder = arms.find(({ version }) => isHere(version));
  const first = specs.find((spec) => !isLost(states.get(keyOf(spec))));
  const chosen = holder?.version ?? first?.version;
  return chosen === undefined ? undefined : policyOf(model, new Map([[chosen, 10_000]]));
}

function isLost(version: ActualVersion | undefined): boolean {
  return version?.state === 'failed' && !version.retry;
}

/** It answers for a successor of the same name that is still on its way. */
function standsIn({ version }: ActualVersion, desired: DesiredModel | undefined, states: States): boolean {
  const successor = desired?.specs.find((spec) => spec.version === version);
  return successor !== undefined && states.get(keyOf(successor))?.state !== 'ready';
}

function covers(broken: readonly BrokenVersion[], name: string): boolean {
  return broken.some(({ version }) => version === '' || version === name);
}

function keysOf(versions: readonly ActualVersion[]): readonly string[] {
  return versions.map(({ key }) => key);
}
