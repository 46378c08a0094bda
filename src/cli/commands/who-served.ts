/** Which version answered, and which serve processes there are. */
import { flag } from '../command.ts';
import type { Args, Command, Scene } from '../command.ts';
import { EXIT, usageError } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { AT } from '../flags.ts';
import { momentMs, text } from '../kinds.ts';
import { instanceTable, servedLines } from '../render/events.ts';
import { wireTime } from '../wire.ts';

const KEY = flag('key', 'KEY', text(), 'A routing key: then the answer is exactly one version per epoch.');
const PREDICTION_ID = flag(
  'prediction-id',
  'ID',
  text(),
  'The prediction_id of a reply; it says model, time and version by itself.',
);

async function whoServed({ args, client, screen, now }: Scene): Promise<ExitCode> {
  checkQuestion(args);
  const at = args.get(AT);
  const reply = await client.ask(client.audit.WhoServed, {
    model: args.operand('MODEL'),
    at: args.has(PREDICTION_ID) ? null : wireTime(at === undefined ? now() : momentMs(at, now())),
    routingKey: args.text(KEY),
    predictionId: args.text(PREDICTION_ID),
  });
  screen.show(reply, (look) => servedLines(reply, look));
  return EXIT.done;
}

function checkQuestion(args: Args): void {
  const model = args.operand('MODEL');
  if (!args.has(PREDICTION_ID)) {
    if (model === '') throw usageError('give a MODEL, or --prediction-id with the one of a reply');
    return;
  }
  if (model === '' && !args.has(AT) && !args.has(KEY)) return;
  throw usageError('--prediction-id needs neither MODEL nor --at nor --key; leave them out');
}

async function instances({ client, screen }: Scene): Promise<ExitCode> {
  const reply = await client.ask(client.monitor.ListInstances, {});
  screen.show(reply, (look) => instanceTable(reply.instances, look));
  return EXIT.done;
}

export const WHO_SERVED_COMMANDS: readonly Command[] = [
  {
    name: 'who-served',
    operands: [{ name: 'MODEL', optional: true }],
    flags: [AT, KEY, PREDICTION_ID],
    summary: 'Says which version answered a model at a time, or one caller, or one prediction.',
    examples: [
      'who-served iris --at 2026-01-31T23:59:59Z',
      'who-served iris --at 2h --key user-7',
      'who-served --prediction-id ID',
    ],
    run: whoServed,
  },
  {
    name: 'instances',
    operands: [],
    flags: [],
    summary: 'Lists the serve processes that are, or were lately, connected.',
    examples: ['instances'],
    run: instances,
  },
];
