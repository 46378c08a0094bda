/** What a store tells whoever counts: each transaction, however it ended. */
import type { AuditEvent } from '../domain/registry.ts';
import type { Outcome } from '../domain/tracing.ts';

export interface StoreWatch {
  /**
   * `ms` with the wait for its turn; `events` that it appended, none where it was undone. Must not throw.
   */
  transaction(done: { readonly outcome: Outcome; readonly ms: number; readonly events: readonly AuditEvent[] }): void;
}
