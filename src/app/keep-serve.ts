/** Keeps one serve process running, replaces it when it must, and ends it in good order. */
import type { ChildProcess } from './child.ts';
import { isServeMessage } from './messages.ts';
import type { ServeMessage } from './messages.ts';
import { Restarts } from './restarts.ts';

export interface SupervisorOptions {
  /** What to call it in sentences: "the serve process". */
  readonly name: string;
  /** @param successor it takes over from one that still serves, so it opens its ports only when it is ready. */
  readonly spawn: (options: { successor: boolean }) => ChildProcess;
  /** Time that a serve process gets to drain before it is killed. */
  readonly stopTimeoutMs: number;
  /** After every start that went well. */
  readonly onReady: (process: ChildProcess, greeting: string) => void;
  readonly onRestart: (event: { reason: string; delayMs: number }) => void;
  readonly onRecycle: (event: { reason: string }) => void;
  readonly now: () => number;
}

/** 0 = ended in good order; 1 = calls may have been lost; 2 = it cannot start as it is configured. */
export interface Ended {
  readonly exitCode: 0 | 1 | 2;
  readonly reason: string;
}

interface Child {
  readonly process: ChildProcess;
  ready: boolean;
  /** It was told to stop. */
  leaving: boolean;
  drained: boolean;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #ended = Promise.withResolvers<Ended>();
  readonly #children = new Set<Child>();
  readonly #restarts: Restarts;
  #current: Child | undefined;
  #stopping = false;
  #restartTimer: NodeJS.Timeout | undefined;
  #hasBeenReady = false;
  /** How the first of those that had not answered all their calls ended. */
  #loss: string | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#restarts = new Restarts(options.now);
    this.#current = this.#start({ successor: false });
  }

  /** Resolves when everything has ended. */
  get ended(): Promise<Ended> {
    return this.#ended.promise;
  }

  /** Passes the wish to read the models directory again on; for serve processes that read it themselves. */
  reload(): void {
    for (const child of this.#children) child.process.signal('SIGHUP');
  }

  /** Lets the serve process drain, and kills it when that takes too long. */
  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    clearTimeout(this.#restartTimer);
    if (this.#children.size === 0) this.#ended.resolve({ exitCode: 0, reason: 'stopped' });
    for (const child of this.#children) this.#stopChild(child);
  }

  #start(options: { successor: boolean }): Child {
    const child: Child = { process: this.#options.spawn(options), ready: false, leaving: false, drained: false };
    this.#children.add(child);
    child.process.onMessage((message) => {
      if (isServeMessage(message)) this.#hear(child, message);
    });
    child.process.onEnd((how) => {
      this.#gone(child, how);
    });
    return child;
  }

  #hear(child: Child, message: ServeMessage): void {
    switch (message.kind) {
      case 'ready':
        child.ready = true;
        this.#hasBeenReady = true;
        this.#options.onReady(child.process, message.greeting);
        this.#takeOver(child);
        return;
      case 'recycle':
        this.#recycle(child, message.reason);
        return;
      case 'refused':
        // Only a first start is refused for good; later a disk may come back, so the end of the process is waited for.
        if (this.#hasBeenReady || child !== this.#current) return;
        this.#stopping = true;
        this.#ended.resolve({ exitCode: 2, reason: message.reason });
        return;
      case 'drained':
        child.drained = true;
        return;
    }
  }

  /** A successor is ready: it becomes the current one, and its predecessor may go. */
  #takeOver(child: Child): void {
    const former = this.#current;
    this.#current = child;
    if (former !== undefined && former !== child) this.#stopChild(former);
  }

  #recycle(child: Child, reason: string): void {
    if (this.#stopping || child !== this.#current || this.#children.size > 1) return;
    clearTimeout(this.#restartTimer);
    this.#options.onRecycle({ reason });
    this.#start({ successor: true });
  }

  #stopChild(child: Child): void {
    child.leaving = true;
    child.process.send({ kind: 'stop' });
    const timer = setTimeout(() => {
      child.process.signal('SIGKILL');
    }, this.#options.stopTimeoutMs);
    child.process.onEnd(() => {
      clearTimeout(timer);
    });
  }

  #gone(child: Child, how: string): void {
    this.#children.delete(child);
    if (this.#stopping) {
      if (!child.drained) this.#loss ??= how;
      if (this.#children.size > 0) return;
      const reason =
        this.#loss === undefined ? 'stopped' : `${this.#options.name} ${this.#loss} before it had answered all calls`;
      this.#ended.resolve({ exitCode: this.#loss === undefined ? 0 : 1, reason });
      return;
    }
    if (child !== this.#current) {
      // A predecessor has done its work; a successor has not, and is as needed as before.
      if (!child.leaving) this.#restart(`the successor of ${this.#options.name} ${how}`, { successor: true });
      return;
    }
    this.#current = undefined;
    // A successor on its way takes over by itself when it is ready.
    const [successor] = this.#children;
    if (successor !== undefined) this.#current = successor;
    else this.#restart(`${this.#options.name} ${how}`, { successor: false });
  }

  #restart(reason: string, { successor }: { successor: boolean }): void {
    clearTimeout(this.#restartTimer);
    const delayMs = this.#restarts.next();
    this.#options.onRestart({ reason, delayMs });
    this.#restartTimer = setTimeout(() => {
      const child = this.#start({ successor });
      if (!successor) this.#current = child;
    }, delayMs);
  }
}
