/** Opens the Predict port on what the data plane has to offer. */
import type { Catalog } from '../domain/catalog.ts';
import type { Monitor } from '../monitor/monitor.ts';
import type { VersionStatistics } from '../monitor/version-stats.ts';
import type { Predict } from '../serving/predict.ts';
import type { Events } from '../telemetry/events.ts';
import type { ControlHealth } from '../transport/grpc-js/catalog-health.ts';
import { PredictDoor } from '../transport/grpc-js/server.ts';
import { LeanDoor } from '../transport/lean/lean-door.ts';
import type { BytesGuard } from '../transport/guard.ts';
import type { Door } from '../transport/door.ts';
import { kserveService } from '../transport/services/kserve-service.ts';
import { outcomeService } from '../transport/services/outcome-service.ts';
import type { KeepOutcomes } from '../transport/services/outcome-service.ts';
import { predictService } from '../transport/services/predict-service.ts';
import { outcomeOf } from '../transport/status.ts';
import { SERVER_VERSION } from './build-info.ts';
import type { PlacedConfig } from './place.ts';
import type { Tls } from './tls.ts';

export interface OpenDoorOptions {
  readonly config: PlacedConfig;
  readonly events: Events;
  /** undefined = connections are in the clear. */
  readonly tls: Tls | undefined;
  readonly reusePort: boolean;
  readonly catalog: Catalog;
  /** Who lets callers in; undefined = whoever reaches the port. */
  readonly guard: BytesGuard | undefined;
  /** undefined where there is no admin process. */
  readonly control: ControlHealth | undefined;
  readonly monitor: Monitor;
  readonly predict: Predict;
  /** undefined where there is no registry. */
  readonly keepOutcomes: KeepOutcomes | undefined;
}

export async function openDoor({
  config,
  events,
  tls,
  guard,
  reusePort,
  catalog,
  control,
  monitor,
  predict,
  keepOutcomes,
}: OpenDoorOptions): Promise<Door> {
  const ready = (): boolean => catalog.settled();
  const Implementation = config.predictTransport === 'h2' ? LeanDoor : PredictDoor;
  const door = await Implementation.open({
    address: config.predictAddress,
    tls: tls?.optionsFor(config.tlsPredictClientAuth),
    reusePort,
    guard,
    reflection: config.reflection,
    maxMessageBytes: config.maxMessageBytes,
    maxConcurrentStreams: config.maxConcurrentStreams,
    maxConnectionAgeMs: config.maxConnectionAgeMs,
    catalog,
    ready,
    control,
    predict: predictService({ predict, catalog }),
    outcomes: outcomeService(keepOutcomes),
    kserve: kserveService({
      predict,
      catalog,
      ready,
      statistics: (model, version) => statisticsOf(monitor, model, version),
      serverName: config.serverName,
      serverVersion: SERVER_VERSION,
    }),
    hooks: {
      recordRpc: (method, code, ms) => {
        monitor.rpc(method).record(outcomeOf(code), ms);
      },
      recordLimit: (kind) => {
        monitor.recordLimit(kind);
      },
      reportFault: (_method, error) => {
        // Faults of models are told by the lanes, with the version's name.
        if (error.cause !== undefined) events.internalFault({ cause: error.cause });
      },
    },
  });
  tls?.attach(door);
  return door;
}

/** Versions that match; '' matches all. */
function statisticsOf(monitor: Monitor, model: string, version: string): VersionStatistics[] {
  const matching = monitor
    .all()
    .filter((stats) => (model === '' || stats.model === model) && (version === '' || stats.version === version));
  return matching.map((stats) => stats.snapshot());
}
