/**
 * Writes inference.ModelInferResponse, alone or in a stream's ModelStreamInferResponse; each message from its last
 * field to its first.
 */
import type { PredictReply } from '../../domain/predict.ts';
import type { Tensor } from '../../domain/tensor.ts';
import { type FieldTags, rawBytes, writeValues } from './output-values.ts';
import type { Parts } from './parts.ts';
import { ReplyWriter } from './reply-writer.ts';

/** How the caller wants to be answered. */
export interface InferForm {
  readonly id: string;
  /** true: raw_output_contents; false: the typed `contents` of each output. */
  readonly rawOutput: boolean;
}

const FIELDS: FieldTags = {
  bools: 0x0a,
  ints: 0x12,
  int64s: 0x1a,
  uints: 0x22,
  uint64s: 0x2a,
  floats: 0x32,
  doubles: 0x3a,
  strings: 0x42,
};

/** A reply is written without a pause, so one writer serves all. */
const writer = new ReplyWriter();

export function formatInfer(form: InferForm, reply: PredictReply): Parts {
  writer.begin();
  writeOutputs(form, reply);
  writeHead(form, reply);
  return writer.finish();
}

/** Each request of a stream has one reply, and that is its last. */
export function formatStreamed(form: InferForm, reply: PredictReply): Parts {
  writer.begin();
  writeOutputs(form, reply);
  writeNumberParameter('triton_final_response', 0x08, 1);
  writeHead(form, reply);
  writer.close(0x12, 0);
  return writer.finish();
}

/** A request of a stream that failed. */
export function formatRequestError(id: string, { message }: { message: string }): Parts {
  writer.begin();
  writer.text(0x1a, id);
  writer.close(0x12, 0);
  writer.text(0x0a, message);
  return writer.finish();
}

/** Raw and typed exclude each other in one message, and FP16 has no typed field. */
function writeOutputs({ rawOutput }: InferForm, { outputs }: PredictReply): void {
  const raw = rawOutput || outputs.some(isHalf);
  if (raw) forEachBackwards(outputs, writeRaw);
  forEachBackwards(outputs, raw ? writeHeader : writeTyped);
}

function writeRaw({ data }: Tensor): void {
  writer.data(0x32, rawBytes(data));
}

function writeHeader(output: Tensor): void {
  const before = writer.size;
  writeNames(output, before);
}

function writeTyped(output: Tensor): void {
  const before = writer.size;
  writeValues(writer, output, FIELDS);
  writer.close(0x2a, before);
  writeNames(output, before);
}

function writeNames({ name, datatype, shape }: Tensor, before: number): void {
  writer.shape(0x1a, shape);
  writer.text(0x12, datatype);
  writer.text(0x0a, name);
  writer.close(0x2a, before);
}

/** What is written last comes first: who answered, then under which epoch. What is not there is not sent. */
function writeHead(
  { id }: InferForm,
  { model, version, epoch, arm, predictionId, failedOverFrom }: PredictReply,
): void {
  writeTextParameter('failed_over_from', failedOverFrom);
  writeTextParameter('prediction_id', predictionId);
  writeTextParameter('arm', arm);
  if (epoch > 0) writeNumberParameter('epoch', 0x10, epoch);
  writer.text(0x1a, id);
  writer.text(0x12, version);
  writer.text(0x0a, model);
}

function writeTextParameter(key: string, text: string): void {
  if (text === '') return;
  const before = writer.size;
  writer.element(0x1a, text);
  writeKey(key, before);
}

/** An integer or a bool, by its tag. */
function writeNumberParameter(key: string, tag: number, value: number): void {
  const before = writer.size;
  writer.varint(value);
  writer.tag(tag);
  writeKey(key, before);
}

/** An entry of the map whose value was written since. */
function writeKey(key: string, before: number): void {
  writer.close(0x12, before);
  writer.element(0x0a, key);
  writer.close(0x22, before);
}

function isHalf({ datatype }: Tensor): boolean {
  return datatype === 'FP16';
}

function forEachBackwards(outputs: readonly Tensor[], write: (output: Tensor) => void): void {
  for (let index = outputs.length - 1; index >= 0; index -= 1) {
    const output = outputs[index];
    if (output !== undefined) write(output);
  }
}
