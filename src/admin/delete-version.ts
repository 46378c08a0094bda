/** Leaves a tombstone in place of a version: it can never serve again, and its name stays taken. */
import { ServerError } from '../domain/errors.ts';
import type { RegisteredVersion } from '../domain/registry.ts';
import { versionsOf } from '../domain/traffic.ts';
import type { StoreReader } from '../registry/store.ts';
import { change } from './change.ts';
import type { AdminContext, Order } from './context.ts';
import { findVersion } from './resolve-version.ts';
import { viewOf } from './version-view.ts';
import type { VersionView } from './version-view.ts';

export interface DeleteVersionInput {
  readonly model: string;
  readonly version: string;
}

export async function deleteVersion(
  context: AdminContext,
  { model, version: subject }: DeleteVersionInput,
  order: Order,
): Promise<VersionView> {
  const request = { model, version: subject };
  const { actor, reason } = order;
  await change(context, { method: 'DeleteVersion', request, order, model }, async (writer) => {
    const version = await findVersion(writer, model, subject);
    const obstacle = await whyNot(writer, version);
    if (obstacle !== undefined) {
      throw new ServerError('failed_precondition', `version "${subject}" of model "${model}" ${obstacle}`);
    }
    const { state, stage, digest } = version;
    await writer.putVersion({ ...version, state: 'deleted', warm: false, deletedAt: context.now() });
    const event = { kind: 'version.deleted', model, subject, actor, reason } as const;
    const before = { state, stage, digest };
    await writer.append({ at: context.now(), ...event, before, after: { state: 'deleted', stage, digest } });
    await writer.touch();
    return {};
  });
  return await viewOf(context, await findVersion(context.store, model, subject));
}

async function whyNot(
  store: StoreReader,
  { model, version, state, deletedAt }: RegisteredVersion,
): Promise<string | undefined> {
  if (state === 'deleted') return `was deleted already, at ${new Date(deletedAt ?? 0).toISOString()}`;
  if (state === 'qualifying') return 'is being qualified; wait until that is over (see WatchVersion)';
  const epoch = await store.epoch(model);
  if (epoch !== undefined && versionsOf(epoch.policy).has(version)) {
    return `is named by the traffic policy in force, epoch ${epoch.policy.epoch}; take it out of that first`;
  }
  const alias = (await store.aliases(model)).find((known) => known.version === version);
  return alias === undefined ? undefined : `is what alias "${alias.alias}" points at; move or delete that first`;
}
