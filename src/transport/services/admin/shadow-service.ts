/** sluice.admin.v1.Shadows over its use cases. */
import { getComparison } from '../../../admin/get-comparison.ts';
import { listExamples } from '../../../admin/list-examples.ts';
import type { ExamplesContext } from '../../../admin/list-examples.ts';
import { formatComparison, formatExample } from '../../codec/admin/shadow-codec.ts';
import type { ShadowsService } from './admin-services.ts';
import { everySecond, watch } from './watch.ts';
import type { Pause } from './watch.ts';

/** @param pause between two replies of a watch. */
export function shadowService(context: ExamplesContext, pause: Pause = everySecond): ShadowsService {
  return {
    getComparison: async (request) => formatComparison(await getComparison(context, request)),
    watchComparison: async (request, call, send) => {
      const watched = {
        listen: (touch: (key: string) => void) =>
          context.evidence.listen((rows) => {
            if (rows.some(({ kind, model }) => kind === 'comparison' && model === request.model)) touch(request.model);
          }),
        first: () => Promise.resolve([request.model]),
        read: async () => formatComparison(await getComparison(context, request)),
        isLast: () => false,
      };
      await watch(watched, call, send, pause);
    },
    listExamples: async (request) => {
      const { note, examples } = await listExamples(context, request);
      return { note, examples: examples.map(formatExample) };
    },
  };
}
