/** A version on this instance, as the manager keeps it. */
import type { QualificationReport, VersionSpec, VersionState } from '../domain/version.ts';
import type { VersionRunner } from '../runtime/version-runner.ts';

/** Changed by the manager alone. */
export interface Entry {
  readonly key: string;
  /** As it was asked for, and once it has been prepared with where its files are. */
  spec: VersionSpec;
  state: VersionState;
  reason: string;
  since: Date;
  report: QualificationReport | undefined;
  /** Kept after a fault until a new one is ready, so that calls which still reach it are told why. */
  runner: VersionRunner | undefined;
  /** It failed and is to be tried again. */
  retry: boolean;
}
