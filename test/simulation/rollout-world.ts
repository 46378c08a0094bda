/**
 * A serve process and its callers as a rollout sees them, on a clock of its own: calls at a fixed rate, of which chance
 * sends each to an arm, latencies whose logarithms are normal and correlated in time, reports each 250 ms, weights that
 * are in force one report later.
 */
import type { LatencyMetric } from '../../src/domain/strategy.ts';
import { TOTAL_WEIGHT } from '../../src/domain/traffic.ts';
import { budgetLook } from '../../src/rollout/budget-look.ts';
import type { RolloutEvidence } from '../../src/rollout/evidence.ts';
import { judge } from '../../src/rollout/judge.ts';
import { begin, next } from '../../src/rollout/reducer.ts';
import type { Look, RolloutState, Step } from '../../src/rollout/state.ts';
import { isEnded, stageOf } from '../../src/rollout/steps.ts';
import { compileStrategy, isLatency } from '../../src/rollout/strategy.ts';
import type { WantedStrategy } from '../../src/rollout/strategy.ts';
import { Prng } from '../support/prng.ts';
import { ARMS, Comparison } from './comparison.ts';

export interface Version {
  /** Probability that a call fails. */
  readonly faults: number;
  /** Of a median call. */
  readonly ms: number;
}

export interface Scene {
  readonly strategy: WantedStrategy;
  readonly stable: Version;
  readonly candidate: Version;
  readonly callsPerSecond: number;
  readonly seed: number;
  /** Looks at the evidence happen this often; faults in a row are looked at at once. */
  readonly lookMs?: number;
}

export interface Ended {
  readonly state: RolloutState;
  readonly evidence: RolloutEvidence;
  /** From the start to the end, or to when it was given up. */
  readonly ms: number;
  /** Faults of the candidate until the weight was 0 in force. */
  readonly candidateFaults: number;
  readonly candidateCalls: number;
}

const REPORT_MS = 250;
/** A simulation that did not end by then is given up. */
const MAX_MS = 200_000;
/** Of the logarithm of a latency: between one call and the next, and how much it varies. */
const CORRELATION = 0.7;
const SPREAD = 0.4;

class World {
  readonly #scene: Scene;
  readonly #random: Prng;
  readonly #comparison: Comparison;
  #now = 0;
  #noise = 0;
  #epoch = 0;
  #weight = 0;
  /** In force at the serve process. */
  #applied = { epoch: 0, weight: 0 };
  #candidateFaults = 0;
  #state: RolloutState;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#random = new Prng(scene.seed);
    const names = { model: 'iris', ...ARMS, candidateDigest: 'd', holdDownMs: 0 };
    const strategy = compileStrategy(scene.strategy);
    const margins = new Map<LatencyMetric, number>();
    for (const { metric, margin } of strategy.analysis.metrics) if (isLatency(metric)) margins.set(metric, margin);
    this.#comparison = new Comparison({ margins });
    const first = begin({ ...names, strategy, actor: 'ann', reason: '' }, 0);
    this.#state = first.state;
    this.#take(first);
  }

  run(): Ended {
    const { lookMs = REPORT_MS } = this.#scene;
    while (this.#now < MAX_MS && !isEnded(this.#state.phase) && this.#state.phase !== 'paused') {
      this.#calls();
      this.#now += REPORT_MS;
      this.#comparison.report(this.#now);
      if (this.#now % lookMs === 0) this.#look();
      this.#applied = { epoch: this.#epoch, weight: this.#weight };
    }
    const { evidence } = this.#comparison;
    return {
      state: this.#state,
      evidence,
      ms: this.#now,
      candidateFaults: this.#candidateFaults,
      candidateCalls: evidence.candidate.calls,
    };
  }

  #calls(): void {
    const { callsPerSecond, stable, candidate } = this.#scene;
    const count = Math.round((callsPerSecond * REPORT_MS) / 1000);
    const fresh = Math.sqrt(1 - CORRELATION ** 2);
    const [arms] = this.#comparison.processes;
    for (let call = 0; call < count; call += 1) {
      const slot = Math.floor(this.#random.next() * TOTAL_WEIGHT);
      const isCandidate = slot < this.#applied.weight;
      const version = isCandidate ? candidate : stable;
      this.#noise = CORRELATION * this.#noise + fresh * this.#random.normal();
      const ms = version.ms * Math.exp(SPREAD * this.#noise);
      const outcome = this.#random.next() < version.faults ? 'internal' : 'ok';
      if (isCandidate && outcome !== 'ok') this.#candidateFaults += 1;
      const { epoch } = this.#applied;
      const arm = isCandidate ? ARMS.candidate : ARMS.stable;
      const ticket = arms?.arrive({ model: 'iris', epoch, arm, slot, isDrawn: true, keyHash: undefined });
      const run = { id: Symbol(), computeMs: ms * 0.8 };
      if (ticket !== undefined) arms?.record(ticket, { outcome, ms, run });
    }
  }

  #look(): void {
    const { strategy } = this.#state;
    const { evidence } = this.#comparison;
    const judgement = judge({ strategy, evidence, pairs: undefined, outcomes: new Map(), now: this.#now });
    const stage = stageOf(this.#state);
    const budget = stage.kind === 'budget' ? budgetLook({ stage, evidence }) : undefined;
    const look: Look = {
      applied: this.#applied.epoch === this.#epoch,
      waitingFor: '',
      verdicts: budget === undefined ? judgement.verdicts : [...judgement.verdicts, budget.verdict],
      overall: judgement.overall,
      candidateCalls: evidence.candidate.calls,
      shadowPairs: 0,
      budget: budget?.budget,
    };
    this.#take(next(this.#state, { kind: 'tick', look }, this.#now));
  }

  #take({ state, effects }: Step): void {
    this.#state = state;
    for (const effect of effects) {
      if (effect.kind !== 'traffic') continue;
      this.#epoch += 1;
      this.#weight = effect.candidateWeight;
    }
    this.#comparison.open(this.#epoch, this.#weight);
  }
}

export function rollOut(scene: Scene): Ended {
  return new World(scene).run();
}
