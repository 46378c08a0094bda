/** sluice.admin.v1.Audit over its use cases. */
import type { AdminContext } from '../../../admin/context.ts';
import { listEvents } from '../../../admin/list-events.ts';
import { verifyChain } from '../../../admin/verify-chain.ts';
import { whoServed } from '../../../admin/who-served.ts';
import { formatEvent, formatWhoServed } from '../../codec/admin/audit-codec.ts';
import { parseTime } from '../../codec/admin/time-codec.ts';
import type { AuditService } from './admin-services.ts';

export function auditService(context: AdminContext): AuditService {
  return {
    listEvents: async ({ from, to, ...query }) => {
      const { events, nextPageToken } = await listEvents(context, {
        ...query,
        from: parseTime('from', from),
        to: parseTime('to', to),
      });
      return { events: events.map(formatEvent), nextPageToken };
    },
    verifyChain: async () => await verifyChain(context),
    whoServed: async ({ at, ...query }) =>
      formatWhoServed(await whoServed(context, { ...query, at: parseTime('at', at) })),
  };
}
