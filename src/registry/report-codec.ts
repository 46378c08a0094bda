/** A qualification report as JSON text and back: what the store keeps and what the control plane sends. */
import type { ReferenceSketches } from '../domain/sketch.ts';
import type { QualificationReport } from '../domain/version.ts';
import type { Tensor, TensorData } from '../domain/tensor.ts';

/** Tensors as they are written: bytes in base64. */
interface WrittenTensor extends Omit<Tensor, 'data'> {
  readonly data: string | readonly string[];
}

export function reportToJson(report: QualificationReport): string {
  const sample: WrittenTensor[] = report.sample.map((tensor) => ({
    ...tensor,
    data: tensor.data instanceof Uint8Array ? Buffer.from(tensor.data).toString('base64') : tensor.data,
  }));
  return JSON.stringify({ ...report, sample });
}

/** Of text that reportToJson wrote. */
export function reportFromJson(text: string): QualificationReport {
  const { reference, ...written } = JSON.parse(text) as Omit<QualificationReport, 'sample' | 'reference'> & {
    sample: readonly WrittenTensor[];
    reference?: { format: number };
  };
  const sample = written.sample.map((tensor) => ({ ...tensor, data: readData(tensor.data) }));
  // A release that sketches otherwise writes another number; what it means is not known here.
  const isKnown = reference?.format === 1;
  return { ...written, sample, ...(isKnown ? { reference: reference as ReferenceSketches } : {}) };
}

function readData(data: string | readonly string[]): TensorData {
  return typeof data === 'string' ? new Uint8Array(Buffer.from(data, 'base64')) : data;
}
