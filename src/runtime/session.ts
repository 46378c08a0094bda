/**
 * One ONNX Runtime session: the only file that knows onnxruntime-node. Only lanes and qualification children load it.
 */
import { DATATYPES } from '../domain/datatype.ts';
import type { Datatype } from '../domain/datatype.ts';
import { ServerError, describeError } from '../domain/errors.ts';
import type { Signature, TensorSpec } from '../domain/signature.ts';
import { elementCount } from '../domain/tensor.ts';
import type { Block } from '../batching/join-and-split.ts';
import { InferenceSession, Tensor, listSupportedBackends } from 'onnxruntime-node';

export interface SessionOptions {
  readonly intraOpThreads: number;
  readonly executionProviders: readonly string[];
  /**
   * true: the runtime copies weights into the form that its kernels like best. false: it computes with them as they
   * lie, so that those in external files stay mapped, one copy for all sessions.
   */
  readonly prepack: boolean;
}

export interface Run {
  readonly outputs: readonly Block[];
  readonly computeMs: number;
}

/** `count` elements from the beginning of `data`, which may be longer. */
type MakeTensor = (data: ArrayBuffer, shape: readonly number[], count: number) => Tensor;

/** ONNX Runtime's name of each element type and the view that it wants over the bytes. */
const ORT_TYPE: Readonly<
  Record<Exclude<Datatype, 'BYTES'>, { readonly type: Tensor.Type; readonly make: MakeTensor }>
> = {
  BOOL: { type: 'bool', make: (data, shape, n) => new Tensor('bool', new Uint8Array(data, 0, n), shape) },
  UINT8: { type: 'uint8', make: (data, shape, n) => new Tensor('uint8', new Uint8Array(data, 0, n), shape) },
  UINT16: { type: 'uint16', make: (data, shape, n) => new Tensor('uint16', new Uint16Array(data, 0, n), shape) },
  UINT32: { type: 'uint32', make: (data, shape, n) => new Tensor('uint32', new Uint32Array(data, 0, n), shape) },
  UINT64: { type: 'uint64', make: (data, shape, n) => new Tensor('uint64', new BigUint64Array(data, 0, n), shape) },
  INT8: { type: 'int8', make: (data, shape, n) => new Tensor('int8', new Int8Array(data, 0, n), shape) },
  INT16: { type: 'int16', make: (data, shape, n) => new Tensor('int16', new Int16Array(data, 0, n), shape) },
  INT32: { type: 'int32', make: (data, shape, n) => new Tensor('int32', new Int32Array(data, 0, n), shape) },
  INT64: { type: 'int64', make: (data, shape, n) => new Tensor('int64', new BigInt64Array(data, 0, n), shape) },
  FP16: { type: 'float16', make: makeFloat16 },
  FP32: { type: 'float32', make: (data, shape, n) => new Tensor('float32', new Float32Array(data, 0, n), shape) },
  FP64: { type: 'float64', make: (data, shape, n) => new Tensor('float64', new Float64Array(data, 0, n), shape) },
};

/**
 * Where the runtime has a Float16Array, onnxruntime-node 1.30 reads no bytes of a float16 tensor ("not enough space").
 * Its native half looks only at the type's name, so the bits go in as uint16 under the name float16.
 */
function makeFloat16(data: ArrayBuffer, shape: readonly number[], count: number): Tensor {
  return Object.defineProperty(new Tensor('uint16', new Uint16Array(data, 0, count), shape), 'type', {
    value: 'float16',
  });
}

/** A loaded model. It belongs to the thread that opened it; run() and open() block that thread. */
export class OnnxSession {
  readonly signature: Signature;
  readonly #session: InferenceSession;
  readonly #outputNames: readonly string[];

  private constructor(session: InferenceSession) {
    this.#session = session;
    this.signature = readSignature(session);
    this.#outputNames = this.signature.outputs.map((output) => output.name);
  }

  /** Loads the model at `path`. Fails with a reason when it is no model, or an execution provider is not there. */
  static async open(path: string, options: SessionOptions): Promise<OnnxSession> {
    refuseUnknownProviders(options.executionProviders);
    const session = await InferenceSession.create(path, {
      executionProviders: options.executionProviders,
      intraOpNumThreads: options.intraOpThreads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      // Fatal only: what fails is thrown with the same text, and belongs to the structured log.
      logSeverityLevel: 4,
      // A spinning thread burns a core that the other lanes need.
      extra: {
        session: {
          disable_prepacking: options.prepack ? '0' : '1',
          intra_op: { allow_spinning: '0' },
          inter_op: { allow_spinning: '0' },
        },
      },
    });
    try {
      return new OnnxSession(session);
    } catch (caught) {
      await session.release();
      throw caught;
    }
  }

  /** Runs the inputs; `outputs` names the wanted ones, empty = all. */
  async run(inputs: readonly Block[], outputs: readonly string[]): Promise<Run> {
    const feeds: Record<string, Tensor> = {};
    for (const input of inputs) feeds[input.name] = toOrt(input);
    const startedAt = performance.now();
    const results = await this.#session.run(feeds, outputs.length === 0 ? this.#outputNames : outputs);
    const computeMs = performance.now() - startedAt;
    const blocks: Block[] = [];
    for (const [name, tensor] of Object.entries(results)) blocks.push(fromOrt(name, tensor));
    return { outputs: blocks, computeMs };
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

function refuseUnknownProviders(wanted: readonly string[]): void {
  const known = listSupportedBackends().map((backend) => backend.name);
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ServerError(
    'invalid_argument',
    `execution provider "${unknown}" is not in this build of onnxruntime, which has ${known.join(', ')}; choose one of these`,
  );
}

function readSignature(session: InferenceSession): Signature {
  const skipped = session.outputMetadata.filter((output) => !output.isTensor).map((output) => output.name);
  const outputs = session.outputMetadata.flatMap((output) => (output.isTensor ? [toSpec(output)] : []));
  const inputs = session.inputMetadata.map((input) => {
    if (input.isTensor) return toSpec(input);
    throw new ServerError('invalid_argument', `input "${input.name}" is not a tensor and cannot be served`);
  });
  if (outputs.length === 0) throw new ServerError('invalid_argument', 'the model has no tensor output');
  return { inputs, outputs, skippedOutputs: skipped };
}

function toSpec(meta: InferenceSession.TensorValueMetadata): TensorSpec {
  return { name: meta.name, datatype: toDatatype(meta.name, meta.type), shape: [...meta.shape] };
}

function toDatatype(name: string, type: Tensor.Type): Datatype {
  if (type === 'string') return 'BYTES';
  const datatype = DATATYPES.find((candidate) => candidate !== 'BYTES' && ORT_TYPE[candidate].type === type);
  if (datatype === undefined) {
    throw new ServerError('invalid_argument', `tensor "${name}" has type ${type}, which is not served`);
  }
  return datatype;
}

function toOrt(block: Block): Tensor {
  if (block.datatype === 'BYTES') {
    if (block.data instanceof ArrayBuffer) throw new TypeError(`tensor "${block.name}" of strings came as bytes`);
    return new Tensor('string', block.data, block.shape);
  }
  if (!(block.data instanceof ArrayBuffer)) throw new TypeError(`tensor "${block.name}" of numbers came as strings`);
  return ORT_TYPE[block.datatype].make(block.data, block.shape, elementCount(block.shape));
}

function fromOrt(name: string, tensor: Tensor): Block {
  const datatype = toDatatype(name, tensor.type);
  const data: unknown = tensor.data;
  if (Array.isArray(data)) return { name, datatype, shape: tensor.dims, data: data.map(String) };
  if (!ArrayBuffer.isView(data)) {
    throw new TypeError(`output "${name}" came as ${describeError(data)}, not as an array`);
  }
  return { name, datatype, shape: tensor.dims, data: ownBuffer(data) };
}

/** The whole memory behind the view when it fills it, else a copy of its part. */
function ownBuffer(view: ArrayBufferView): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = view;
  if (buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength) return buffer;
  const copy = new Uint8Array(byteLength);
  copy.set(new Uint8Array(buffer, byteOffset, byteLength));
  return copy.buffer;
}
