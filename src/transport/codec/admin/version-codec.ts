/** Versions and models of the registry as sluice.admin.v1 shows them. */
import type { VersionView } from '../../../admin/version-view.ts';
import type { RegistryState } from '../../../domain/registry.ts';
import type { TensorSpec } from '../../../domain/signature.ts';
import { wireShape } from '../../../domain/signature.ts';
import type { QualificationReport } from '../../../domain/version.ts';
import type { LayoutFigures, WeightsReport } from '../../../domain/weights.ts';
import type { ModelOverview } from '../../../registry/store.ts';
import type { LayoutFigures as WireFigures } from '../../gen/sluice/admin/v1/LayoutFigures.ts';
import type { Model } from '../../gen/sluice/admin/v1/Model.ts';
import type { Qualification } from '../../gen/sluice/admin/v1/Qualification.ts';
import type { RegistryState__Output as WireState } from '../../gen/sluice/admin/v1/RegistryState.ts';
import type { TensorSignature } from '../../gen/sluice/admin/v1/TensorSignature.ts';
import type { Version } from '../../gen/sluice/admin/v1/Version.ts';
import type { Weights } from '../../gen/sluice/admin/v1/Weights.ts';
import { toStruct } from '../struct.ts';
import { formatMetadata } from './metadata-codec.ts';
import { formatTime, formatTimeOrNone } from './time-codec.ts';

const STATES: Readonly<Record<RegistryState, WireState>> = {
  uploaded: 'UPLOADED',
  qualifying: 'QUALIFYING',
  qualified: 'QUALIFIED',
  rejected: 'REJECTED',
  deleted: 'DELETED',
};

const STATE_OF = new Map(Object.entries(STATES).map(([state, wire]) => [wire, state as RegistryState]));

/** undefined = unspecified. */
export function parseState(wire: WireState): RegistryState | undefined {
  return STATE_OF.get(wire);
}

export function formatVersion({ version, aliases, weight, instances }: VersionView): Version {
  const { model, digest, files, bytes, state, reason, stage, createdBy, warm, report } = version;
  return {
    model,
    version: version.version,
    digest,
    files: files.map((file) => ({ ...file })),
    bytes,
    state: STATES[state],
    reason,
    stage,
    metadata: formatMetadata(version.metadata),
    createdAt: formatTime(version.createdAt),
    createdBy,
    deletedAt: formatTimeOrNone(version.deletedAt),
    aliases: [...aliases],
    weight,
    warm,
    qualification: report === undefined ? null : formatQualification(report),
    instances: instances.map((instance) => ({
      ...instance,
      state: instance.state.toUpperCase(),
      since: formatTime(instance.since),
    })),
  };
}

export function formatModel({ model, versions, latest, epoch, config }: ModelOverview): Model {
  return {
    model,
    versions,
    latest,
    epoch: epoch?.policy.epoch ?? 0,
    weights: epoch?.policy.arms.map(({ version, weight }) => ({ version, weight })) ?? [],
    config: toStruct(config),
  };
}

function formatQualification({ signature, ...report }: QualificationReport): Qualification {
  const { batchable, batchingReason, loadMs, singleRunMs, batchRunMs, batchRows, memoryBytes, weights } = report;
  return {
    inputs: signature.inputs.map(formatTensor),
    outputs: signature.outputs.map(formatTensor),
    skippedOutputs: [...signature.skippedOutputs],
    batchable,
    batchingReason,
    loadMs,
    singleRunMs,
    batchRunMs,
    batchRows,
    memoryBytes: Math.max(0, Math.round(memoryBytes)),
    weights: weights === undefined ? null : formatWeights(weights),
  };
}

function formatWeights({ exported, shared, layout, reason, sharedBytes }: WeightsReport): Weights {
  return {
    layout,
    reason,
    sharedBytes,
    exported: formatFigures(exported),
    shared: shared === undefined ? null : formatFigures(shared),
  };
}

function formatFigures({ loadMs, memoryBytes, runs }: LayoutFigures): WireFigures {
  return { loadMs, memoryBytes, runs: runs.map((run) => ({ ...run })) };
}

function formatTensor({ name, datatype, shape }: TensorSpec): TensorSignature {
  return { name, datatype, shape: wireShape(shape) };
}
