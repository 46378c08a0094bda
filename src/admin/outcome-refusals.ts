/** Outcomes that were not counted, by experiment and by why. */
import type { OutcomeReceipt } from '../domain/experiment.ts';
import type { StoreReader, StoreWriter } from '../registry/store.ts';
import { refusalsFrom } from './experiment-codec.ts';

export type Refusal = Exclude<keyof OutcomeReceipt, 'accepted' | 'notes'>;

/** As a row of evidence of nobody: it is added to in the transaction that refuses. */
const KIND = 'refusals';

export async function refusalsOf(store: StoreReader, experiment: string): Promise<Readonly<Record<string, number>>> {
  const [row] = await store.tallies(KIND, experiment);
  return row === undefined ? {} : refusalsFrom(row.body);
}

/** `experiment` '' = of none that is known. */
export async function addRefusals(
  writer: StoreWriter,
  { experiment, counts, at }: { experiment: string; counts: ReadonlyMap<Refusal, number>; at: number },
): Promise<void> {
  const sum: Record<string, number> = { ...(await refusalsOf(writer, experiment)) };
  for (const [why, count] of counts) sum[why] = (sum[why] ?? 0) + count;
  const body = JSON.stringify(sum);
  await writer.putTally({ kind: KIND, model: experiment, name: '', instance: '', boot: '', body, at });
}
