/**
 * Reads sluice.v1.PredictRequest. Like protobufjs it goes by field numbers: a wrong wire type is read as the right one.
 */
import { readBools, readFixed, readVarints32, readVarints64 } from './read-elements.ts';
import { findText } from './find-text.ts';
import { checkRepeats } from './repeats.ts';
import { append, NO_ITEMS, TensorMessage } from './tensor-message.ts';
import { WireReader } from './wire-reader.ts';

const NONE = new Uint8Array(0);

export class PredictInput extends TensorMessage {
  /** Empty ones count for nothing. */
  raw: Uint8Array = NONE;
}

export class PredictMessage {
  model = '';
  version = '';
  inputs: PredictInput[] = NO_ITEMS;
  outputs: string[] = NO_ITEMS;
  requestId = '';
  routingKey = '';
  rawOutputs = false;
}

/** Throws a ServerError where the bytes are no such message. */
export function readPredict(bytes: Uint8Array): PredictMessage {
  const reader = new WireReader(bytes);
  const message = new PredictMessage();
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
        checkRepeats('inputs', message.inputs.length);
        message.inputs = append(message.inputs, readTensor(reader));
        break;
      case 4:
        checkRepeats('outputs', message.outputs.length);
        message.outputs = append(message.outputs, reader.name());
        break;
      case 5:
        message.requestId = reader.text();
        break;
      case 6:
        message.routingKey = reader.text();
        break;
      case 7:
        message.rawOutputs = reader.uint32() !== 0;
        break;
      default:
        reader.skip(tag & 7, 0);
    }
  }
  return message;
}

/** The id of a request that may be broken; '' where none can be found. */
export function findRequestId(bytes: Uint8Array): string {
  return findText(bytes, 5);
}

function readTensor(reader: WireReader): PredictInput {
  const tensor = new PredictInput();
  const outer = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    const field = tag >>> 3;
    const wireType = tag & 7;
    switch (field) {
      case 1:
        tensor.name = reader.name();
        break;
      case 2:
        tensor.datatype = reader.name();
        break;
      case 3:
        tensor.readShape(reader, wireType);
        break;
      case 4:
        readFixed(reader, wireType, tensor, 'floats');
        break;
      case 5:
        readFixed(reader, wireType, tensor, 'doubles');
        break;
      case 6:
        readVarints32(reader, wireType, tensor, 'ints');
        break;
      case 7:
        readVarints64(reader, wireType, tensor, 'int64s');
        break;
      case 8:
        readVarints32(reader, wireType, tensor, 'uints');
        break;
      case 9:
        readVarints64(reader, wireType, tensor, 'uint64s');
        break;
      case 10:
        readBools(reader, wireType, tensor);
        break;
      case 11:
        tensor.texts = append(tensor.texts, reader.text());
        break;
      case 12:
        tensor.raw = reader.slice(reader.size());
        break;
      default:
        reader.skip(wireType, 1);
    }
  }
  reader.leave(outer);
  return tensor;
}
