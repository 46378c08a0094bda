/** Whose an outcome is: the experiment or the rollout that its call was in, and the arm. */
import type { ExperimentMetric } from '../domain/experiment.ts';
import { armName } from '../experiment/arms.ts';
import type { StoreWriter } from '../registry/store.ts';
import { slotOf } from '../routing/pick.ts';
import type { PredictionFacts } from '../serving/prediction-id.ts';
import { experimentFrom } from './experiment-codec.ts';
import type { ExperimentRecord } from './experiment-record.ts';
import { experimentScope } from './experiment-results.ts';
import type { Refusal } from './outcome-refusals.ts';
import { evidenceFrom } from './rollout-codec.ts';
import { openRollout } from './rollout-record.ts';

export interface Claim {
  readonly scope: string;
  readonly arm: string;
  readonly kind: ExperimentMetric['kind'];
  /** '' = it is a rollout's. */
  readonly experiment: string;
}

interface Unclaimed {
  readonly kind: Refusal;
  readonly note: string;
  readonly experiment: string;
}

/** After the end of an experiment its outcomes are taken for so long. */
const AFTER_END_MS = 7 * 24 * 3_600_000;
/** Of one model: the newest. */
const MAX_EXPERIMENTS = 1000;

/** For one batch: what was looked up is remembered. */
export class OutcomeScopes {
  readonly #writer: StoreWriter;
  readonly #now: number;
  readonly #experiments = new Map<string, readonly ExperimentRecord[]>();
  readonly #rollouts = new Map<string, readonly RolloutArms[]>();

  constructor(writer: StoreWriter, now: number) {
    this.#writer = writer;
    this.#now = now;
  }

  async ofPrediction({ model, arm, epoch }: PredictionFacts, metric: string): Promise<readonly Claim[] | Unclaimed> {
    for (const record of await this.#ofModel(model)) {
      const own = record.plan.arms.find(({ name }) => armName(record.plan.name, name) === arm);
      if (own !== undefined) return this.#claim(record, own.name, metric);
    }
    for (const { id, epochs, arms, metrics } of await this.#rolloutsOf(model)) {
      const role = arms.get(arm);
      if (role !== undefined && metrics.has(metric) && epochs.has(epoch)) {
        return [{ scope: `rollout:${id}`, arm: role, kind: 'mean', experiment: '' }];
      }
    }
    const note = `the call of "${metric}" was in no arm of an experiment or rollout that knows it (arm "${arm}" of ${model})`;
    return { kind: 'unknown', note, experiment: '' };
  }

  /** By the policy that was in force then: the same key, the same arm. */
  async ofKey(query: {
    readonly experiment: string;
    readonly routingKey: string;
    readonly metric: string;
    readonly at: number;
  }): Promise<readonly Claim[] | Unclaimed> {
    const { experiment, routingKey, metric, at } = query;
    const document = await this.#writer.documentNamed('experiment', experiment);
    if (document === undefined) {
      return { kind: 'unknown', note: `there is no experiment "${experiment}"`, experiment: '' };
    }
    const record = experimentFrom(document);
    const { plan, startedAt, endedAt } = record;
    // What happens after the end is the doing of the arm that the key was in last.
    const when = Math.max(startedAt ?? 0, Math.min(at, endedAt === undefined ? at : endedAt - 1));
    const epoch = await this.#writer.epochAt(plan.model, when);
    const slot = epoch === undefined ? -1 : slotOf(epoch.policy.salt, routingKey);
    const owner = epoch?.policy.arms.find(({ slots }) => slots.some(([from, below]) => from <= slot && slot < below));
    const own = plan.arms.find(({ name }) => armName(plan.name, name) === owner?.arm);
    if (own !== undefined && startedAt !== undefined) return this.#claim(record, own.name, metric);
    return { kind: 'unknown', note: `key "${routingKey.slice(0, 64)}" was in no arm of "${experiment}"`, experiment };
  }

  #claim({ plan, endedAt }: ExperimentRecord, arm: string, metric: string): readonly Claim[] | Unclaimed {
    const experiment = plan.name;
    if (endedAt !== undefined && this.#now - endedAt > AFTER_END_MS) {
      return { kind: 'late', note: `experiment "${experiment}" ended more than 7 days ago`, experiment };
    }
    const known = plan.metrics.find(({ name }) => name === metric);
    if (known === undefined) {
      return { kind: 'unknown', note: `experiment "${experiment}" has no metric "${metric.slice(0, 64)}"`, experiment };
    }
    return [{ scope: experimentScope(experiment), arm, kind: known.kind, experiment }];
  }

  async #ofModel(model: string): Promise<readonly ExperimentRecord[]> {
    const known = this.#experiments.get(model);
    if (known !== undefined) return known;
    const documents = await this.#writer.documents({ kind: 'experiment', model }, { limit: MAX_EXPERIMENTS });
    const records = documents.map(experimentFrom).filter(({ startedAt }) => startedAt !== undefined);
    this.#experiments.set(model, records);
    return records;
  }

  async #rolloutsOf(model: string): Promise<readonly RolloutArms[]> {
    const known = this.#rollouts.get(model);
    if (known !== undefined) return known;
    const record = await openRollout(this.#writer, model);
    const found: RolloutArms[] = [];
    if (record !== undefined) {
      const { id } = record.document;
      const { stable, candidate, strategy } = record.state;
      const names = strategy.analysis.metrics.map(({ metric }) => metric).filter((name) => name.startsWith('outcome:'));
      const { epochs } = evidenceFrom(await this.#writer.note('rollout', id));
      found.push({
        id,
        epochs: new Set(epochs.map(({ epoch }) => epoch)),
        arms: new Map([
          [stable, 'stable'],
          [candidate, 'candidate'],
        ]),
        metrics: new Set(names.map((name) => name.slice('outcome:'.length))),
      });
    }
    this.#rollouts.set(model, found);
    return found;
  }
}

interface RolloutArms {
  readonly id: number;
  readonly epochs: ReadonlySet<number>;
  readonly arms: ReadonlyMap<string, string>;
  readonly metrics: ReadonlySet<string>;
}
