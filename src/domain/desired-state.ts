/** What should be served here: the whole of it, every time. A version that is left out is to be unloaded. */
import type { TrafficPolicy } from './traffic.ts';
import type { VersionSpec } from './version.ts';

export interface DesiredModel {
  readonly model: string;
  /** To be loaded, oldest first. */
  readonly specs: readonly VersionSpec[];
  /** undefined = all to the first version, and no move without being told. */
  readonly policy: TrafficPolicy | undefined;
  /** Versions by alias. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Versions that the registry knows and that are not to be loaded, with a word on why, for who asks for them. */
  readonly others: ReadonlyMap<string, string>;
  /** Those of `others` that qualification rejected. */
  readonly rejected: ReadonlySet<string>;
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
  /** The source is still finding out what should be served; a process that starts waits for more. */
  readonly starting: boolean;
}
