/** A version on this instance, as the manager keeps it. */
import type { QualificationReport, VersionSpec, VersionState } from '../domain/version.ts';
import type { VersionRunner } from '../runtime/version-runner.ts';

/** Changed by the manager alone. */
export interface Entry {
  readonly key: string;
  readonly spec: VersionSpec;
  state: VersionState;
  reason: string;
  since: Date;
  report: QualificationReport | undefined;
  /** Kept after a fault, so that calls which still reach it are told why. */
  runner: VersionRunner | undefined;
}
