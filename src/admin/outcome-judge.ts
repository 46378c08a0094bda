/** What a reported outcome is worth: a row to be stored, or why not. */
import { createHash } from 'node:crypto';
import type { ReportedOutcome } from '../domain/experiment.ts';
import { SLOT_PARTS } from '../domain/traffic.ts';
import type { OutcomeRow } from '../registry/outcome-store.ts';
import { unitOf } from '../routing/pick.ts';
import { readPredictionId } from '../serving/prediction-id.ts';
import type { Refusal } from './experiment-body.ts';
import type { OutcomeScopes } from './outcome-scopes.ts';

export type Judged =
  | { readonly kind: 'row'; readonly row: OutcomeRow; readonly name: string; readonly experiment: string }
  | {
      readonly kind: Refusal;
      readonly note: string;
      /** Whom it is counted under; '' = nobody. */
      readonly experiment: string;
    };

export interface JudgeScene {
  readonly scopes: OutcomeScopes;
  /** Epoch ms. */
  readonly now: number;
  /** Signs prediction ids. */
  readonly predictionKey: Uint8Array;
}

const MAX_ID = 1024;
const MAX_TEXT = 256;
/** After the prediction, or after it happened. */
const LATE_MS = 7 * 24 * 3_600_000;
/** Clocks of callers may be ahead by so much. */
const AHEAD_MS = 300_000;
const SHOWN = 64;

type Identity = Pick<OutcomeRow, 'key' | 'unit' | 'prediction' | 'part' | 'at'>;

export async function judgeOutcome(outcome: ReportedOutcome, scene: JudgeScene): Promise<Judged> {
  const { predictionId, routingKey, experiment, metric, id } = outcome;
  const { scopes, now } = scene;
  const fault = faultOf(outcome, now);
  if (fault !== undefined) return refuse('invalid', outcome, fault);
  // It is stored in whole ms; a client may give any fraction of a second.
  const at = outcome.at === 0 ? now : Math.floor(outcome.at);
  if (predictionId !== '') {
    const facts = readPredictionId(scene.predictionKey, predictionId);
    if (facts === undefined) return refuse('forged', outcome, 'was not signed by this registry, or was changed');
    if (Math.max(at, now) - facts.at > LATE_MS) return refuse('late', outcome, 'came more than 7 days late');
    const prediction = createHash('sha256').update(predictionId).digest('base64url').slice(0, 22);
    const { unit, slot } = facts;
    // What named its version, or was sent by a rule, has no slot, and is in no arm.
    const part = Math.max(0, slot) % SLOT_PARTS;
    const identity = { key: `${prediction}/${id}`, unit: unit || prediction, prediction, part, at };
    return judged(await scopes.ofPrediction(facts, metric), outcome, identity);
  }
  if (now - at > LATE_MS) return refuse('late', outcome, 'came more than 7 days late');
  const unit = unitOf(routingKey);
  const identity = { key: `${unit}/${id}`, unit, prediction: '', part: 0, at };
  return judged(await scopes.ofKey({ experiment, routingKey, metric, at }), outcome, identity);
}

function judged(
  claim: Awaited<ReturnType<OutcomeScopes['ofPrediction']>>,
  outcome: ReportedOutcome,
  identity: Identity,
): Judged {
  if (claim.kind !== 'claim') {
    return { kind: claim.kind, note: `${nameOf(outcome)}: ${claim.note}`, experiment: claim.experiment };
  }
  const { scope, arm, experiment } = claim;
  const { metric, value } = outcome;
  if (claim.metric === 'proportion' && value !== 0 && value !== 1) {
    const note = `${nameOf(outcome)} has the value ${value}; a proportion takes 0 or 1`;
    return { kind: 'invalid', note, experiment };
  }
  const denominator = claim.metric === 'ratio' && outcome.denominator !== 0 ? outcome.denominator : 1;
  const row = { scope, metric, arm, value, denominator, ...identity };
  return { kind: 'row', row, name: nameOf(outcome), experiment };
}

function faultOf(outcome: ReportedOutcome, now: number): string | undefined {
  const { predictionId, experiment, routingKey, metric, value, denominator, at, id } = outcome;
  if (predictionId === '' && (experiment === '' || routingKey === '')) {
    return 'names neither a prediction_id nor an experiment and a routing_key';
  }
  if (metric === '') return 'names no metric';
  if (predictionId.length > MAX_ID) return `has a prediction_id of more than ${MAX_ID} characters`;
  if ([experiment, routingKey, metric, id].some((text) => text.length > MAX_TEXT)) {
    return `has a name, a key or an id of more than ${MAX_TEXT} characters`;
  }
  if (!Number.isFinite(value) || !Number.isFinite(denominator) || denominator < 0) {
    return `has the value ${value} over ${denominator}; give finite numbers, the denominator not negative`;
  }
  if (!(at >= 0 && at <= now + AHEAD_MS)) return 'happened in the future, or before 1970';
  return undefined;
}

function refuse(kind: Refusal, outcome: ReportedOutcome, why: string): Judged {
  return { kind, note: `${nameOf(outcome)} ${why}`, experiment: outcome.experiment };
}

/** For people; prediction ids are long. */
function nameOf({ predictionId, experiment, routingKey, metric }: ReportedOutcome): string {
  const of =
    predictionId === ''
      ? `key "${routingKey.slice(0, SHOWN)}" in experiment "${experiment.slice(0, SHOWN)}"`
      : `prediction ${predictionId.slice(0, 24)}…`;
  return `outcome "${metric.slice(0, SHOWN)}" of ${of}`;
}
