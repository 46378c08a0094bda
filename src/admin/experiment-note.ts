/** What is counted beside an experiment: outcomes that were refused, and calls that outlast their rows of evidence. */
import { NO_EXPOSURES } from '../experiment/exposures.ts';
import type { Exposures } from '../experiment/exposures.ts';
import type { StoreReader, StoreWriter } from '../registry/store.ts';
import type { ExperimentNote, Refusal } from './experiment-body.ts';
import { noteFrom } from './experiment-codec.ts';

const NOTHING: ExperimentNote = { refused: {}, exposures: NO_EXPOSURES };

/** @param id of the experiment's document. */
export async function experimentNote(store: StoreReader, id: number): Promise<ExperimentNote> {
  const text = await store.note('experiment', id);
  return text === undefined ? NOTHING : noteFrom(text);
}

export async function addRefusals(
  writer: StoreWriter,
  { id, counts }: { readonly id: number; readonly counts: ReadonlyMap<Refusal, number> },
): Promise<void> {
  const note = await experimentNote(writer, id);
  const refused = { ...note.refused };
  for (const [why, count] of counts) refused[why] = (refused[why] ?? 0) + count;
  await writer.putNote('experiment', id, JSON.stringify({ ...note, refused }));
}

export async function putExposures(writer: StoreWriter, id: number, exposures: Exposures): Promise<void> {
  const note = await experimentNote(writer, id);
  await writer.putNote('experiment', id, JSON.stringify({ ...note, exposures }));
}
