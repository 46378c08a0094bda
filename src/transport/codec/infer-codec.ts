/** A message of the Open Inference Protocol's infer to the domain's request, and how its caller wants the reply. */
import { ServerError } from '../../domain/errors.ts';
import type { PredictRequest } from '../../domain/predict.ts';
import type { Tensor } from '../../domain/tensor.ts';
import type { Call } from '../call.ts';
import type { InferInput, InferMessage } from './infer-message.ts';
import { checkTensorParameters, parseInferParameters } from './infer-parameters.ts';
import type { InferForm } from './infer-reply.ts';
import { checkText, rawInput, typedInput } from './input.ts';
import { checkModelName, checkUnique } from './names.ts';
import { quote } from './quote.ts';

export interface Infer {
  readonly request: PredictRequest;
  readonly form: InferForm;
}

const ALL_OUTPUTS: readonly string[] = [];

export function parseInfer(message: InferMessage, call: Call): Infer {
  const { model } = message;
  checkModelName(model);
  const { timeoutMs, routingKey, rawOutput } = parseInferParameters(message.parameters);
  for (const input of message.inputs) checkTensorParameters('input', input.name, input.parameters);
  for (const output of message.outputs) checkTensorParameters('output', output.name, output.parameters);
  const inputs = message.raws.length > 0 ? rawInputs(message) : typedInputs(message);
  if (inputs.length > 1) checkUnique('input', inputs.map(nameOf));
  const outputs = message.outputs.length > 0 ? message.outputs.map(nameOf) : ALL_OUTPUTS;
  if (outputs.length > 1) checkUnique('output', outputs);
  const request = {
    method: call.method,
    model,
    version: message.version,
    routingKey: routingKey === '' ? call.routingKey : routingKey,
    inputs,
    outputs,
    receivedAt: call.receivedAt,
    deadline: Math.min(call.deadline, call.receivedAt + timeoutMs),
    signal: call.signal,
    traceparent: call.traceparent,
    header: call.header,
  };
  return { request, form: { id: message.id, rawOutput } };
}

function rawInputs({ model, inputs, raws }: InferMessage): Tensor[] {
  if (raws.length > inputs.length) {
    const message = `expected ${inputs.length} raw_input_contents, one for each input of the request for model`;
    throw new ServerError('invalid_argument', `${message} ${quote(model)}, but got ${raws.length}`);
  }
  return inputs.map((input, index) => {
    checkNoContents(model, input);
    const raw = raws[index];
    if (raw === undefined) {
      const message = `unable to find data for input tensor ${quote(input.name)} for model ${quote(model)} in request.`;
      const why = `raw_input_contents has ${raws.length} entries for ${inputs.length} inputs`;
      throw new ServerError('invalid_argument', `${message} ${why}`);
    }
    return rawInput(model, input, raw);
  });
}

function checkNoContents(model: string, input: InferInput): void {
  checkText(input);
  if (input.filled === 0) return;
  const message = 'contents field must not be specified when using raw_input_contents';
  throw new ServerError('invalid_argument', `${message} for ${quote(input.name)} for model ${quote(model)}`);
}

function typedInputs({ model, inputs }: InferMessage): Tensor[] {
  return inputs.map((input) => typedInput(model, input));
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
