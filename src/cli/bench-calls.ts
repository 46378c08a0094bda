/** The calls of a load, made before it begins: their bytes, and where their inputs come from. */
import type { Tensor } from '../domain/tensor.ts';
import { ServerError } from '../domain/errors.ts';
import { parseModelJson } from '../registry/model-json.ts';
import { FREE_DIMENSION_SIZES } from '../runtime/sample-inputs.ts';
import { encodeByteStrings } from '../transport/codec/byte-strings.ts';
import type { PredictReply__Output } from '../transport/gen/sluice/v1/PredictReply.ts';
import type { PredictRequest } from '../transport/gen/sluice/v1/PredictRequest.ts';
import type { Method } from './call-line.ts';
import type { AdminClient } from './client.ts';
import { goldenInputs, hasFreeDimensions, madeInputs, signatureOf, takesRows } from './bench-inputs.ts';
import type { Scene } from './command.ts';
import { CommandError, usageError } from './exit.ts';
import { loadPredictService } from './schema-codec.ts';

export interface PreparedCalls {
  readonly method: Method<Buffer, PredictReply__Output>;
  /** The bytes of call `index`; no key where it is ''. */
  readonly bodyOf: (index: number, key: string) => Buffer;
  /** "8 golden examples", "64 made from the signature". */
  readonly source: string;
  readonly rows: number;
  /** Of the first one. */
  readonly bytes: number;
}

export interface CallTarget {
  readonly model: string;
  /** '' = as the traffic has it. */
  readonly version: string;
  readonly rows: number;
}

/** The largest model.json whose examples are read. */
const MAX_EXAMPLE_BYTES = 8 * 2 ** 20;

export async function prepareCalls(
  { client }: Pick<Scene, 'client'>,
  predict: AdminClient,
  target: CallTarget,
): Promise<PreparedCalls> {
  const service = loadPredictService();
  const { model, version, rows } = target;
  const described = await predict.ask(service.GetModel, { model, version });
  const signature = signatureOf(described);
  if (rows > 1 && !takesRows(signature)) {
    throw usageError(`"${model}" takes no number of rows: its first dimension is fixed; leave --rows out`);
  }
  const examples = await goldenExamples(client, model, described.status?.version ?? '');
  const golden = goldenInputs(examples, signature, rows);
  const request = { model, version, rawOutputs: true };
  const inputs = golden ?? (await acceptedInputs(predict, request, { signature, rows }));
  const { path, requestSerialize, responseDeserialize } = service.Predict;
  const bodies = inputs.map((each) => requestSerialize({ ...request, inputs: each.map(wireTensor) }));
  const [first = Buffer.alloc(0)] = bodies;
  return {
    method: { path, requestSerialize: (body) => body, responseDeserialize },
    bodyOf(index, key) {
      const body = bodies[index % bodies.length] ?? first;
      // Two messages one behind the other are one message with the fields of both.
      return key === '' ? body : Buffer.concat([body, requestSerialize({ routingKey: key })]);
    },
    source: golden === undefined ? `${inputs.length} inputs made from the signature` : `${inputs.length} golden inputs`,
    rows,
    bytes: first.length,
  };
}

/** Sizes that the file leaves open are tried, as qualification does it. */
async function acceptedInputs(
  predict: AdminClient,
  request: PredictRequest,
  { signature, rows }: { readonly signature: ReturnType<typeof signatureOf>; readonly rows: number },
): Promise<Tensor[][]> {
  const sizes = hasFreeDimensions(signature) ? FREE_DIMENSION_SIZES : FREE_DIMENSION_SIZES.slice(0, 1);
  let problem = '';
  for (const free of sizes) {
    const inputs = madeInputs(signature, { rows, free });
    try {
      await predict.ask(loadPredictService().Predict, { ...request, inputs: inputs[0]?.map(wireTensor) ?? [] });
      return inputs;
    } catch (caught) {
      if (!(caught instanceof CommandError)) throw caught;
      problem = caught.message;
      if (sizes.length === 1) throw caught;
    }
  }
  throw usageError(`no input that was made for "${request.model ?? ''}" is accepted: ${problem}`);
}

/** None where the admin process cannot be reached, or has none. */
async function goldenExamples(client: AdminClient, model: string, version: string) {
  try {
    const pieces: Buffer[] = [];
    let bytes = 0;
    // Files come in the order of their names: what is behind model.json need not be sent.
    for await (const { path, data } of client.download(client.registry.DownloadVersion, { model, version })) {
      if (path > 'model.json' || bytes > MAX_EXAMPLE_BYTES) break;
      if (path !== 'model.json') continue;
      pieces.push(data);
      bytes += data.length;
    }
    if (bytes === 0) return [];
    return parseModelJson(Buffer.concat(pieces).toString('utf8'), 'model.json').golden?.examples ?? [];
  } catch (caught) {
    if (caught instanceof CommandError || caught instanceof ServerError) return [];
    throw caught;
  }
}

function wireTensor({ name, datatype, shape, data }: Tensor) {
  const raw =
    data instanceof Uint8Array
      ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
      : Buffer.from(encodeByteStrings(data));
  return { name, datatype, shape: [...shape], raw };
}
