/** Who answers: showing, switching, going back, the history, and watching changes reach the serve processes. */
import { integer } from '../../config/kinds.ts';
import type { TrafficReply__Output } from '../../transport/gen/sluice/admin/v1/TrafficReply.ts';
import { flag } from '../command.ts';
import type { Command, Scene } from '../command.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { DEFAULT_LIMIT, EXPECTED_EPOCH, FORCE, LIMIT, REASON, SHORT_WAIT_MS, WAIT } from '../flags.ts';
import { collect, moreLine } from '../paging.ts';
import { epochTable, trafficLine, trafficLines } from '../render/traffic.ts';

const TO_EPOCH = flag(
  'to',
  'EPOCH',
  integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  'The epoch whose policy to take. Default: the one before the one in force.',
);

async function show({ args, client, screen }: Scene): Promise<ExitCode> {
  const reply = await client.ask(client.traffic.GetTraffic, { model: args.operand('MODEL') });
  screen.show(reply, (look) => trafficLines(reply, look));
  return EXIT.done;
}

async function switchTo(scene: Scene): Promise<ExitCode> {
  const { args, client } = scene;
  const waitMs = args.get(WAIT) ?? SHORT_WAIT_MS;
  const request = {
    model: args.operand('MODEL'),
    version: args.operand('VERSION'),
    expectedEpoch: args.get(EXPECTED_EPOCH) ?? 0,
    force: args.isOn(FORCE),
    waitMs,
    reason: args.text(REASON),
  };
  return showChanged(scene, await client.change(client.traffic.SwitchTraffic, request, waitMs));
}

async function rollback(scene: Scene): Promise<ExitCode> {
  const { args, client } = scene;
  const waitMs = args.get(WAIT) ?? SHORT_WAIT_MS;
  const request = {
    model: args.operand('MODEL'),
    toEpoch: args.get(TO_EPOCH) ?? 0,
    expectedEpoch: args.get(EXPECTED_EPOCH) ?? 0,
    waitMs,
    reason: args.text(REASON),
  };
  return showChanged(scene, await client.change(client.traffic.RollbackTraffic, request, waitMs));
}

/** Who waited and was not served has no as the answer. */
export function showChanged({ args, screen }: Scene, reply: TrafficReply__Output): ExitCode {
  screen.show(reply, (look) => trafficLines(reply, look));
  return args.has(WAIT) && !reply.applied ? EXIT.no : EXIT.done;
}

async function history({ args, client, screen }: Scene): Promise<ExitCode> {
  const model = args.operand('MODEL');
  const page = await collect(args.get(LIMIT) ?? DEFAULT_LIMIT, async (next) => {
    const { epochs, nextPageToken } = await client.ask(client.traffic.ListEpochs, { model, ...next });
    return { items: epochs, nextPageToken };
  });
  screen.show({ epochs: page.items, nextPageToken: page.nextPageToken }, (look) => [
    ...epochTable(page.items, look),
    ...moreLine(page, '--limit shows more'),
  ]);
  return EXIT.done;
}

async function watch({ args, client, screen }: Scene): Promise<ExitCode> {
  const request = { model: args.operand('MODEL') };
  for await (const reply of client.watch(client.traffic.WatchTraffic, request)) {
    screen.update(reply, {
      block: (look) => trafficLines(reply, look),
      lines: (look) => [trafficLine(reply, look)],
    });
  }
  return EXIT.done;
}

const MODEL = { name: 'MODEL' };

export const TRAFFIC_COMMANDS: readonly Command[] = [
  {
    name: 'traffic show',
    operands: [MODEL],
    flags: [],
    summary: 'Shows the traffic policy in force, and where it is in force.',
    examples: ['traffic show iris'],
    run: show,
  },
  {
    name: 'traffic switch',
    operands: [MODEL, { name: 'VERSION' }],
    flags: [WAIT, EXPECTED_EPOCH, FORCE, REASON],
    summary: 'Gives all traffic to one version; "sluice traffic rollback" goes back.',
    examples: ['traffic switch iris 3 --wait 30s'],
    run: switchTo,
  },
  {
    name: 'traffic rollback',
    operands: [MODEL],
    flags: [TO_EPOCH, WAIT, EXPECTED_EPOCH, REASON],
    summary: 'Takes the policy of the former epoch, or of a given one.',
    details: ['Two rollbacks in a row are back where they began.'],
    examples: ['traffic rollback iris', 'traffic rollback iris --to 7 --reason "3 is too slow"'],
    run: rollback,
  },
  {
    name: 'traffic history',
    operands: [MODEL],
    flags: [LIMIT],
    summary: 'Lists the epochs of a model, the newest first.',
    examples: ['traffic history iris'],
    run: history,
  },
  {
    name: 'traffic watch',
    operands: [MODEL],
    flags: [],
    summary:
      'Shows the policy, and again after each change and each time that a serve process puts it in force; Ctrl-C ends it.',
    examples: ['traffic watch iris', 'traffic watch iris --json'],
    run: watch,
  },
];
