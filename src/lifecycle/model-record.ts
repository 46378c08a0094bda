/** A model on this instance, as the manager keeps it: what is wanted of it, what is here, and what is in force. */
import type { ModelStatus } from '../domain/catalog.ts';
import type { BrokenVersion, DesiredModel } from '../domain/desired-state.ts';
import type { QualificationReport, VersionSpec } from '../domain/version.ts';
import type { Entry } from './entry.ts';
import type { InForce, Standing } from './policy.ts';

/** Which policy is in force, as others are told. */
export interface PolicyStand {
  readonly model: string;
  /** 0 while there is none. */
  readonly epoch: number;
  /** Why it is not the one that should be; '' when it is. */
  readonly reason: string;
}

/** Changed by the manager alone. */
export interface ModelRecord {
  readonly model: string;
  desired: DesiredModel | undefined;
  broken: readonly BrokenVersion[];
  readonly entries: Map<string, Entry>;
  inForce: InForce | undefined;
  /** Why what is in force cannot be, or is not, what is desired. */
  reason: string;
  /** Versions that wait for their turn to be loaded. */
  waiting: readonly VersionSpec[];
  /** Worked out when somebody asks. */
  status: ModelStatus | undefined;
  /** What others were told last. */
  told: PolicyStand;
}

export function newRecord(model: string): ModelRecord {
  return {
    model,
    desired: undefined,
    broken: [],
    entries: new Map(),
    inForce: undefined,
    reason: '',
    waiting: [],
    status: undefined,
    told: { model, epoch: 0, reason: '' },
  };
}

export function standingOf({ desired, broken, entries, inForce }: ModelRecord): Standing {
  const actual = [...entries.values()].map(({ key, spec: { version }, state, reason, retry }) => ({
    key,
    version,
    state,
    reason,
    retry,
  }));
  return { desired, broken, actual, inForce };
}

export function policyStand({ model, desired, inForce, reason }: ModelRecord): PolicyStand {
  const epoch = inForce?.policy.epoch ?? 0;
  return { model, epoch, reason: epoch > 0 && desired?.policy?.epoch === epoch ? '' : reason };
}

/** Of the version that has traffic, or else of any ready one. */
export function usualReport({ entries, inForce }: ModelRecord): QualificationReport | undefined {
  const ready = [...entries.values()].filter(({ state }) => state === 'ready');
  const arms = inForce?.policy.arms.filter(({ weight }) => weight > 0) ?? [];
  const holder = ready.find(({ spec }) => arms.some(({ version }) => version === spec.version));
  return (holder ?? ready[0])?.report;
}

/** Nothing is left of it, and nothing is to come. */
export function isOver({ desired, broken, entries }: ModelRecord): boolean {
  return desired === undefined && broken.length === 0 && entries.size === 0;
}
