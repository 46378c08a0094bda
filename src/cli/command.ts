/**
 * What a command is: the words that call it, what it takes, and what it does. `--help` is made from the same fields.
 */
import assert from 'node:assert/strict';
import { toggle } from '../config/kinds.ts';
import type { Kind } from '../config/kinds.ts';
import type { AdminClient } from './client.ts';
import type { ExitCode } from './exit.ts';
import type { Screen } from './screen.ts';
import type { Terminal } from './terminal.ts';

export interface Flag<T> {
  /** Without its dashes. */
  readonly name: string;
  /** What stands for the value in the help; undefined = a switch that takes none. */
  readonly value: string | undefined;
  readonly kind: Kind<T>;
  readonly many: boolean;
  /** Its value is never shown. */
  readonly secret?: boolean;
  readonly help: string;
}

/** An argument by its place. Only the last ones are optional, only the last one takes many. */
export interface Operand {
  readonly name: string;
  readonly optional?: boolean;
  readonly many?: boolean;
  /** "" is a value; elsewhere it is taken for a shell variable that was not set. */
  readonly mayBeEmpty?: boolean;
}

export interface Command {
  /** "traffic set". */
  readonly name: string;
  readonly operands: readonly Operand[];
  readonly flags: readonly Flag<unknown>[];
  /** Whether the options of a server may be given, too; they are the values of the last operand. */
  readonly takesServerOptions?: boolean;
  /** One sentence. */
  readonly summary: string;
  /** What else one has to know; paragraphs. */
  readonly details?: readonly string[];
  /** Without the leading "sluice". */
  readonly examples: readonly string[];
  readonly run: (scene: Scene) => Promise<ExitCode>;
}

/** What a command works with. */
export interface Scene {
  readonly args: Args;
  readonly client: AdminClient;
  readonly screen: Screen;
  /** For a live screen; undefined where input or output is none. */
  readonly terminal: Terminal | undefined;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** "v24.1.0". */
  readonly nodeVersion: string;
  /** Aborted when the user has had enough. */
  readonly signal: AbortSignal;
  /** Epoch ms. */
  readonly now: () => number;
}

export function flag<T>(name: string, value: string, kind: Kind<T>, help: string): Flag<T> {
  return { name, value, kind, many: false, help };
}

export function manyFlag<T>(name: string, value: string, kind: Kind<T>, help: string): Flag<T> {
  return { name, value, kind, many: true, help };
}

export function switchFlag(name: string, help: string): Flag<boolean> {
  return { name, value: undefined, kind: toggle(), many: false, help };
}

/** The arguments of one call, checked: every given value is one that its flag's kind reads. */
export class Args {
  readonly #flags: ReadonlyMap<string, readonly string[]>;
  readonly #operands: ReadonlyMap<string, readonly string[]>;

  constructor(flags: ReadonlyMap<string, readonly string[]>, operands: ReadonlyMap<string, readonly string[]>) {
    this.#flags = flags;
    this.#operands = operands;
  }

  all<T>({ name, kind }: Flag<T>): readonly T[] {
    return (this.#flags.get(name) ?? []).map((given) => {
      const value = kind.parse(given);
      assert(value !== undefined, `--${name} was checked`);
      return value;
    });
  }

  /** undefined where it was not given. */
  get<T>(wanted: Flag<T>): T | undefined {
    return this.all(wanted).at(-1);
  }

  text(wanted: Flag<string>): string {
    return this.get(wanted) ?? '';
  }

  isOn(wanted: Flag<boolean>): boolean {
    return this.get(wanted) ?? false;
  }

  has(wanted: Flag<unknown>): boolean {
    return this.#flags.has(wanted.name);
  }

  /** '' where it is optional and was not given. */
  operand(name: string): string {
    return this.operands(name)[0] ?? '';
  }

  operands(name: string): readonly string[] {
    const given = this.#operands.get(name);
    assert(given, `the command declares ${name}`);
    return given;
  }
}
