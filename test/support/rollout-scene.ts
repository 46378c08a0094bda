/** A model whose version 1 has all the traffic, candidates 2 and 3, and the controller that rolls them out. */
import { changeRollout } from '../../src/admin/change-rollout.ts';
import type { ChangeRolloutInput } from '../../src/admin/change-rollout.ts';
import type { AdminContext, Order } from '../../src/admin/context.ts';
import { RolloutController } from '../../src/admin/rollout-controller.ts';
import { getRollout } from '../../src/admin/rollout-view.ts';
import type { RolloutView } from '../../src/admin/rollout-view.ts';
import { startRollout } from '../../src/admin/start-rollout.ts';
import type { StartRolloutInput } from '../../src/admin/start-rollout.ts';
import type { AuditEvent } from '../../src/domain/registry.ts';
import type { TrafficPolicy } from '../../src/domain/traffic.ts';
import { ArmRecorder } from '../../src/monitor/arm-recorder.ts';
import { compileStrategy } from '../../src/rollout/strategy.ts';
import type { WantedStep, WantedStrategy } from '../../src/rollout/strategy.ts';
import { openScene, order } from './admin-scene.ts';
import type { Scene } from './admin-scene.ts';
import { FakeEvidence } from './fake-evidence.ts';

export const HOLD_MS = 60_000;

export function step(weight: number, over: Partial<WantedStep> = {}): WantedStep {
  return {
    weight,
    holdMs: HOLD_MS,
    minRequests: 100,
    analysis: undefined,
    approval: false,
    deadlineMs: undefined,
    ...over,
  };
}

/** 10 %, then half; only the share of failures is compared, so that few calls are enough. */
export const QUICK: WantedStrategy = {
  kind: 'canary',
  steps: [step(1000), step(5000)],
  analysis: {
    alpha: 0,
    metrics: [{ metric: 'error_rate', margin: 0.2, onFail: '', direction: '' }],
    guardrails: [],
    fuse: undefined,
    onInsufficient: '',
  },
  bakeMs: HOLD_MS,
};

export interface RolloutScene extends Scene {
  readonly evidence: FakeEvidence;
  readonly faults: string[];
  readonly alerts: string[];
  readonly controller: () => RolloutController;
  /** As a restart of the process leaves it. */
  restart(): Promise<void>;
  /** @returns its number. */
  start(over?: Partial<Omit<StartRolloutInput, 'strategy'>> & StartOver): Promise<number>;
  command(command: ChangeRolloutInput['command'], over?: CommandOver): Promise<{ readonly id: number }>;
  view(id?: number): Promise<RolloutView>;
  /** Waits until a look leaves it in this phase. */
  until(phase: string, id?: number): Promise<RolloutView>;
  /** Waits until the controller has looked once more. */
  looked(): Promise<void>;
  policy(): Promise<TrafficPolicy>;
  /** The serve process "a" has the epoch in force. */
  apply(): Promise<void>;
  /** Calls of a version in the epoch in force, on the serve process "a". */
  calls(version: string, counts: { readonly ok?: number; readonly failed?: number }): Promise<void>;
  /** Of the audit log, those about rollouts. */
  events(): Promise<readonly AuditEvent[]>;
}

interface StartOver {
  readonly strategy?: WantedStrategy;
  readonly by?: Partial<Order>;
}

interface CommandOver extends Partial<Omit<ChangeRolloutInput, 'command'>> {
  readonly by?: Partial<Order>;
}

export async function openRolloutScene(over: Partial<AdminContext> = {}): Promise<RolloutScene> {
  const scene = await openScene(over);
  for (const version of ['1', '2', '3']) await scene.register(version);
  const { context } = scene;
  const { store, changes } = context;
  const evidence = new FakeEvidence();
  const [faults, alerts]: [string[], string[]] = [[], []];
  const options = {
    context,
    evidence,
    onFault: (what: string, cause: unknown) => void faults.push(`${what}: ${String(cause)}`),
    onAlert: ({ summary }: { readonly summary: string }) => void alerts.push(summary),
  };
  let controller = await RolloutController.open(options);
  const recorders = new Map<string, ArmRecorder>();
  const live = (id: number): ReturnType<RolloutController['live']> => controller.live(id);
  const view = (id = 0): Promise<RolloutView> => getRollout({ store, live }, { id, model: 'iris' });
  const looked = (): Promise<void> => {
    const look = Promise.withResolvers<undefined>();
    const stop = controller.listen(() => {
      look.resolve(undefined);
    });
    changes.tell('iris', 'fleet');
    return look.promise.finally(stop);
  };
  const inForce = async (): Promise<TrafficPolicy> => {
    const epoch = await store.epoch('iris');
    if (epoch === undefined) throw new Error('iris has no traffic');
    return epoch.policy;
  };
  return {
    ...scene,
    evidence,
    faults,
    alerts,
    controller: () => controller,
    restart: async () => {
      await controller.close();
      controller = await RolloutController.open(options);
    },
    start: async ({ strategy = QUICK, by, ...input } = {}) => {
      const full = { model: 'iris', candidate: '2', force: false, ...input, strategy: compileStrategy(strategy) };
      return (await startRollout({ ...context, live }, full, order(by))).id;
    },
    command: async (command, { by, ...input } = {}) => {
      const id = input.id ?? (await view()).record.document.id;
      const full = { full: false, expectedGeneration: 0, ...input, id, command };
      return await changeRollout({ ...context, live }, full, order(by));
    },
    view,
    until: async (phase, id = 0) => {
      for (;;) {
        const seen = await view(id);
        if (seen.record.state.phase === phase) return seen;
        await looked();
      }
    },
    looked,
    policy: inForce,
    apply: async () => {
      scene.fleet.inForce.set('a', (await inForce()).epoch);
      changes.tell('iris', 'fleet');
    },
    calls: async (version, { ok = 0, failed = 0 }) => {
      const { epoch } = await inForce();
      const name = `${epoch}/${version}`;
      const recorder = recorders.get(name) ?? new ArmRecorder({ model: 'iris', epoch, arm: version });
      recorders.set(name, recorder);
      for (let call = 0; call < ok + failed; call += 1) {
        const outcome = call < ok ? 'ok' : 'internal';
        const run = { id: Symbol(), computeMs: 1 };
        recorder.record({ outcome, ms: 1, slot: call, keyed: false, run });
        if (outcome === 'ok') recorder.pairs.record({ ms: 1, run });
      }
      evidence.put('arm', name, recorder.body());
    },
    events: async () => (await store.eventsFrom(1, 1000)).filter(({ kind }) => kind.startsWith('rollout.')),
    [Symbol.asyncDispose]: async () => {
      await controller.close();
      await scene[Symbol.asyncDispose]();
    },
  };
}
