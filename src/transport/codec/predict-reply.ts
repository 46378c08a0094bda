/**
 * Writes sluice.v1.PredictReply, alone or in a stream's PredictStreamReply; each message from its last field to its
 * first.
 */
import type { PredictReply, Timings } from '../../domain/predict.ts';
import type { Tensor } from '../../domain/tensor.ts';
import { type FieldTags, rawBytes, writeValues } from './output-values.ts';
import type { Parts } from './parts.ts';
import { ReplyWriter } from './reply-writer.ts';

/** How the caller wants to be answered. */
export interface PredictForm {
  readonly requestId: string;
  readonly raw: boolean;
}

const FIELDS: FieldTags = {
  floats: 0x22,
  doubles: 0x2a,
  ints: 0x32,
  int64s: 0x3a,
  uints: 0x42,
  uint64s: 0x4a,
  bools: 0x52,
  strings: 0x5a,
};

/** A reply is written without a pause, so one writer serves all. */
const writer = new ReplyWriter();

export function formatPredict(form: PredictForm, reply: PredictReply): Parts {
  writer.begin();
  writeReply(form, reply);
  return writer.finish();
}

export function formatStreamed(form: PredictForm, reply: PredictReply): Parts {
  writer.begin();
  writeReply(form, reply);
  writer.close(0x12, 0);
  writer.text(0x0a, form.requestId);
  return writer.finish();
}

/** A request of a stream that failed. */
export function formatRequestError(requestId: string, { code, message }: { code: number; message: string }): Parts {
  writer.begin();
  writer.text(0x12, message);
  if (code !== 0) {
    writer.varint(code);
    writer.tag(0x08);
  }
  writer.close(0x1a, 0);
  writer.text(0x0a, requestId);
  return writer.finish();
}

function writeReply({ requestId, raw }: PredictForm, reply: PredictReply): void {
  writer.text(0x4a, reply.failedOverFrom);
  writer.text(0x42, reply.predictionId);
  writer.text(0x3a, reply.arm);
  if (reply.epoch > 0) {
    writer.varint(reply.epoch);
    writer.tag(0x30);
  }
  writeTimings(reply.timings);
  for (let index = reply.outputs.length - 1; index >= 0; index -= 1) {
    const output = reply.outputs[index];
    if (output !== undefined) writeOutput(output, raw);
  }
  writer.text(0x1a, requestId);
  writer.text(0x12, reply.version);
  writer.text(0x0a, reply.model);
}

function writeTimings({ queueMs, hopMs, computeMs, batchRows }: Timings): void {
  const before = writer.size;
  if (batchRows > 0) {
    writer.varint(batchRows);
    writer.tag(0x20);
  }
  writer.double(0x19, computeMs);
  writer.double(0x11, hopMs);
  writer.double(0x09, queueMs);
  writer.close(0x2a, before);
}

function writeOutput(output: Tensor, raw: boolean): void {
  const before = writer.size;
  if (raw || output.datatype === 'FP16') {
    const bytes = rawBytes(output.data);
    if (bytes.length > 0) writer.data(0x62, bytes);
  } else writeValues(writer, output, FIELDS);
  writer.shape(0x1a, output.shape);
  writer.text(0x12, output.datatype);
  writer.text(0x0a, output.name);
  writer.close(0x22, before);
}
