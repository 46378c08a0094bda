/** What should be served: the whole of it, every time. A version that is left out is to be unloaded. */
import type { VersionSpec } from '../domain/version.ts';

export interface DesiredModel {
  readonly model: string;
  /** Oldest first. */
  readonly specs: readonly VersionSpec[];
  /** Weights in 1/10,000 that sum to 10,000; undefined = all to the first version, and no move without being told. */
  readonly traffic: ReadonlyMap<string, number> | undefined;
}

/** A version that was asked for but cannot even be read. What is loaded of it stays as it is. */
export interface BrokenVersion {
  readonly model: string;
  /** '' = the whole model. */
  readonly version: string;
  readonly reason: string;
}

export interface DesiredState {
  /** Grows with every change. */
  readonly revision: number;
  readonly models: readonly DesiredModel[];
  readonly broken: readonly BrokenVersion[];
}
