// Original file: proto/sluice/admin/v1/audit.proto

import type { Event as _sluice_admin_v1_Event, Event__Output as _sluice_admin_v1_Event__Output } from '../../../sluice/admin/v1/Event.ts';

export interface ListEventsReply {
  'events'?: (_sluice_admin_v1_Event)[];
  'nextPageToken'?: (string);
}

export interface ListEventsReply__Output {
  'events': (_sluice_admin_v1_Event__Output)[];
  'nextPageToken': (string);
}
