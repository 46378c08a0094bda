/** Keeps the admin process running: serve processes go on without it, so it is simply started again. */
import type { ChildProcess } from './child.ts';
import { isServeMessage } from './messages.ts';
import { Restarts } from './restarts.ts';

export interface KeepAdminOptions {
  readonly spawn: () => ChildProcess;
  /** What it gets to end by itself before it is killed. */
  readonly stopTimeoutMs: number;
  /** Its doors are open; more than once, after a restart. */
  readonly onReady: (greeting: string) => void;
  /** It cannot start as it is configured. Told of the first start only. */
  readonly onRefused: (reason: string) => void;
  readonly onRestart: (event: { reason: string; delayMs: number }) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export class AdminKeeper {
  readonly #options: KeepAdminOptions;
  readonly #restarts: Restarts;
  readonly #ended = Promise.withResolvers<void>();
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasBeenReady = false;
  #stopping = false;

  constructor(options: KeepAdminOptions) {
    this.#options = options;
    this.#restarts = new Restarts(options.now);
    this.#start();
  }

  /** Passes the wish to read the models directory again on. */
  reload(): void {
    this.#child?.signal('SIGHUP');
  }

  /** Resolves when it has ended; kills it when that takes too long. */
  stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined) {
      this.#ended.resolve();
    } else {
      child.send({ kind: 'stop' });
      this.#timer = setTimeout(() => {
        child.signal('SIGKILL');
      }, this.#options.stopTimeoutMs);
    }
    return this.#ended.promise;
  }

  #start(): void {
    const child = this.#options.spawn();
    this.#child = child;
    child.onMessage((message) => {
      if (!isServeMessage(message)) return;
      if (message.kind === 'ready') {
        this.#hasBeenReady = true;
        this.#options.onReady(message.greeting);
      }
      // Later a disk or a database may come back, so then the end of the process is waited for, and another start.
      if (message.kind !== 'refused' || this.#hasBeenReady) return;
      this.#stopping = true;
      this.#options.onRefused(message.reason);
    });
    child.onEnd((how) => {
      this.#gone(how);
    });
  }

  #gone(how: string): void {
    this.#child = undefined;
    if (this.#stopping) {
      clearTimeout(this.#timer);
      this.#ended.resolve();
      return;
    }
    const delayMs = this.#restarts.next();
    this.#options.onRestart({ reason: `the admin process ${how}`, delayMs });
    this.#timer = setTimeout(() => {
      this.#start();
    }, delayMs);
  }
}
