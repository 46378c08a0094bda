/** From argv to a command and its checked arguments, or to a sentence that says what is wrong with them. */
import { parseArgs } from 'node:util';
import { closest } from '../config/closest.ts';
import { Args } from './command.ts';
import type { Command, Flag } from './command.ts';
import { usageError } from './exit.ts';
import { GLOBAL_FLAGS } from './flags.ts';
import { usageLine } from './help.ts';

export interface Found {
  readonly command: Command;
  /** What follows the command's words, and the global flags that came before them. */
  readonly rest: readonly string[];
}

/** The words before the command are global flags with their values; undefined where argv begins otherwise. */
export function splitGlobals(argv: readonly string[]): { globals: readonly string[]; rest: readonly string[] } {
  let at = 0;
  for (;;) {
    const [, name, inline] = /^--([a-z-]+)(=.*)?$/s.exec(argv[at] ?? '') ?? [];
    const known = GLOBAL_FLAGS.find((candidate) => candidate.name === name);
    if (known === undefined) break;
    at += known.value === undefined || inline !== undefined ? 1 : 2;
  }
  return { globals: argv.slice(0, at), rest: argv.slice(at) };
}

/** The command that has the most of the first words; undefined where none has them. */
export function findCommand(commands: readonly Command[], argv: readonly string[]): Found | undefined {
  const { globals, rest } = splitGlobals(argv);
  for (const words of [2, 1]) {
    const name = rest.slice(0, words).join(' ');
    const command = commands.find((candidate) => candidate.name === name);
    if (command !== undefined) return { command, rest: [...globals, ...rest.slice(words)] };
  }
  return undefined;
}

export function wantsHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? argv.length : end).some((word) => word === '--help' || word === '-h');
}

/** The global flags among words that need not make a command. */
export function parseGlobals(words: readonly string[]): Args {
  const rest: string[] = [];
  for (let at = 0; at < words.length;) {
    const { globals } = splitGlobals(words.slice(at));
    rest.push(...globals);
    at += globals.length + 1;
  }
  return parseCommandArgs({ command: NO_COMMAND, rest });
}

const NO_COMMAND: Command = {
  name: '',
  operands: [],
  flags: [],
  summary: '',
  examples: [],
  run: () => Promise.reject(usageError('no command is named')),
};

/** Throws a usage error. */
export function parseCommandArgs(found: Found): Args {
  const { command } = found;
  const rest = command.takesServerOptions === true ? withoutServerOptions(found.rest) : found.rest;
  const known = [...command.flags, ...GLOBAL_FLAGS];
  const { tokens } = parseArgs({
    args: [...rest],
    options: Object.fromEntries(
      known.map(({ name, value }) => [
        name,
        { type: value === undefined ? ('boolean' as const) : ('string' as const) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const flags = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const found = knownFlag(known, token.name, token.rawName, command);
    const { value = 'true', inlineValue = false } = token;
    checkGiven(found, { value: token.value, inline: inlineValue });
    flags.set(found.name, [...(flags.get(found.name) ?? []), value]);
  }
  for (const found of known) checkValues(found, flags.get(found.name) ?? []);
  return new Args(flags, placeOperands(command, operands));
}

/** The global flags, and behind them as operands all that is the server's to read. */
function withoutServerOptions(words: readonly string[]): string[] {
  const own: string[] = [];
  const others: string[] = [];
  for (let at = 0; at < words.length;) {
    const { globals } = splitGlobals(words.slice(at));
    own.push(...globals);
    others.push(...words.slice(at + globals.length, at + globals.length + 1));
    at += globals.length + 1;
  }
  return [...own, '--', ...others];
}

function knownFlag(known: readonly Flag<unknown>[], name: string, raw: string, command: Command): Flag<unknown> {
  const found = raw.startsWith('--') ? known.find((candidate) => candidate.name === name) : undefined;
  if (found !== undefined) return found;
  const meant = closest(name, [...known.map((candidate) => candidate.name), 'help']);
  const advice = meant === undefined ? `see sluice ${command.name} --help` : `did you mean --${meant}?`;
  throw usageError(`${command.name} has no flag ${raw}; ${advice}`);
}

function checkGiven(
  found: Flag<unknown>,
  given: { readonly value: string | undefined; readonly inline: boolean },
): void {
  const { name, value, kind } = found;
  if (value === undefined) {
    if (given.inline) throw usageError(`--${name} takes no value`);
    return;
  }
  // "--window --json" has lost its value; one that begins with a dash is given as --window=-1.
  const isFlag = !given.inline && given.value !== '-' && given.value?.startsWith('-') === true;
  if (given.value === undefined || isFlag) throw usageError(`--${name} needs a value; give ${kind.allowed}`);
}

function checkValues({ name, kind, many, secret }: Flag<unknown>, values: readonly string[]): void {
  for (const value of values) {
    const shown = secret === true ? 'what was given' : `"${value}"`;
    if (kind.parse(value) === undefined) throw usageError(`--${name} cannot be ${shown}; give ${kind.allowed}`);
  }
  if (!many && values.length > 1) throw usageError(`--${name} is given ${values.length} times; give it once`);
}

function placeOperands(command: Command, given: readonly string[]): Map<string, readonly string[]> {
  const placed = new Map<string, readonly string[]>();
  let at = 0;
  for (const { name, optional, many, mayBeEmpty } of command.operands) {
    const own = given.slice(at, many === true ? given.length : at + 1);
    if (own.length === 0 && optional !== true) throw usageError(`${name} is missing: ${usageLine(command)}`);
    if (own.includes('') && mayBeEmpty !== true) throw usageError(`${name} is empty: ${usageLine(command)}`);
    placed.set(name, own);
    at += own.length;
  }
  const extra = given[at];
  if (extra !== undefined) throw usageError(`"${extra}" is one too many: ${usageLine(command)}`);
  return placed;
}
