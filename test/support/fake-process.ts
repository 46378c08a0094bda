/** A child process that does nothing but what a test makes it do, and remembers what it was told. */
import type { ChildProcess } from '../../src/app/child.ts';
import type { ServeMessage } from '../../src/app/messages.ts';

export class FakeProcess implements ChildProcess {
  readonly pid = 1;
  readonly name: string;
  readonly #log: string[];
  readonly #messages: ((message: unknown) => void)[] = [];
  #ends: ((how: string) => void)[] = [];

  /** What it is told goes into the log under its name. */
  constructor(name: string, log: string[]) {
    this.name = name;
    this.#log = log;
    log.push(`${name} starts`);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#messages.push(listener);
  }

  onEnd(listener: (how: string) => void): void {
    this.#ends.push(listener);
  }

  send({ kind }: { kind: string }): void {
    this.#log.push(`${this.name} is told to ${kind}`);
  }

  signal(name: string): void {
    this.#log.push(`${this.name} gets ${name}`);
  }

  /** Speaks to the one that keeps it. */
  say(message: ServeMessage | { readonly kind: 'something else' }): void {
    for (const listener of this.#messages) listener(message);
  }

  ready(): void {
    this.say({ kind: 'ready', greeting: `${this.name} greets` });
  }

  end(how = 'ended with exit code 1'): void {
    const ends = this.#ends;
    this.#ends = [];
    for (const listener of ends) listener(how);
  }

  /** As a process ends that was told to. */
  finish(): void {
    this.say({ kind: 'drained' });
    this.end('ended with exit code 0');
  }
}
