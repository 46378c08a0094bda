/** What a shell offers behind `sluice`, as rows that its script looks up: of the tables of commands and options. */
import type { Kind } from '../config/kinds.ts';
import { OPTION_FIELDS, OPTIONS } from '../config/options.ts';
import type { Command, Flag } from './command.ts';
import { GLOBAL_FLAGS } from './flags.ts';

export interface CompletionRow {
  /** The command's words; '' = nothing yet, '*' = any command of an operator. */
  readonly behind: string;
  /**
   * word: the next word of a command. switch: a flag that takes no value. flag: one whose value nobody knows, or the
   * server. file: one whose value names a file. value: "--flag=value". path: an operand that names a file.
   */
  readonly kind: 'word' | 'switch' | 'flag' | 'file' | 'value' | 'path';
  readonly word: string;
  readonly help: string;
}

/** First words that are no command of the table. */
const OTHER_WORDS: readonly (readonly [word: string, help: string])[] = [
  ['up', 'Starts a server: an admin process and serve processes.'],
  ['serve', 'Starts a serve process alone.'],
  ['admin', 'Starts an admin process alone.'],
  ['help', 'Tells what a command does.'],
];
const SERVER_WORDS = ['up', 'serve', 'admin'];
const FILE_OPERANDS = ['PATH', 'DIR', 'FILE.json'];

export function completionRows(commands: readonly Command[]): CompletionRow[] {
  return [
    ...OTHER_WORDS.map(([word, help]) => row('', 'word', word, help)),
    ...wordRows(commands),
    ...GLOBAL_FLAGS.flatMap((flag) => flagRows('*', flag)),
    ...commands.flatMap(({ name, flags, operands, takesServerOptions }) => [
      ...flags.flatMap((flag) => flagRows(name, flag)),
      ...operands.filter((each) => FILE_OPERANDS.includes(each.name)).map((each) => row(name, 'path', each.name, '')),
      ...(takesServerOptions === true ? serverRows(name) : []),
    ]),
    ...SERVER_WORDS.flatMap(serverRows),
  ];
}

function row(behind: string, kind: CompletionRow['kind'], word: string, help: string): CompletionRow {
  return { behind, kind, word, help: firstSentence(help) };
}

/** Up to the first full stop or semicolon, and without what the tables need for themselves. */
function firstSentence(text: string): string {
  return (/^.*?(?=[.;:] |[.;:]?$)/s.exec(text)?.[0] ?? '').replaceAll(/[|\n]/g, ' ');
}

/** First words, and the second ones of those that have some; the help of a group are its commands. */
function wordRows(commands: readonly Command[]): CompletionRow[] {
  const groups = Map.groupBy(commands, ({ name }) => name.split(' ')[0] ?? '');
  return [...groups].flatMap(([first, members]) => {
    const alone = members.find(({ name }) => name === first);
    const seconds = members.filter((member) => member !== alone);
    const secondOf = ({ name }: Command): string => name.slice(first.length + 1);
    const help = alone?.summary ?? seconds.map(secondOf).join(', ');
    return [
      row('', 'word', first, help),
      ...seconds.map((command) => row(first, 'word', secondOf(command), command.summary)),
    ];
  });
}

function flagRows(behind: string, { name, value, kind, help }: Flag<unknown>): CompletionRow[] {
  if (value === undefined) return [row(behind, 'switch', `--${name}`, help)];
  return valueFlagRows(behind, { name, kind, help });
}

interface ValueFlag {
  readonly name: string;
  readonly kind: Pick<Kind<unknown>, 'offers'>;
  readonly help: string;
}

function valueFlagRows(behind: string, { name, kind, help }: ValueFlag): CompletionRow[] {
  const { offers = [] } = kind;
  if (offers === 'files') return [row(behind, 'file', `--${name}`, help)];
  const values = offers.map((value) => row(behind, 'value', `--${name}=${value}`, ''));
  return [row(behind, 'flag', `--${name}`, help), ...values];
}

/** The options of a server. */
function serverRows(behind: string): CompletionRow[] {
  return OPTION_FIELDS.flatMap((field) => {
    const { name, kind, why } = OPTIONS[field];
    if (typeof OPTIONS[field].default !== 'boolean') return valueFlagRows(behind, { name, kind, help: why });
    return [row(behind, 'switch', `--${name}`, why), row(behind, 'switch', `--no-${name}`, `Not ${name}`)];
  });
}
