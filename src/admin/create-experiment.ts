/** Plans an experiment; nothing moves yet. */
import { ServerError } from '../domain/errors.ts';
import { planExperiment } from '../experiment/plan.ts';
import type { WantedExperiment } from '../experiment/plan.ts';
import { change } from './change.ts';
import type { AdminContext, Order } from './context.ts';
import type { ExperimentBody } from './experiment-body.ts';
import { findModel, findVersion } from './resolve-version.ts';

export async function createExperiment(
  context: AdminContext,
  wanted: WantedExperiment,
  order: Order,
): Promise<{ readonly name: string }> {
  const plan = planExperiment(wanted);
  const { name, model } = plan;
  return await change(context, { method: 'CreateExperiment', request: { ...plan }, order, model }, async (writer) => {
    await findModel(writer, model);
    for (const { version } of plan.arms) await findVersion(writer, model, version);
    if ((await writer.documentNamed('experiment', name)) !== undefined) {
      throw new ServerError('already_exists', `experiment "${name}" is there already; take another name`);
    }
    const now = context.now();
    const { actor, reason } = order;
    const body: ExperimentBody = {
      plan,
      phase: 'planned',
      reason,
      generation: 1,
      epoch: 0,
      endEpoch: 0,
      salt: '',
      before: [],
      createdBy: actor,
      startedAt: undefined,
      endedAt: undefined,
      promoted: '',
    };
    await writer.addDocument({
      kind: 'experiment',
      name,
      model,
      open: false,
      body: JSON.stringify(body),
      createdAt: now,
      updatedAt: now,
    });
    const after = { arms: plan.arms, traffic_share: plan.trafficShare, layer: plan.layer };
    await writer.append({
      at: now,
      kind: 'experiment.created',
      model,
      subject: name,
      actor,
      reason,
      before: {},
      after,
    });
    await writer.touch();
    return { name };
  });
}
