/** Kills the process that rolls versions out again and again, beside a serve process that outlives it. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TrafficPolicy } from '../../src/domain/traffic.ts';
import { ArmRecorder } from '../../src/monitor/arm-recorder.ts';
import { Prng } from './prng.ts';
import type { ChildCommand, ChildNews, ChildOrder } from './rollout-child.ts';
import { BAD } from './rollout-names.ts';

const CHILD = fileURLToPath(new URL('./rollout-child.ts', import.meta.url));
/** Each life is that long at most, from when it opens the store. */
const LIFE_MS = 500;
const SHORTLY_MS = 40;
const REPORT_MS = 10;
const CALLS_PER_REPORT = 150;
const COMMANDS = ['pause', 'resume', 'promote', 'abort'] as const;

/** The serve process, which outlives them all: it calls by the policy that it was told of last. */
class Serve {
  readonly #recorders = new Map<string, ArmRecorder>();
  #policy: TrafficPolicy | undefined;
  #fresh = new Set<ArmRecorder>();

  follow(policy: TrafficPolicy): void {
    this.#policy = policy;
  }

  /** To whoever was just born everything is told again. */
  tellAgain(): void {
    this.#fresh = new Set(this.#recorders.values());
  }

  report(): ChildOrder | undefined {
    if (this.#policy === undefined) return undefined;
    const { epoch, arms } = this.#policy;
    for (const { arm, version, weight } of arms) {
      const recorder = this.#recorder(epoch, arm);
      const calls = Math.round((CALLS_PER_REPORT * weight) / 10_000);
      for (let call = 0; call < calls; call += 1) {
        const outcome = version === BAD && call % 3 === 0 ? 'internal' : 'ok';
        const run = { id: Symbol(), computeMs: 1 };
        recorder.record({ outcome, ms: 1, slot: call, keyed: false, run });
        if (outcome === 'ok') recorder.pairs.record({ ms: 1, run });
      }
      this.#fresh.add(recorder);
    }
    const lines = [...this.#fresh].map((recorder) => {
      const { kind, model, name } = recorder;
      return { kind, model, name, bodyJson: JSON.stringify(recorder.body()) };
    });
    this.#fresh.clear();
    return { kind: 'report', epoch, lines };
  }

  /** Calls of this arm in these epochs. */
  callsOf(arm: string, epochs: readonly number[]): number {
    return epochs.reduce((sum, epoch) => sum + (this.#recorders.get(`${epoch}/${arm}`)?.activity ?? 0), 0);
  }

  #recorder(epoch: number, arm: string): ArmRecorder {
    const recorder = this.#recorders.get(`${epoch}/${arm}`) ?? new ArmRecorder({ model: 'iris', epoch, arm });
    this.#recorders.set(recorder.name, recorder);
    return recorder;
  }
}

/** Kills one child after the other, and gives commands to some rollouts until they are acknowledged. */
export class RolloutKiller {
  readonly #path: string;
  readonly #cache: string;
  readonly #random = new Prng(20261124);
  readonly serve = new Serve();
  /** By key. */
  readonly commands = new Map<string, ChildCommand>();
  /** By key. */
  readonly acknowledged = new Map<string, 'done' | 'refused'>();
  readonly faults: string[] = [];
  #open = 0;
  #unanswered: ChildCommand | undefined;
  #ended = Promise.withResolvers<undefined>();

  constructor(directory: string) {
    this.#path = join(directory, 'registry.db');
    this.#cache = join(directory, 'compiled');
  }

  async run(kills: number): Promise<void> {
    let coming = this.#spawn();
    for (let life = 0; life <= kills; life += 1) {
      const child = await coming;
      // The next one loads meanwhile.
      if (life < kills) coming = this.#spawn();
      const exit = once(child, 'exit');
      const reports = this.#connect(child);
      await (life < kills ? this.#live(child) : this.#finish(child));
      clearInterval(reports);
      child.kill('SIGKILL');
      assert.deepEqual(await exit, [null, 'SIGKILL'], `life ${life} ended by itself; ${this.faults.join('; ')}`);
    }
  }

  async #spawn(): Promise<ChildProcess> {
    const env = { ...process.env, NODE_COMPILE_CACHE: this.#cache };
    const child = fork(CHILD, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env });
    const [loaded] = (await once(child, 'message')) as [ChildNews];
    assert.equal(loaded.kind, 'loaded');
    return child;
  }

  #connect(child: ChildProcess): NodeJS.Timeout {
    child.on('message', (news: ChildNews) => {
      this.#hear(news);
    });
    send(child, { kind: 'start', path: this.#path });
    this.serve.tellAgain();
    return setInterval(() => {
      const report = this.serve.report();
      if (report !== undefined) send(child, report);
    }, REPORT_MS);
  }

  #hear(news: ChildNews): void {
    switch (news.kind) {
      case 'open':
        if (news.rollout !== this.#open) this.#ended.resolve(undefined);
        this.#open = news.rollout;
        return;
      case 'policy':
        this.serve.follow(news.policy);
        return;
      case 'fault':
        this.faults.push(news.what);
        return;
      case 'done':
      case 'refused':
        this.acknowledged.set(news.key, news.kind);
        if (this.#unanswered?.key === news.key) this.#unanswered = undefined;
        return;
      case 'loaded':
    }
  }

  async #live(child: ChildProcess): Promise<void> {
    const ms = this.#random.next() * LIFE_MS;
    // Half of the commands come shortly before the end.
    const at =
      this.#random.next() < 0.5 ? this.#random.next() * ms : Math.max(0, ms - this.#random.next() * SHORTLY_MS);
    // What was not acknowledged is asked for again, under the same key.
    if (this.#unanswered !== undefined) send(child, this.#unanswered);
    await pause(at);
    if (this.#unanswered === undefined) {
      this.#unanswered = this.#command();
      if (this.#unanswered !== undefined) send(child, this.#unanswered);
    }
    await pause(ms - at);
  }

  /** Of half of the rollouts the evidence alone decides. */
  #command(): ChildCommand | undefined {
    if (this.#open === 0 || this.#open % 4 < 2) return undefined;
    const key = `command ${this.commands.size}`;
    const command = COMMANDS[Math.floor(this.#random.next() * COMMANDS.length)] ?? 'pause';
    const made = { kind: 'command', key, rollout: this.#open, command, full: this.#random.next() < 0.3 } as const;
    this.commands.set(key, made);
    return made;
  }

  /** Nobody disturbs it any more: the open rollout ends. */
  async #finish(child: ChildProcess): Promise<void> {
    if (this.#unanswered !== undefined) send(child, this.#unanswered);
    if (this.#open === 0) return;
    this.#ended = Promise.withResolvers();
    send(child, { kind: 'command', key: 'at last', rollout: this.#open, command: 'resume', full: false });
    await this.#ended.promise;
  }
}

function send(child: ChildProcess, order: ChildOrder): void {
  child.send(order);
}
