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

/** Rows are kept until they are reported, also of versions and epochs that are gone; beyond this the oldest go. */
const MAX_SOURCES = 2_000;

export class EvidenceBook {
  readonly #sources = new Set<EvidenceSource>();
  #urgent: () => void = () => undefined;

  add(source: EvidenceSource): void {
    this.#sources.add(source);
    for (const oldest of this.#sources) {
      if (this.#sources.size <= MAX_SOURCES) break;
      this.#sources.delete(oldest);
    }
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
