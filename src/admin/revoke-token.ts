/** Revokes a token, at once and for ever. */
import { ServerError } from '../domain/errors.ts';
import type { StoredToken } from '../registry/token-store.ts';
import { isAdmin, liveTokens } from './access-keeper.ts';
import { change } from './change.ts';
import type { AdminContext, Order } from './context.ts';
import type { AccessContext } from './create-token.ts';

export async function revokeToken(
  { store, now, access, changes }: AccessContext & Pick<AdminContext, 'changes'>,
  { id }: { readonly id: string },
  order: Order,
): Promise<StoredToken> {
  const { actor, reason } = order;
  const asked = { method: 'RevokeToken', request: { id }, order, model: '' };
  await change({ store, changes, now }, asked, async (writer) => {
    const token = await writer.token(id);
    if (token === undefined) {
      throw new ServerError('not_found', `there is no token "${id.slice(0, 64)}"; ListTokens has their ids`);
    }
    if (token.revokedAt !== undefined) return {};
    if (isAdmin(token, now()) && !access.hasOtherAdmin(await liveTokens(writer), id)) {
      const message = `token ${id} is the last of an admin, and nobody could make another one; make one of role admin first`;
      throw new ServerError('failed_precondition', message);
    }
    const at = now();
    await writer.revokeToken(id, at);
    const before = { name: token.name, role: token.role };
    await writer.append({ at, kind: 'token.revoked', model: '', subject: id, actor, reason, before, after: {} });
    return {};
  });
  access.revoked(id);
  const token = await store.token(id);
  if (token === undefined) throw new ServerError('data_loss', `token ${id} was revoked and is gone from the registry`);
  return token;
}
