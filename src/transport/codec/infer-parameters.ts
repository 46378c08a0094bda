/** The parameters of an inference request: those that mean something here, and refusals of those we cannot honour. */
import { ServerError } from '../../domain/errors.ts';
import { type Int64, toNumber } from './int64.ts';
import { quote } from './quote.ts';

/** inference.InferParameter; nothing is set where the caller set nothing. */
export interface Parameter {
  boolParam?: boolean;
  int64Param?: Int64;
  stringParam?: string;
  doubleParam?: number;
  uint64Param?: Int64;
}

export type Parameters = Map<string, Parameter>;

/** Of the many messages without any; nobody adds to it. */
export const NO_PARAMETERS: Parameters = new Map();

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
  if (parameters.size === 0) return NONE;
  let { timeoutMs, routingKey, rawOutput } = NONE;
  for (const [name, value] of parameters) {
    if (name === 'timeout') timeoutMs = timeout(value);
    else if (name === 'routing_key') routingKey = textOf(name, value);
    else if (name === 'raw_output') rawOutput = flagOf(name, value);
    else refuseReserved(name, value);
  }
  return { timeoutMs, routingKey, rawOutput };
}

/** Parameters of one input or one wanted output. */
export function checkTensorParameters(kind: 'input' | 'output', tensor: string, parameters: Parameters): void {
  if (parameters.size === 0) return;
  for (const [name, value] of parameters) {
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
