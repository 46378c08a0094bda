/** What admin and serve processes tell each other over the control plane, as plain values. Instants are epoch ms. */
import type { KnownToken } from '../access/token.ts';
import type { RegistryFile } from '../domain/registry-file.ts';
import type { EvidenceReport } from '../monitor/evidence-reporter.ts';
import type { VersionState } from '../domain/version.ts';

/**
 * A version that is to be loaded. Its JSON is made and read by whoever knows the nouns; the wire does not look inside.
 */
export interface WireVersion {
  readonly version: string;
  readonly digest: string;
  readonly bytes: number;
  readonly files: readonly RegistryFile[];
  /** Of ModelSettings. */
  readonly settingsJson: string;
  /** Of QualificationReport, as registry/report-codec.ts writes it. */
  readonly reportJson: string;
  /** Of what people said about it. */
  readonly metadataJson: string;
}

export interface WireModel {
  readonly model: string;
  /** To be loaded, oldest first. */
  readonly versions: readonly WireVersion[];
  /** Of TrafficPolicy; '' while there is none. */
  readonly policyJson: string;
  /** Versions by alias. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Known but not to be loaded, with a word on why. */
  readonly others: ReadonlyMap<string, string>;
  /** Those of `others` that qualification rejected. */
  readonly rejected: readonly string[];
}

/** Down: a part of the whole desired state, or the models that changed, each whole. */
export interface DesiredUpdate {
  /** Grows with every change. */
  readonly revision: number;
  /** Forget everything before: what follows is the whole. */
  readonly reset: boolean;
  /** Parts of the same revision follow; nothing is put in force before the last. */
  readonly more: boolean;
  readonly models: readonly WireModel[];
  readonly removed: readonly string[];
  /** The registry still qualifies what it found at its start; a serve process that is starting waits for it. */
  readonly starting: boolean;
  /** Signs prediction ids; it comes with `reset` only. */
  readonly predictionKey?: Uint8Array;
  /** Statistics of this instance and boot are kept up to the report with this number. */
  readonly statisticsAck?: number;
  /** Evidence of this instance and boot is kept up to the report with this number. */
  readonly evidenceAck?: number;
  /** Tokens that may call Predict, all of them; they come with `reset`, and whenever that changed. */
  readonly callers?: readonly KnownToken[];
}

/** Up, first: who connects. */
export interface Hello {
  readonly instance: string;
  /** Another one after every start; cumulative totals begin at zero with it. */
  readonly boot: string;
  /** Of its Predict port. */
  readonly address: string;
  readonly serverVersion: string;
}

/** Which epoch of a model an instance has in force. */
export interface AppliedEpoch {
  readonly model: string;
  /** 0 while it has none. */
  readonly epoch: number;
  /** Why it is not the one that should be; '' when it is. */
  readonly reason: string;
  /** By the instance's clock. */
  readonly at: number;
}

/** Where a version stands on an instance. */
export interface VersionReport {
  readonly model: string;
  readonly version: string;
  readonly digest: string;
  readonly state: VersionState;
  readonly reason: string;
  readonly since: number;
  /** It is no longer there at all. */
  readonly gone: boolean;
}

/** Cumulative totals of one version in one role since the instance's start. */
export interface SeriesReport {
  readonly model: string;
  readonly version: string;
  readonly role: string;
  /** JSON of monitor/series.ts. */
  readonly totalsJson: string;
}

export interface StatisticsReport {
  /** From 1 on, growing. */
  readonly seq: number;
  readonly series: readonly SeriesReport[];
}

/** Up, ever after: what changed there since the last report, all of it in the first report of a connection. */
export interface InstanceReport {
  readonly applied: readonly AppliedEpoch[];
  readonly versions: readonly VersionReport[];
  /** Of the desired state that it has taken. */
  readonly revision: number;
  /** Everything that it should serve is ready, or failed for a known reason. */
  readonly settled: boolean;
  readonly statistics?: StatisticsReport;
  readonly evidence?: EvidenceReport;
}
