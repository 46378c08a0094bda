/** A Predict port over made-up models: `simple` and `string_identity` compute, everything else echoes its inputs. */
import { credentials, type ServiceError } from '@grpc/grpc-js';
import { formatAddress } from '../../src/config/address.ts';
import type { Catalog, ModelStatus } from '../../src/domain/catalog.ts';
import type { Datatype } from '../../src/domain/datatype.ts';
import { ServerError } from '../../src/domain/errors.ts';
import type { PredictReply, PredictRequest } from '../../src/domain/predict.ts';
import type { Dimension } from '../../src/domain/signature.ts';
import type { Tensor } from '../../src/domain/tensor.ts';
import type { VersionState, VersionStatus } from '../../src/domain/version.ts';
import type { VersionStatistics } from '../../src/monitor/version-stats.ts';
import { loadSchema } from '../../src/transport/grpc-js/codec.ts';
import type { Door } from '../../src/transport/door.ts';
import { PredictDoor, type PredictDoorOptions } from '../../src/transport/grpc-js/server.ts';
import { LeanDoor } from '../../src/transport/lean/lean-door.ts';
import { kserveService } from '../../src/transport/services/kserve-service.ts';
import { outcomeService } from '../../src/transport/services/outcome-service.ts';
import { predictService } from '../../src/transport/services/predict-service.ts';

type Spec = readonly [name: string, datatype: Datatype, shape: readonly Dimension[]];

export interface FakeVersion {
  readonly model: string;
  readonly version?: string;
  readonly state?: VersionState;
  readonly reason?: string;
  readonly inputs?: readonly Spec[];
  readonly outputs?: readonly Spec[];
  readonly maxBatchRows?: number;
  readonly metadata?: Record<string, unknown>;
}

export function fakeVersion(fake: FakeVersion): VersionStatus {
  const { model, version = '1', state = 'ready', reason = '', inputs = [], outputs = [], metadata = {} } = fake;
  const specs = (list: readonly Spec[]) => list.map(([name, datatype, shape]) => ({ name, datatype, shape }));
  return {
    model,
    version,
    digest: `sha256:${model}`,
    state,
    reason,
    since: new Date('2026-01-02T03:04:05.678Z'),
    signature: state === 'ready' ? { inputs: specs(inputs), outputs: specs(outputs), skippedOutputs: [] } : undefined,
    batching: {
      enabled: fake.maxBatchRows !== undefined,
      reason: fake.maxBatchRows === undefined ? 'its rows influence each other' : '',
      maxBatchRows: fake.maxBatchRows ?? 0,
    },
    metadata,
  };
}

/** A catalog whose contents a test may replace. */
export class FakeCatalog implements Catalog {
  readonly #listeners = new Set<(models: readonly string[]) => void>();
  #versions: readonly VersionStatus[];
  #settled = true;

  constructor(versions: readonly VersionStatus[]) {
    this.#versions = versions;
  }

  replace(versions: readonly VersionStatus[], settled = true): void {
    const models = [...new Set([...this.#versions, ...versions].map(({ model }) => model))];
    this.#versions = versions;
    this.#settled = settled;
    for (const listener of this.#listeners) listener(models);
  }

  models(): readonly ModelStatus[] {
    const names = [...new Set(this.#versions.map(({ model }) => model))].sort();
    return names.map((model) => {
      const versions = this.#versions.filter((status) => status.model === model);
      const latest = versions.findLast(({ state }) => state === 'ready')?.version ?? '';
      const weights = new Map(latest === '' ? [] : [[latest, 10_000]]);
      const aliases = new Map(latest === '' ? [] : [['champion', latest]]);
      return { model, latest, weights, aliases, versions };
    });
  }

  model(name: string): ModelStatus | undefined {
    return this.models().find(({ model }) => model === name);
  }

  settled(): boolean {
    return this.#settled;
  }

  onChange(listener: (models: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export const SOME_MODELS: readonly VersionStatus[] = [
  fakeVersion({
    model: 'iris',
    inputs: [['X', 'FP32', ['batch', 4]]],
    outputs: [
      ['label', 'INT64', ['batch']],
      ['probabilities', 'FP32', ['batch', 3]],
    ],
    maxBatchRows: 64,
    metadata: { framework: 'scikit-learn', metrics: { accuracy: 1 }, tags: ['a', null, true] },
  }),
  fakeVersion({ model: 'iris', version: '2', state: 'failed', reason: 'model.onnx is cut short' }),
  fakeVersion({ model: 'iris', version: '3', state: 'loading' }),
  fakeVersion({
    model: 'simple',
    inputs: [
      ['INPUT0', 'INT32', ['', 16]],
      ['INPUT1', 'INT32', ['', 16]],
    ],
    outputs: [
      ['OUTPUT0', 'INT32', ['', 16]],
      ['OUTPUT1', 'INT32', ['', 16]],
    ],
    maxBatchRows: 8,
  }),
  fakeVersion({
    model: 'string_identity',
    inputs: [['INPUT0', 'BYTES', ['', '']]],
    outputs: [['OUTPUT0', 'BYTES', ['', '']]],
  }),
];

const STATISTICS: VersionStatistics = {
  model: 'simple',
  version: '1',
  inferenceCount: 12,
  executionCount: 3,
  lastInferenceMs: 1_700_000_000_123,
  success: { count: 4, ns: 4000 },
  fail: { count: 1, ns: 10 },
  queue: { count: 5, ns: 50 },
  computeInput: { count: 3, ns: 30 },
  computeInfer: { count: 3, ns: 300 },
  computeOutput: { count: 3, ns: 0 },
  batches: [{ batchSize: 4, infer: { count: 3, ns: 300 } }],
};

/** How every reply was routed. */
export const ANSWERED = { epoch: 7, arm: 'canary', predictionId: 'signed', failedOverFrom: '' };

/** The request line as it would answer, without models. */
export function fakePredict(request: PredictRequest): Promise<PredictReply> {
  const { model, version, inputs } = request;
  const known = SOME_MODELS.find((status) => status.model === model);
  if (known === undefined) {
    throw new ServerError('not_found', `Request for unknown model: '${model}' is not found`);
  }
  if (version !== '' && version !== 'latest' && version !== 'alias:champion' && version !== '1') {
    throw new ServerError('not_found', `Request for unknown model: '${model}' version ${version} is not found`);
  }
  const outputs = outputsOf(model, inputs).filter(
    ({ name }) => request.outputs.length === 0 || request.outputs.includes(name),
  );
  const timings = { queueMs: 0.5, hopMs: 0.25, computeMs: 1.5, batchRows: 3 };
  return Promise.resolve({ model, version: '1', outputs, timings, ...ANSWERED });
}

function outputsOf(model: string, inputs: readonly Tensor[]): Tensor[] {
  if (model === 'simple') return simple(inputs);
  return inputs.map((input) => ({ ...input, name: input.name.replace('INPUT', 'OUTPUT') }));
}

function simple(inputs: readonly Tensor[]): Tensor[] {
  const [a, b] = inputs;
  if (a?.datatype !== 'INT32' || b?.datatype !== 'INT32') {
    const type = a?.datatype ?? 'nothing';
    const message = `inference input 'INPUT0' data-type is '${type}', but model 'simple' expects 'INT32'`;
    throw new ServerError('invalid_argument', message);
  }
  const [left, right] = [ints(a), ints(b)];
  const sum = left.map((value, index) => value + (right[index] ?? 0));
  const difference = left.map((value, index) => value - (right[index] ?? 0));
  const output = (name: string, values: Int32Array): Tensor => ({
    name,
    datatype: 'INT32',
    shape: a.shape,
    data: new Uint8Array(values.buffer),
  });
  return [output('OUTPUT0', sum), output('OUTPUT1', difference)];
}

function ints({ data }: Tensor): Int32Array {
  return new Int32Array(new Uint8Array(data as Uint8Array).buffer);
}

export interface FakeDoor {
  readonly door: Door;
  readonly target: string;
  readonly catalog: FakeCatalog;
  /** What recordRpc was told: method and code. */
  readonly rpcs: [string, number][];
  readonly faults: unknown[];
  /** What recordLimit was told. */
  readonly limits: string[];
}

/** Both implementations of the Predict port: what is true of one is to be true of the other. */
export const TRANSPORTS = ['h2', 'grpc-js'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export async function openFakeDoor(
  options: Partial<PredictDoorOptions> & {
    answer?: (request: PredictRequest) => Promise<PredictReply>;
    /** The door's; the default of the option unless told. */
    transport?: Transport;
  } = {},
): Promise<FakeDoor> {
  const { answer = fakePredict, transport = 'h2', ...rest } = options;
  const predict = async (request: PredictRequest): Promise<PredictReply> => await answer(request);
  const catalog = new FakeCatalog(SOME_MODELS);
  const rpcs: [string, number][] = [];
  const faults: unknown[] = [];
  const limits: string[] = [];
  const ready = () => true;
  const statistics = (model: string) => (model === '' || model === 'simple' ? [STATISTICS] : []);
  const Implementation = transport === 'h2' ? LeanDoor : PredictDoor;
  const door: Door = await Implementation.open({
    address: { host: '127.0.0.1', port: 0 },
    predict: predictService({ predict, catalog }),
    kserve: kserveService({ predict, catalog, statistics, serverName: 'sluice', serverVersion: '0.1.0', ready }),
    outcomes: outcomeService(undefined),
    catalog,
    ready,
    hooks: {
      recordRpc: (method, code) => rpcs.push([method, code]),
      recordLimit: (kind) => limits.push(kind),
      reportFault: (_method, error) => faults.push(error.cause),
    },
    maxMessageBytes: 64 * 1024 * 1024,
    maxConcurrentStreams: 1000,
    maxConnectionAgeMs: 'off',
    reusePort: false,
    reflection: true,
    guard: undefined,
    ...rest,
  });
  return { door, target: formatAddress(door.address), catalog, rpcs, faults, limits };
}

export const schema = loadSchema();

export function predictClient(target: string) {
  return new schema.sluice.v1.PredictService(target, credentials.createInsecure());
}

export function kserveClient(target: string) {
  return new schema.inference.GRPCInferenceService(target, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
    'grpc.max_receive_message_length': -1,
  });
}

/** A unary call as a promise. */
export function once<Reply>(
  start: (done: (error: ServiceError | null, reply?: Reply) => void) => unknown,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    start((error, reply) => {
      if (error !== null) reject(error);
      else if (reply === undefined) reject(new Error('neither a reply nor an error'));
      else resolve(reply);
    });
  });
}

/** The error that a call must end with. */
export async function failure(call: Promise<unknown>): Promise<{ code: number; details: string; error: ServiceError }> {
  try {
    await call;
  } catch (caught) {
    const error = caught as ServiceError;
    return { code: error.code, details: error.details, error };
  }
  throw new Error('the call succeeded');
}
