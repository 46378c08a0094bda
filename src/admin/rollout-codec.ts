/** Rollouts as the store keeps them: their documents, journals and notes of evidence, to and from JSON. */
import { describeError, ServerError } from '../domain/errors.ts';
import type { JournalEntry, StoredDocument } from '../registry/document-store.ts';
import { noEvidence } from '../rollout/evidence.ts';
import type { RolloutEvidence } from '../rollout/evidence.ts';
import type { RolloutBody, RolloutRecord, RolloutEntry } from './rollout-body.ts';

export function recordFrom(document: StoredDocument): RolloutRecord {
  const body = read(`rollout ${document.id}`, document.body) as RolloutBody;
  return { document, ...body };
}

export function bodyOf({ state, formerFailOver, last }: RolloutBody): string {
  return JSON.stringify({ state, formerFailOver, last });
}

export function entryFrom({ seq, body }: JournalEntry): RolloutEntry & { readonly seq: number } {
  return { seq, ...(read(`entry ${seq} of a rollout's journal`, body) as RolloutEntry) };
}

/** None yet where nothing was stored. */
export function evidenceFrom(note: string | undefined): RolloutEvidence {
  return note === undefined ? noEvidence() : (read('the evidence of a rollout', note) as RolloutEvidence);
}

/** What this server wrote; it is as it was written, or it is lost. */
function read(what: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (caught) {
    const message = `${what} cannot be read: ${describeError(caught)}; restore the database from a backup`;
    throw new ServerError('data_loss', message, { cause: caught });
  }
}
