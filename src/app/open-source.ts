/** Chooses where this serve process learns what to serve, as its options say. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PredictGate } from '../access/predict-gate.ts';
import type { ModelDefaults } from '../config/model-config.ts';
import type { Config } from '../config/options.ts';
import { ServerError } from '../domain/errors.ts';
import type { QualificationReport, VersionSpec } from '../domain/version.ts';
import type { Manager } from '../lifecycle/manager.ts';
import type { EvidenceBook } from '../monitor/evidence-book.ts';
import type { Monitor } from '../monitor/monitor.ts';
import { qualifyVersion } from '../registry/qualification.ts';
import { TOKEN_HASHING } from '../registry/token-secrets.ts';
import { SharedWeights } from '../registry/shared-weights.ts';
import type { Events } from '../telemetry/events.ts';
import { RUNTIME_REVISION } from './build-info.ts';
import { controlAddressOf } from './control-address.ts';
import { ControlSource } from './control-source.ts';
import { DirectorySource } from './directory-source.ts';
import { placeSuffix } from './place.ts';
import type { Place } from './place.ts';
import type { ServeSource } from './serve-source.ts';
import { stateDirectory } from './state-directories.ts';
import type { Tls } from './tls.ts';

const QUALIFICATION_CHILD = fileURLToPath(
  new URL(`../runtime/qualification-child.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);
/** A version proves itself in no more than this share of the memory that is free. */
const QUALIFICATION_MEMORY_SHARE = 0.8;

/** What qualification wants to know of the machine. */
interface QualifyingHost {
  readonly availableMemory: () => number;
  /** Of the program that runs this. */
  readonly nodePath: string;
}

export interface OpenSourceOptions {
  readonly config: Config;
  readonly events: Events;
  readonly tls: Tls | undefined;
  readonly host: QualifyingHost & { readonly name: string; readonly place: Place };
  readonly manager: Manager;
  readonly monitor: Monitor;
  readonly evidence: EvidenceBook;
  readonly predictAddress: () => string;
  readonly onPredictionKey: (key: Uint8Array) => void;
}

export async function openSource(options: OpenSourceOptions): Promise<ServeSource> {
  const { config, events, host, manager, monitor, evidence, predictAddress, onPredictionKey } = options;
  const address = controlAddressOf(config);
  const stateDir = stateDirectory(config.dataDir, host.place);
  const weights = new SharedWeights({
    dir: join(stateDir, 'layouts'),
    pool: weightsPoolIn(config.dataDir),
    onFault: (what, cause) => {
      events.controlFault({ what, cause });
    },
  });
  if (address === undefined) {
    if (config.modelsDir === 'off') {
      const message = '--control-address=off and --models-dir=off leave nothing to serve; give one of them';
      throw new ServerError('invalid_argument', message);
    }
    if (config.predictAuth !== 'off') {
      const message = `--predict-auth=${config.predictAuth} takes its tokens from the admin process, and --control-address=off has none`;
      throw new ServerError('invalid_argument', message);
    }
    return new DirectorySource({
      modelsDir: config.modelsDir,
      defaults: defaultsOf(config),
      qualify: qualifierOf(config, host),
      weights,
      apply: (desired) => {
        manager.apply(desired, { retryFailed: true });
      },
      onUnreadable: (failure) => {
        events.desiredStateUnreadable(failure);
      },
    });
  }
  return ControlSource.open({
    address,
    tls: address.startsWith('unix:') ? undefined : options.tls?.identity,
    dataDir: config.dataDir,
    stateDir,
    weights,
    instance: () => `${host.name}/${predictAddress()}${placeSuffix(host.place)}`,
    predictAddress,
    monitor,
    evidence,
    events,
    apply: (desired, options) => {
      manager.apply(desired, options);
    },
    settled: () => manager.settled(),
    onPredictionKey,
    predictGate: config.predictAuth === 'off' ? undefined : predictGateOf(monitor),
  });
}

function predictGateOf(monitor: Monitor): PredictGate {
  return new PredictGate({
    hashing: TOKEN_HASHING,
    now: Date.now,
    onRefusal: (reason) => {
      monitor.recordRefusal(reason);
    },
    onCall: (name) => {
      monitor.recordCaller(name);
    },
  });
}

/** Runs the child process that finds out about a version; reports of earlier times are kept in the data directory. */
export function qualifierOf(
  config: Config,
  { availableMemory, nodePath }: QualifyingHost,
): (spec: VersionSpec, signal?: AbortSignal) => Promise<QualificationReport> {
  return (spec, signal) =>
    qualifyVersion(spec, {
      signal,
      nodePath,
      childFile: QUALIFICATION_CHILD,
      cacheDir: join(config.dataDir, 'qualification'),
      weightsPool: weightsPoolIn(config.dataDir),
      timeoutMs: config.qualificationTimeoutMs,
      maxMemoryBytes: Math.min(config.qualificationMemoryBytes, QUALIFICATION_MEMORY_SHARE * availableMemory()),
      revision: RUNTIME_REVISION,
    });
}

/** Of all processes that have this data directory. */
function weightsPoolIn(dataDir: string): string {
  return join(dataDir, 'weights');
}

/** Of the options those that a model's config.json may change. */
export function defaultsOf(config: Config): ModelDefaults {
  const { maxBatchRows, maxQueueDelayMs, maxQueueRows, maxQueueBytes, maxRunMs } = config;
  const { intraOpThreads, executionProviders, weights } = config;
  const queue = { maxBatchRows, maxQueueDelayMs, maxQueueRows, maxQueueBytes };
  return { ...queue, maxRunMs, intraOpThreads, executionProviders, weights };
}
