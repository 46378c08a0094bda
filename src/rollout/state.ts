/** A rollout as its reducer sees it: plain data that is stored as JSON after each transition. Instants are epoch ms. */
import type { OnFail, Strategy } from '../domain/strategy.ts';

export const OPEN_PHASES = ['loading', 'shadowing', 'holding', 'awaiting_approval', 'paused', 'baking'] as const;
export const ENDED_PHASES = ['promoted', 'aborted', 'superseded', 'overridden'] as const;
export type OpenPhase = (typeof OPEN_PHASES)[number];
export type EndedPhase = (typeof ENDED_PHASES)[number];
export type Phase = OpenPhase | EndedPhase;

export type VerdictKind = 'pass' | 'fail' | 'insufficient';

/** Message Verdict of rollouts.proto; NaN nowhere: 0 where there is no number yet. */
export interface Verdict {
  readonly metric: string;
  readonly verdict: VerdictKind;
  readonly summary: string;
  readonly candidate: number;
  readonly stable: number;
  readonly limit: number;
  readonly bound: number;
  readonly eValue: number;
  readonly threshold: number;
  readonly alpha: number;
  readonly alphaSpent: number;
  readonly candidateSamples: number;
  readonly stableSamples: number;
  readonly onFail: OnFail;
}

export interface RolloutState {
  readonly model: string;
  readonly stable: string;
  readonly candidate: string;
  /** Of the candidate; what holds down a repeated try. */
  readonly candidateDigest: string;
  readonly strategy: Strategy;
  readonly startedBy: string;
  readonly startedAt: number;
  readonly phase: Phase;
  readonly reason: string;
  /** Grows with every transition. */
  readonly generation: number;
  /** Of strategy.stages; stages.length once all are done. */
  readonly stage: number;
  readonly stageSince: number;
  /** Calls of the candidate when the stage began to hold, to count those of the stage. */
  readonly stageCallsBefore: number;
  /** The candidate's now, in 1/10,000. */
  readonly weight: number;
  /** When the weight of a budget stage changed last. */
  readonly weightSince: number;
  /** Of the traffic policy that this rollout put in force last. */
  readonly epoch: number;
  /** Failures that were told of already, by metric: each alerts, or pauses, once. */
  readonly alerted: readonly string[];
  readonly endedAt: number | undefined;
  /** How long the candidate is held down should it be rolled back automatically. */
  readonly holdDownMs: number;
  /** 0 = none. */
  readonly holdDownUntil: number;
}

/** What the reducer is told. */
export type RolloutEvent =
  | { readonly kind: 'tick'; readonly look: Look }
  | { readonly kind: 'pause' | 'resume' | 'approve'; readonly by: Command }
  | { readonly kind: 'abort'; readonly by: Command }
  | { readonly kind: 'promote'; readonly full: boolean; readonly by: Command }
  /** Somebody else put an epoch in force. */
  | { readonly kind: 'overridden'; readonly epoch: number; readonly actor: string }
  /** A rollout of another candidate takes its place. */
  | { readonly kind: 'superseded'; readonly by: Command; readonly candidate: string };

export interface Command {
  readonly actor: string;
  readonly reason: string;
  /** 0 = whatever it is. */
  readonly expectedGeneration: number;
}

/** What the world looks like to a rollout at one instant. */
export interface Look {
  /** Every connected serve process, and at least one, has the epoch in force. */
  readonly applied: boolean;
  /** Why not; '' where it is. */
  readonly waitingFor: string;
  readonly verdicts: readonly Verdict[];
  readonly overall: VerdictKind;
  /** Calls of the candidate's arm since the start. */
  readonly candidateCalls: number;
  /** Compared pairs since the shadow stage began. */
  readonly shadowPairs: number;
  /** Undefined outside a budget stage. */
  readonly budget: BudgetView | undefined;
}

/** What a harm budget says. */
export interface BudgetView {
  /** That it allows, in 1/10,000; undefined = cannot be told, since there were no calls lately. */
  readonly weight: number | undefined;
  readonly extraFaults: number;
  readonly summary: string;
}

/** What has to be done in the transaction that stores the new state. */
export type Effect =
  /** Put this traffic in force: the rest goes to stable. `shadowShare` 0 = no copies. */
  | {
      readonly kind: 'traffic';
      readonly candidateWeight: number;
      readonly shadowShare: number;
      readonly failOver: boolean;
      /** The stable version stays as an arm of weight 0 (it is held loaded), or goes. */
      readonly holdStable: boolean;
      /** The candidate stays as an arm of weight 0, or goes. */
      readonly holdCandidate: boolean;
    }
  /** Tell whoever is on call. */
  | { readonly kind: 'alert'; readonly metric: string; readonly summary: string };

/** One entry of the decision record. */
export interface Transition {
  readonly kind:
    | 'started'
    | 'holding'
    | 'stage'
    | 'weight'
    | 'approval_needed'
    | 'approved'
    | 'paused'
    | 'resumed'
    | 'promoted'
    | 'aborted'
    | 'alerted'
    | 'overridden'
    | 'superseded';
  readonly at: number;
  readonly fromPhase: Phase | '';
  readonly toPhase: Phase;
  readonly stage: number;
  readonly weight: number;
  /** 'sluice' where the evidence or the clock decided. */
  readonly actor: string;
  readonly reason: string;
  /** Where the evidence decided. */
  readonly verdicts: readonly Verdict[];
}

/** What the reducer answers. `transitions` is empty where nothing changed; state is then the same object. */
export interface Step {
  readonly state: RolloutState;
  readonly transitions: readonly Transition[];
  readonly effects: readonly Effect[];
}
