/** Whether what comes in and what goes out is still what it was. */
import { flag } from '../command.ts';
import type { Command, Scene } from '../command.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { longDuration, text } from '../kinds.ts';
import { driftLines } from '../render/drift.ts';
import { wireTime } from '../wire.ts';

const MINUTE_MS = 60_000;

const VERSION = flag(
  'version',
  'VERSION',
  text(),
  'Whose calls to look at. Default: the version with the most traffic.',
);
const AGAINST = flag(
  'against',
  'VERSION',
  text(),
  'The version beside it to compare with. Default: the one with the most traffic besides.',
);
const WINDOW = flag(
  'window',
  'DURATION',
  longDuration({ min: 10 * MINUTE_MS, max: 24 * 60 * MINUTE_MS }),
  'How far back to look. Default 1h.',
);

async function drift({ args, client, screen }: Scene): Promise<ExitCode> {
  const windowMs = args.get(WINDOW);
  const report = await client.ask(client.drift.GetDrift, {
    model: args.operand('MODEL'),
    version: args.text(VERSION),
    against: args.text(AGAINST),
    window: windowMs === undefined ? null : wireTime(windowMs),
  });
  screen.show(report, (look) => driftLines(report, look));
  if (report.verdict === 'none') return EXIT.done;
  return report.verdict === 'insufficient' ? EXIT.insufficient : EXIT.no;
}

export const DRIFT_COMMANDS: readonly Command[] = [
  {
    name: 'drift',
    operands: [{ name: 'MODEL' }],
    flags: [VERSION, AGAINST, WINDOW],
    summary:
      'Says whether inputs and outputs have moved: exit code 0 they have not, 1 they have, 3 too few calls to tell.',
    details: [
      'They are compared with the reference of the version, and with what the version beside it sees at the same time. Inputs that moved for both are the world (world); outputs that moved for one only are that version (model).',
      'PSI grows with the distance between two distributions; with few calls it is above 0 by chance, and "by chance" is how much on average.',
    ],
    examples: ['drift iris', 'drift iris --version 3 --against 1 --window 6h'],
    run: drift,
  },
];
