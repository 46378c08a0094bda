/** Sets how the versions of a model are run. */
import { ServerError } from '../domain/errors.ts';
import type { JsonRecord } from '../domain/registry.ts';
import { canonicalJson } from '../registry/event-hash.ts';
import type { ModelOverview } from '../registry/store.ts';
import { change } from './change.ts';
import type { AdminContext, Order } from './context.ts';
import { overviewOf } from './list-models.ts';
import { findModel } from './resolve-version.ts';

export interface ConfigureModelInput {
  readonly model: string;
  /** Keys of config.json; those that are left out get the server's defaults. */
  readonly config: JsonRecord;
}

/** What config.json says about other things than running. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['traffic', 'send it to SetTraffic'],
  ['versionPolicy', 'it is about the models directory alone'],
]);

export async function configureModel(
  context: AdminContext,
  { model, config }: ConfigureModelInput,
  order: Order,
): Promise<ModelOverview> {
  for (const [key, advice] of ELSEWHERE) {
    if (Object.hasOwn(config, key)) {
      throw new ServerError('invalid_argument', `"${key}" does not say how versions are run; ${advice}`);
    }
  }
  context.settingsOf(config);
  const { actor, reason } = order;
  await change(context, { method: 'ConfigureModel', request: { model, config }, order, model }, async (writer) => {
    const former = await findModel(writer, model);
    if (canonicalJson(former.config) === canonicalJson(config)) return {};
    await writer.putModel({ ...former, config });
    const event = { kind: 'model.configured', model, subject: '', actor, reason } as const;
    await writer.append({ at: context.now(), ...event, before: former.config, after: config });
    await writer.touch();
    return {};
  });
  return await overviewOf(context.store, model);
}
