/** Removes an alias; the version that it pointed at stays as it is. */
import { ServerError } from '../domain/errors.ts';
import { change } from './change.ts';
import type { AdminContext, Order } from './context.ts';
import { findModel } from './resolve-version.ts';

export interface DeleteAliasInput {
  readonly model: string;
  readonly alias: string;
}

export async function deleteAlias(context: AdminContext, input: DeleteAliasInput, order: Order): Promise<void> {
  const { model, alias } = input;
  const { actor, reason } = order;
  await change(context, { method: 'DeleteAlias', request: { model, alias }, order, model }, async (writer) => {
    await findModel(writer, model);
    const former = await writer.alias(model, alias);
    if (former === undefined) {
      const message = `model "${model}" has no alias "${alias.slice(0, 128)}"; ListAliases has their names`;
      throw new ServerError('not_found', message);
    }
    await writer.deleteAlias(model, alias);
    const before = { version: former.version };
    const event = { kind: 'alias.deleted', model, subject: alias, actor, reason, before, after: {} } as const;
    await writer.append({ at: context.now(), ...event });
    await writer.touch();
    return { version: former.version };
  });
}
