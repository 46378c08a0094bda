/** Follows one open rollout: takes evidence in, looks at it, and lets happen what it decides. */
import { mergeComparisons } from '../monitor/comparison-totals.ts';
import { comparisonFromJson } from '../monitor/comparison-codec.ts';
import { armPlaceFrom, armTotalsFrom } from '../monitor/arm-codec.ts';
import type { LatencyMetric } from '../domain/strategy.ts';
import type { JsonRecord } from '../domain/registry.ts';
import type { UnitSums } from '../domain/experiment.ts';
import type { ArmRow } from '../rollout/arm-delta.ts';
import { budgetLook } from '../rollout/budget-look.ts';
import { openEpoch, takeArms } from '../rollout/evidence.ts';
import type { RolloutEvidence } from '../rollout/evidence.ts';
import { judge } from '../rollout/judge.ts';
import type { PairCounts } from '../rollout/judge-metric.ts';
import { next } from '../rollout/reducer.ts';
import type { Look } from '../rollout/state.ts';
import { isEnded, stageOf } from '../rollout/steps.ts';
import { isLatency } from '../rollout/strategy.ts';
import type { AdminContext } from './context.ts';
import type { EvidenceReader, EvidenceRow } from './evidence.ts';
import { evidenceFrom } from './rollout-codec.ts';
import { findRollout } from './rollout-record.ts';
import type { RolloutRecord, Seen } from './rollout-body.ts';
import { happen } from './rollout-transition.ts';

export interface FollowerOptions {
  readonly context: AdminContext;
  readonly evidence: EvidenceReader;
  readonly onFault: (what: string, cause: unknown) => void;
  readonly onAlert: (alert: { readonly model: string; readonly rollout: number; readonly summary: string }) => void;
}

/** The evidence is stored at each transition, and this often in between: what came since is told again by its rows. */
const NOTE_MS = 2_000;
const DEFAULT_WINDOW_MS = 60_000;
/** Rows that cannot be used; of more than this nothing is told. */
const MAX_UNUSABLE = 1000;

export class RolloutFollower {
  readonly id: number;
  readonly model: string;
  readonly #options: FollowerOptions;
  /** The newest of each, not yet taken. */
  readonly #rows = new Map<string, EvidenceRow>();
  #record: RolloutRecord | undefined;
  #evidence: RolloutEvidence | undefined;
  #seen: Seen | undefined;
  /** Of the traffic in force: another one than the rollout's where somebody set it by hand. */
  #epoch: number | undefined;
  /** The document, or the traffic, may have changed since it was read. */
  #isStale = true;
  /** Rows that cannot be used, each told of once. */
  readonly #unusable = new Set<string>();
  #noteDueAt = 0;
  #noted: RolloutEvidence | undefined;

  constructor(id: number, model: string, options: FollowerOptions) {
    this.id = id;
    this.model = model;
    this.#options = options;
  }

  get seen(): Seen | undefined {
    return this.#seen;
  }

  /** Something about the model was committed by somebody else. */
  touch(): void {
    this.#isStale = true;
  }

  offer(row: EvidenceRow): void {
    this.#rows.set(keyOf(row), row);
  }

  /** Looks once. @returns whether the rollout is still open. */
  async look(): Promise<boolean> {
    try {
      return await this.#look();
    } catch (caught) {
      // Whether it was committed is not known.
      this.#isStale = true;
      throw caught;
    }
  }

  async #look(): Promise<boolean> {
    const record = await this.#current();
    if (isEnded(record.state.phase)) return false;
    const evidence = this.#take(record);
    const { look, seen } = await this.#lookAt(record, evidence);
    this.#seen = seen;
    const now = this.#options.context.now();
    const step = next(record.state, { kind: 'tick', look }, now);
    if (step.transitions.length > 0 || record.state.epoch !== this.#epoch) {
      return await this.#happen(record, look, seen);
    }
    await this.#note(now);
    return true;
  }

  async #current(): Promise<RolloutRecord> {
    const { store } = this.#options.context;
    if (this.#record !== undefined && !this.#isStale) return this.#record;
    this.#isStale = false;
    const record = await findRollout(store, this.id);
    this.#epoch = (await store.epoch(this.model))?.policy.epoch;
    const stored = evidenceFrom(await store.note('rollout', this.id));
    let evidence = this.#evidence;
    if (evidence === undefined) {
      evidence = stored;
      for (const row of await this.#options.evidence.rows('arm', this.model)) this.offer(row);
    }
    // Whoever else moved it has put epochs in force that are to count.
    for (const epoch of stored.epochs) evidence = openEpoch(evidence, epoch);
    this.#evidence = evidence;
    this.#record = record;
    return record;
  }

  /** A row that cannot be read is left out: the next of its kind contains it. */
  #read<Read>(row: EvidenceRow, read: (body: JsonRecord) => Read): Read | undefined {
    try {
      return read(row.body);
    } catch (caught) {
      const key = keyOf(row);
      const what = `evidence "${row.name}" (${row.kind}) of model "${row.model}" from ${row.instance} cannot be used`;
      if (this.#unusable.has(key) || this.#unusable.size >= MAX_UNUSABLE) return undefined;
      this.#unusable.add(key);
      this.#options.onFault(what, caught);
      return undefined;
    }
  }

  /** Takes the rows that came. */
  #take({ state }: RolloutRecord): RolloutEvidence {
    const rows = [...this.#rows.values()];
    this.#rows.clear();
    const read: ArmRow[] = [];
    for (const row of rows) {
      const { instance, boot, name } = row;
      const used = this.#read(row, (body) => ({ ...armPlaceFrom(name), totals: armTotalsFrom(body) }));
      if (used !== undefined) read.push({ instance, boot, ...used });
    }
    const { metrics, guardrails } = state.strategy.analysis;
    const margins = new Map<LatencyMetric, number>();
    for (const { metric, margin } of metrics) if (isLatency(metric)) margins.set(metric, margin);
    const windowMs = Math.max(DEFAULT_WINDOW_MS, ...guardrails.map((guardrail) => guardrail.windowMs));
    const { candidate, stable } = state;
    const now = this.#options.context.now();
    const before = this.#evidence ?? evidenceFrom(undefined);
    const evidence = takeArms(before, read, { candidate, stable, margins, windowMs, now });
    this.#evidence = evidence;
    return evidence;
  }

  async #lookAt(record: RolloutRecord, evidence: RolloutEvidence): Promise<{ look: Look; seen: Seen }> {
    const { context } = this.#options;
    const { state } = record;
    const now = context.now();
    const pairs = await this.#pairs(record);
    const outcomes = await this.#outcomes(record);
    const judgement = judge({ strategy: state.strategy, evidence, pairs, outcomes, now });
    const stage = stageOf(state);
    const budget = stage.kind === 'budget' ? budgetLook({ stage, evidence }) : undefined;
    const verdicts = budget === undefined ? judgement.verdicts : [...judgement.verdicts, budget.verdict];
    const instances = context.fleet.epochs(state.model);
    const behind = instances.find(({ epoch }) => epoch < state.epoch);
    const look = {
      applied: instances.length > 0 && behind === undefined,
      waitingFor: behind === undefined ? '' : `${behind.instance}: ${behind.reason || `epoch ${behind.epoch}`}`,
      verdicts,
      overall: judgement.overall,
      candidateCalls: evidence.candidate.calls,
      shadowPairs: pairs?.pairs ?? 0,
      budget: budget?.budget,
    };
    const { candidate, stable } = evidence;
    return { look, seen: { judgement: { ...judgement, verdicts }, candidate, stable } };
  }

  /** Of these two versions, whenever they were compared: neither changes. */
  async #pairs({ state }: RolloutRecord): Promise<PairCounts | undefined> {
    const { strategy, stable, candidate } = state;
    if (
      !strategy.analysis.metrics.some(({ metric }) => metric === 'disagreement') &&
      strategy.stages[0]?.kind !== 'shadow'
    ) {
      return undefined;
    }
    const rows = await this.#options.evidence.rows('comparison', this.model);
    const own = rows
      .filter(({ name }) => name === `${stable}/${candidate}`)
      .flatMap((row) => this.#read(row, comparisonFromJson) ?? []);
    const { pairs, disagreed, noise, shadowErrors } = mergeComparisons(own);
    // A copy that fails where stable answered is a difference like any other.
    const failed = Object.values(shadowErrors).reduce((sum, count) => sum + count, 0);
    return {
      pairs: pairs + failed,
      disagreed: disagreed + failed,
      noisePairs: noise.pairs,
      noiseDisagreed: noise.disagreed,
    };
  }

  async #outcomes({ state }: RolloutRecord): Promise<ReadonlyMap<string, readonly UnitSums[]>> {
    const outcomes = new Map<string, readonly UnitSums[]>();
    for (const { metric } of state.strategy.analysis.metrics) {
      if (!metric.startsWith('outcome:')) continue;
      const name = metric.slice('outcome:'.length);
      outcomes.set(name, await this.#options.context.store.unitSums(`rollout:${this.id}`, name));
    }
    return outcomes;
  }

  /** Only where nobody else moved it meanwhile: else it is looked at again. */
  async #happen(record: RolloutRecord, look: Look, seen: Seen): Promise<boolean> {
    const { context, onAlert } = this.#options;
    const evidence = this.#evidence;
    const moved = await context.store.transact(async (writer) => {
      const current = await findRollout(writer, this.id);
      if (current.state.generation !== record.state.generation) return undefined;
      return await happen(writer, context, current, { event: { kind: 'tick', look }, seen, evidence });
    });
    this.#isStale = true;
    if (moved === undefined) return true;
    for (const effect of moved.effects) {
      if (effect.kind === 'alert') onAlert({ model: this.model, rollout: this.id, summary: effect.summary });
    }
    context.changes.tell(this.model);
    return moved.record.document.open;
  }

  async #note(now: number): Promise<void> {
    if (now < this.#noteDueAt || this.#evidence === undefined || this.#evidence === this.#noted) return;
    const evidence = this.#evidence;
    await this.#options.context.store.transact((writer) =>
      writer.putNote('rollout', this.id, JSON.stringify(evidence)),
    );
    this.#noted = evidence;
    this.#noteDueAt = now + NOTE_MS;
  }
}

function keyOf({ kind, name, instance, boot }: EvidenceRow): string {
  return JSON.stringify([kind, name, instance, boot]);
}
