/**
 * The part of the admin process that rolls versions out: it is there to be killed. The first message says on which store
 * it works; further ones are what the serve process "a" says, and commands.
 */
import { randomUUID } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import process from 'node:process';
import { changeRollout } from '../../src/admin/change-rollout.ts';
import type { ChangeRolloutInput } from '../../src/admin/change-rollout.ts';
import { Changes } from '../../src/admin/changes.ts';
import type { AdminContext } from '../../src/admin/context.ts';
import { Evidence } from '../../src/admin/evidence.ts';
import { RolloutController } from '../../src/admin/rollout-controller.ts';
import { openRollout } from '../../src/admin/rollout-record.ts';
import { startRollout } from '../../src/admin/start-rollout.ts';
import { switchTraffic } from '../../src/admin/switch-traffic.ts';
import { describeError, ServerError } from '../../src/domain/errors.ts';
import type { TrafficPolicy } from '../../src/domain/traffic.ts';
import type { EvidenceLine } from '../../src/monitor/evidence-reporter.ts';
import { openSqliteStore } from '../../src/registry/sql/open-sqlite-store.ts';
import type { Store } from '../../src/registry/store.ts';
import { compileStrategy } from '../../src/rollout/strategy.ts';
import { FakeFleet, STAGES } from './admin-scene.ts';
import { settings } from './builders.ts';
import { BAD, GOOD, STABLE } from './rollout-names.ts';

export interface ChildCommand {
  readonly kind: 'command';
  readonly key: string;
  readonly rollout: number;
  readonly command: ChangeRolloutInput['command'];
  readonly full: boolean;
}

export type ChildOrder =
  | { readonly kind: 'start'; readonly path: string }
  /** Of the serve process: the epoch that it has, and rows of evidence. */
  | { readonly kind: 'report'; readonly epoch: number; readonly lines: readonly EvidenceLine[] }
  | ChildCommand;

/** That it waits for its start; the open rollout (0 = none now); the policy in force; that a command was done or refused. */
export type ChildNews =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'open'; readonly rollout: number }
  | { readonly kind: 'policy'; readonly policy: TrafficPolicy }
  | { readonly kind: 'done' | 'refused'; readonly key: string }
  | { readonly kind: 'fault'; readonly what: string };

const LOOK_MS = 10;
const HOLD_MS = 20;
/** An answer is under way for so long, so that some commands are done and nobody heard of it. */
const ANSWER_MS = 20;

function tell(news: ChildNews): void {
  process.send?.(news);
}

function strategy() {
  const rest = { minRequests: 20, analysis: undefined, approval: false, deadlineMs: undefined };
  const metrics = [{ metric: 'error_rate', margin: 0.2, onFail: '', direction: '' }];
  return compileStrategy({
    kind: 'canary',
    steps: [1000, 3000, 6000].map((weight) => ({ weight, holdMs: HOLD_MS, ...rest })),
    analysis: { alpha: 0, metrics, guardrails: [], fuse: undefined, onInsufficient: '' },
    bakeMs: HOLD_MS,
  });
}

class Child {
  readonly #store: Store;
  readonly #fleet: FakeFleet;
  readonly #context: AdminContext;
  readonly #evidence: Evidence;
  readonly #controller: RolloutController;
  #told = { epoch: 0, rollout: -1 };

  private constructor(rooms: {
    readonly context: AdminContext;
    readonly fleet: FakeFleet;
    readonly evidence: Evidence;
    readonly controller: RolloutController;
  }) {
    this.#store = rooms.context.store;
    this.#fleet = rooms.fleet;
    this.#context = rooms.context;
    this.#evidence = rooms.evidence;
    this.#controller = rooms.controller;
  }

  static async open(path: string): Promise<Child> {
    const store = await openSqliteStore({ path });
    const fleet = new FakeFleet();
    const context: AdminContext = {
      ...{ store, fleet, changes: new Changes(), stageRules: STAGES, settingsOf: () => settings() },
      ...{ now: Date.now, newSalt: randomUUID, holdFormerMs: 0, epochRetentionMs: 0 },
    };
    const evidence = new Evidence({ store, now: Date.now, onFault });
    const controller = await RolloutController.open({ context, evidence, onFault, onAlert: () => undefined });
    return new Child({ context, fleet, evidence, controller });
  }

  async run(): Promise<never> {
    for (;;) {
      await this.#tellPolicy();
      await this.#goOn();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  report({ epoch, lines }: Extract<ChildOrder, { kind: 'report' }>): void {
    if (this.#fleet.inForce.get('a') !== epoch) {
      this.#fleet.inForce.set('a', epoch);
      this.#context.changes.tell('iris', 'fleet');
    }
    this.#evidence.ingest({ instance: 'a', boot: 'boot' }, lines).catch((caught: unknown) => {
      onFault('evidence was refused', caught);
    });
  }

  async command({ key, rollout, command, full }: ChildCommand): Promise<void> {
    const order = { actor: 'ann', reason: key, idempotencyKey: key };
    try {
      await changeRollout(this.#steered(), { id: rollout, command, full, expectedGeneration: 0 }, order);
      setTimeout(tell, ANSWER_MS, { kind: 'done', key });
    } catch (caught) {
      if (!(caught instanceof ServerError) || caught.code !== 'failed_precondition') throw caught;
      tell({ kind: 'refused', key });
    }
  }

  #steered() {
    return { ...this.#context, live: (id: number) => this.#controller.live(id) };
  }

  async #tellPolicy(): Promise<void> {
    const inForce = await this.#store.epoch('iris');
    if (inForce === undefined || inForce.policy.epoch === this.#told.epoch) return;
    this.#told = { ...this.#told, epoch: inForce.policy.epoch };
    tell({ kind: 'policy', policy: inForce.policy });
  }

  /** One rollout after the other: a good candidate, then a bad one; from stable each time. */
  async #goOn(): Promise<void> {
    const open = await openRollout(this.#store, 'iris');
    const rollout = open?.document.id ?? 0;
    if (rollout !== this.#told.rollout) tell({ kind: 'open', rollout });
    this.#told = { ...this.#told, rollout };
    if (rollout !== 0) return;
    const [last] = await this.#store.documents({ kind: 'rollout', model: 'iris' }, { limit: 1 });
    const next = (last?.id ?? 0) + 1;
    const order = { actor: 'bob', reason: '' };
    const back = { model: 'iris', version: STABLE, expectedEpoch: 0, force: false, waitMs: 0 };
    await switchTraffic(this.#context, back, { ...order, idempotencyKey: `before ${next}` });
    const candidate = next % 2 === 0 ? BAD : GOOD;
    const input = { model: 'iris', candidate, strategy: strategy(), force: true };
    await startRollout(this.#steered(), input, { ...order, idempotencyKey: `start ${next}` });
  }
}

function onFault(what: string, cause: unknown): void {
  tell({ kind: 'fault', what: `${what}: ${describeError(cause)}` });
}

let child: Promise<Child> | undefined;
process.on('message', (order: ChildOrder) => {
  switch (order.kind) {
    case 'start':
      child = Child.open(order.path);
      void child.then((opened) => opened.run());
      return;
    case 'report':
      void child?.then((opened) => {
        opened.report(order);
      });
      return;
    case 'command':
      void child?.then((opened) => opened.command(order));
  }
});
// Whoever comes next loads in a fraction of the time.
flushCompileCache();
tell({ kind: 'loaded' });
