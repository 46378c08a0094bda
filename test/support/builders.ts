/** Small builders of the nouns that tests need: a valid thing by default, with what the test is about on top. */
import { fileURLToPath } from 'node:url';
import { ELEMENT_BYTES } from '../../src/domain/datatype.ts';
import type { Datatype } from '../../src/domain/datatype.ts';
import type { Dimension, Signature, TensorSpec } from '../../src/domain/signature.ts';
import type { Tensor } from '../../src/domain/tensor.ts';
import type { ModelSettings, QualificationReport, VersionSpec } from '../../src/domain/version.ts';
import type { TrafficPolicy } from '../../src/domain/traffic.ts';
import { assignSlots } from '../../src/routing/slots.ts';
import type { QualifyTools } from '../../src/runtime/qualify.ts';
import { readVersionFolder } from '../../src/registry/version-folder.ts';

/** The folder of the small ONNX models; its README has what each is for. */
export const TEST_MODELS = fileURLToPath(new URL('../models', import.meta.url));

export function settings(over: Partial<ModelSettings> = {}): ModelSettings {
  return {
    batching: true,
    maxBatchRows: 8,
    maxQueueDelayMs: 0,
    maxQueueRows: 1000,
    maxQueueBytes: 2 ** 20,
    instances: 0,
    isolated: false,
    intraOpThreads: 1,
    executionProviders: ['cpu'],
    maxRunMs: 30_000,
    weights: 'auto',
    ...over,
  };
}

type SpecOver = Partial<Omit<VersionSpec, 'settings'>> & { readonly settings?: Partial<ModelSettings> };

export function spec({ settings: chosen, ...over }: SpecOver = {}): VersionSpec {
  return {
    model: 'iris',
    version: '1',
    path: '/nowhere/model.onnx',
    digest: 'a',
    files: [],
    bytes: 1,
    settings: settings(chosen),
    golden: undefined,
    metadata: {},
    report: undefined,
    ...over,
  };
}

/** A first policy with these weights by version; the arms are called "arm-1" and so on. */
export function trafficPolicy(
  weights: readonly (readonly [version: string, weight: number])[] = [['1', 10_000]],
  over: Partial<TrafficPolicy> = {},
): TrafficPolicy {
  const arms = weights.map(([version, weight]) => ({ version, arm: `arm-${version}`, weight }));
  return {
    epoch: 1,
    arms: assignSlots([], arms),
    rules: [],
    shadows: [],
    failOverTo: '',
    sticky: true,
    routingKeyHeader: '',
    salt: 'iris',
    hashVersion: 1,
    ...over,
  };
}

/** The spec of one of test/models, its golden examples included. */
export function fixture(model: string, over: Partial<ModelSettings> = {}, version = '1'): Promise<VersionSpec> {
  const reading = { root: TEST_MODELS, former: new Map(), digests: new Map(), signal: undefined };
  return readVersionFolder({ model, version, settings: settings(over) }, reading);
}

/** For models without weights that are worth sharing: nothing is written. */
export function qualifyTools(privateBytes = (): number => 0): QualifyTools {
  return { privateBytes, place: { folder: '/nowhere/layout', pool: '/nowhere/pool' } };
}

export function tensorSpec(name: string, datatype: Datatype, shape: readonly Dimension[]): TensorSpec {
  return { name, datatype, shape };
}

/** One input `x` and one output `y`, FP32 [batch,2] each, unless told otherwise. */
export function signature(over: Partial<Signature> = {}): Signature {
  return {
    inputs: [tensorSpec('x', 'FP32', ['batch', 2])],
    outputs: [tensorSpec('y', 'FP32', ['batch', 2])],
    skippedOutputs: [],
    ...over,
  };
}

/** A version that can be batched: 1 ms for a row, 2 ms for eight. */
export function report(over: Partial<QualificationReport> = {}): QualificationReport {
  return {
    digest: 'a',
    signature: signature(),
    batchable: true,
    batchingReason: '',
    loadMs: 1,
    singleRunMs: 1,
    batchRunMs: 2,
    batchRows: 8,
    memoryBytes: 1,
    sample: [tensor('x', 'FP32', [1, 2], [1, 2])],
    ...over,
  };
}

type Write = (view: DataView, at: number, value: number | bigint) => void;

const WRITE: Readonly<Record<Exclude<Datatype, 'BYTES'>, Write>> = {
  BOOL: (view, at, value) => view.setUint8(at, Number(value)),
  UINT8: (view, at, value) => view.setUint8(at, Number(value)),
  UINT16: (view, at, value) => view.setUint16(at, Number(value), true),
  UINT32: (view, at, value) => view.setUint32(at, Number(value), true),
  UINT64: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
  INT8: (view, at, value) => view.setInt8(at, Number(value)),
  INT16: (view, at, value) => view.setInt16(at, Number(value), true),
  INT32: (view, at, value) => view.setInt32(at, Number(value), true),
  INT64: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  FP16: (view, at, value) => view.setFloat16(at, Number(value), true),
  FP32: (view, at, value) => view.setFloat32(at, Number(value), true),
  FP64: (view, at, value) => view.setFloat64(at, Number(value), true),
};

/** A tensor from its values: strings for BYTES, numbers or bigints for the rest. */
export function tensor(
  name: string,
  datatype: Datatype,
  shape: readonly number[],
  values: readonly (number | bigint | string)[],
): Tensor {
  if (datatype === 'BYTES') return { name, datatype, shape, data: values.map(String) };
  const data = new Uint8Array(values.length * ELEMENT_BYTES[datatype]);
  const view = new DataView(data.buffer);
  for (const [index, value] of values.entries()) {
    WRITE[datatype](view, index * ELEMENT_BYTES[datatype], typeof value === 'string' ? Number(value) : value);
  }
  return { name, datatype, shape, data };
}
