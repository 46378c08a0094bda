/** What the doors may ask about the models on this instance; the lifecycle manager answers. */
import type { VersionStatus } from './version.ts';

export interface ModelStatus {
  readonly model: string;
  /** Version that `latest` means now; '' when none is ready. */
  readonly latest: string;
  /** Weights of the traffic policy in 1/10,000, by version; empty while none is in force. */
  readonly weights: ReadonlyMap<string, number>;
  /** Oldest first. */
  readonly versions: readonly VersionStatus[];
}

export interface Catalog {
  /** All models, sorted by name. */
  models(): readonly ModelStatus[];
  model(name: string): ModelStatus | undefined;
  /** True once every version of the desired state is ready or failed, and until shutdown begins. */
  settled(): boolean;
  /** Calls back after every change of any state or table; returns the way to stop it. */
  onChange(listener: () => void): () => void;
}
