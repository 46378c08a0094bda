/** The experiments, the newest first. */
import type { AdminContext } from './context.ts';
import { experimentFrom } from './experiment-codec.ts';
import { settleExperiment } from './experiment-record.ts';
import type { ExperimentRecord } from './experiment-body.ts';
import { cutPage, onePast, readNumberedPage } from './paging.ts';
import type { PageRequest } from './paging.ts';
import { findModel } from './resolve-version.ts';

export interface ListExperimentsInput extends PageRequest {
  /** '' = of all models. */
  readonly model: string;
  readonly runningOnly: boolean;
}

export async function listExperiments(
  context: Pick<AdminContext, 'store' | 'now' | 'newSalt'>,
  { model, runningOnly, ...request }: ListExperimentsInput,
): Promise<{ readonly experiments: readonly ExperimentRecord[]; readonly nextPageToken: string }> {
  const { store } = context;
  const list = ['experiments', model, String(runningOnly)];
  const page = readNumberedPage(list, request);
  if (model !== '') await findModel(store, model);
  const filter = {
    kind: 'experiment' as const,
    ...(model === '' ? {} : { model }),
    ...(runningOnly ? { open: true } : {}),
  };
  const found = await store.documents(filter, onePast(page));
  const { items, nextPageToken } = cutPage(list, { items: found, limit: page.limit, keyOf: ({ id }) => id });
  const experiments: ExperimentRecord[] = [];
  for (const document of items) {
    const { phase } = experimentFrom(document);
    experiments.push(phase === 'running' ? await settleExperiment(context, document.name) : experimentFrom(document));
  }
  return { experiments, nextPageToken };
}
