/** sluice.admin.v1.Rollouts over its use cases. */
import { changeRollout } from '../../../admin/change-rollout.ts';
import type { ChangeRolloutInput } from '../../../admin/change-rollout.ts';
import type { AdminContext } from '../../../admin/context.ts';
import type { RolloutController } from '../../../admin/rollout-controller.ts';
import { getRollout, listRollouts } from '../../../admin/rollout-view.ts';
import { startRollout } from '../../../admin/start-rollout.ts';
import { isEnded } from '../../../rollout/steps.ts';
import type { Handler } from '../../call.ts';
import { parseOrder } from '../../codec/admin/order.ts';
import { formatRollout } from '../../codec/admin/rollout-codec.ts';
import { parseStrategy } from '../../codec/admin/strategy-codec.ts';
import { wholeNumber } from '../../codec/admin/whole-numbers.ts';
import type { ChangeRolloutRequest__Output as ChangeRequest } from '../../gen/sluice/admin/v1/ChangeRolloutRequest.ts';
import type { Rollout } from '../../gen/sluice/admin/v1/Rollout.ts';
import type { RolloutsService } from './admin-services.ts';
import { watch } from './watch.ts';

export type RolloutContext = AdminContext & { readonly rollouts: Pick<RolloutController, 'live' | 'listen'> };

export function rolloutService(context: RolloutContext): RolloutsService {
  const views = { ...context, live: (id: number) => context.rollouts.live(id) };
  const show = async (id: number): Promise<Rollout> => formatRollout(await getRollout(views, { id, model: '' }));
  const changed =
    (command: ChangeRolloutInput['command']): Handler<ChangeRequest & { readonly full?: boolean }, Rollout> =>
    async ({ id: number, expectedGeneration: expected, full = false, ...order }, call) => {
      const expectedGeneration = wholeNumber('expected_generation', expected);
      const input = { id: wholeNumber('id', number), command, full, expectedGeneration };
      const { id } = await changeRollout(views, input, parseOrder(call, order));
      return await show(id);
    };
  return {
    start: async ({ model, candidate, strategy, force, ...order }, call) => {
      const input = { model, candidate, strategy: parseStrategy(strategy), force };
      const { id } = await startRollout(views, input, parseOrder(call, order));
      return await show(id);
    },
    get: async ({ id, model }) => formatRollout(await getRollout(views, { id: wholeNumber('id', id), model })),
    list: async (request) => {
      const { rollouts, nextPageToken } = await listRollouts(views, request);
      return { rollouts: rollouts.map(formatRollout), nextPageToken };
    },
    pause: changed('pause'),
    resume: changed('resume'),
    promote: changed('promote'),
    abort: changed('abort'),
    approve: changed('approve'),
    watch: async ({ id: number, model: name }, call, send) => {
      const { record } = await getRollout(views, { id: wholeNumber('id', number), model: name });
      const { id } = record.document;
      const { model } = record.state;
      const watched = {
        listen: (touch: (key: string) => void) => {
          const touchOwn = (told: string): void => {
            if (told === model) touch(model);
          };
          const stops = [context.rollouts.listen(touchOwn), context.changes.listen(touchOwn)];
          return () => {
            for (const stop of stops) stop();
          };
        },
        first: () => Promise.resolve([model]),
        read: () => getRollout(views, { id, model }),
        isLast: (view: Awaited<ReturnType<typeof getRollout>>) => isEnded(view.record.state.phase),
      };
      await watch(watched, call, (view) => send(formatRollout(view)));
    },
  };
}
