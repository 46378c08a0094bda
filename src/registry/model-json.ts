/** Reads a version's `model.json`: metadata as its author wrote it, with the golden examples made into tensors. */
import { isJsonObject, showJson } from '../config/json.ts';
import type { JsonObject } from '../config/json.ts';
import { ServerError, describeError } from '../domain/errors.ts';
import type { Tensor } from '../domain/tensor.ts';
import type { Golden, GoldenExample } from '../domain/version.ts';
import { tensorFromJson } from './tensor-json.ts';

export interface ModelDescription {
  readonly golden: Golden | undefined;
  /** The file without "golden". */
  readonly metadata: JsonObject;
}

/** Every example is run on every lane that loads the version. */
const MAX_EXAMPLES = 256;
const DEFAULT_TOLERANCE = 1e-5;

/** `file` names the text in messages; anything wrong in it is an `invalid_argument`. */
export function parseModelJson(text: string, file: string): ModelDescription {
  try {
    const json: unknown = JSON.parse(text);
    if (!isJsonObject(json)) throw new Error(`holds ${showJson(json)}; write a JSON object`);
    const { golden, ...metadata } = json;
    return { golden: golden === undefined ? undefined : readGolden(golden), metadata };
  } catch (caught) {
    throw new ServerError('invalid_argument', `${file}: ${describeError(caught)}`, { cause: caught });
  }
}

function readGolden(json: unknown): Golden {
  if (!isJsonObject(json)) throw new Error(`"golden" is ${showJson(json)}; give tolerance and examples`);
  const { tolerance = DEFAULT_TOLERANCE, examples } = json;
  if (typeof tolerance !== 'number' || !(tolerance >= 0 && tolerance <= 1)) {
    throw new Error(`"golden.tolerance" cannot be ${showJson(tolerance)}; give a number from 0 to 1`);
  }
  const list: readonly unknown[] = Array.isArray(examples) ? examples : [];
  if (list.length === 0 || list.length > MAX_EXAMPLES) {
    throw new Error(`"golden.examples" must be a list of 1 to ${MAX_EXAMPLES} examples`);
  }
  return { tolerance, examples: list.map(readExample) };
}

function readExample(json: unknown, index: number): GoldenExample {
  try {
    if (!isJsonObject(json)) throw new Error(`it is ${showJson(json)}; give inputs and outputs`);
    const { inputs, outputs } = json;
    return { inputs: readTensors(inputs, 'inputs'), outputs: readTensors(outputs, 'outputs') };
  } catch (caught) {
    throw new Error(`golden example ${index + 1}: ${describeError(caught)}`, { cause: caught });
  }
}

function readTensors(json: unknown, key: string): readonly Tensor[] {
  if (!isJsonObject(json)) throw new Error(`"${key}" is ${showJson(json)}; give tensors by name`);
  const tensors = Object.entries(json).map(([name, tensor]) => tensorFromJson(name, tensor));
  if (tensors.length === 0) throw new Error(`"${key}" is empty; give at least one tensor`);
  return tensors;
}
