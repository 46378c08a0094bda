/** A/B experiments: planning, running, reading and concluding them. */
import { ratio } from '../../config/kinds.ts';
import type { CreateExperimentRequest } from '../../transport/gen/sluice/admin/v1/CreateExperimentRequest.ts';
import type { Experiment__Output } from '../../transport/gen/sluice/admin/v1/Experiment.ts';
import { changeNote } from '../change-note.ts';
import { flag, manyFlag, switchFlag } from '../command.ts';
import type { Args, Command, Flag, Scene } from '../command.ts';
import { EXIT, usageError } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { arms, experimentMetric } from '../experiment-kinds.ts';
import { DEFAULT_LIMIT, EXPECTED_GENERATION, IDEMPOTENCY_KEY, LIMIT, REASON } from '../flags.ts';
import { jsonSourceName, readJsonObject } from '../json-file.ts';
import { aboveZero, text, weight } from '../kinds.ts';
import { experimentFromJson } from '../message-codec.ts';
import { collect, moreLine } from '../paging.ts';
import { experimentLine, experimentLines, experimentTable } from '../render/experiment.ts';
import { resultsLine, resultsLines } from '../render/experiment-results.ts';

const ARMS = flag(
  'arms',
  'ARMS',
  arms(),
  'NAME=VERSION[:SHARE] with commas between them, the control first, such as control=1:50%,treatment=2:50%. No shares = equal ones.',
);
const METRIC = manyFlag(
  'metric',
  'METRIC',
  experimentMetric(),
  'NAME:KIND with KIND mean, proportion or ratio, then any of :increase or :decrease, :primary, :secondary or :guardrail, :min=N, :base=N, :sd=N; may be given several times.',
);
const SHARE = flag('share', 'SHARE', aboveZero(weight()), "Of the model's traffic. Default all.");
const LAYER = flag('layer', 'NAME', text(), 'Experiments of one layer never share a caller. Default "default".');
const ALPHA = flag(
  'alpha',
  'SHARE',
  aboveZero(ratio()),
  'Of intervals, and of all metrics and arms together. Default 0.05.',
);
const POWER = flag('power', 'SHARE', aboveZero(ratio()), 'How probable it is to find the least effect. Default 0.8.');
const HYPOTHESIS = flag('hypothesis', 'TEXT', text(), 'What is expected, and why.');
const FILE = flag(
  'file',
  'FILE.json',
  text(),
  'All of these as JSON, with the names of CreateExperimentRequest; - reads standard input.',
);
const RUNNING = switchFlag('running', 'Only those that are running.');
const PROMOTE = flag(
  'promote',
  'ARM',
  text(),
  "The arm whose version gets all of the model's traffic. Default: the traffic is as it was before.",
);

const PLAN_FLAGS: readonly Flag<unknown>[] = [ARMS, METRIC, SHARE, LAYER, ALPHA, POWER, HYPOTHESIS];

async function create(scene: Scene): Promise<ExitCode> {
  const { args, client } = scene;
  const plan = await readPlan(scene);
  const request = { ...plan, name: args.operand('NAME'), model: args.operand('MODEL'), ...changeNote(args) };
  return showChanged(scene, await client.change(client.experiments.Create, request));
}

async function readPlan({ args, stdin }: Scene): Promise<Omit<CreateExperimentRequest, 'name' | 'model'>> {
  const source = args.get(FILE);
  if (source !== undefined) {
    const given = PLAN_FLAGS.find((each) => args.has(each));
    if (given !== undefined) throw usageError(`--file has all of it; leave --${given.name} out, or write it there`);
    const json = await readJsonObject({ source, stdin, example: '{"arms": [{"name": "control", "version": "1"}]}' });
    return experimentFromJson(json, jsonSourceName(source));
  }
  const missing = [ARMS, METRIC].find((each) => !args.has(each));
  if (missing !== undefined) throw usageError(`--${missing.name} is missing; give it, or --file`);
  return {
    arms: [...(args.get(ARMS) ?? [])],
    metrics: [...args.all(METRIC)],
    trafficShare: args.get(SHARE) ?? 0,
    layer: args.text(LAYER),
    alpha: args.get(ALPHA) ?? 0,
    power: args.get(POWER) ?? 0,
    hypothesis: args.text(HYPOTHESIS),
  };
}

function changeRequest(args: Args) {
  return {
    name: args.operand('NAME'),
    expectedGeneration: args.get(EXPECTED_GENERATION) ?? 0,
    ...changeNote(args),
  };
}

function showChanged({ screen }: Scene, experiment: Experiment__Output): ExitCode {
  screen.show(experiment, (look) => [experimentLine(experiment, look)]);
  return EXIT.done;
}

async function start(scene: Scene): Promise<ExitCode> {
  const { args, client } = scene;
  return showChanged(scene, await client.change(client.experiments.Start, changeRequest(args)));
}

async function stop(scene: Scene): Promise<ExitCode> {
  const { args, client } = scene;
  return showChanged(scene, await client.change(client.experiments.Stop, changeRequest(args)));
}

async function conclude(scene: Scene): Promise<ExitCode> {
  const { args, client } = scene;
  const request = { ...changeRequest(args), promote: args.text(PROMOTE) };
  return showChanged(scene, await client.change(client.experiments.Conclude, request));
}

async function list({ args, client, screen }: Scene): Promise<ExitCode> {
  const filter = { model: args.operand('MODEL'), runningOnly: args.isOn(RUNNING) };
  const page = await collect(args.get(LIMIT) ?? DEFAULT_LIMIT, async (next) => {
    const { experiments, nextPageToken } = await client.ask(client.experiments.List, { ...filter, ...next });
    return { items: experiments, nextPageToken };
  });
  screen.show({ experiments: page.items, nextPageToken: page.nextPageToken }, (look) => [
    ...experimentTable(page.items, look),
    ...moreLine(page, '--limit shows more'),
  ]);
  return EXIT.done;
}

async function show({ args, client, screen }: Scene): Promise<ExitCode> {
  const experiment = await client.ask(client.experiments.Get, { name: args.operand('NAME') });
  screen.show(experiment, (look) => experimentLines(experiment, look));
  return EXIT.done;
}

async function results({ args, client, screen }: Scene): Promise<ExitCode> {
  const reply = await client.ask(client.experiments.GetResults, { name: args.operand('NAME') });
  screen.show(reply, (look) => resultsLines(reply, look));
  return EXIT.done;
}

async function watch({ args, client, screen }: Scene): Promise<ExitCode> {
  for await (const reply of client.watch(client.experiments.WatchResults, { name: args.operand('NAME') })) {
    screen.update(reply, {
      block: (look) => resultsLines(reply, look),
      lines: (look) => [resultsLine(reply, look)],
    });
  }
  return EXIT.done;
}

const OPERANDS = [{ name: 'NAME' }];
const CHANGE_FLAGS = [EXPECTED_GENERATION, REASON, IDEMPOTENCY_KEY];

export const EXPERIMENT_COMMANDS: readonly Command[] = [
  {
    name: 'experiment create',
    operands: [{ name: 'NAME' }, { name: 'MODEL' }],
    flags: [...PLAN_FLAGS, FILE, REASON, IDEMPOTENCY_KEY],
    summary: 'Plans an experiment; nothing moves until "sluice experiment start".',
    details: [
      'A unit is a caller by routing key, or a call without one. A metric is a mean (a number per unit), a proportion (0 or 1), or a ratio (sum over sum, such as clicks per view). With min= (the least difference that matters) and base= (what is known before), and sd= for a mean, it says how many units each arm needs.',
    ],
    examples: [
      'experiment create greeting iris --arms control=1:50%,treatment=3:50% --metric conversion:proportion:min=0.01:base=0.1',
      'experiment create greeting iris --arms control=1,treatment=3 --metric clicks:mean --metric errors:mean:decrease:guardrail --share 20%',
      'experiment create greeting iris --file experiment.json',
    ],
    run: create,
  },
  {
    name: 'experiment start',
    operands: OPERANDS,
    flags: CHANGE_FLAGS,
    summary: "Begins to divide the model's traffic between the arms, by routing key.",
    examples: ['experiment start greeting'],
    run: start,
  },
  {
    name: 'experiment stop',
    operands: OPERANDS,
    flags: CHANGE_FLAGS,
    summary: 'Gives the traffic back to where it was; outcomes are still taken, and the results stay.',
    examples: ['experiment stop greeting --reason "the planned size is reached"'],
    run: stop,
  },
  {
    name: 'experiment conclude',
    operands: OPERANDS,
    flags: [PROMOTE, ...CHANGE_FLAGS],
    summary: "Ends it, and gives all of the model's traffic to the version of one arm, or back to where it was.",
    examples: ['experiment conclude greeting --promote treatment --reason "more conversions"'],
    run: conclude,
  },
  {
    name: 'experiment list',
    operands: [{ name: 'MODEL', optional: true }],
    flags: [RUNNING, LIMIT],
    summary: 'Lists the experiments on a model, or all, the newest first.',
    examples: ['experiment list', 'experiment list iris --running'],
    run: list,
  },
  {
    name: 'experiment show',
    operands: OPERANDS,
    flags: [],
    summary: 'Shows the plan of an experiment and where it is.',
    examples: ['experiment show greeting'],
    run: show,
  },
  {
    name: 'experiment results',
    operands: OPERANDS,
    flags: [],
    summary: 'Shows what each arm did, how far they differ, and how sure one may be.',
    details: [
      'The interval and the p-value hold however often one looks. Arms that did not get their shares of the calls make the results worthless: that is said first.',
    ],
    examples: ['experiment results greeting', 'experiment results greeting --json'],
    run: results,
  },
  {
    name: 'experiment watch',
    operands: OPERANDS,
    flags: [],
    summary: 'Shows the results, and again while they change; Ctrl-C ends it.',
    examples: ['experiment watch greeting'],
    run: watch,
  },
];
