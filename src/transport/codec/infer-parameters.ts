/** The parameters of an inference request: those that mean something here, and refusals of those we cannot honour. */
import { ServerError } from '../../domain/errors.ts';
import type { PredictReply } from '../../domain/predict.ts';
import type {
  InferParameter as ReplyParameter,
  InferParameter__Output as Parameter,
} from '../gen/inference/InferParameter.ts';
import { toNumber } from './int64.ts';
import { quote } from './quote.ts';

export type Parameters = Readonly<Record<string, Parameter>>;

export interface InferParameters {
  /** Infinity when none is set. */
  readonly timeoutMs: number;
  readonly routingKey: string;
  /** true: raw_output_contents; false: the typed `contents` of each output. */
  readonly rawOutput: boolean;
}

const NONE: InferParameters = Object.freeze({ timeoutMs: Infinity, routingKey: '', rawOutput: true });

/** Clients of Triton's streams set it to learn which reply is the last; here each request has one. */
const FINAL_RESPONSE = 'triton_enable_empty_final_response';

export function parseInferParameters(parameters: Parameters): InferParameters {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return NONE;
  let { timeoutMs, routingKey, rawOutput } = NONE;
  for (const [name, value] of entries) {
    if (name === 'timeout') timeoutMs = timeout(value);
    else if (name === 'routing_key') routingKey = textOf(name, value);
    else if (name === 'raw_output') rawOutput = flagOf(name, value);
    else refuseReserved(name, value);
  }
  return { timeoutMs, routingKey, rawOutput };
}

/** What a reply says beside its outputs: who answered, under which epoch. What is not there is not sent. */
export function formatReplyParameters(reply: PredictReply): Record<string, ReplyParameter> {
  const { epoch, arm, predictionId, failedOverFrom } = reply;
  const parameters: Record<string, ReplyParameter> = {};
  if (epoch > 0) parameters.epoch = { int64Param: epoch };
  if (arm !== '') parameters.arm = { stringParam: arm };
  if (predictionId !== '') parameters.prediction_id = { stringParam: predictionId };
  if (failedOverFrom !== '') parameters.failed_over_from = { stringParam: failedOverFrom };
  return parameters;
}

/** Parameters of one input or one wanted output. */
export function checkTensorParameters(kind: 'input' | 'output', tensor: string, parameters: Parameters): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (name.startsWith('shared_memory_')) {
      throw cannot(`${kind} ${quote(tensor)} is in shared memory, which this server does not share`, 'send it inline');
    }
    if (name === 'classification' && isSet(value)) {
      const advice = 'ask for the output itself and take the largest values';
      throw cannot(`output ${quote(tensor)} asks for classification, which is not supported`, advice);
    }
  }
}

function refuseReserved(name: string, value: Parameter): void {
  if (name.startsWith('sequence_') && isSet(value)) {
    throw cannot(
      `parameter ${quote(name)} is not supported: models here keep no state between requests`,
      'leave it out',
    );
  }
  if (name === 'priority' && isSet(value)) {
    throw cannot(`parameter 'priority' is not supported: all requests of a model are equal`, 'leave it out');
  }
  if (name.startsWith('triton_') && name !== FINAL_RESPONSE) {
    const message = `parameter ${quote(name)} is reserved, as all that begin with 'triton_'; leave it out`;
    throw new ServerError('invalid_argument', message);
  }
}

function timeout(value: Parameter): number {
  const integer = value.int64Param ?? value.uint64Param;
  if (integer === undefined) throw wrongType('timeout', 'an integer of microseconds');
  const micros = toNumber(integer);
  if (micros < 0) {
    throw new ServerError('invalid_argument', `parameter 'timeout' is ${micros}; send 0 or more microseconds`);
  }
  return micros === 0 ? Infinity : micros / 1000;
}

function textOf(name: string, { stringParam }: Parameter): string {
  if (stringParam === undefined) throw wrongType(name, 'a string');
  return stringParam;
}

function flagOf(name: string, { boolParam }: Parameter): boolean {
  if (boolParam === undefined) throw wrongType(name, 'a bool');
  return boolParam;
}

/** Clients send false, 0 and '' where they mean nothing. */
function isSet({ boolParam, int64Param, uint64Param, doubleParam, stringParam }: Parameter): boolean {
  const integer = int64Param ?? uint64Param;
  if (integer !== undefined) return toNumber(integer) !== 0;
  return Boolean(boolParam ?? doubleParam ?? stringParam);
}

function wrongType(name: string, expected: string): ServerError {
  return new ServerError('invalid_argument', `parameter '${name}' must be ${expected}`);
}

function cannot(what: string, advice: string): ServerError {
  return new ServerError('unimplemented', `${what}; ${advice}`);
}
