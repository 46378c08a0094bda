/** The texts of `--help`, made from the table of commands. */
import { wrap } from '../config/wrap.ts';
import type { Command, Flag } from './command.ts';
import { GLOBAL_FLAGS } from './flags.ts';

const MAX_WIDTH = 100;

const EXIT_CODES = [
  'Exit codes: 0 done; 1 the answer is no (rejected, unhealthy, broken, drifted, not promoted, not applied in time);',
  '2 wrong usage, or a file here that cannot be read or written; 3 too few requests to tell; 4 the server refused;',
  '5 no answer; 130 interrupted.',
].join(' ');

/** "sluice traffic set MODEL VERSION=SHARE… [flags]". */
export function usageLine({ name, operands, flags }: Command): string {
  const places = operands.map((operand) => {
    const shown = operand.many === true ? `${operand.name}…` : operand.name;
    return operand.optional === true ? `[${shown}]` : shown;
  });
  return ['sluice', name, ...places, ...(flags.length > 0 ? ['[flags]'] : [])].join(' ');
}

/** `related`: the names of commands that begin with the same word. */
export function commandHelp(command: Command, related: readonly string[], columns: number): string {
  const width = Math.min(columns, MAX_WIDTH);
  return [
    ...wrap(command.summary, width),
    '',
    `Usage: ${usageLine(command)}`,
    ...(command.details ?? []).flatMap((paragraph) => ['', ...wrap(paragraph, width)]),
    ...(command.flags.length > 0 ? ['', 'Flags:', ...flagLines(command.flags, width)] : []),
    '',
    'Flags of every command:',
    ...flagLines(GLOBAL_FLAGS, width),
    '',
    command.examples.length === 1 ? 'Example:' : 'Examples:',
    ...command.examples.map((example) => `  sluice ${example}`),
    ...(related.length === 0
      ? []
      : ['', ...wrap(`See also: ${related.map((name) => `sluice ${name}`).join(', ')}`, width)]),
    '',
  ].join('\n');
}

/** The commands that begin with a word, or all of them where `group` is ''. */
export function overview(commands: readonly Command[], group: string, columns: number): string {
  const width = Math.min(columns, MAX_WIDTH);
  const shown = group === '' ? commands : commands.filter(({ name }) => name.split(' ')[0] === group);
  const longest = Math.max(...shown.map(({ name }) => name.length));
  const lines = shown.flatMap(({ name, summary }) => hanging(`  ${name.padEnd(longest)}  `, summary, width));
  const example = shown[0]?.examples[0] ?? '';
  return [
    group === ''
      ? 'sluice is the command of a Sluice server: models, versions, traffic, rollouts, experiments, statistics, audit.'
      : undefined,
    group === '' ? '' : undefined,
    `Usage: sluice ${group === '' ? 'COMMAND' : `${group} COMMAND`} …`,
    '',
    ...lines,
    ...(group === ''
      ? [
          '',
          ...wrap(
            'To start a server: sluice up, sluice serve or sluice admin, with the flags of sluice --help.',
            width,
          ),
        ]
      : []),
    '',
    'Flags of every command:',
    ...flagLines(GLOBAL_FLAGS, width),
    '',
    ...wrap(EXIT_CODES, width),
    '',
    `Example: sluice ${example}`,
    `More: sluice ${group === '' ? 'COMMAND' : `${group} COMMAND`} --help`,
    '',
  ]
    .filter((line) => line !== undefined)
    .join('\n');
}

function flagLines(flags: readonly Flag<unknown>[], width: number): string[] {
  return flags.flatMap(({ name, value, help }) => [
    `  --${name}${value === undefined ? '' : ` ${value}`}`,
    ...hanging('      ', help, width),
  ]);
}

/** The text with the first line behind a head, and the others indented as far. */
function hanging(head: string, text: string, width: number): string[] {
  const indent = ' '.repeat(head.length);
  return wrap(text, Math.max(width - head.length, 20)).map((line, at) => `${at === 0 ? head : indent}${line}`);
}
