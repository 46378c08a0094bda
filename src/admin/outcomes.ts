/**
 * Takes outcomes in: finds out whose they are, tells those apart that do not count, and answers once they are stored.
 */
import { createHash } from 'node:crypto';
import { ServerError } from '../domain/errors.ts';
import type { OutcomeReceipt, ReportedOutcome } from '../domain/experiment.ts';
import type { OutcomeRow } from '../registry/outcome-store.ts';
import type { Store, StoreWriter } from '../registry/store.ts';
import { unitOf } from '../routing/pick.ts';
import { readPredictionId } from '../serving/prediction-id.ts';
import { OutcomeScopes } from './outcome-scopes.ts';
import type { Claim } from './outcome-scopes.ts';
import { addRefusals } from './outcome-refusals.ts';
import type { Refusal } from './outcome-refusals.ts';

export interface OutcomesOptions {
  readonly store: Store;
  /** Epoch ms. */
  readonly now: () => number;
  /** Signs prediction ids. */
  readonly predictionKey: Uint8Array;
}

export const MAX_OUTCOMES = 1000;
const MAX_TEXT = 1024;
/** After the prediction, or after the end of the experiment. */
export const LATE_MS = 7 * 24 * 3_600_000;
/** Clocks of callers may be ahead by so much. */
const AHEAD_MS = 300_000;
const MAX_NOTES = 10;
/** Batches that wait for a transaction. */
const MAX_WAITING = 200;

type Judged = { readonly kind: 'rows'; readonly rows: readonly OutcomeRow[] } | Refused;

interface Refused {
  readonly kind: Refusal;
  readonly note: string;
  /** Whom it is counted under; '' = nobody. */
  readonly experiment: string;
}

export class Outcomes {
  readonly #options: OutcomesOptions;
  #waiting = 0;

  constructor(options: OutcomesOptions) {
    this.#options = options;
  }

  /** Resolves once everything is stored; when it rejects nothing of it was taken. */
  async keep(outcomes: readonly ReportedOutcome[]): Promise<OutcomeReceipt> {
    if (outcomes.length > MAX_OUTCOMES) {
      throw new ServerError(
        'invalid_argument',
        `${outcomes.length} outcomes in one call; send ${MAX_OUTCOMES} at most`,
      );
    }
    if (this.#waiting >= MAX_WAITING) {
      throw new ServerError('resource_exhausted', `${this.#waiting} batches of outcomes wait already; send it later`);
    }
    this.#waiting += 1;
    try {
      return await this.#options.store.transact((writer) => this.#keepAll(writer, outcomes));
    } finally {
      this.#waiting -= 1;
    }
  }

  async #keepAll(writer: StoreWriter, outcomes: readonly ReportedOutcome[]): Promise<OutcomeReceipt> {
    const now = this.#options.now();
    const scopes = new OutcomeScopes(writer, now);
    const counts = { accepted: 0, duplicate: 0, forged: 0, late: 0, unknown: 0, invalid: 0 };
    const notes: string[] = [];
    const refusals = new Map<string, Map<Refusal, number>>();
    const refuse = ({ kind, note, experiment }: Refused): void => {
      counts[kind] += 1;
      if (notes.length < MAX_NOTES) notes.push(note);
      const own = refusals.get(experiment) ?? new Map<Refusal, number>();
      own.set(kind, (own.get(kind) ?? 0) + 1);
      refusals.set(experiment, own);
    };
    for (const outcome of outcomes) {
      const judged = await this.#judge(scopes, outcome, now);
      if (judged.kind !== 'rows') {
        refuse(judged);
        continue;
      }
      let isNew = false;
      for (const row of judged.rows) isNew = (await writer.addOutcome(row)) || isNew;
      if (isNew) counts.accepted += 1;
      else
        {refuse({
          kind: 'duplicate',
          note: `${nameOf(outcome)} was counted before`,
          experiment: experimentOf(judged.rows),
        });}
    }
    for (const [experiment, own] of refusals) await addRefusals(writer, { experiment, counts: own, at: now });
    return { ...counts, notes };
  }

  async #judge(scopes: OutcomeScopes, outcome: ReportedOutcome, now: number): Promise<Judged> {
    const fault = faultOf(outcome, now);
    if (fault !== undefined)
      {return { kind: 'invalid', note: `${nameOf(outcome)} ${fault}`, experiment: outcome.experiment };}
    const at = outcome.at === 0 ? now : outcome.at;
    const { predictionId, routingKey, experiment, id } = outcome;
    if (predictionId !== '') {
      const facts = readPredictionId(this.#options.predictionKey, predictionId);
      if (facts === undefined) {
        return { kind: 'forged', note: `${nameOf(outcome)} was not signed by this registry`, experiment };
      }
      if (at - facts.at > LATE_MS || now - facts.at > LATE_MS) return late(outcome, experiment);
      const short = createHash('sha256').update(predictionId).digest('base64url');
      const identity = { key: `${short}/${id}`, unit: facts.unit || short, prediction: short, at };
      return rowsOf(await scopes.ofPrediction(facts, outcome.metric), outcome, identity);
    }
    if (now - at > LATE_MS) return late(outcome, experiment);
    const unit = unitOf(routingKey);
    const identity = { key: `${unit}/${id}`, unit, prediction: '', at };
    return rowsOf(await scopes.ofKey({ experiment, routingKey, metric: outcome.metric, at }), outcome, identity);
  }
}

type Identity = Pick<OutcomeRow, 'key' | 'unit' | 'prediction' | 'at'>;

function rowsOf(claims: readonly Claim[] | Refused, outcome: ReportedOutcome, identity: Identity): Judged {
  if (!('length' in claims)) return claims;
  const { metric, value } = outcome;
  const odd = claims.find(({ kind }) => kind === 'proportion' && value !== 0 && value !== 1);
  if (odd !== undefined) {
    const note = `${nameOf(outcome)} has the value ${value}; "${metric}" is a proportion and takes 0 or 1`;
    return { kind: 'invalid', note, experiment: odd.experiment };
  }
  const denominator = outcome.denominator === 0 ? 1 : outcome.denominator;
  const rows = claims.map(({ scope, arm, kind }) => ({
    scope,
    metric,
    arm,
    value,
    denominator: kind === 'ratio' ? denominator : 1,
    ...identity,
  }));
  return { kind: 'rows', rows };
}

function faultOf(
  { predictionId, experiment, routingKey, metric, value, denominator, at, id }: ReportedOutcome,
  now: number,
): string | undefined {
  if (predictionId === '' && (experiment === '' || routingKey === '')) {
    return 'names no prediction_id, nor an experiment and a routing_key';
  }
  if (metric === '') return 'names no metric';
  if (!Number.isFinite(value) || !Number.isFinite(denominator) || denominator < 0) {
    return `has the value ${value} over ${denominator}; give finite numbers, the denominator not negative`;
  }
  if ([predictionId, experiment, routingKey, metric, id].some((text) => text.length > MAX_TEXT)) {
    return `has a text of more than ${MAX_TEXT} characters`;
  }
  if (at < 0 || at > now + AHEAD_MS) return 'happened in the future';
  return undefined;
}

function late(outcome: ReportedOutcome, experiment: string): Refused {
  return { kind: 'late', note: `${nameOf(outcome)} came more than ${LATE_MS / 86_400_000} days late`, experiment };
}

/** For people; prediction ids are long. */
function nameOf({ predictionId, experiment, routingKey, metric }: ReportedOutcome): string {
  const of =
    predictionId === ''
      ? `key "${routingKey.slice(0, 64)}" in "${experiment.slice(0, 64)}"`
      : predictionId.slice(0, 24);
  return `outcome "${metric.slice(0, 64)}" of ${of}`;
}

function experimentOf(rows: readonly OutcomeRow[]): string {
  const scope = rows[0]?.scope ?? '';
  return scope.startsWith('experiment:') ? scope.slice('experiment:'.length) : '';
}
