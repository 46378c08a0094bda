/** A model version as the desired state names it, and the states it passes through on an instance. */
import type { ShadowSettings } from './comparison.ts';
import type { RegistryFile } from './registry-file.ts';
import type { Signature } from './signature.ts';
import type { ReferenceSketches } from './sketch.ts';
import type { Tensor } from './tensor.ts';
import type { WeightsPreference, WeightsReport } from './weights.ts';

/** Where a version stands on this instance. `failed` and `unloaded` are ends; a reason goes with `failed`. */
export type VersionState =
  'fetching' | 'qualifying' | 'loading' | 'warming' | 'ready' | 'draining' | 'unloaded' | 'failed';

/** Inputs with the outputs that they must give, within `tolerance` (absolute, or relative where larger). */
export interface GoldenExample {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

export interface Golden {
  readonly tolerance: number;
  readonly examples: readonly GoldenExample[];
}

/** How a model is run; compiled from its config.json and the server's defaults. Units in the names. */
export interface ModelSettings {
  /** false: never join requests, whatever the signature allows. */
  readonly batching: boolean;
  readonly maxBatchRows: number;
  /** How long an idle lane may wait for a fuller batch; 0 = never (work-conserving). */
  readonly maxQueueDelayMs: number;
  readonly maxQueueRows: number;
  readonly maxQueueBytes: number;
  /** Lanes that hold each version; 0 = every lane. */
  readonly instances: number;
  /** true: lanes of its own, `instances` of them (at least 1). */
  readonly isolated: boolean;
  readonly intraOpThreads: number;
  readonly executionProviders: readonly string[];
  /** A run that takes longer is given up: its callers get DEADLINE_EXCEEDED and the version fails. */
  readonly maxRunMs: number;
  /** By which qualification chooses the layout of weights. */
  readonly weights: WeightsPreference;
  /** undefined = default tolerances, nothing is private. */
  readonly shadow?: ShadowSettings | undefined;
}

/** Everything needed to bring one version up. Immutable; the digest is its identity. */
export interface VersionSpec {
  readonly model: string;
  readonly version: string;
  /** Absolute path of model.onnx; '' until it has been fetched. */
  readonly path: string;
  /** sha256 over the sorted (path, size, sha256) of its files. */
  readonly digest: string;
  /** Sorted by path. */
  readonly files: readonly RegistryFile[];
  readonly bytes: number;
  readonly settings: ModelSettings;
  readonly golden: Golden | undefined;
  /** model.json without the golden examples, as given. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What the registry's qualification found out; undefined where this instance is to qualify it. */
  readonly report: QualificationReport | undefined;
}

/** What qualification found out about a version, in a child process, before any lane loads it. */
export interface QualificationReport {
  readonly digest: string;
  readonly signature: Signature;
  /** Rows of different requests may be joined: proven by running. */
  readonly batchable: boolean;
  /** Why not, in a sentence; '' when batchable. */
  readonly batchingReason: string;
  readonly loadMs: number;
  /** Median compute time of one row and of `batchRows` rows. */
  readonly singleRunMs: number;
  readonly batchRunMs: number;
  readonly batchRows: number;
  /** Memory that a session takes for itself; weights in mapped files are not in it. */
  readonly memoryBytes: number;
  /** One row of inputs that the version accepts: warm-up material. */
  readonly sample: readonly Tensor[];
  /** undefined where its folder has no reference.json. */
  readonly reference?: ReferenceSketches | undefined;
  /** undefined in reports of earlier builds: then they lie as exported. */
  readonly weights?: WeightsReport | undefined;
}

/** What a qualification child answers. */
export type QualificationVerdict =
  | { readonly kind: 'qualified'; readonly report: QualificationReport }
  | { readonly kind: 'rejected'; readonly reason: string };

/** A version's row in ListVersions: what it is and where it stands here. */
export interface VersionStatus {
  readonly model: string;
  readonly version: string;
  readonly digest: string;
  readonly state: VersionState;
  /** Why it failed or is not batched; '' otherwise. */
  readonly reason: string;
  readonly since: Date;
  readonly signature: Signature | undefined;
  readonly batching: BatchingStatus | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface BatchingStatus {
  readonly enabled: boolean;
  readonly reason: string;
  readonly maxBatchRows: number;
}

/** "model" and "version" names: strict, so that they are safe in paths, labels and logs. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

export function isName(text: string): boolean {
  return NAME.test(text);
}

/** One key for maps over versions; names hold no slash. */
export function versionKey(model: string, version: string): string {
  return `${model}/${version}`;
}

/** Orders version names as people number them: 2 before 10, 1.9 before 1.10, 20260101_120000 after 20251231_235959. */
export function compareVersions(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

const collator = new Intl.Collator('en', { numeric: true });
