/** Calls that fell into the arms of an experiment while it ran, of all serve processes. */
import { armName } from '../experiment/arms.ts';
import { takeExposures } from '../experiment/exposures.ts';
import type { ExposureRow, Exposures } from '../experiment/exposures.ts';
import { armPlaceFrom, armTotalsFrom } from '../monitor/arm-codec.ts';
import type { StoreReader } from '../registry/store.ts';
import type { EvidenceReader } from './evidence.ts';
import type { ExperimentRecord } from './experiment-body.ts';
import { experimentNote } from './experiment-note.ts';

/** What was kept, brought up to what serve processes say now. */
export async function currentExposures(
  { store, evidence }: { readonly store: StoreReader; readonly evidence: EvidenceReader },
  record: ExperimentRecord,
): Promise<Exposures> {
  const { plan, document } = record;
  const names = new Map(plan.arms.map(({ name }) => [armName(plan.name, name), name]));
  const rows: ExposureRow[] = [];
  for (const { name, instance, boot, body } of await evidence.rows('arm', plan.model)) {
    const { epoch, arm: armOfPolicy } = armPlaceFrom(name);
    const arm = names.get(armOfPolicy);
    if (arm === undefined || !ranIn(record, epoch)) continue;
    rows.push({ key: `${instance}/${boot}/${name}`, arm, parts: armTotalsFrom(body).parts });
  }
  const { exposures } = await experimentNote(store, document.id);
  return takeExposures(exposures, rows);
}

/** Whether its arms were in force in this epoch of its model. */
export function ranIn({ epoch: first, endEpoch }: ExperimentRecord, epoch: number): boolean {
  return first > 0 && epoch >= first && (endEpoch === 0 || epoch < endEpoch);
}
