/** The serve processes of one machine: each is kept for itself; they are ready together and end together. */
import type { ChildProcess } from './child.ts';
import { Supervisor } from './keep-serve.ts';
import type { Ended } from './keep-serve.ts';
import type { Place } from './place.ts';

export interface ServeGroupOptions {
  readonly processes: number;
  readonly spawn: (place: Pick<Place, 'number' | 'of' | 'late'>) => ChildProcess;
  /** Time that each gets to drain before it is killed. */
  readonly stopTimeoutMs: number;
  /** Once, when all are ready. */
  readonly onGreeting: (text: string) => void;
  readonly onRestart: (event: { reason: string; delayMs: number }) => void;
  readonly onRecycle: (event: { reason: string }) => void;
  readonly now: () => number;
}

export class ServeGroup {
  readonly #options: ServeGroupOptions;
  readonly #supervisors: readonly Supervisor[];
  /** Those that are ready and not told that all are, by number, with what they greet with. */
  readonly #early = new Map<number, { process: ChildProcess; greeting: string }>();
  #allReady = false;

  constructor(options: ServeGroupOptions) {
    this.#options = options;
    this.#supervisors = Array.from({ length: options.processes }, (_, index) => this.#keep(index + 1));
  }

  /** Resolves when everything has ended, with the worst of the ends. */
  async ended(): Promise<Ended> {
    const ends = this.#supervisors.map(async (supervisor) => {
      const end = await supervisor.ended;
      // What one cannot start with, the others cannot serve with.
      if (end.exitCode === 2) this.stop();
      return end;
    });
    return (await Promise.all(ends)).reduce((worst, end) => (end.exitCode > worst.exitCode ? end : worst));
  }

  /** Passes the wish to read the models directory again on; for serve processes that read it themselves. */
  reload(): void {
    for (const supervisor of this.#supervisors) supervisor.reload();
  }

  /** Lets all drain at the same time, and kills those that take too long. */
  stop(): void {
    for (const supervisor of this.#supervisors) supervisor.stop();
  }

  #keep(number: number): Supervisor {
    const { processes: of, spawn, stopTimeoutMs, onRestart, onRecycle, now } = this.#options;
    let started = false;
    return new Supervisor({
      name: of === 1 ? 'the serve process' : `serve process ${String(number)} of ${String(of)}`,
      spawn: ({ successor }) => {
        // The others have the port: it takes calls again when it can answer them.
        const late = successor || (started && of > 1);
        started = true;
        return spawn({ number, of, late });
      },
      stopTimeoutMs,
      onReady: (process, greeting) => {
        this.#ready(number, { process, greeting });
      },
      onRestart: (restart) => {
        this.#early.delete(number);
        onRestart(restart);
      },
      onRecycle,
      now,
    });
  }

  #ready(number: number, ready: { process: ChildProcess; greeting: string }): void {
    this.#early.set(number, ready);
    if (!this.#allReady && this.#early.size < this.#options.processes) return;
    const told = [...this.#early.values()];
    const greeting = this.#early.get(1)?.greeting ?? '';
    this.#early.clear();
    // A lone one waits for nobody.
    if (this.#options.processes > 1) for (const { process } of told) process.send({ kind: 'all ready' });
    if (!this.#allReady) this.#options.onGreeting(greeting);
    this.#allReady = true;
  }
}
