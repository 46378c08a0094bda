/** sluice.admin.v1.Experiments over its use cases. */
import { concludeExperiment, startExperiment, stopExperiment } from '../../../admin/change-experiment.ts';
import type { AdminContext } from '../../../admin/context.ts';
import { createExperiment } from '../../../admin/create-experiment.ts';
import { settleExperiment } from '../../../admin/experiment-record.ts';
import { experimentResults } from '../../../admin/experiment-results.ts';
import type { ExperimentResults, ResultsContext } from '../../../admin/experiment-results.ts';
import type { Outcomes } from '../../../admin/outcomes.ts';
import { listExperiments } from '../../../admin/list-experiments.ts';
import { formatExperiment, formatResults, parseExperiment } from '../../codec/admin/experiment-codec.ts';
import { parseOrder } from '../../codec/admin/order.ts';
import { wholeNumber } from '../../codec/admin/whole-numbers.ts';
import type { Experiment } from '../../gen/sluice/admin/v1/Experiment.ts';
import type { ExperimentsService } from './admin-services.ts';
import { everySecond, watch } from './watch.ts';
import type { Pause, Watched } from './watch.ts';

export type ExperimentContext = AdminContext & ResultsContext & { readonly outcomes: Pick<Outcomes, 'listen'> };

/** @param pause between two replies of a watch. */
export function experimentService(context: ExperimentContext, pause: Pause = everySecond): ExperimentsService {
  const show = async (name: string): Promise<Experiment> => formatExperiment(await settleExperiment(context, name));
  return {
    create: async ({ reason, idempotencyKey, ...request }, call) => {
      const order = parseOrder(call, { reason, idempotencyKey });
      const { name } = await createExperiment(context, parseExperiment({ ...request, reason, idempotencyKey }), order);
      return await show(name);
    },
    start: async ({ name, expectedGeneration: expected, ...order }, call) => {
      const expectedGeneration = wholeNumber('expected_generation', expected);
      await startExperiment(context, { name, expectedGeneration }, parseOrder(call, order));
      return await show(name);
    },
    stop: async ({ name, expectedGeneration: expected, ...order }, call) => {
      const expectedGeneration = wholeNumber('expected_generation', expected);
      await stopExperiment(context, { name, expectedGeneration }, parseOrder(call, order));
      return await show(name);
    },
    conclude: async ({ name, promote, expectedGeneration: expected, ...order }, call) => {
      const expectedGeneration = wholeNumber('expected_generation', expected);
      await concludeExperiment(context, { name, promote, expectedGeneration }, parseOrder(call, order));
      return await show(name);
    },
    get: ({ name }) => show(name),
    list: async (request) => {
      const { experiments, nextPageToken } = await listExperiments(context, request);
      return { experiments: experiments.map(formatExperiment), nextPageToken };
    },
    getResults: async ({ name }) => formatResults(await experimentResults(context, name)),
    watchResults: async ({ name }, call, send) => {
      const { plan } = await settleExperiment(context, name);
      const watched = watchedResults(context, plan);
      // When it was looked at is no change.
      let told = '';
      const tell = async (results: ExperimentResults): Promise<void> => {
        const news = JSON.stringify({ ...results, at: 0 });
        if (news === told) return;
        told = news;
        await send(formatResults(results));
      };
      await watch(watched, call, tell, pause);
    },
  };
}

function watchedResults(
  context: ExperimentContext,
  { name, model }: { readonly name: string; readonly model: string },
): Watched<ExperimentResults> {
  return {
    listen: (touch) => {
      const stops = [
        context.changes.listen((changed) => {
          if (changed === model) touch(name);
        }),
        context.evidence.listen((rows) => {
          if (rows.some((row) => row.kind === 'arm' && row.model === model)) touch(name);
        }),
        context.outcomes.listen((experiments) => {
          if (experiments.has(name)) touch(name);
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
    first: () => Promise.resolve([name]),
    read: () => experimentResults(context, name),
    isLast: ({ record }) => record.phase !== 'running' && record.phase !== 'planned',
  };
}
