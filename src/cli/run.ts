/** The `sluice` command: finds what was meant, does it, and says how it ended by an exit code. */
import { closest } from '../config/closest.ts';
import { address } from '../config/kinds.ts';
import { formatAddress } from '../config/address.ts';
import { describeError } from '../domain/errors.ts';
import { AdminClient } from './client.ts';
import type { Args, Command } from './command.ts';
import { COMPLETION_MS, namesFor, wantedName } from './complete.ts';
import { COMMANDS } from './commands.ts';
import { channelCredentials } from './credentials.ts';
import { CommandError, EXIT, usageError } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { ACTOR, ADDRESS, ADDRESS_ENV, DEFAULT_ADDRESS, DEFAULT_TIMEOUT_MS, JSON_OUTPUT, TIMEOUT } from './flags.ts';
import { commandHelp, overview } from './help.ts';
import { findCommand, parseCommandArgs, parseGlobals, splitGlobals, wantsHelp } from './parse.ts';
import { Screen } from './screen.ts';
import type { Output, Terminal } from './terminal.ts';
import { tokenFor } from './token-source.ts';
import { Watchdog } from './watchdog.ts';

export interface CliOptions {
  /** Without the interpreter and the script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** "v24.1.0". */
  readonly nodeVersion: string;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether stdout is a terminal. */
  readonly isTty: boolean;
  readonly columns: number;
  /** undefined where stdin or stdout is none. */
  readonly terminal: Terminal | undefined;
  /** "name@host": who does it unless --actor says otherwise. */
  readonly user: string;
  /** Epoch ms. */
  readonly now: () => number;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Where a terminal does not tell its size, it says 0. */
const USUAL_COLUMNS = 80;

/** What the shells' scripts call on Tab; no command of people. */
const COMPLETE = '__complete';

/** First words that start a server. */
const SERVER_WORDS = ['up', 'serve', 'admin'];

/** The exit code, or undefined where argv asks for a server: no word, an option, or one of its three words. */
export async function runCli(options: CliOptions): Promise<number | undefined> {
  const { argv, stderr, stdout } = options;
  const [first] = argv;
  const [word] = splitGlobals(argv).rest;
  if (first === undefined || (first === word && (first.startsWith('-') || SERVER_WORDS.includes(first)))) {
    return undefined;
  }
  // "sluice audit | head" closes our output; that ends the command like Ctrl-C, and is no error.
  const closed = new AbortController();
  const onClosed = (): void => {
    closed.abort();
  };
  for (const output of [stdout, stderr]) output.on('error', onClosed);
  const columns = options.columns > 0 ? options.columns : USUAL_COLUMNS;
  try {
    return await run({ ...options, columns, signal: AbortSignal.any([options.signal, closed.signal]) });
  } catch (caught) {
    if (closed.signal.aborted) return EXIT.done;
    stderr.write(`sluice: ${describeError(caught)}\n`);
    return caught instanceof CommandError ? caught.exitCode : EXIT.usage;
  } finally {
    for (const output of [stdout, stderr]) output.off('error', onClosed);
  }
}

async function run(options: CliOptions): Promise<ExitCode> {
  const { argv, env, stdout, columns } = options;
  const help = helpFor(argv, columns);
  if (help !== undefined) {
    stdout.write(help);
    return EXIT.done;
  }
  if (argv[0] === COMPLETE) return await complete(options);
  const found = findCommand(COMMANDS, argv);
  if (found === undefined) throw unknownCommand(splitGlobals(argv).rest);
  const args = parseCommandArgs(found);
  using client = await openClient(args, options);
  const screen = new Screen({
    ...options,
    json: args.isOn(JSON_OUTPUT),
    colour: options.isTty && (env.NO_COLOR ?? '') === '',
  });
  return await found.command.run({ ...options, args, client, screen });
}

async function openClient(args: Args, options: CliOptions): Promise<AdminClient> {
  const { env } = options;
  return new AdminClient({
    address: serverAddress(args, env),
    credentials: await channelCredentials(args, env, options.now()),
    port: 'admin',
    timeoutMs: args.get(TIMEOUT) ?? DEFAULT_TIMEOUT_MS,
    actor: args.get(ACTOR) ?? headerText(options.user),
    token: await tokenFor(args, env),
    signal: options.signal,
  });
}

/** Prints the names that may stand where the last word is being typed, and nothing where they cannot be had in time. */
async function complete(options: CliOptions): Promise<ExitCode> {
  const words = options.argv.slice(1);
  const wanted = wantedName(COMMANDS, words);
  if (wanted === undefined) return EXIT.done;
  const late = new AbortController();
  try {
    const args = parseGlobals(words.slice(0, -1));
    using client = await openClient(args, { ...options, signal: AbortSignal.any([options.signal, late.signal]) });
    using _timer = new Watchdog(COMPLETION_MS, () => {
      late.abort();
    });
    const names = await namesFor(client, wanted);
    options.stdout.write(names.map((name) => `${name}\n`).join(''));
  } catch {
    // A line that is half typed is no place for complaints.
  }
  return EXIT.done;
}

/** undefined where no help is asked for. */
function helpFor(argv: readonly string[], columns: number): string | undefined {
  const { rest } = splitGlobals(argv);
  const isHelp = rest[0] === 'help';
  if (!isHelp && !wantsHelp(rest)) return undefined;
  const words = (isHelp ? rest.slice(1) : rest).filter((word) => !word.startsWith('-'));
  const command = findCommand(COMMANDS, words)?.command;
  const [group = ''] = words;
  if (command !== undefined) return commandHelp(command, relatedTo(command), columns);
  if (group === '' || isGroup(group)) return overview(COMMANDS, group, columns);
  throw unknownCommand(words);
}

function relatedTo(command: Command): readonly string[] {
  const first = firstWord(command);
  return COMMANDS.filter((other) => other !== command && firstWord(other) === first).map(({ name }) => name);
}

/** Whether a command begins with the word and has another one behind it. */
function isGroup(word: string): boolean {
  return COMMANDS.some(({ name }) => name.startsWith(`${word} `));
}

function unknownCommand(words: readonly string[]): CommandError {
  const [first, second] = words;
  if (first === undefined) return usageError('no command is named; "sluice help" lists them');
  if (!isGroup(first)) {
    const meant = closest(first, [...COMMANDS.map(firstWord), ...SERVER_WORDS, 'help']);
    const advice = meant === undefined ? '"sluice help" lists all' : `did you mean "sluice ${meant}"?`;
    return usageError(`there is no command "${first}"; ${advice}`);
  }
  const seconds = COMMANDS.filter((command) => firstWord(command) === first).map(({ name }) =>
    name.slice(first.length + 1),
  );
  if (second === undefined || second.startsWith('-')) {
    return usageError(`"sluice ${first}" needs one of ${seconds.join(', ')}; "sluice ${first} --help" tells more`);
  }
  const meant = closest(second, seconds);
  const advice = meant === undefined ? `give one of ${seconds.join(', ')}` : `did you mean "sluice ${first} ${meant}"?`;
  return usageError(`there is no command "${first} ${second}"; ${advice}`);
}

function firstWord({ name }: Command): string {
  return name.split(' ')[0] ?? '';
}

function serverAddress(args: Args, env: CliOptions['env']): string {
  const given = args.get(ADDRESS);
  if (given !== undefined) return formatAddress(given);
  const text = env[ADDRESS_ENV] ?? '';
  if (text === '') return DEFAULT_ADDRESS;
  const kind = address();
  const parsed = kind.parse(text);
  if (parsed === undefined) throw usageError(`${ADDRESS_ENV} cannot be "${text}"; give ${kind.allowed}`);
  return formatAddress(parsed);
}

/** Metadata is printable ASCII; a name may be more. */
function headerText(user: string): string {
  return user.replaceAll(/[^\x20-\x7e]/g, '?');
}
