/** How a version's weights lie: as exported, or in files that all sessions map, so that one copy is enough. */

/** What the operator wants of the weights: see docs/weights.md. */
export const WEIGHTS_PREFERENCES = ['auto', 'memory', 'throughput'] as const;
export type WeightsPreference = (typeof WEIGHTS_PREFERENCES)[number];

export type WeightsLayout = 'exported' | 'shared';

/** Median compute time of a run of so many rows. */
export interface RunTime {
  readonly rows: number;
  readonly ms: number;
}

/** What one session costs in one layout. */
export interface LayoutFigures {
  readonly loadMs: number;
  /** Memory that each further session takes too; mapped weights are not in it. */
  readonly memoryBytes: number;
  /** Of one row, of some, and of the full batch; fewer where these are the same. */
  readonly runs: readonly RunTime[];
}

/** The layout that qualification chose, and on what grounds. */
export interface WeightsReport {
  readonly layout: WeightsLayout;
  /** Why this one, in a sentence. */
  readonly reason: string;
  /** Of the weights that lie, or would lie, in mapped files: once per machine. */
  readonly sharedBytes: number;
  /** sha256 of the rewritten model file; '' where the version's own files can be mapped as they are. */
  readonly digest: string;
  readonly exported: LayoutFigures;
  /** undefined where it was not measured. */
  readonly shared: LayoutFigures | undefined;
}
