/** What became of a prediction, reported to the Predict port. */
import type { ReportOutcomesReply__Output } from '../../transport/gen/sluice/v1/ReportOutcomesReply.ts';
import { flag } from '../command.ts';
import type { Args, Command, Scene } from '../command.ts';
import { EXIT, usageError } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { PREDICT_ADDRESS, predictAddress } from '../flags.ts';
import { moment, momentMs, signedNumber, text } from '../kinds.ts';
import { visible } from '../render/ansi.ts';
import { loadOutcomeService } from '../schema-codec.ts';
import { wireTime } from '../wire.ts';

const PREDICTION = flag('prediction', 'ID', text(), 'The prediction_id of the reply that it is about.');
const EXPERIMENT = flag('experiment', 'NAME', text(), 'Instead of --prediction, with --key: the experiment.');
const KEY = flag('key', 'KEY', text(), 'The routing key of the call.');
const METRIC = flag('metric', 'NAME', text(), "The metric's name in the experiment or rollout.");
const VALUE = flag(
  'value',
  'NUMBER',
  signedNumber(),
  'What it was; 0 or 1 of a proportion. A negative one: --value=-1.',
);
const DENOMINATOR = flag('denominator', 'NUMBER', signedNumber(), 'Of a ratio. Default 1.');
const AT = flag('at', 'TIME', moment(), 'When it happened: a time, or how long ago. Default now.');
const ID = flag('id', 'ID', text(), 'Tells several outcomes of one prediction and metric apart.');
async function report({ args, client, screen, now }: Scene): Promise<ExitCode> {
  using predict = client.toPredict(predictAddress(args));
  const reply = await predict.ask(loadOutcomeService().ReportOutcomes, { outcomes: [outcome(args, now())] });
  screen.show(reply, () => receiptLines(reply));
  return isCounted(reply) ? EXIT.done : EXIT.no;
}

function outcome(args: Args, now: number) {
  const value = args.get(VALUE);
  const at = args.get(AT);
  if (!args.has(METRIC) || value === undefined) throw usageError('give --metric and --value');
  const isByKey = args.has(EXPERIMENT) && args.has(KEY);
  if (args.has(PREDICTION) === (args.has(EXPERIMENT) || args.has(KEY)) || (!args.has(PREDICTION) && !isByKey)) {
    throw usageError('give --prediction, or --experiment with --key');
  }
  return {
    predictionId: args.text(PREDICTION),
    experiment: args.text(EXPERIMENT),
    routingKey: args.text(KEY),
    metric: args.text(METRIC),
    value,
    denominator: args.get(DENOMINATOR) ?? 0,
    at: at === undefined ? null : wireTime(momentMs(at, now)),
    id: args.text(ID),
  };
}

function isCounted({ accepted, duplicate }: ReportOutcomesReply__Output): boolean {
  return !accepted.isZero() || !duplicate.isZero();
}

function receiptLines(reply: ReportOutcomesReply__Output): string[] {
  const { accepted, duplicate, forged, late, unknown, invalid, notes } = reply;
  const counts = { accepted, duplicate, forged, late, unknown, invalid };
  const found = Object.entries(counts).filter(([, count]) => !count.isZero());
  return [`The outcome is ${found.map(([name]) => name).join(', ')}.`, ...notes.map(visible)];
}

export const OUTCOME_COMMANDS: readonly Command[] = [
  {
    name: 'outcome report',
    operands: [],
    flags: [PREDICTION, EXPERIMENT, KEY, METRIC, VALUE, DENOMINATOR, AT, ID, PREDICT_ADDRESS],
    summary: 'Reports what became of a prediction to the serve process; exit code 1 where it is not counted.',
    details: ['It is for trying things out; programs call sluice.v1.OutcomeService/ReportOutcomes with many at once.'],
    examples: [
      'outcome report --prediction ID --metric conversion --value 1',
      'outcome report --experiment greeting --key user-7 --metric clicks --value 3 --at 2h',
    ],
    run: report,
  },
];
