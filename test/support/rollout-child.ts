/**
 * The part of the admin process that rolls versions out, with a made-up serve process: it is there to be killed. The
 * first message says on which store it works; further ones are commands.
 */
import { randomUUID } from 'node:crypto';
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
import { ArmRecorder } from '../../src/monitor/arm-recorder.ts';
import { openSqliteStore } from '../../src/registry/sql/open-sqlite-store.ts';
import type { Store } from '../../src/registry/store.ts';
import { compileStrategy } from '../../src/rollout/strategy.ts';
import { FakeFleet, STAGES } from './admin-scene.ts';
import { settings } from './builders.ts';

export interface ChildStart {
  readonly path: string;
  /** Of the life of its serve process. */
  readonly boot: string;
}

export interface ChildCommand {
  readonly key: string;
  readonly rollout: number;
  readonly command: ChangeRolloutInput['command'];
  readonly full: boolean;
}

/** What it tells: that it waits for its start; the open rollout (0 = none now); that a command was done or refused. */
export type ChildNews =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'open'; readonly rollout: number }
  | { readonly kind: 'done' | 'refused'; readonly key: string }
  | { readonly kind: 'fault'; readonly what: string };

const STABLE = '1';
/** Fails a third of its calls. */
const BAD = '3';
const REPORT_MS = 10;
const CALLS_PER_REPORT = 150;
/** The serve process has an epoch so many reports after it was put in force. */
const LAG = 2;
const HOLD_MS = 50;

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
  readonly #boot: string;
  readonly #fleet = new FakeFleet();
  readonly #context: AdminContext;
  readonly #evidence: Evidence;
  readonly #recorders = new Map<string, ArmRecorder>();
  readonly #waiting: TrafficPolicy[] = [];
  #policy: TrafficPolicy | undefined;
  #controller: RolloutController | undefined;
  #told: number | undefined;

  constructor(store: Store, boot: string) {
    this.#store = store;
    this.#boot = boot;
    this.#context = {
      store,
      fleet: this.#fleet,
      changes: new Changes(),
      stageRules: STAGES,
      settingsOf: () => settings(),
      now: Date.now,
      newSalt: randomUUID,
      holdFormerMs: 0,
      epochRetentionMs: 0,
    };
    this.#evidence = new Evidence({ store, now: Date.now, onFault });
  }

  async run(): Promise<never> {
    const evidence = this.#evidence;
    this.#controller = await RolloutController.open({
      context: this.#context,
      evidence,
      onFault,
      onAlert: () => undefined,
    });
    for (;;) {
      await this.#serve();
      await this.#goOn();
      await new Promise((resolve) => setTimeout(resolve, REPORT_MS));
    }
  }

  async order({ key, rollout, command, full }: ChildCommand): Promise<void> {
    const order = { actor: 'ann', reason: key, idempotencyKey: key };
    try {
      await changeRollout(this.#steered(), { id: rollout, command, full, expectedGeneration: 0 }, order);
      tell({ kind: 'done', key });
    } catch (caught) {
      if (!(caught instanceof ServerError) || caught.code !== 'failed_precondition') throw caught;
      tell({ kind: 'refused', key });
    }
  }

  #steered() {
    return { ...this.#context, live: (id: number) => this.#controller?.live(id) };
  }

  /** Calls by the policy that the serve process has, and what it reports of them. */
  async #serve(): Promise<void> {
    const inForce = await this.#store.epoch('iris');
    if (inForce !== undefined) this.#waiting.push(inForce.policy);
    if (this.#waiting.length > LAG) this.#policy = this.#waiting.shift();
    if (this.#policy === undefined) return;
    const { epoch, arms } = this.#policy;
    if (this.#fleet.inForce.get('a') !== epoch) {
      this.#fleet.inForce.set('a', epoch);
      this.#context.changes.tell('iris', 'fleet');
    }
    const lines = arms.map(({ arm, version, weight }) => {
      const name = `${epoch}/${arm}`;
      const recorder = this.#recorders.get(name) ?? new ArmRecorder({ model: 'iris', epoch, arm });
      this.#recorders.set(name, recorder);
      const calls = Math.round((CALLS_PER_REPORT * weight) / 10_000);
      for (let call = 0; call < calls; call += 1) {
        const outcome = version === BAD && call % 3 === 0 ? 'internal' : 'ok';
        recorder.record({ outcome, ms: 1, slot: call, keyed: false, runMs: 1 });
      }
      return { kind: 'arm', model: 'iris', name, bodyJson: JSON.stringify(recorder.body()) };
    });
    // That they are stored is not waited for, as a serve process would not.
    this.#evidence.ingest({ instance: 'a', boot: this.#boot }, lines).catch((caught: unknown) => {
      onFault('evidence was refused', caught);
    });
  }

  /** One rollout after the other: a good candidate, then a bad one; from stable each time. */
  async #goOn(): Promise<void> {
    const open = await openRollout(this.#store, 'iris');
    const rollout = open?.document.id ?? 0;
    if (rollout !== this.#told) tell({ kind: 'open', rollout });
    this.#told = rollout;
    if (rollout !== 0) return;
    const [last] = await this.#store.documents({ kind: 'rollout', model: 'iris' }, { limit: 1 });
    const next = (last?.id ?? 0) + 1;
    const order = { actor: 'bob', reason: '' };
    const back = { model: 'iris', version: STABLE, expectedEpoch: 0, force: false, waitMs: 0 };
    await switchTraffic(this.#context, back, { ...order, idempotencyKey: `before ${next}` });
    const candidate = next % 2 === 0 ? BAD : '2';
    const input = { model: 'iris', candidate, strategy: strategy(), force: true };
    await startRollout(this.#steered(), input, { ...order, idempotencyKey: `start ${next}` });
  }
}

function onFault(what: string, cause: unknown): void {
  tell({ kind: 'fault', what: `${what}: ${describeError(cause)}` });
}

let child: Promise<Child> | undefined;
process.on('message', (message: ChildStart | ChildCommand) => {
  if ('path' in message) {
    child = openSqliteStore(message).then((store) => new Child(store, message.boot));
    void child.then((opened) => opened.run());
  } else {
    void child?.then((opened) => opened.order(message));
  }
});
tell({ kind: 'loaded' });
