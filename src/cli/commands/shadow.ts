/** Shadow versions: how their answers compare with the live one's, and where they differ most. */
import { flag } from '../command.ts';
import type { Args, Command, Scene } from '../command.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { text } from '../kinds.ts';
import { comparisonLine, comparisonLines, exampleLines } from '../render/shadow.ts';

const SHADOW = flag(
  'shadow',
  'VERSION',
  text(),
  'The shadow version. Default: the one that the traffic policy names, or the last one.',
);
const LIVE = flag('live', 'VERSION', text(), 'The version that answered. Default: the one with the most pairs.');

function request(args: Args) {
  return { model: args.operand('MODEL'), shadow: args.text(SHADOW), live: args.text(LIVE) };
}

async function compare({ args, client, screen }: Scene): Promise<ExitCode> {
  const comparison = await client.ask(client.shadows.GetComparison, request(args));
  screen.show(comparison, (look) => comparisonLines(comparison, look));
  return EXIT.done;
}

async function watch({ args, client, screen }: Scene): Promise<ExitCode> {
  for await (const comparison of client.watch(client.shadows.WatchComparison, request(args))) {
    screen.update(comparison, {
      block: (look) => comparisonLines(comparison, look),
      lines: (look) => [comparisonLine(comparison, look)],
    });
  }
  return EXIT.done;
}

async function examples({ args, client, screen }: Scene): Promise<ExitCode> {
  const reply = await client.ask(client.shadows.ListExamples, request(args));
  screen.show(reply, (look) => exampleLines(reply.examples, reply.note, look));
  return EXIT.done;
}

const OPERANDS = [{ name: 'MODEL' }];
const FLAGS = [SHADOW, LIVE];

export const SHADOW_COMMANDS: readonly Command[] = [
  {
    name: 'shadow compare',
    operands: OPERANDS,
    flags: FLAGS,
    summary: 'Compares what a shadow version answered with what callers got, on the same inputs.',
    details: [
      '"sluice traffic set MODEL 1=100% --shadow 2=10%" begins one. A pair differs when one of its outputs does beyond the tolerance; how often the live version differs from itself is the least that one may expect.',
    ],
    examples: ['shadow compare iris', 'shadow compare iris --shadow 3 --json'],
    run: compare,
  },
  {
    name: 'shadow watch',
    operands: OPERANDS,
    flags: FLAGS,
    summary: 'Shows the comparison, and again while pairs come; Ctrl-C ends it.',
    examples: ['shadow watch iris'],
    run: watch,
  },
  {
    name: 'shadow examples',
    operands: OPERANDS,
    flags: FLAGS,
    summary: 'Shows the pairs that differ most, with what went in and both answers.',
    examples: ['shadow examples iris'],
    run: examples,
  },
];
