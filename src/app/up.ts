/** `sluice up`: one admin process and the serve processes, started together, ended in good order. */
import type { ChildProcess } from './child.ts';
import { AdminKeeper } from './keep-admin.ts';
import type { Ended } from './keep-serve.ts';
import { ServeGroup } from './serve-group.ts';
import type { ServeGroupOptions } from './serve-group.ts';

export interface UpOptions {
  readonly serveProcesses: number;
  readonly spawnServe: ServeGroupOptions['spawn'];
  /** undefined = serve processes read the models directory themselves. */
  readonly spawnAdmin: (() => ChildProcess) | undefined;
  /** What a serve process gets to drain, and the admin process to end, before they are killed. */
  readonly serveStopMs: number;
  readonly adminStopMs: number;
  /** For people: what is served and where. */
  readonly print: (text: string) => void;
  /** Once, when all serve processes are ready. */
  readonly onServing: () => void;
  readonly onRestart: (event: { process: 'serve' | 'admin'; reason: string; delayMs: number }) => void;
  readonly onRecycle: (event: { reason: string }) => void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export class Up {
  readonly #serve: ServeGroup;
  readonly #admin: AdminKeeper | undefined;
  readonly #print: (text: string) => void;
  /** Once both are known they are printed, that of serve first. */
  #serveGreeted = false;
  #adminGreeting: string | undefined;
  #refusal: string | undefined;

  constructor(options: UpOptions) {
    const { spawnServe, spawnAdmin, now, print } = options;
    this.#print = print;
    this.#admin =
      spawnAdmin === undefined
        ? undefined
        : new AdminKeeper({
            spawn: spawnAdmin,
            stopTimeoutMs: options.adminStopMs,
            now,
            onReady: (text) => {
              this.#greetAdmin(text);
            },
            onRefused: (reason) => {
              this.#refusal = reason;
              this.stop();
            },
            onRestart: (restart) => {
              options.onRestart({ process: 'admin', ...restart });
            },
          });
    this.#serve = new ServeGroup({
      processes: options.serveProcesses,
      spawn: spawnServe,
      stopTimeoutMs: options.serveStopMs,
      now,
      onGreeting: (text) => {
        this.#greetServe(text);
        options.onServing();
      },
      onRestart: (restart) => {
        options.onRestart({ process: 'serve', ...restart });
      },
      onRecycle: options.onRecycle,
    });
  }

  /** Resolves when everything has ended. */
  async ended(): Promise<Ended> {
    const result = await this.#serve.ended();
    // Last, since it keeps what serve processes report at their end.
    await this.#admin?.stop();
    return this.#refusal === undefined ? result : { exitCode: 2, reason: this.#refusal };
  }

  stop(): void {
    this.#serve.stop();
  }

  /** Reads the models directory again. */
  reload(): void {
    if (this.#admin === undefined) this.#serve.reload();
    else this.#admin.reload();
  }

  #greetServe(text: string): void {
    this.#print(text);
    this.#serveGreeted = true;
    if (this.#adminGreeting !== undefined) this.#print(this.#adminGreeting);
  }

  #greetAdmin(text: string): void {
    if (this.#adminGreeting !== undefined) return;
    this.#adminGreeting = text;
    if (this.#serveGreeted) this.#print(text);
  }
}
