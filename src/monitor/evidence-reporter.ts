/** What a serve process tells of its evidence: the rows that changed, until they are kept. */
import type { EvidenceBook, EvidenceSource } from './evidence-book.ts';

/** A row as it goes over the wire. */
export interface EvidenceLine {
  /** An EvidenceKind; another build's may be unknown here. */
  readonly kind: string;
  readonly model: string;
  readonly name: string;
  readonly bodyJson: string;
}

export interface EvidenceReport {
  /** From 1 on, growing. */
  readonly seq: number;
  readonly rows: readonly EvidenceLine[];
}

/** So that a report stays below some MB; what does not fit goes first in the next one. */
const MAX_ROWS = 500;
const MAX_CHARACTERS = 2_000_000;
/** A larger row is left out; the receiver takes no larger one. */
export const MAX_BODY_CHARACTERS = 512_000;
/** Rows that decide nothing at once are told this often. */
const CALM_MS = 2_000;
/** What is not acknowledged after so long is told again. */
const AGAIN_MS = 5_000;
const MAX_OUTSTANDING = 64;

interface Sent {
  /** Rows change their names when they begin anew. */
  readonly name: string;
  readonly activity: number;
  readonly at: number;
  kept: boolean;
}

export class EvidenceReporter {
  readonly #book: EvidenceBook;
  readonly #now: () => number;
  #sent = new WeakMap<EvidenceSource, Sent>();
  readonly #outstanding = new Map<number, readonly Sent[]>();
  #seq = 0;

  /** `now` is a clock that only goes forward, in ms. */
  constructor(book: EvidenceBook, now: () => number = () => performance.now()) {
    this.#book = book;
    this.#now = now;
  }

  /**
   * The next report; undefined when there is nothing to tell now. `isLast`: what would be told later is told too, and
   * what is not acknowledged is told again.
   */
  collect({ isLast = false }: { readonly isLast?: boolean } = {}): EvidenceReport | undefined {
    const now = this.#now();
    const due = this.#book.sources().filter((source) => this.#isDue(source, now, isLast));
    due.sort((a, b) => (this.#sent.get(a)?.at ?? 0) - (this.#sent.get(b)?.at ?? 0));
    const rows: EvidenceLine[] = [];
    const sent: Sent[] = [];
    let characters = 0;
    for (const source of due.slice(0, MAX_ROWS)) {
      const { kind, model, name, activity } = source;
      const bodyJson = JSON.stringify(source.body());
      const line = { name, activity, at: now, kept: bodyJson.length > MAX_BODY_CHARACTERS };
      this.#sent.set(source, line);
      if (line.kept) continue;
      rows.push({ kind, model, name, bodyJson });
      sent.push(line);
      characters += bodyJson.length;
      if (characters >= MAX_CHARACTERS) break;
    }
    if (rows.length === 0) return undefined;
    this.#seq += 1;
    this.#outstanding.set(this.#seq, sent);
    for (const oldest of this.#outstanding.keys()) {
      if (this.#outstanding.size <= MAX_OUTSTANDING) break;
      this.#outstanding.delete(oldest);
    }
    return { seq: this.#seq, rows };
  }

  /** The rows of this report are kept. Says nothing about others. */
  acknowledge(seq: number): void {
    for (const sent of this.#outstanding.get(seq) ?? []) sent.kept = true;
    this.#outstanding.delete(seq);
  }

  /** Another receiver, or one that may have forgotten: everything is told again. */
  restart(): void {
    this.#sent = new WeakMap();
    this.#outstanding.clear();
  }

  #isDue(source: EvidenceSource, now: number, isLast: boolean): boolean {
    if (source.activity === 0) return false;
    const sent = this.#sent.get(source);
    if (sent === undefined) return true;
    const isNews = source.activity > sent.activity || source.name !== sent.name;
    if (isNews) return isLast || source.kind === 'arm' || now - sent.at >= CALM_MS;
    return !sent.kept && (isLast || now - sent.at >= AGAIN_MS);
  }
}
