/** Experiments as the store keeps them, from JSON. */
import { describeError, ServerError } from '../domain/errors.ts';
import type { StoredDocument } from '../registry/document-store.ts';
import type { ExperimentBody, ExperimentNote, ExperimentRecord } from './experiment-body.ts';

export function experimentFrom(document: StoredDocument): ExperimentRecord {
  return { document, ...(read(`experiment "${document.name}"`, document.body) as ExperimentBody) };
}

export function noteFrom(text: string): ExperimentNote {
  return read('the note of an experiment', text) as ExperimentNote;
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
