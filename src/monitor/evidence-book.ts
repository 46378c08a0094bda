/** The book of everything cumulative that a serve process tells the admin process besides its statistics. */
import type { JsonRecord } from '../domain/registry.ts';

export const EVIDENCE_KINDS = ['arm', 'comparison', 'examples', 'sketch'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** One row of the book. Who counts owns it and goes on counting; it is read when it is reported. */
export interface EvidenceSource {
  readonly kind: EvidenceKind;
  readonly model: string;
  /** Unique of its kind and model: "EPOCH/ARM", "LIVE/SHADOW", "VERSION". */
  readonly name: string;
  /** Grows with every record; 0 = nothing to tell yet. */
  readonly activity: number;
  /** Cumulative since the process began; JSON of 256 kB at most. */
  body(): JsonRecord;
}

/**
 * Rows of what is gone are kept too: a receiver that forgot is told all of them again. Beyond this the oldest of those
 * that no longer count go, then the oldest of all; what they count is not told any more.
 */
const MAX_SOURCES = 2_000;

export class EvidenceBook {
  readonly #sources = new Set<EvidenceSource>();
  /** Those of them that no longer count. */
  readonly #retired = new Set<EvidenceSource>();
  #urgent: () => void = () => undefined;

  add(source: EvidenceSource): void {
    this.#sources.add(source);
    while (this.#sources.size > MAX_SOURCES) {
      const [oldest = source] = this.#retired.size > 0 ? this.#retired : this.#sources;
      this.#sources.delete(oldest);
      this.#retired.delete(oldest);
    }
  }

  /** It will not count any more; it is told until its place is needed. */
  retire(source: EvidenceSource): void {
    if (this.#sources.has(source)) this.#retired.add(source);
  }

  sources(): readonly EvidenceSource[] {
    return [...this.#sources];
  }

  /** Something that should not wait for the next report was counted. */
  hurry(): void {
    this.#urgent();
  }

  /** Who is told when something should not wait; one only. */
  onUrgent(listener: () => void): void {
    this.#urgent = listener;
  }
}
