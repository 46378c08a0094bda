/** What every use case of the admin process may use. */
import type { Store } from '../registry/store.ts';
import type { SettingsOf } from '../domain/registry.ts';
import type { Changes } from './changes.ts';
import type { Fleet } from './fleet.ts';

/** Who may approve the entry into a stage, and how many have to. */
export interface ApprovalRule {
  readonly needed: number;
  /** Empty = anybody. */
  readonly approvers: readonly string[];
}

export interface StageRules {
  /** The first is that of new versions. */
  readonly stages: readonly string[];
  /** By stage; a stage that is not here is entered without approval. */
  readonly approvals: ReadonlyMap<string, ApprovalRule>;
}

export interface AdminContext {
  readonly store: Store;
  readonly fleet: Fleet;
  readonly changes: Changes;
  readonly stageRules: StageRules;
  /** Throws a ServerError that names the key where the config is wrong. */
  readonly settingsOf: SettingsOf;
  /** Epoch ms. */
  readonly now: () => number;
  /** Text that nobody can guess, for salts. */
  readonly newSalt: () => string;
  /** How long a version that lost its traffic stays loaded. */
  readonly holdFormerMs: number;
  /** Files that an epoch of the last so many ms names are kept although their versions were deleted. */
  readonly epochRetentionMs: number;
}

/** Actor of callers that send no `x-sluice-actor`. */
export const UNKNOWN_ACTOR = 'unknown';

/** How a change was asked for. */
export interface Order {
  readonly actor: string;
  readonly reason: string;
  /** '' = none. */
  readonly idempotencyKey: string;
}
