/** The traffic policy of a model: who answers, and the slots that each version owns. Immutable, numbered by epoch. */

/** Slots of routing keys; weights are in 1/10,000 and sum to this. */
export const TOTAL_WEIGHT = 10_000;

/** Slots in so many parts, by slot modulo it: callers who call often make the parts differ by more than chance. */
export const SLOT_PARTS = 256;

/** Slots `from` up to `below`, which is not its own. */
export type SlotRange = readonly [from: number, below: number];

export interface Arm {
  readonly version: string;
  /** How replies and statistics call it; unique within the policy. */
  readonly arm: string;
  readonly weight: number;
  /** Its slots in the order in which it gained them; they add up to `weight`. See routing/slots.ts. */
  readonly slots: readonly SlotRange[];
}

/** How a rule looks at one value of the call's metadata. */
export type Match =
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'prefix'; readonly value: string }
  | { readonly kind: 'one_of'; readonly values: readonly string[] }
  | { readonly kind: 'present'; readonly present: boolean };

export interface MatchRule {
  readonly name: string;
  /** Metadata key in lower case. */
  readonly header: string;
  readonly match: Match;
  readonly version: string;
}

export interface ShadowTarget {
  readonly version: string;
  /** Share of the calls that are copied, in 1/10,000. */
  readonly share: number;
}

/** Invariant: the arms' slots cover 0 to 9,999, each once. */
export interface TrafficPolicy {
  /** From 1 on, per model; 0 where there is no registry. */
  readonly epoch: number;
  readonly arms: readonly Arm[];
  /** The first that matches decides. */
  readonly rules: readonly MatchRule[];
  readonly shadows: readonly ShadowTarget[];
  /** '' = nobody answers in place of another. */
  readonly failOverTo: string;
  readonly sticky: boolean;
  /** Metadata key whose value is the routing key of calls that bring none; '' = none. */
  readonly routingKeyHeader: string;
  /** Mixed into the hash of routing keys, so that experiments do not share their halves. */
  readonly salt: string;
  /** Names the function from salt and key to slot: 1 = routing/pick.ts. */
  readonly hashVersion: 1;
}

/** Every version that the policy names, weight 0 included. */
export function versionsOf(policy: TrafficPolicy): ReadonlySet<string> {
  return new Set([
    ...policy.arms.map(({ version }) => version),
    ...policy.rules.map(({ version }) => version),
    ...policy.shadows.map(({ version }) => version),
    ...(policy.failOverTo === '' ? [] : [policy.failOverTo]),
  ]);
}

/** The versions without which the policy cannot be followed: all that it names but arms of weight 0. */
export function neededVersions(policy: TrafficPolicy): ReadonlySet<string> {
  const idle = new Set(policy.arms.filter(({ weight }) => weight === 0).map(({ version }) => version));
  const others = versionsOf({ ...policy, arms: policy.arms.filter(({ weight }) => weight > 0) });
  return new Set([...versionsOf(policy)].filter((version) => !idle.has(version) || others.has(version)));
}
