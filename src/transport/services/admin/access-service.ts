/** sluice.admin.v1.Access over its use cases. */
import { ANYBODY } from '../../../access/admin-gate.ts';
import type { AdminContext } from '../../../admin/context.ts';
import { type AccessContext, createToken } from '../../../admin/create-token.ts';
import { listTokens } from '../../../admin/list-tokens.ts';
import { revokeToken } from '../../../admin/revoke-token.ts';
import { formatCaller, formatToken, parseNewToken } from '../../codec/admin/access-codec.ts';
import { parseOrder } from '../../codec/admin/order.ts';
import type { AccessService } from './admin-services.ts';

export function accessService(context: AccessContext & Pick<AdminContext, 'changes'>): AccessService {
  return {
    // Without an idempotency key: what is remembered under one would have the secret in it.
    createToken: async (request, call) => {
      const order = parseOrder(call, { reason: request.reason });
      const { token, secret } = await createToken(context, parseNewToken(request), order);
      return { token: formatToken(token), secret };
    },
    listTokens: async (request) => {
      const { tokens, nextPageToken } = await listTokens(context, request);
      return { tokens: tokens.map(formatToken), nextPageToken };
    },
    revokeToken: async ({ id, ...order }, call) =>
      formatToken(await revokeToken(context, { id }, parseOrder(call, order))),
    whoAmI: (_request, call) => formatCaller(call.caller ?? ANYBODY),
  };
}
