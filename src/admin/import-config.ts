/**
 * Takes the settings of a config.json over, once: what an operator sets later stays until the file says something new.
 */
import { isDeepStrictEqual } from 'node:util';
import type { JsonRecord } from '../domain/registry.ts';
import type { ModelListing } from '../registry/directory.ts';
import type { StoreReader } from '../registry/store.ts';
import type { AdminContext, Order } from './context.ts';

const PAGE = 100;

/** Does nothing for a model that is not registered. Throws where the config is wrong. */
export async function importConfig(
  context: AdminContext,
  { model, config }: Pick<ModelListing, 'model' | 'config'>,
  { actor, reason }: Order,
): Promise<void> {
  const { store, changes, now } = context;
  const row = await store.model(model);
  if (row === undefined || isDeepStrictEqual(await lastSaid(store, model, actor), config)) return;
  context.settingsOf(config);
  await store.transact(async (writer) => {
    const former = (await writer.model(model)) ?? row;
    await writer.putModel({ ...former, config });
    const event = { kind: 'model.configured', model, subject: '', actor, reason } as const;
    await writer.append({ at: now(), ...event, before: former.config, after: config });
    await writer.touch();
  });
  changes.tell(model);
}

/**
 * What the directory said the last time, by the events: it is not what the model has where an operator changed it
 * since.
 */
async function lastSaid(store: StoreReader, model: string, actor: string): Promise<JsonRecord> {
  for (let after: number | undefined; ;) {
    const page = await store.events(
      { model, kind: 'model.configured' },
      { limit: PAGE, ...(after === undefined ? {} : { after }) },
    );
    const own = page.find((event) => event.actor === actor);
    if (own !== undefined) return own.after;
    after = page.at(-1)?.seq;
    if (page.length < PAGE || after === undefined) return {};
  }
}
