/**
 * What does it cost to read a request and to write its reply, by hand and with proto-loader? Ours goes all the way
 * between bytes and the request line; proto-loader's goes to its objects and from them, where more work would begin.
 */
import type { Tensor } from '../src/domain/tensor.ts';
import type { Call } from '../src/transport/call.ts';
import { parseInfer } from '../src/transport/codec/infer-codec.ts';
import { readInfer } from '../src/transport/codec/infer-message.ts';
import { formatInfer } from '../src/transport/codec/infer-reply.ts';
import { parsePredict } from '../src/transport/codec/predict-codec.ts';
import { readPredict } from '../src/transport/codec/predict-message.ts';
import { formatPredict } from '../src/transport/codec/predict-reply.ts';
import { loadSchema } from '../src/transport/grpc-js/codec.ts';
import { markdownTable } from './support/markdown.ts';
import { describeMachine, parseSettings } from './support/settings.ts';

const schema = loadSchema();
const PREDICT = schema.sluice.v1.PredictService.service.Predict;
const INFER = schema.inference.GRPCInferenceService.service.ModelInfer;

const CALL: Call = {
  method: 'sluice.v1.PredictService/Predict',
  receivedAt: 0,
  deadline: Infinity,
  signal: { aborted: false },
  traceparent: undefined,
  routingKey: '',
  certificateNames: [],
  header: () => undefined,
};

const ANSWERED = {
  timings: { queueMs: 0.125, hopMs: 0.0625, computeMs: 0.25, batchRows: 12 },
  epoch: 7,
  arm: 'stable',
  predictionId: 'AQwAAAABAAAAAGDDCwAAAAAAAAAHaXJpcwEzBnN0YWJsZQAAAAAAAAAA.9Zl0cV1o5nq3Yb2x7w',
  failedOverFrom: '',
};

/** The last result, so that the engine cannot leave the work out. */
let kept: unknown;

interface Shape {
  readonly name: string;
  /** Input and output tensors: how many, and how many FP32 values each. */
  readonly tensors: number;
  readonly values: number;
  readonly raw: boolean;
}

const SHAPES: readonly Shape[] = [
  { name: 'tiny: 4 floats', tensors: 1, values: 4, raw: false },
  { name: '22 inputs of a float', tensors: 22, values: 1, raw: false },
  { name: '600 kB of bytes', tensors: 1, values: 150_000, raw: true },
  { name: '600 kB of floats', tensors: 1, values: 150_000, raw: false },
];

interface Step {
  readonly step: string;
  readonly ours: () => unknown;
  readonly loader: () => unknown;
}

export function codec(args: readonly string[]): void {
  const { seconds, rounds } = parseSettings(args, { seconds: 0.2, rounds: 3 });
  console.log(`## Reading and writing messages\n\n${describeMachine()}\n`);
  const rows = SHAPES.flatMap((shape) =>
    [...predictSteps(shape), ...inferSteps(shape)].map(({ step, ours, loader }) => {
      const costs = Array.from({ length: rounds }, () => [microseconds(ours, seconds), microseconds(loader, seconds)]);
      return {
        message: shape.name,
        step,
        'ours, µs (best round)': Math.min(...costs.map(([cost = NaN]) => cost)),
        'proto-loader, µs': Math.min(...costs.map(([, cost = NaN]) => cost)),
      };
    }),
  );
  console.log(markdownTable(rows));
}

function predictSteps({ tensors, values, raw }: Shape): Step[] {
  const outputs = makeTensors('out', tensors, values);
  const message = {
    model: 'iris',
    requestId: 'request-7',
    inputs: makeTensors('in', tensors, values).map((input) => toSluice(input, raw)),
  };
  const bytes = PREDICT.requestSerialize(message);
  const reply = { model: 'iris', version: '3', outputs, ...ANSWERED };
  const form = { requestId: 'request-7', raw };
  const object = { ...reply, ...form, outputs: outputs.map((output) => toSluice(output, raw)) };
  return [
    {
      step: 'Predict, read',
      ours: () => parsePredict(readPredict(bytes), CALL),
      loader: () => PREDICT.requestDeserialize(bytes),
    },
    {
      step: 'Predict, write',
      ours: () => formatPredict(form, reply),
      loader: () => PREDICT.responseSerialize(object),
    },
  ];
}

function inferSteps({ tensors, values, raw }: Shape): Step[] {
  const outputs = makeTensors('out', tensors, values);
  const inputs = makeTensors('in', tensors, values);
  const bytes = INFER.requestSerialize({
    modelName: 'iris',
    id: 'request-7',
    inputs: inputs.map((input) => toInference(input, raw)),
    rawInputContents: raw ? inputs.map(bytesOf) : [],
  });
  const reply = { model: 'iris', version: '3', outputs, ...ANSWERED };
  const form = { id: 'request-7', rawOutput: raw };
  const object = {
    modelName: 'iris',
    modelVersion: '3',
    id: 'request-7',
    parameters: {
      epoch: { int64Param: reply.epoch },
      arm: { stringParam: reply.arm },
      prediction_id: { stringParam: reply.predictionId },
    },
    outputs: outputs.map((output) => toInference(output, raw)),
    rawOutputContents: raw ? outputs.map(bytesOf) : [],
  };
  return [
    {
      step: 'ModelInfer, read',
      ours: () => parseInfer(readInfer(bytes), CALL),
      loader: () => INFER.requestDeserialize(bytes),
    },
    {
      step: 'ModelInfer, write',
      ours: () => formatInfer(form, reply),
      loader: () => INFER.responseSerialize(object),
    },
  ];
}

function makeTensors(name: string, tensors: number, values: number): Tensor[] {
  const floats = Float32Array.from({ length: values }, (_, index) => index / 7);
  const data = new Uint8Array(floats.buffer);
  return Array.from({ length: tensors }, (_, index) => ({
    name: `${name}${index}`,
    datatype: 'FP32',
    shape: [1, values],
    data,
  }));
}

function bytesOf({ data }: Tensor): Uint8Array {
  if (data instanceof Uint8Array) return data;
  throw new Error('these are numbers');
}

function floatsOf(tensor: Tensor): number[] {
  return [...new Float32Array(bytesOf(tensor).buffer)];
}

function toSluice(tensor: Tensor, raw: boolean) {
  const { name, datatype, shape } = tensor;
  const contents = raw ? { raw: bytesOf(tensor) } : { floats: floatsOf(tensor) };
  return { name, datatype, shape: [...shape], ...contents };
}

function toInference(tensor: Tensor, raw: boolean) {
  const { name, datatype, shape } = tensor;
  const contents = raw ? {} : { contents: { fp32Contents: floatsOf(tensor) } };
  return { name, datatype, shape: [...shape], ...contents };
}

/** Of processor time, the garbage collector's threads included, so that other programs do not count. */
function microseconds(act: () => unknown, seconds: number): number {
  const endsAt = performance.now() + seconds * 1000;
  const before = process.cpuUsage();
  let count = 0;
  while (performance.now() < endsAt) {
    // Enough to make the clock cheap, few enough for the slowest of them.
    for (let turn = 0; turn < 20; turn += 1) kept = act();
    count += 20;
  }
  const { user, system } = process.cpuUsage(before);
  if (kept === undefined) throw new Error('nothing was done');
  return (user + system) / count;
}
