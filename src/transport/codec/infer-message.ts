/**
 * Reads inference.ModelInferRequest. Like protobufjs it goes by field numbers (a wrong wire type is read as the right
 * one), and of several `contents` of one tensor it takes the last.
 */
import { isUtf8 } from 'node:buffer';
import { readBools, readFixed, readVarints32, readVarints64 } from './read-elements.ts';
import { findText } from './find-text.ts';
import { NO_PARAMETERS, type Parameter, type Parameters } from './infer-parameters.ts';
import { checkRepeats } from './repeats.ts';
import { append, NO_ITEMS, TensorMessage } from './tensor-message.ts';
import { WireReader } from './wire-reader.ts';

export class InferInput extends TensorMessage {
  parameters: Parameters = NO_PARAMETERS;
}

export interface WantedOutput {
  name: string;
  parameters: Parameters;
}

export class InferMessage {
  model = '';
  version = '';
  id = '';
  parameters: Parameters = NO_PARAMETERS;
  inputs: InferInput[] = NO_ITEMS;
  outputs: WantedOutput[] = NO_ITEMS;
  raws: Uint8Array[] = NO_ITEMS;
}

/** Throws a ServerError where the bytes are no such message. */
export function readInfer(bytes: Uint8Array): InferMessage {
  const reader = new WireReader(bytes);
  const message = new InferMessage();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case 1:
        message.model = reader.name();
        break;
      case 2:
        message.version = reader.name();
        break;
      case 3:
        message.id = reader.text();
        break;
      case 4:
        message.parameters = withParameter(message.parameters, reader, 0);
        break;
      case 5:
        checkRepeats('inputs', message.inputs.length);
        message.inputs = append(message.inputs, readInput(reader));
        break;
      case 6:
        checkRepeats('outputs', message.outputs.length);
        message.outputs = append(message.outputs, readWantedOutput(reader));
        break;
      case 7:
        checkRepeats('raw_input_contents', message.raws.length);
        message.raws = append(message.raws, reader.slice(reader.size()));
        break;
      default:
        reader.skip(tag & 7, 0);
    }
  }
  return message;
}

/** The id of a request that may be broken; '' where none can be found. */
export function findId(bytes: Uint8Array): string {
  return findText(bytes, 3);
}

function readInput(reader: WireReader): InferInput {
  const input = new InferInput();
  const outer = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case 1:
        input.name = reader.name();
        break;
      case 2:
        input.datatype = reader.name();
        break;
      case 3:
        input.readShape(reader, tag & 7);
        break;
      case 4:
        input.parameters = withParameter(input.parameters, reader, 1);
        break;
      case 5:
        input.clear();
        readContents(reader, input);
        break;
      default:
        reader.skip(tag & 7, 1);
    }
  }
  reader.leave(outer);
  return input;
}

function readContents(reader: WireReader, tensor: TensorMessage): void {
  const outer = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    const wireType = tag & 7;
    switch (tag >>> 3) {
      case 1:
        readBools(reader, wireType, tensor);
        break;
      case 2:
        readVarints32(reader, wireType, tensor, 'ints');
        break;
      case 3:
        readVarints64(reader, wireType, tensor, 'int64s');
        break;
      case 4:
        readVarints32(reader, wireType, tensor, 'uints');
        break;
      case 5:
        readVarints64(reader, wireType, tensor, 'uint64s');
        break;
      case 6:
        readFixed(reader, wireType, tensor, 'floats');
        break;
      case 7:
        readFixed(reader, wireType, tensor, 'doubles');
        break;
      case 8:
        readBytesElement(reader, tensor);
        break;
      default:
        reader.skip(wireType, 2);
    }
  }
  reader.leave(outer);
}

/** Bytes that are no text have no meaning to a model; which ones, is for the tensor's own checks to say. */
function readBytesElement(reader: WireReader, tensor: TensorMessage): void {
  const size = reader.size();
  const start = reader.step(size);
  const text = reader.decode(start);
  if (tensor.notText === -1 && text.includes('\uFFFD') && !isUtf8(reader.bytes.subarray(start, reader.at))) {
    tensor.notText = tensor.texts.length;
  }
  tensor.texts = append(tensor.texts, text);
}

function readWantedOutput(reader: WireReader): WantedOutput {
  const output: WantedOutput = { name: '', parameters: NO_PARAMETERS };
  const outer = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case 1:
        output.name = reader.name();
        break;
      case 2:
        output.parameters = withParameter(output.parameters, reader, 1);
        break;
      default:
        reader.skip(tag & 7, 1);
    }
  }
  reader.leave(outer);
  return output;
}

/** Adds the entry that begins here. One without a key has the key '', one without a value a parameter without one. */
function withParameter(parameters: Parameters, reader: WireReader, depth: number): Parameters {
  checkRepeats('parameters', parameters.size);
  const outer = reader.enter();
  let key = '';
  let value: Parameter = {};
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case 1:
        key = reader.name();
        break;
      case 2:
        value = readParameter(reader, depth + 1);
        break;
      default:
        reader.skip(tag & 7, depth);
    }
  }
  reader.leave(outer);
  const more = parameters === NO_PARAMETERS ? new Map<string, Parameter>() : parameters;
  more.set(key, value);
  return more;
}

function readParameter(reader: WireReader, depth: number): Parameter {
  const parameter: Parameter = {};
  const outer = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case 1:
        parameter.boolParam = reader.uint32() !== 0;
        break;
      case 2:
        reader.int64();
        parameter.int64Param = { low: reader.low, high: reader.high };
        break;
      case 3:
        parameter.stringParam = reader.text();
        break;
      case 4:
        parameter.doubleParam = reader.bytes.readDoubleLE(reader.step(8));
        break;
      case 5:
        reader.int64();
        parameter.uint64Param = { low: reader.low, high: reader.high };
        break;
      default:
        reader.skip(tag & 7, depth);
    }
  }
  reader.leave(outer);
  return parameter;
}
