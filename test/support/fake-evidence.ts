/** Evidence as the test puts it there. */
import type { EvidenceReader, EvidenceRow } from '../../src/admin/evidence.ts';
import type { EvidenceKind } from '../../src/monitor/evidence-book.ts';
import type { JsonRecord } from '../../src/domain/registry.ts';

export class FakeEvidence implements EvidenceReader {
  readonly #rows: EvidenceRow[] = [];
  readonly #listeners = new Set<(rows: readonly EvidenceRow[]) => void>();

  /** Of model iris, from the instance "a" unless told otherwise. */
  put(kind: EvidenceKind, name: string, body: object, instance = 'a'): void {
    const row = { kind, model: 'iris', name, instance, boot: 'boot', body: body as JsonRecord };
    this.#rows.push(row);
    for (const listener of this.#listeners) listener([row]);
  }

  rows(kind: EvidenceKind, model: string): Promise<readonly EvidenceRow[]> {
    return Promise.resolve(this.#rows.filter((row) => row.kind === kind && row.model === model));
  }

  listen(listener: (rows: readonly EvidenceRow[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}
