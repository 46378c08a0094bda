/** What the admin process knows of the serve processes that are connected to it. */
import type { VersionState } from '../domain/version.ts';

/** Where one serve process stands with one model. */
export interface InstanceEpoch {
  readonly instance: string;
  /** In force there; 0 while there is none. */
  readonly epoch: number;
  /** Why it is not the one that should be; '' when it is. */
  readonly reason: string;
}

/** Where one version stands on one serve process. */
export interface InstanceVersion {
  readonly instance: string;
  readonly state: VersionState;
  readonly reason: string;
  /** Epoch ms. */
  readonly since: number;
}

export interface InstanceView {
  readonly instance: string;
  readonly connected: boolean;
  /** Epoch ms of its connecting, or of its loss. */
  readonly since: number;
  /** Of its Predict port. */
  readonly address: string;
  readonly serverVersion: string;
  readonly readyVersions: number;
  readonly failedVersions: number;
  readonly settled: boolean;
}

export interface Fleet {
  epochs(model: string): readonly InstanceEpoch[];
  versions(model: string, version: string): readonly InstanceVersion[];
  instances(): readonly InstanceView[];
  /**
   * Resolves with true once every connected serve process has this epoch, or a later one, in force; with false after
   * `ms`.
   */
  whenApplied(want: { readonly model: string; readonly epoch: number; readonly ms: number }): Promise<boolean>;
}
