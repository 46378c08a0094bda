/** Experiments as the store keeps them, from JSON. */
import { describeError, ServerError } from '../domain/errors.ts';
import type { StoredDocument } from '../registry/document-store.ts';
import type { ExperimentBody, ExperimentRecord } from './experiment-record.ts';

export function experimentFrom(document: StoredDocument): ExperimentRecord {
  return { document, ...(read(document) as ExperimentBody) };
}

/** Counts by reason, as they were stored beside the outcomes. */
export function refusalsFrom(text: string): Readonly<Record<string, number>> {
  return JSON.parse(text) as Readonly<Record<string, number>>;
}

function read({ name, body }: StoredDocument): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch (caught) {
    const message = `experiment "${name}" cannot be read: ${describeError(caught)}; restore the database from a backup`;
    throw new ServerError('data_loss', message, { cause: caught });
  }
}
