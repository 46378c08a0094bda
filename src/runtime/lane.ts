/** A lane: one worker thread with warm sessions, addressed directly, with a fate of its own. */
import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { FixedQueue, Piscina } from 'piscina';
import type { Block } from '../batching/join-and-split.ts';
import { describeError } from '../domain/errors.ts';
import type { Signature } from '../domain/signature.ts';
import { transferables } from './messages.ts';
import type { LaneReply, LaneTask, ReplyMessage, RunTask, Start, TaskMessage } from './messages.ts';

const WORKER_FILE = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url),
);

/** The thread ended, or was written off: its sessions are lost, its tasks will never be answered. */
export class LaneLostError extends Error {
  override readonly name = 'LaneLostError';
}

/** A task that was sent and not answered. */
interface Pending {
  readonly task: LaneTask;
  readonly resolve: (reply: LaneReply) => void;
  readonly reject: (error: LaneLostError) => void;
}

export class Lane {
  readonly id: number;
  /** Owns the thread. Tasks go by a port of our own: by piscina's they cost half as much again; benchmarks/hop.ts. */
  readonly #pool: Piscina<Start, undefined>;
  readonly #port: MessagePort;
  readonly #pending = new Map<number, Pending>();
  readonly #signatures = new Map<number, Signature>();
  #nextId = 0;
  #isLost = false;
  #isEnding = false;

  readonly #onLost: (reason: string) => void;
  #onIdle: (() => void)[] = [];

  /** @param onLost called once, when the thread ended by itself. */
  constructor(id: number, onLost: (reason: string) => void) {
    this.id = id;
    this.#onLost = onLost;
    this.#pool = new Piscina({
      filename: WORKER_FILE,
      minThreads: 1,
      maxThreads: 1,
      // The default blocks the thread where no message of ours would wake it.
      atomics: 'disabled',
      // The default queue is one object shared by all pools of the process.
      taskQueue: new FixedQueue(),
      recordTiming: false,
      idleTimeout: Infinity,
    });
    this.#pool.on('error', (error: unknown) => {
      this.#die(describeError(error));
    });
    this.#pool.on('workerDestroy', () => {
      // The pool tells the error that ended the thread after this, but nothing may be sent to the thread any more.
      this.#isEnding = true;
      setImmediate(() => {
        this.#die('the thread ended');
      });
    });
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#port.on('message', (message: ReplyMessage) => {
      this.#answered(message);
    });
    // An idle thread keeps no process alive.
    this.#port.unref();
    this.#pool.run({ port: port2 }, { transferList: [port2] }).catch((caught: unknown) => {
      this.#die(describeError(caught));
    });
  }

  /** Tasks sent and not answered. */
  get tasks(): number {
    return this.#pending.size;
  }

  get lost(): boolean {
    return this.#isLost || this.#isEnding;
  }

  /** Does the task after those before it. Rejects with LaneLostError when the thread is gone. */
  perform(task: LaneTask): Promise<LaneReply> {
    if (this.lost) return Promise.reject(new LaneLostError(`lane ${String(this.id)} is lost`));
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      if (this.#pending.size === 0) this.#port.ref();
      this.#pending.set(id, { task, resolve, reject });
      if (task.kind === 'run') this.#sendRun(id, task);
      else this.#port.postMessage([id, task] satisfies TaskMessage);
    });
  }

  /** Resolves when no task is in flight, be it because the thread is lost. */
  idle(): Promise<void> {
    if (this.#pending.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle.push(resolve);
    });
  }

  /**
   * Gives the thread up without ending it: ending a thread in the middle of a native run aborts the whole process.
   * It keeps its core and its memory until the process ends.
   */
  abandon(reason: string): void {
    this.#lose(reason);
  }

  /** Ends the thread. Only when no task is in flight, for the same reason. */
  async close(): Promise<void> {
    if (this.tasks > 0) {
      throw new Error(`lane ${String(this.id)} cannot be closed with ${String(this.tasks)} tasks in flight`);
    }
    this.#isLost = true;
    this.#port.close();
    await this.#pool.destroy();
  }

  #sendRun(id: number, { session, inputs, outputs }: RunTask): void {
    const data = inputs.map((input) => input.data);
    const shapes = inputs.map((input) => input.shape);
    this.#port.postMessage([id, session, outputs, shapes, data] satisfies TaskMessage, transferables(data));
  }

  #answered(message: ReplyMessage): void {
    const [id] = message;
    const pending = this.#pending.get(id);
    // Of a thread that was given up.
    if (pending === undefined) return;
    this.#pending.delete(id);
    pending.resolve(this.#readReply(pending.task, message));
    if (this.#pending.size === 0) this.#becomeIdle();
  }

  #readReply(task: LaneTask, message: ReplyMessage): LaneReply {
    if (message.length !== 2) {
      const [, computeMs, shapes, data, spent] = message;
      const signature = this.#signatures.get(task.session);
      return { kind: 'ran', computeMs, outputs: outputsOf(signature, shapes, data), spent };
    }
    const [, reply] = message;
    if (reply.kind === 'loaded') this.#signatures.set(task.session, reply.signature);
    if (reply.kind === 'unloaded') this.#signatures.delete(task.session);
    return reply;
  }

  /** The thread is gone; the pool has started an empty one in its place, which nobody knows. */
  #die(reason: string): void {
    if (this.#isLost) return;
    this.#lose(reason);
    void this.#pool.destroy();
    this.#onLost(reason);
  }

  #lose(reason: string): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#port.close();
    const error = new LaneLostError(`lane ${String(this.id)} was lost: ${reason}`);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#becomeIdle();
  }

  #becomeIdle(): void {
    this.#port.unref();
    for (const resolve of this.#onIdle) resolve();
    this.#onIdle = [];
  }
}

/** The outputs that came, with their names from the signature. */
function outputsOf(
  signature: Signature | undefined,
  shapes: readonly (readonly number[])[],
  data: readonly (Block['data'] | undefined)[],
): Block[] {
  const blocks: Block[] = [];
  for (const [at, { name, datatype }] of (signature?.outputs ?? []).entries()) {
    const [shape, bytes] = [shapes[at], data[at]];
    if (shape !== undefined && bytes !== undefined) blocks.push({ name, datatype, shape, data: bytes });
  }
  return blocks;
}
