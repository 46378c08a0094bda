/** Drift reports as sluice.admin.v1 shows them. */
import type { FeatureDrift } from '../../../admin/drift-verdict.ts';
import type { DriftView } from '../../../admin/get-drift.ts';
import type { DriftReport } from '../../gen/sluice/admin/v1/DriftReport.ts';
import type { FeatureDrift as WireFeature } from '../../gen/sluice/admin/v1/FeatureDrift.ts';
import { formatTime } from './time-codec.ts';

export function formatDrift({ from, to, features, ...view }: DriftView): DriftReport {
  return { ...view, from: formatTime(from), to: formatTime(to), features: features.map(formatFeature) };
}

function formatFeature({ feature, kind, reference, concurrent }: FeatureDrift): WireFeature {
  return { feature, kind, reference: reference ?? null, concurrent: concurrent ?? null };
}
