/** Versions of the catalog as sluice.v1 shows them. */
import type { Dimension, TensorSpec } from '../../domain/signature.ts';
import { wireShape } from '../../domain/signature.ts';
import type { VersionState, VersionStatus } from '../../domain/version.ts';
import type { ModelStatus } from '../../domain/catalog.ts';
import type { GetModelReply } from '../gen/sluice/v1/GetModelReply.ts';
import type { ModelSummary } from '../gen/sluice/v1/ModelSummary.ts';
import type { TensorSpec as WireSpec } from '../gen/sluice/v1/TensorSpec.ts';
import type { VersionState__Output as WireState } from '../gen/sluice/v1/VersionState.ts';
import type { VersionStatus as WireStatus } from '../gen/sluice/v1/VersionStatus.ts';
import { toStruct } from './struct.ts';

const STATES: Readonly<Record<VersionState, WireState>> = {
  fetching: 'VERSION_STATE_FETCHING',
  qualifying: 'VERSION_STATE_QUALIFYING',
  loading: 'VERSION_STATE_LOADING',
  warming: 'VERSION_STATE_WARMING',
  ready: 'VERSION_STATE_READY',
  draining: 'VERSION_STATE_DRAINING',
  unloaded: 'VERSION_STATE_UNLOADED',
  failed: 'VERSION_STATE_FAILED',
};

export function formatModel({ model, latest, weights, versions }: ModelStatus): ModelSummary {
  return {
    model,
    latest,
    weights: Array.from(weights, ([version, weight]) => ({ version, weight })),
    versions: versions.map(({ version }) => version),
  };
}

export function formatVersion({ version, state, reason, since, digest }: VersionStatus): WireStatus {
  const millis = since.getTime();
  const seconds = Math.floor(millis / 1000);
  return {
    version,
    state: STATES[state],
    reason,
    since: { seconds, nanos: (millis - seconds * 1000) * 1_000_000 },
    digest,
  };
}

export function formatDescription(status: VersionStatus): GetModelReply {
  const { model, signature, batching, metadata } = status;
  return {
    model,
    status: formatVersion(status),
    inputs: signature?.inputs.map(formatSpec) ?? [],
    outputs: signature?.outputs.map(formatSpec) ?? [],
    skippedOutputs: [...(signature?.skippedOutputs ?? [])],
    batching: {
      enabled: batching?.enabled ?? false,
      reason: batching?.reason ?? '',
      maxBatchRows: batching?.enabled === true ? batching.maxBatchRows : 0,
    },
    metadata: toStruct(metadata),
  };
}

function formatSpec({ name, datatype, shape }: TensorSpec): WireSpec {
  return { name, datatype, shape: wireShape(shape), dimensionNames: shape.map(dimensionName) };
}

function dimensionName(dim: Dimension): string {
  return typeof dim === 'string' ? dim : '';
}
