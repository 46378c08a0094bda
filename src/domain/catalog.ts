/** What the doors may ask about the models on this instance; the lifecycle manager answers. */
import type { VersionStatus } from './version.ts';

export interface ModelStatus {
  readonly model: string;
  /** Version that `latest` means now; '' when none is ready. */
  readonly latest: string;
  /** Weights of the traffic policy in 1/10,000, by version; empty while none is in force. */
  readonly weights: ReadonlyMap<string, number>;
  /** Versions by alias. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Oldest first. */
  readonly versions: readonly VersionStatus[];
}

const ALIAS = 'alias:';

/**
 * The version that a caller's word stands for; undefined where it is an alias that does not exist, '' where none is.
 */
export function versionOf(
  { latest, aliases }: Pick<ModelStatus, 'latest' | 'aliases'>,
  word: string,
): string | undefined {
  if (word === 'latest') return latest;
  return word.startsWith(ALIAS) ? aliases.get(word.slice(ALIAS.length)) : word;
}

export interface Catalog {
  /** All models, sorted by name. */
  models(): readonly ModelStatus[];
  model(name: string): ModelStatus | undefined;
  /** True from when every version of a desired state was first ready or failed, and until shutdown begins. */
  settled(): boolean;
  /**
   * Calls back after every change of any state or table, with the models that it was about: none where it is the whole
   * server. Returns the way to stop it.
   */
  onChange(listener: (models: readonly string[]) => void): () => void;
}
