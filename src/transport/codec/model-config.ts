/** A version in the words of Triton's metadata and ModelConfig. */
import type { Datatype } from '../../domain/datatype.ts';
import { type TensorSpec, wireShape } from '../../domain/signature.ts';
import type { VersionStatus } from '../../domain/version.ts';
import type { DataType__Output as WireDatatype } from '../gen/inference/DataType.ts';
import type { ModelConfig } from '../gen/inference/ModelConfig.ts';
import type {
  _inference_ModelMetadataResponse_TensorMetadata as WireMetadata,
  ModelMetadataResponse,
} from '../gen/inference/ModelMetadataResponse.ts';

const PLATFORM = 'onnxruntime_onnx';

const DATATYPES: Readonly<Record<Datatype, WireDatatype>> = {
  BOOL: 'TYPE_BOOL',
  UINT8: 'TYPE_UINT8',
  UINT16: 'TYPE_UINT16',
  UINT32: 'TYPE_UINT32',
  UINT64: 'TYPE_UINT64',
  INT8: 'TYPE_INT8',
  INT16: 'TYPE_INT16',
  INT32: 'TYPE_INT32',
  INT64: 'TYPE_INT64',
  FP16: 'TYPE_FP16',
  FP32: 'TYPE_FP32',
  FP64: 'TYPE_FP64',
  BYTES: 'TYPE_STRING',
};

export function formatMetadata(status: VersionStatus, readyVersions: readonly string[]): ModelMetadataResponse {
  return {
    name: status.model,
    versions: [...readyVersions],
    platform: PLATFORM,
    inputs: status.signature?.inputs.map(metadataOf) ?? [],
    outputs: status.signature?.outputs.map(metadataOf) ?? [],
  };
}

/** Where rows may be joined, Triton leaves the batch dimension out of `dims` and names its limit instead. */
export function formatConfig({ model, signature, batching }: VersionStatus): ModelConfig {
  const batched = batching?.enabled === true;
  const dims = ({ shape }: TensorSpec): number[] => wireShape(shape).slice(batched ? 1 : 0);
  const tensor = (spec: TensorSpec) => ({
    name: spec.name,
    dataType: DATATYPES[spec.datatype],
    dims: dims(spec),
  });
  return {
    name: model,
    platform: PLATFORM,
    backend: 'onnxruntime',
    versionPolicy: { all: {} },
    maxBatchSize: batched ? batching.maxBatchRows : 0,
    input: signature?.inputs.map(tensor) ?? [],
    output: signature?.outputs.map(tensor) ?? [],
    defaultModelFilename: 'model.onnx',
    ...(batched ? { dynamicBatching: {} } : {}),
  };
}

function metadataOf({ name, datatype, shape }: TensorSpec): WireMetadata {
  return { name, datatype, shape: wireShape(shape) };
}
