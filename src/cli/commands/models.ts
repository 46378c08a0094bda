/** What there is: models, the versions of one, and all about one version. */
import { choice } from '../../config/kinds.ts';
import { flag } from '../command.ts';
import type { Command, Scene } from '../command.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { ALL, DEFAULT_LIMIT } from '../flags.ts';
import { text } from '../kinds.ts';
import { collect, moreLine } from '../paging.ts';
import { modelLines, versionLines, versionTable } from '../render/versions.ts';

const MAX_LISTED = 100_000;
const STATES = ['uploaded', 'qualifying', 'qualified', 'rejected', 'deleted'] as const;
const WIRE_STATES = {
  uploaded: 'UPLOADED',
  qualifying: 'QUALIFYING',
  qualified: 'QUALIFIED',
  rejected: 'REJECTED',
  deleted: 'DELETED',
} as const;

const STAGE = flag('stage', 'STAGE', text(), 'Only the versions in this stage.');
const STATE = flag('state', 'STATE', choice(STATES), `Only these: ${STATES.join(', ')}. Deleted ones show only so.`);
const TAGGED = flag('tag', 'KEY[=VALUE]', text(), 'Only the versions with this tag.');

async function listModels({ client, screen }: Scene): Promise<ExitCode> {
  const page = await collect(MAX_LISTED, async (request) => {
    const { models, nextPageToken } = await client.ask(client.registry.ListModels, request);
    return { items: models, nextPageToken };
  });
  screen.show({ models: page.items, nextPageToken: page.nextPageToken }, (look) => [
    ...modelLines(page.items, look),
    ...moreLine(page, 'there are too many to show them all'),
  ]);
  return EXIT.done;
}

async function listVersions({ args, client, screen }: Scene): Promise<ExitCode> {
  const state = args.get(STATE);
  const filter = {
    model: args.operand('MODEL'),
    stage: args.text(STAGE),
    tag: args.text(TAGGED),
    state: state === undefined ? ('REGISTRY_STATE_UNSPECIFIED' as const) : WIRE_STATES[state],
  };
  const page = await collect(args.isOn(ALL) ? MAX_LISTED : DEFAULT_LIMIT, async (request) => {
    const { versions, nextPageToken } = await client.ask(client.registry.ListVersions, { ...filter, ...request });
    return { items: versions, nextPageToken };
  });
  screen.show({ versions: page.items, nextPageToken: page.nextPageToken }, (look) => [
    ...versionTable(page.items, look),
    ...moreLine(page, '--all shows the rest'),
  ]);
  return EXIT.done;
}

async function showVersion({ args, client, screen }: Scene): Promise<ExitCode> {
  const request = { model: args.operand('MODEL'), version: args.operand('VERSION') };
  const version = await client.ask(client.registry.GetVersion, request);
  screen.show(version, (look) => versionLines(version, look));
  return EXIT.done;
}

export const MODEL_COMMANDS: readonly Command[] = [
  {
    name: 'models',
    operands: [],
    flags: [],
    summary: 'Lists the models, with the newest version of each and who answers.',
    examples: ['models', "models --json | jq -r '.models[].model'"],
    run: listModels,
  },
  {
    name: 'versions',
    operands: [{ name: 'MODEL' }],
    flags: [STAGE, STATE, TAGGED, ALL],
    summary: 'Lists the versions of a model, the newest first.',
    examples: ['versions iris', 'versions iris --stage production', 'versions iris --tag team=fraud --all'],
    run: listVersions,
  },
  {
    name: 'version',
    operands: [{ name: 'MODEL' }, { name: 'VERSION' }],
    flags: [],
    summary: 'Shows all that is known about one version.',
    details: ['VERSION may also be "latest" or "alias:NAME".'],
    examples: ['version iris 3', 'version iris latest', 'version iris alias:champion --json'],
    run: showVersion,
  },
];
