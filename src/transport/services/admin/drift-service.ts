/** sluice.admin.v1.Drift over its use case. */
import { getDrift } from '../../../admin/get-drift.ts';
import type { DriftContext } from '../../../admin/get-drift.ts';
import { formatDrift } from '../../codec/admin/drift-codec.ts';
import { parseDuration } from '../../codec/admin/time-codec.ts';
import type { DriftService } from './admin-services.ts';

export function driftService(context: DriftContext): DriftService {
  return {
    getDrift: async ({ window, ...query }) =>
      formatDrift(await getDrift(context, { ...query, windowMs: parseDuration('window', window) })),
  };
}
