/** Failures that are evidence: of keyless calls all, of calls with a key the first of each slot. */
import type { ArmDelta } from './arm-delta.ts';

/** Slots of routing keys that failed so far, on either arm. */
export interface FailedSlots {
  readonly faultSlots: readonly number[];
  readonly overloadSlots: readonly number[];
}

export interface FreshFailures extends FailedSlots {
  readonly candidate: number;
  readonly stable: number;
}

/** `withOverloads`: an arm that is not the larger is overloaded for its own slowness only. */
export function freshFailures(
  { faultSlots, overloadSlots }: FailedSlots,
  {
    candidate,
    stable,
    withOverloads,
  }: { readonly candidate: ArmDelta; readonly stable: ArmDelta; readonly withOverloads: boolean },
): FreshFailures {
  const faults = new Set(faultSlots);
  const overloads = new Set(overloadSlots);
  const ofArm = (delta: ArmDelta): number => {
    const failed = delta.keylessFaults + countFresh(faults, delta.faultSlots);
    return withOverloads ? failed + delta.keylessOverloads + countFresh(overloads, delta.overloadSlots) : failed;
  };
  const counts = { candidate: ofArm(candidate), stable: ofArm(stable) };
  return { ...counts, faultSlots: [...faults], overloadSlots: [...overloads] };
}

function countFresh(known: Set<number>, slots: readonly number[]): number {
  const before = known.size;
  for (const slot of slots) known.add(slot);
  return known.size - before;
}
