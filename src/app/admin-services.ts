/** The Admin services on the rooms of this process. */
import { UploadPlaces } from '../admin/upload.ts';
import type { AccessKeeper } from '../admin/access-keeper.ts';
import type { AdminContext } from '../admin/context.ts';
import type { EvidenceReader } from '../admin/evidence.ts';
import type { Outcomes } from '../admin/outcomes.ts';
import type { Qualifier } from '../admin/qualifier.ts';
import type { RolloutController } from '../admin/rollout-controller.ts';
import type { Statistics } from '../admin/statistics.ts';
import type { Config } from '../config/options.ts';
import type { Board } from '../control/board.ts';
import type { Blobs } from '../registry/blobs.ts';
import type { AdminServices } from '../transport/services/admin/admin-services.ts';
import { accessService } from '../transport/services/admin/access-service.ts';
import { auditService } from '../transport/services/admin/audit-service.ts';
import { driftService } from '../transport/services/admin/drift-service.ts';
import { experimentService } from '../transport/services/admin/experiment-service.ts';
import { monitorService } from '../transport/services/admin/monitor-service.ts';
import { registryService } from '../transport/services/admin/registry-service.ts';
import { rolloutService } from '../transport/services/admin/rollout-service.ts';
import { shadowService } from '../transport/services/admin/shadow-service.ts';
import { trafficService } from '../transport/services/admin/traffic-service.ts';

export interface AdminRooms {
  readonly config: Config;
  readonly context: AdminContext;
  readonly blobs: Blobs;
  readonly qualifier: Qualifier;
  readonly statistics: Statistics;
  readonly evidence: EvidenceReader;
  readonly outcomes: Outcomes;
  readonly rollouts: RolloutController;
  readonly board: Board;
  readonly access: AccessKeeper;
}

/** They share the disk and one thread. */
const MAX_CONCURRENT_UPLOADS = 8;

export function adminServices(rooms: AdminRooms): AdminServices {
  const { config, context, blobs, qualifier, statistics, evidence, outcomes, rollouts, access } = rooms;
  const limits = {
    maxModelBytes: config.maxModelBytes,
    maxConcurrentUploads: MAX_CONCURRENT_UPLOADS,
    importDirs: config.importDirs,
  };
  const places = new UploadPlaces(MAX_CONCURRENT_UPLOADS);
  return {
    registry: registryService(context, { blobs, limits, places, qualifier }),
    traffic: trafficService(context),
    rollouts: rolloutService({ ...context, rollouts }),
    experiments: experimentService({ ...context, evidence, outcomes }),
    monitor: monitorService({ ...context, statistics }),
    audit: auditService(context),
    access: accessService({ ...context, access }),
    shadows: shadowService({ ...context, evidence }),
    drift: driftService({ ...context, evidence }),
  };
}
