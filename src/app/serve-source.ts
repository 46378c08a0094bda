/** Where a serve process learns what to serve: from the models directory, or from the admin process. */
import type { KeepOutcomes } from '../transport/services/outcome-service.ts';
import type { BytesGuard } from '../transport/guard.ts';
import type { ControlHealth } from '../transport/grpc-js/catalog-health.ts';
import type { VersionSpec, QualificationReport, VersionStatus } from '../domain/version.ts';

/** What the lifecycle manager gets to load. */
export interface Prepared {
  readonly spec: VersionSpec;
  readonly report: QualificationReport;
}

export interface ServeSource {
  /** The connection to the admin process; undefined where there is none to be had. */
  readonly control: ControlHealth | undefined;
  /** Hands outcomes to the registry; undefined where there is none. */
  readonly keepOutcomes: KeepOutcomes | undefined;
  /** Who lets callers of Predict in; undefined = whoever reaches the port. */
  readonly guard: BytesGuard | undefined;
  /** Begins to bring desired states; resolves once there is a first one, or one is on its way. */
  start(): Promise<void>;
  /** Asks for the desired state anew, where that is for the serve process to do. */
  reload(): Promise<void>;
  /** Brings a version's files here and says what qualification found out. Rejects with the reason why not. */
  prepare(spec: VersionSpec): Promise<Prepared>;
  /** A version entered another state here. */
  onState(status: VersionStatus): void;
  /** Nothing of this name is left here. */
  onForget(model: string, version: string): void;
  /** A policy was put in force here, or cannot be for another reason than before. */
  onPolicy(stand: { readonly model: string; readonly epoch: number; readonly reason: string }): void;
  /** After a start, everything that should be served is ready, or failed for a known reason: the rest may go. */
  settled(): void;
  /** After everything was drained. */
  close(): Promise<void>;
}
