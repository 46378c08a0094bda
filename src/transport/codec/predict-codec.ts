/** A message of sluice.v1's Predict to the domain's request, and the form in which its caller wants the reply. */
import { ServerError } from '../../domain/errors.ts';
import type { PredictRequest } from '../../domain/predict.ts';
import type { Tensor } from '../../domain/tensor.ts';
import type { Call } from '../call.ts';
import { filledFields, rawInput, typedInput } from './input.ts';
import { checkModelName, checkUnique } from './names.ts';
import type { PredictInput, PredictMessage } from './predict-message.ts';
import type { PredictForm } from './predict-reply.ts';
import { quote } from './quote.ts';

export interface Predict {
  readonly request: PredictRequest;
  readonly form: PredictForm;
}

/** The reply speaks as the request did: raw if asked for or if any input came raw, else typed. */
export function parsePredict(message: PredictMessage, call: Call): Predict {
  const { model, outputs } = message;
  checkModelName(model);
  const inputs = message.inputs.map((input) => parseInput(model, input));
  if (inputs.length > 1) checkUnique('input', inputs.map(nameOf));
  if (outputs.length > 1) checkUnique('output', outputs);
  const request = {
    method: call.method,
    model,
    version: message.version,
    routingKey: message.routingKey === '' ? call.routingKey : message.routingKey,
    inputs,
    outputs,
    receivedAt: call.receivedAt,
    deadline: call.deadline,
    signal: call.signal,
    traceparent: call.traceparent,
    header: call.header,
  };
  const raw = message.rawOutputs || message.inputs.some(isRaw);
  return { request, form: { requestId: message.requestId, raw } };
}

function isRaw({ raw }: PredictInput): boolean {
  return raw.length > 0;
}

function parseInput(model: string, input: PredictInput): Tensor {
  if (!isRaw(input)) return typedInput(model, input);
  if (input.filled === 0) return rawInput(model, input, input.raw);
  const typed = filledFields(input).join(' and ');
  const message = `input ${quote(input.name)} has values in raw and in ${typed}; use one field`;
  throw new ServerError('invalid_argument', message);
}

function nameOf(tensor: Tensor): string {
  return tensor.name;
}
