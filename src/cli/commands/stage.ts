/** Stages: asking for one, saying yes or no to who asks, and who asked for what. */
import { choice, integer } from '../../config/kinds.ts';
import type { Transition__Output } from '../../transport/gen/sluice/admin/v1/Transition.ts';
import { flag } from '../command.ts';
import type { Args, Command, Scene } from '../command.ts';
import { EXIT, usageError } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { DEFAULT_LIMIT, LIMIT, REASON } from '../flags.ts';
import { text } from '../kinds.ts';
import { collect, moreLine } from '../paging.ts';
import { visible } from '../render/ansi.ts';
import type { Look } from '../render/ansi.ts';
import { stateCell } from '../render/states.ts';
import { tableLines } from '../render/table.ts';
import { ago } from '../render/time.ts';
import { optionalMs } from '../wire.ts';

const STATUSES = ['pending', 'approved', 'rejected', 'stale'] as const;
const VERSION = flag('version', 'VERSION', text(), 'Only of this version.');
const STATUS = flag('status', 'STATUS', choice(STATUSES), `Only these: ${STATUSES.join(', ')}.`);

async function request({ args, client, screen }: Scene): Promise<ExitCode> {
  const transition = await client.change(client.registry.RequestTransition, {
    model: args.operand('MODEL'),
    version: args.operand('VERSION'),
    stage: args.operand('STAGE'),
    reason: args.text(REASON),
  });
  screen.show(transition, () => [transitionLine(transition)]);
  return EXIT.done;
}

async function approve({ args, client, screen }: Scene): Promise<ExitCode> {
  const decision = { id: transitionId(args), reason: args.text(REASON) };
  const transition = await client.change(client.registry.ApproveTransition, decision);
  screen.show(transition, () => [transitionLine(transition)]);
  return EXIT.done;
}

async function reject({ args, client, screen }: Scene): Promise<ExitCode> {
  const decision = { id: transitionId(args), reason: args.text(REASON) };
  const transition = await client.change(client.registry.RejectTransition, decision);
  screen.show(transition, () => [transitionLine(transition)]);
  return EXIT.done;
}

function transitionId(args: Args): number {
  const kind = integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  const given = args.operand('ID');
  const id = kind.parse(given);
  if (id === undefined) throw usageError(`"${given}" is no request; give its number, as "sluice stage list" shows it`);
  return id;
}

function transitionLine(transition: Transition__Output): string {
  const { id, model, version, toStage, status } = transition;
  const subject = `${visible(model)} ${visible(version)}`;
  const [number, stage] = [id.toString(), visible(toStage)];
  switch (status) {
    case 'approved':
      return `${subject} is in ${stage} (request ${number}).`;
    case 'pending': {
      const advice = `"sluice stage approve ${number}" gives one`;
      return `${subject} may enter ${stage} after ${approvalsText(transition)} approvals (request ${number}); ${advice}.`;
    }
    default:
      return `Request ${number} for ${subject} to enter ${stage} is ${visible(status)}.`;
  }
}

function approvalsText({ decisions, approvalsNeeded }: Transition__Output): string {
  return `${decisions.filter(({ approved }) => approved).length} of ${approvalsNeeded}`;
}

async function list({ args, client, screen }: Scene): Promise<ExitCode> {
  const filter = { model: args.operand('MODEL'), version: args.text(VERSION), status: args.get(STATUS) ?? '' };
  const page = await collect(args.get(LIMIT) ?? DEFAULT_LIMIT, async (next) => {
    const { transitions, nextPageToken } = await client.ask(client.registry.ListTransitions, { ...filter, ...next });
    return { items: transitions, nextPageToken };
  });
  screen.show({ transitions: page.items, nextPageToken: page.nextPageToken }, (look) => [
    ...transitionTable(page.items, look),
    ...moreLine(page, '--limit shows more'),
  ]);
  return EXIT.done;
}

function transitionTable(transitions: readonly Transition__Output[], look: Look): string[] {
  if (transitions.length === 0) return ['Nobody has asked for a stage.'];
  return tableLines(
    {
      columns: [
        { title: 'ID', align: 'right' },
        { title: 'MODEL', atLeast: 12 },
        { title: 'VERSION', atLeast: 16 },
        { title: 'FROM', atLeast: 6 },
        { title: 'TO', atLeast: 6 },
        { title: 'STATUS' },
        { title: 'APPROVALS' },
        { title: 'REQUESTED', align: 'right' },
        { title: 'BY', atLeast: 8 },
        { title: 'REASON', atLeast: 10 },
      ],
      rows: transitions.map((transition) => [
        transition.id.toString(),
        transition.model,
        transition.version,
        transition.fromStage,
        transition.toStage,
        stateCell(transition.status),
        approvalsText(transition),
        ago(optionalMs(transition.requestedAt), look.now),
        transition.requestedBy,
        transition.reason,
      ]),
    },
    look,
  );
}

export const STAGE_COMMANDS: readonly Command[] = [
  {
    name: 'stage request',
    operands: [{ name: 'MODEL' }, { name: 'VERSION' }, { name: 'STAGE' }],
    flags: [REASON],
    summary: 'Asks for another stage; where it needs no approval the version enters it at once.',
    examples: ['stage request iris 3 production --reason "two weeks in staging"'],
    run: request,
  },
  {
    name: 'stage approve',
    operands: [{ name: 'ID' }],
    flags: [REASON],
    summary: "Gives one person's yes to a request; the last one that is needed enters the stage.",
    details: ['Never by who asked, and never twice by one person.'],
    examples: ['stage approve 12 --actor bob'],
    run: approve,
  },
  {
    name: 'stage reject',
    operands: [{ name: 'ID' }],
    flags: [REASON],
    summary: "One person's no ends a request; who asked may withdraw it so.",
    examples: ['stage reject 12 --reason "the recall is lower"'],
    run: reject,
  },
  {
    name: 'stage list',
    operands: [{ name: 'MODEL', optional: true }],
    flags: [VERSION, STATUS, LIMIT],
    summary: 'Lists who asked for which stage, the newest first.',
    examples: ['stage list', 'stage list iris --status pending'],
    run: list,
  },
];
