/** Events, and the answer to who served, as sluice.admin.v1 shows them. */
import type { ServingEpoch, WhoServed } from '../../../admin/who-served.ts';
import type { AuditEvent } from '../../../domain/registry.ts';
import type { Event } from '../../gen/sluice/admin/v1/Event.ts';
import type { ServingEpoch as WireServing } from '../../gen/sluice/admin/v1/ServingEpoch.ts';
import type { WhoServedReply } from '../../gen/sluice/admin/v1/WhoServedReply.ts';
import { toStruct } from '../struct.ts';
import { formatTime, formatTimeOrNone } from './time-codec.ts';

export function formatEvent({ at, before, after, ...event }: AuditEvent): Event {
  return { ...event, at: formatTime(at), before: toStruct(before), after: toStruct(after) };
}

export function formatWhoServed({ model, at, epochs }: WhoServed): WhoServedReply {
  return { model, at: formatTime(at), epochs: epochs.map(formatServing) };
}

function formatServing({ versions, slot, validFrom, validTo, instances, ...epoch }: ServingEpoch): WireServing {
  return {
    ...epoch,
    versions: versions.map((version) => ({ ...version })),
    ...(slot === undefined ? {} : { slot }),
    validFrom: formatTime(validFrom),
    validTo: formatTimeOrNone(validTo),
    instances: [...instances],
  };
}
