/** What watches the answers of a predict or a mirror, with its book. */
import type { EvidenceKind } from '../../src/monitor/evidence-book.ts';
import { EvidenceBook } from '../../src/monitor/evidence-book.ts';
import type { JsonRecord } from '../../src/domain/registry.ts';
import { ArmEvidence } from '../../src/monitor/arm-evidence.ts';
import { DriftSampler } from '../../src/serving/drift-sampler.ts';
import { Shadowing } from '../../src/serving/shadowing.ts';
import { SpareTime } from '../../src/serving/spare-time.ts';

export interface Observers {
  readonly book: EvidenceBook;
  readonly sampler: DriftSampler;
  readonly shadowing: Shadowing;
  readonly arms: ArmEvidence;
  /** Bodies of the rows of a kind that have something to tell, by name. */
  readonly rows: (kind: EvidenceKind) => Record<string, JsonRecord>;
}

export function observers({
  now = () => 0,
  wallClock = () => 0,
}: { now?: () => number; wallClock?: () => number } = {}): Observers {
  const book = new EvidenceBook();
  const spare = new SpareTime({ now });
  const sampler = new DriftSampler({ book, spare, now, wallClock });
  const shadowing = new Shadowing({ book, spare, sampler, now: wallClock });
  const rows = (kind: EvidenceKind): Record<string, JsonRecord> => {
    const telling = book.sources().filter((source) => source.kind === kind && source.activity > 0);
    return Object.fromEntries(telling.map((source) => [source.name, source.body()]));
  };
  return { book, sampler, shadowing, arms: new ArmEvidence(book), rows };
}
