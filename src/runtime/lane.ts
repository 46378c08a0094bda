/** A lane: one worker thread with warm sessions, addressed directly, with a fate of its own. */
import { fileURLToPath } from 'node:url';
import { FixedQueue, Piscina } from 'piscina';
import { describeError } from '../domain/errors.ts';
import { transferables } from './messages.ts';
import type { LaneReply, LaneTask } from './messages.ts';

const WORKER_FILE = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url),
);

/** Tasks that wait in the thread's own port. The scheduler sends fewer; control tasks come on top. */
const MAX_TASKS = 8;

/** The thread ended, or was written off: its sessions are lost, its tasks will never be answered. */
export class LaneLostError extends Error {
  override readonly name = 'LaneLostError';
}

export class Lane {
  readonly id: number;
  readonly #pool: Piscina<LaneTask, LaneReply>;
  /** How to tell each waiting task that it will not be answered. */
  readonly #waiting = new Set<(error: LaneLostError) => void>();
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
      concurrentTasksPerWorker: MAX_TASKS,
      // The default blocks the thread between tasks and looks at every pool on each reply.
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
  }

  /** Tasks sent and not answered. */
  get tasks(): number {
    return this.#waiting.size;
  }

  get lost(): boolean {
    return this.#isLost || this.#isEnding;
  }

  /** Does the task after those before it. Rejects with LaneLostError when the thread is gone. */
  perform(task: LaneTask): Promise<LaneReply> {
    if (this.lost) return Promise.reject(new LaneLostError(`lane ${String(this.id)} is lost`));
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      const transferList = task.kind === 'run' ? transferables(task.inputs) : [];
      this.#pool.run(task, { transferList }).then(
        (reply) => {
          this.#waiting.delete(reject);
          resolve(reply);
          if (this.#waiting.size === 0) this.#becomeIdle();
        },
        (caught: unknown) => {
          this.#die(describeError(caught));
        },
      );
    });
  }

  /** Resolves when no task is in flight, be it because the thread is lost. */
  idle(): Promise<void> {
    if (this.#waiting.size === 0) return Promise.resolve();
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
    await this.#pool.destroy();
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
    const error = new LaneLostError(`lane ${String(this.id)} was lost: ${reason}`);
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
    this.#becomeIdle();
  }

  #becomeIdle(): void {
    for (const resolve of this.#onIdle) resolve();
    this.#onIdle = [];
  }
}
