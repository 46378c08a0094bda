/** Outcomes between the messages of the data port and of the control plane and the domain. */
import type { OutcomeReceipt, ReportedOutcome } from '../../domain/experiment.ts';
import type { KeepOutcomesReply__Output as KeptIn } from '../gen/sluice/control/v1/KeepOutcomesReply.ts';
import type { KeptOutcome, KeptOutcome__Output as KeptOutcomeIn } from '../gen/sluice/control/v1/KeptOutcome.ts';
import type { Outcome__Output as OutcomeIn } from '../gen/sluice/v1/Outcome.ts';
import { parseTime } from './admin/time-codec.ts';
import { toNumber } from './int64.ts';

/** @param index of the message's outcomes, for words about it. */
export function parseOutcome({ at: time, ...outcome }: OutcomeIn, index: number): ReportedOutcome {
  const { predictionId, experiment, routingKey, metric, value, denominator, id } = outcome;
  const at = parseTime(`outcomes[${index}].at`, time) ?? 0;
  return { predictionId, experiment, routingKey, metric, value, denominator, at, id };
}

export function formatKept({ at, ...outcome }: ReportedOutcome): KeptOutcome {
  return { ...outcome, atMs: at };
}

export function parseKept({ atMs, ...outcome }: KeptOutcomeIn): ReportedOutcome {
  const { predictionId, experiment, routingKey, metric, value, denominator, id } = outcome;
  return { predictionId, experiment, routingKey, metric, value, denominator, at: toNumber(atMs), id };
}

/** The same fields for clients of the data port and for serve processes. */
export function formatReceipt({ notes, ...counts }: OutcomeReceipt): OutcomeReceipt & { notes: string[] } {
  return { ...counts, notes: [...notes] };
}

export function parseReceipt({ notes, ...counts }: KeptIn): OutcomeReceipt {
  return {
    accepted: toNumber(counts.accepted),
    duplicate: toNumber(counts.duplicate),
    forged: toNumber(counts.forged),
    late: toNumber(counts.late),
    unknown: toNumber(counts.unknown),
    invalid: toNumber(counts.invalid),
    notes,
  };
}
