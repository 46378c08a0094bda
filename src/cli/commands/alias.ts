/** Aliases: names that point at a version of a model. */
import { flag } from '../command.ts';
import type { Command, Scene } from '../command.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { REASON } from '../flags.ts';
import { text } from '../kinds.ts';
import { visible } from '../render/ansi.ts';
import { tableLines } from '../render/table.ts';
import { ago } from '../render/time.ts';
import { optionalMs } from '../wire.ts';

const EXPECTED = flag(
  'expected',
  'VERSION',
  text(),
  'Refuses where the alias points elsewhere by now; "none" = where it points anywhere.',
);

async function list({ args, client, screen }: Scene): Promise<ExitCode> {
  const reply = await client.ask(client.registry.ListAliases, { model: args.operand('MODEL') });
  const { aliases } = reply;
  screen.show(reply, (look) => {
    if (aliases.length === 0) return ['There are no aliases; "sluice alias set MODEL ALIAS VERSION" makes one.'];
    return tableLines(
      {
        columns: [
          { title: 'MODEL', atLeast: 12 },
          { title: 'ALIAS', atLeast: 8 },
          { title: 'VERSION', atLeast: 16 },
          { title: 'SINCE', align: 'right' },
          { title: 'BY', atLeast: 8 },
        ],
        rows: aliases.map(({ model, alias, version, since, actor }) => [
          model,
          alias,
          version,
          ago(optionalMs(since), look.now),
          actor,
        ]),
      },
      look,
    );
  });
  return EXIT.done;
}

async function set({ args, client, screen }: Scene): Promise<ExitCode> {
  const alias = await client.change(client.registry.SetAlias, {
    model: args.operand('MODEL'),
    alias: args.operand('ALIAS'),
    version: args.operand('VERSION'),
    expectedVersion: args.text(EXPECTED),
    reason: args.text(REASON),
  });
  screen.show(alias, () => [`${visible(alias.model)} alias:${visible(alias.alias)} is ${visible(alias.version)}.`]);
  return EXIT.done;
}

async function remove({ args, client, screen }: Scene): Promise<ExitCode> {
  const [model, alias] = [args.operand('MODEL'), args.operand('ALIAS')];
  const reply = await client.change(client.registry.DeleteAlias, { model, alias, reason: args.text(REASON) });
  screen.show(reply, () => [`${visible(model)} has no alias:${visible(alias)} any more.`]);
  return EXIT.done;
}

export const ALIAS_COMMANDS: readonly Command[] = [
  {
    name: 'alias list',
    operands: [{ name: 'MODEL', optional: true }],
    flags: [],
    summary: 'Lists the aliases of a model, or all.',
    examples: ['alias list', 'alias list iris'],
    run: list,
  },
  {
    name: 'alias set',
    operands: [{ name: 'MODEL' }, { name: 'ALIAS' }, { name: 'VERSION' }],
    flags: [EXPECTED, REASON],
    summary: 'Points an alias at a qualified version; it is loaded, so that alias:NAME answers.',
    examples: ['alias set iris champion 3', 'alias set iris champion 4 --expected 3'],
    run: set,
  },
  {
    name: 'alias delete',
    operands: [{ name: 'MODEL' }, { name: 'ALIAS' }],
    flags: [REASON],
    summary: 'Deletes an alias.',
    examples: ['alias delete iris champion'],
    run: remove,
  },
];
