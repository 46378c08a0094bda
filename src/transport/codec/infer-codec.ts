/** The Open Inference Protocol's infer messages to the domain's request, and the domain's reply back to them. */
import { ServerError } from '../../domain/errors.ts';
import type { PredictReply, PredictRequest } from '../../domain/predict.ts';
import type { Tensor } from '../../domain/tensor.ts';
import type { Call } from '../call.ts';
import type { InferTensorContents, InferTensorContents__Output } from '../gen/inference/InferTensorContents.ts';
import type {
  _inference_ModelInferRequest_InferInputTensor__Output as WireInput,
  ModelInferRequest__Output as WireRequest,
} from '../gen/inference/ModelInferRequest.ts';
import type { ModelInferResponse as WireReply } from '../gen/inference/ModelInferResponse.ts';
import { decodeText } from './byte-strings.ts';
import {
  checkTensorParameters,
  formatReplyParameters,
  type InferParameters,
  parseInferParameters,
} from './infer-parameters.ts';
import { rawInput, typedInput } from './input.ts';
import { checkModelName, checkUnique } from './names.ts';
import { outputValues, rawBytes } from './output-values.ts';
import { quote } from './quote.ts';
import { filledFields, type TypedValues } from './typed-values.ts';

export interface Infer {
  readonly request: PredictRequest;
  readonly parameters: InferParameters;
}

export function parseInfer(wire: WireRequest, call: Call): Infer {
  checkModelName(wire.modelName);
  const parameters = parseInferParameters(wire.parameters);
  for (const input of wire.inputs) checkTensorParameters('input', input.name, input.parameters);
  for (const output of wire.outputs) checkTensorParameters('output', output.name, output.parameters);
  const inputs = wire.rawInputContents.length > 0 ? rawInputs(wire) : typedInputs(wire);
  if (inputs.length > 1) checkUnique('input', inputs.map(nameOf));
  const outputs = wire.outputs.map(nameOf);
  if (outputs.length > 1) checkUnique('output', outputs);
  const request = {
    method: call.method,
    model: wire.modelName,
    version: wire.modelVersion,
    routingKey: parameters.routingKey === '' ? call.routingKey : parameters.routingKey,
    inputs,
    outputs,
    receivedAt: call.receivedAt,
    deadline: Math.min(call.deadline, call.receivedAt + parameters.timeoutMs),
    signal: call.signal,
    traceparent: call.traceparent,
    header: call.header,
  };
  return { request, parameters };
}

export function formatInfer(wire: WireRequest, { rawOutput }: InferParameters, reply: PredictReply): WireReply {
  const head = {
    modelName: reply.model,
    modelVersion: reply.version,
    id: wire.id,
    parameters: formatReplyParameters(reply),
  };
  // Raw and typed exclude each other in one message, and FP16 has no typed field.
  if (rawOutput || reply.outputs.some((output) => output.datatype === 'FP16')) {
    return { ...head, outputs: reply.outputs.map(headerOf), rawOutputContents: reply.outputs.map(rawOf) };
  }
  return { ...head, outputs: reply.outputs.map((output) => ({ ...headerOf(output), contents: contentsOf(output) })) };
}

function rawInputs(wire: WireRequest): Tensor[] {
  const { modelName: model, inputs, rawInputContents: raws } = wire;
  if (raws.length > inputs.length) {
    const message = `expected ${inputs.length} raw_input_contents, one for each input of the request for model`;
    throw new ServerError('invalid_argument', `${message} ${quote(model)}, but got ${raws.length}`);
  }
  return inputs.map((input, index) => {
    if (input.contents !== null && filledFields(typedValues(input.name, input.contents)).length > 0) {
      const message = 'contents field must not be specified when using raw_input_contents';
      throw new ServerError('invalid_argument', `${message} for ${quote(input.name)} for model ${quote(model)}`);
    }
    const raw = raws[index];
    if (raw === undefined) {
      const message = `unable to find data for input tensor ${quote(input.name)} for model ${quote(model)} in request.`;
      const why = `raw_input_contents has ${raws.length} entries for ${inputs.length} inputs`;
      throw new ServerError('invalid_argument', `${message} ${why}`);
    }
    return rawInput(headOf(model, input), raw);
  });
}

function typedInputs({ modelName: model, inputs }: WireRequest): Tensor[] {
  return inputs.map((input) => typedInput(headOf(model, input), typedValues(input.name, input.contents)));
}

function headOf(model: string, { name, datatype, shape }: WireInput) {
  return { model, name, datatype, shape };
}

const NOTHING: TypedValues = Object.freeze({
  floats: [],
  doubles: [],
  ints: [],
  int64s: [],
  uints: [],
  uint64s: [],
  bools: [],
  strings: [],
});

function typedValues(name: string, contents: InferTensorContents__Output | null): TypedValues {
  if (contents === null) return NOTHING;
  return {
    floats: contents.fp32Contents,
    doubles: contents.fp64Contents,
    ints: contents.intContents,
    int64s: contents.int64Contents,
    uints: contents.uintContents,
    uint64s: contents.uint64Contents,
    bools: contents.boolContents,
    strings: contents.bytesContents.map((bytes, index) => decodeText(name, bytes, index)),
  };
}

function headerOf({ name, datatype, shape }: Tensor) {
  return { name, datatype, shape: shape as number[] };
}

function rawOf({ data }: Tensor): Uint8Array {
  return rawBytes(data);
}

const CONTENTS_FIELD = {
  floats: 'fp32Contents',
  doubles: 'fp64Contents',
  ints: 'intContents',
  uints: 'uintContents',
  int64s: 'int64Contents',
  uint64s: 'uint64Contents',
} as const;

function contentsOf(tensor: Tensor): InferTensorContents {
  const values = outputValues(tensor);
  switch (values.kind) {
    case 'numbers':
    case 'int64s':
      return { [CONTENTS_FIELD[values.field]]: values.values };
    case 'bools':
      return { boolContents: values.values };
    case 'strings':
      return { bytesContents: values.values.map((text) => Buffer.from(text)) };
    case 'raw':
      return {};
  }
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
