/**
 * The nouns of the registry: versions with what is known and was decided about them, epochs, events. Times are epoch
 * ms.
 */
import type { RegistryFile } from './registry-file.ts';
import type { TrafficPolicy } from './traffic.ts';
import type { ModelSettings, QualificationReport } from './version.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** What people say about a version; none of it is trusted. */
export interface VersionMetadata {
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly modelType: string;
  readonly framework: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly trainingData: string;
  readonly trainingDataDigest: string;
  readonly codeCommit: string;
  readonly dependencyLockDigest: string;
  readonly source: string;
  /** "model/version"; '' = unknown. */
  readonly parent: string;
  /** Anything else, as given. */
  readonly extra: JsonRecord;
}

export const REGISTRY_STATES = ['uploaded', 'qualifying', 'qualified', 'rejected', 'deleted'] as const;
export type RegistryState = (typeof REGISTRY_STATES)[number];

/** Immutable but for state, reason, stage, warm, description, tags, and what qualification adds. */
export interface RegisteredVersion {
  readonly model: string;
  readonly version: string;
  /** In hex; see manifestDigest in registry/digest.ts. */
  readonly digest: string;
  /** Sorted by path. */
  readonly files: readonly RegistryFile[];
  readonly bytes: number;
  readonly state: RegistryState;
  /** Why it was rejected; '' otherwise. */
  readonly reason: string;
  readonly stage: string;
  readonly metadata: VersionMetadata;
  /** Loaded without traffic. */
  readonly warm: boolean;
  readonly report: QualificationReport | undefined;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly deletedAt: number | undefined;
}

export interface RegisteredModel {
  readonly model: string;
  /** How its versions are run, over the server's defaults: keys of config.json. */
  readonly config: JsonRecord;
  /** What the models directory last said about traffic; it is applied when it changes. undefined = nothing yet. */
  readonly importedTraffic: string | undefined;
  readonly createdAt: number;
}

export interface Alias {
  readonly model: string;
  readonly alias: string;
  readonly version: string;
  readonly since: number;
  readonly actor: string;
}

export const EPOCH_CAUSES = ['first', 'set', 'switch', 'rollback', 'config', 'rollout', 'experiment'] as const;
export type EpochCause = (typeof EPOCH_CAUSES)[number];

export interface Epoch {
  readonly model: string;
  /** Its `epoch` is this one's number. */
  readonly policy: TrafficPolicy;
  /** Digests of the versions that the policy names. */
  readonly digests: Readonly<Record<string, string>>;
  readonly validFrom: number;
  /** undefined while it is in force. */
  readonly validTo: number | undefined;
  readonly actor: string;
  readonly reason: string;
  readonly cause: EpochCause;
}

export const TRANSITION_STATUSES = ['pending', 'approved', 'rejected', 'stale'] as const;
export type TransitionStatus = (typeof TRANSITION_STATUSES)[number];

export interface Decision {
  readonly actor: string;
  readonly approved: boolean;
  readonly reason: string;
  readonly at: number;
}

export interface Transition {
  readonly id: number;
  readonly model: string;
  readonly version: string;
  readonly digest: string;
  readonly fromStage: string;
  readonly toStage: string;
  readonly status: TransitionStatus;
  readonly requestedBy: string;
  readonly requestedAt: number;
  readonly reason: string;
  readonly approvalsNeeded: number;
  /** Names the rule that held when it was requested; another rule makes it stale. */
  readonly rule: string;
  readonly decisions: readonly Decision[];
}

export const EVENT_KINDS = [
  'version.registered',
  'version.qualified',
  'version.rejected',
  'version.updated',
  'version.deleted',
  'model.configured',
  'alias.set',
  'alias.deleted',
  'transition.requested',
  'transition.approved',
  'transition.rejected',
  'traffic.first',
  'traffic.set',
  'traffic.switched',
  'traffic.rolled_back',
  'traffic.rollout',
  'traffic.experiment',
  'rollout.started',
  'rollout.advanced',
  'rollout.paused',
  'rollout.resumed',
  'rollout.approved',
  'rollout.alerted',
  'rollout.promoted',
  'rollout.aborted',
  'rollout.ended',
  'experiment.created',
  'experiment.started',
  'experiment.stopped',
  'experiment.concluded',
  'experiment.ended',
  'blobs.collected',
  'token.created',
  'token.revoked',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** What a change tells the audit log about itself. */
export interface EventDraft {
  readonly at: number;
  readonly kind: EventKind;
  readonly model: string;
  /** The version, alias or stage that it is about; '' where it is the model. */
  readonly subject: string;
  readonly actor: string;
  readonly reason: string;
  readonly before: JsonRecord;
  readonly after: JsonRecord;
}

export interface AuditEvent extends EventDraft {
  /** From 1 on, without gaps. */
  readonly seq: number;
  /** In hex: sha256 over the hash of the event before ('' for the first), a line feed, and this event as JSON. */
  readonly hash: string;
}

/** A serve process has put an epoch in force. */
export interface Application {
  readonly instance: string;
  readonly model: string;
  readonly epoch: number;
  readonly at: number;
}

/** Settings of a model as its config and the server's defaults give them. */
export type SettingsOf = (config: JsonRecord) => ModelSettings;
