/** Whose an outcome is: the experiment or the rollout that its call was in, and the arm. */
import type { ExperimentMetric } from '../domain/experiment.ts';
import type { TrafficPolicy } from '../domain/traffic.ts';
import { armName } from '../experiment/arms.ts';
import type { StoreReader } from '../registry/store.ts';
import { slotOf } from '../routing/pick.ts';
import type { PredictionFacts } from '../serving/prediction-id.ts';
import type { ExperimentRecord, Refusal } from './experiment-body.ts';
import { experimentFrom } from './experiment-codec.ts';
import { ranIn } from './experiment-exposures.ts';
import { experimentScope } from './experiment-results.ts';
import { evidenceFrom } from './rollout-codec.ts';
import { openRollout } from './rollout-record.ts';

export interface Claim {
  readonly kind: 'claim';
  readonly scope: string;
  readonly arm: string;
  readonly metric: ExperimentMetric['kind'];
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

interface RolloutArms {
  readonly id: number;
  readonly epochs: ReadonlySet<number>;
  readonly arms: ReadonlyMap<string, string>;
  readonly metrics: ReadonlySet<string>;
}

/** For one transaction: what was looked up is remembered. */
export class OutcomeScopes {
  readonly #store: StoreReader;
  readonly #now: number;
  readonly #experiments = new Map<string, ExperimentRecord | undefined>();
  readonly #policies = new Map<string, TrafficPolicy | undefined>();
  readonly #rollouts = new Map<string, RolloutArms | undefined>();

  constructor(store: StoreReader, now: number) {
    this.#store = store;
    this.#now = now;
  }

  /** undefined = there is none of this name. */
  async experiment(name: string): Promise<ExperimentRecord | undefined> {
    if (this.#experiments.has(name)) return this.#experiments.get(name);
    const document = await this.#store.documentNamed('experiment', name);
    const record = document === undefined ? undefined : experimentFrom(document);
    this.#experiments.set(name, record);
    return record;
  }

  /** By the arm that answered: "EXPERIMENT.ARM", or the version of a rollout. */
  async ofPrediction({ model, arm, epoch }: PredictionFacts, metric: string): Promise<Claim | Unclaimed> {
    const dot = arm.lastIndexOf('.');
    const record = dot < 1 ? undefined : await this.experiment(arm.slice(0, dot));
    if (record?.plan.model === model && ranIn(record, epoch)) {
      const own = record.plan.arms.find(({ name }) => armName(record.plan.name, name) === arm);
      if (own !== undefined) return this.#claim(record, own.name, metric);
    }
    const rollout = await this.#rollout(model);
    const role = rollout?.arms.get(arm);
    if (rollout !== undefined && role !== undefined && rollout.metrics.has(metric) && rollout.epochs.has(epoch)) {
      return { kind: 'claim', scope: `rollout:${rollout.id}`, arm: role, metric: 'mean', experiment: '' };
    }
    const where = `arm "${arm}" of epoch ${epoch} of model "${model}"`;
    const note = `${where} was in no experiment or open rollout that knows the metric`;
    return { kind: 'unknown', note, experiment: '' };
  }

  /** By the policy of the experiment: the same key is in the same arm. What comes after the end is of that arm. */
  async ofKey(query: {
    readonly experiment: string;
    readonly routingKey: string;
    readonly metric: string;
    readonly at: number;
  }): Promise<Claim | Unclaimed> {
    const { experiment, routingKey, metric, at } = query;
    const record = await this.experiment(experiment);
    if (record === undefined) return { kind: 'unknown', note: 'there is no such experiment', experiment: '' };
    if (record.startedAt === undefined || at < record.startedAt) {
      return { kind: 'unknown', note: 'the experiment had not begun then', experiment };
    }
    const policy = await this.#policy(record);
    const slot = policy === undefined ? -1 : slotOf(policy.salt, routingKey);
    const owner = policy?.arms.find(({ slots }) => slots.some(([from, below]) => from <= slot && slot < below));
    const own = record.plan.arms.find(({ name }) => armName(experiment, name) === owner?.arm);
    if (own !== undefined) return this.#claim(record, own.name, metric);
    return { kind: 'unknown', note: 'the key is in none of its arms', experiment };
  }

  #claim({ plan, endedAt }: ExperimentRecord, arm: string, metric: string): Claim | Unclaimed {
    const experiment = plan.name;
    if (endedAt !== undefined && this.#now - endedAt > AFTER_END_MS) {
      return { kind: 'late', note: `experiment "${experiment}" ended more than 7 days ago`, experiment };
    }
    const known = plan.metrics.find(({ name }) => name === metric);
    if (known !== undefined) {
      return { kind: 'claim', scope: experimentScope(experiment), arm, metric: known.kind, experiment };
    }
    const names = plan.metrics.map(({ name }) => name).join(', ');
    return { kind: 'unknown', note: `experiment "${experiment}" has the metrics ${names}`, experiment };
  }

  /** Of the first epoch of the experiment. */
  async #policy({ plan, epoch: first }: ExperimentRecord): Promise<TrafficPolicy | undefined> {
    if (this.#policies.has(plan.name)) return this.#policies.get(plan.name);
    const epoch = await this.#store.epoch(plan.model, first);
    this.#policies.set(plan.name, epoch?.policy);
    return epoch?.policy;
  }

  /** The open one of the model; there is one at most. */
  async #rollout(model: string): Promise<RolloutArms | undefined> {
    if (this.#rollouts.has(model)) return this.#rollouts.get(model);
    const record = await openRollout(this.#store, model);
    let found: RolloutArms | undefined;
    if (record !== undefined) {
      const { id } = record.document;
      const { stable, candidate, strategy } = record.state;
      const names = strategy.analysis.metrics.map(({ metric }) => metric).filter((name) => name.startsWith('outcome:'));
      const { epochs } = evidenceFrom(await this.#store.note('rollout', id));
      found = {
        id,
        epochs: new Set(epochs.map(({ epoch }) => epoch)),
        arms: new Map([
          [stable, 'stable'],
          [candidate, 'candidate'],
        ]),
        metrics: new Set(names.map((name) => name.slice('outcome:'.length))),
      };
    }
    this.#rollouts.set(model, found);
    return found;
  }
}
