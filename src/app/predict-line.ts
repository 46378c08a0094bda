/** The request line with all that watches its answers. */
import { ArmEvidence } from '../monitor/arm-evidence.ts';
import type { EvidenceBook } from '../monitor/evidence-book.ts';
import { DriftSampler } from '../serving/drift-sampler.ts';
import { createPredict } from '../serving/predict.ts';
import type { Predict, PredictOptions } from '../serving/predict.ts';
import { Shadowing } from '../serving/shadowing.ts';
import { SpareTime } from '../serving/spare-time.ts';

export interface PredictLineOptions extends Omit<PredictOptions, 'sampler' | 'shadowing' | 'arms'> {
  readonly evidence: EvidenceBook;
}

export function predictLine({ evidence: book, ...options }: PredictLineOptions): Predict {
  const { now } = options;
  const spare = new SpareTime({ now });
  const sampler = new DriftSampler({ book, spare, now, wallClock: Date.now });
  const shadowing = new Shadowing({ book, spare, sampler, now: Date.now });
  return createPredict({ ...options, sampler, shadowing, arms: new ArmEvidence(book) });
}
