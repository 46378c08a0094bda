/** sluice.v1's Predict messages to the domain's request, and the domain's reply back to them. */
import type { PredictReply, PredictRequest } from '../../domain/predict.ts';
import type { Tensor } from '../../domain/tensor.ts';
import type { Call } from '../call.ts';
import type { PredictReply as WireReply } from '../gen/sluice/v1/PredictReply.ts';
import type { PredictRequest__Output as WireRequest } from '../gen/sluice/v1/PredictRequest.ts';
import type { Tensor as WireTensor, Tensor__Output as WireInput } from '../gen/sluice/v1/Tensor.ts';
import { ServerError } from '../../domain/errors.ts';
import { rawInput, typedInput } from './input.ts';
import { checkModelName, checkUnique } from './names.ts';
import { outputValues, rawBytes } from './output-values.ts';
import { quote } from './quote.ts';
import { filledFields } from './typed-values.ts';

export function parsePredict(wire: WireRequest, call: Call): PredictRequest {
  const { model } = wire;
  checkModelName(model);
  const inputs = wire.inputs.map((input) => parseInput(model, input));
  if (inputs.length > 1) checkUnique('input', inputs.map(nameOf));
  if (wire.outputs.length > 1) checkUnique('output', wire.outputs);
  return {
    method: call.method,
    model,
    version: wire.version,
    routingKey: wire.routingKey === '' ? call.routingKey : wire.routingKey,
    inputs,
    outputs: wire.outputs,
    receivedAt: call.receivedAt,
    deadline: call.deadline,
    signal: call.signal,
    traceparent: call.traceparent,
    header: call.header,
  };
}

/** The reply speaks as the request did: raw if asked for or if any input came raw, else typed. */
export function formatPredict(wire: WireRequest, reply: PredictReply): WireReply {
  const raw = wire.rawOutputs || wire.inputs.some((input) => input.raw.length > 0);
  return {
    model: reply.model,
    version: reply.version,
    requestId: wire.requestId,
    outputs: reply.outputs.map(raw ? formatRaw : formatTyped),
    timings: reply.timings,
    epoch: reply.epoch,
    arm: reply.arm,
    predictionId: reply.predictionId,
    failedOverFrom: reply.failedOverFrom,
  };
}

function parseInput(model: string, input: WireInput): Tensor {
  const header = { model, name: input.name, datatype: input.datatype, shape: input.shape };
  if (input.raw.length === 0) return typedInput(header, input);
  const typed = filledFields(input);
  if (typed.length === 0) return rawInput(header, input.raw);
  const message = `input ${quote(input.name)} has values in raw and in ${typed.join(' and ')}; use one field`;
  throw new ServerError('invalid_argument', message);
}

function formatRaw({ name, datatype, shape, data }: Tensor): WireTensor {
  return { name, datatype, shape: mutable(shape), raw: rawBytes(data) };
}

function formatTyped(tensor: Tensor): WireTensor {
  const values = outputValues(tensor);
  const head = { name: tensor.name, datatype: tensor.datatype, shape: mutable(tensor.shape) };
  switch (values.kind) {
    case 'numbers':
    case 'int64s':
      return { ...head, [values.field]: values.values };
    case 'bools':
      return { ...head, bools: values.values };
    case 'strings':
      return { ...head, strings: values.values };
    case 'raw':
      return { ...head, raw: rawBytes(tensor.data) };
  }
}

function nameOf(tensor: Tensor): string {
  return tensor.name;
}

/** Protobuf's types ask for arrays that they do not write to. */
function mutable(shape: readonly number[]): number[] {
  return shape as number[];
}
