/** What people may change about a version or a model: tags, description, configuration; and taking versions away. */
import { toStruct } from '../../transport/codec/struct.ts';
import { switchFlag } from '../command.ts';
import type { Command, Scene } from '../command.ts';
import { EXIT, usageError } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { REASON } from '../flags.ts';
import { readJsonObject } from '../json-file.ts';
import { pair } from '../kinds.ts';
import { visible } from '../render/ansi.ts';
import type { Look } from '../render/ansi.ts';
import { bytesText } from '../render/bar.ts';
import { tableLines } from '../render/table.ts';
import { fieldLines } from '../render/table.ts';
import type { File__Output } from '../../transport/gen/sluice/admin/v1/File.ts';
import type { GarbageCollectReply__Output } from '../../transport/gen/sluice/admin/v1/GarbageCollectReply.ts';

const CONFIRM = switchFlag('confirm', 'Removes them; else the command only tells what it would remove.');

async function tag({ args, client, screen }: Scene): Promise<ExitCode> {
  const kind = pair();
  const tags = args.operands('KEY=VALUE').map((given) => {
    const parsed = kind.parse(given);
    if (parsed === undefined) throw usageError(`"${given}" is no tag; give ${kind.allowed}, or KEY= to remove it`);
    return parsed;
  });
  const version = await client.change(client.registry.UpdateMetadata, {
    model: args.operand('MODEL'),
    version: args.operand('VERSION'),
    tags: Object.fromEntries(tags),
    reason: args.text(REASON),
  });
  const now = Object.entries(version.metadata?.tags ?? {}).map(([key, value]) => `${key}=${value}`);
  screen.show(version, () => [
    `${visible(version.model)} ${visible(version.version)} has ${now.length === 0 ? 'no tags' : `the tags ${visible(now.join(', '))}`}.`,
  ]);
  return EXIT.done;
}

async function describe({ args, client, screen }: Scene): Promise<ExitCode> {
  const version = await client.change(client.registry.UpdateMetadata, {
    model: args.operand('MODEL'),
    version: args.operand('VERSION'),
    description: args.operand('TEXT'),
    reason: args.text(REASON),
  });
  const text = version.metadata?.description ?? '';
  screen.show(version, () => [
    `${visible(version.model)} ${visible(version.version)} has ${text === '' ? 'no description' : `the description "${visible(text)}"`}.`,
  ]);
  return EXIT.done;
}

async function configure({ args, client, screen, stdin }: Scene): Promise<ExitCode> {
  const source = args.operand('FILE.json');
  const config = await readJsonObject({ source, stdin, example: '{"maxBatchRows": 32}' });
  const model = await client.change(client.registry.ConfigureModel, {
    model: args.operand('MODEL'),
    config: toStruct(config),
    reason: args.text(REASON),
  });
  const keys = Object.keys(config);
  screen.show(model, () => [
    `${visible(model.model)} has ${keys.length === 0 ? "the server's defaults" : `its own ${visible(keys.join(', '))}`} now.`,
  ]);
  return EXIT.done;
}

async function deleteVersion({ args, client, screen }: Scene): Promise<ExitCode> {
  const version = await client.change(client.registry.DeleteVersion, {
    model: args.operand('MODEL'),
    version: args.operand('VERSION'),
    reason: args.text(REASON),
  });
  const name = `${visible(version.model)} ${visible(version.version)}`;
  screen.show(version, () => [`${name} is deleted; "sluice gc" tells what that frees.`]);
  return EXIT.done;
}

async function collectGarbage({ args, client, screen }: Scene): Promise<ExitCode> {
  const reply = await client.ask(client.registry.GarbageCollect, {
    confirm: args.isOn(CONFIRM),
    reason: args.text(REASON),
  });
  screen.show(reply, (look) => garbageLines(reply, look));
  return EXIT.done;
}

function garbageLines({ removed, bytes, retained, dryRun }: GarbageCollectReply__Output, look: Look): string[] {
  const amount = `${removed.length} ${removed.length === 1 ? 'file' : 'files'}, ${bytesText(bytes.toNumber())}`;
  const fields = fieldLines(
    [
      [dryRun ? 'would remove' : 'removed', amount],
      ['kept', retained === 0 ? '' : `${retained} of deleted versions, because epochs within the retention name them`],
    ],
    look,
  );
  const advice = dryRun && removed.length > 0 ? ['', 'Nothing was removed; add --confirm to do it.'] : [];
  return [...(removed.length === 0 ? [] : [...fileTable(removed, look), '']), ...fields, ...advice];
}

function fileTable(files: readonly File__Output[], look: Look): string[] {
  const columns = [
    { title: 'FILE', atLeast: 12 },
    { title: 'SIZE', align: 'right' as const },
    { title: 'SHA256', atLeast: 12 },
  ];
  return tableLines(
    { columns, rows: files.map(({ path, size, sha256 }) => [path, bytesText(size.toNumber()), sha256]) },
    look,
  );
}

const VERSION_OPERANDS = [{ name: 'MODEL' }, { name: 'VERSION' }];

export const METADATA_COMMANDS: readonly Command[] = [
  {
    name: 'tag',
    operands: [...VERSION_OPERANDS, { name: 'KEY=VALUE', many: true }],
    flags: [REASON],
    summary: 'Sets tags of a version; KEY= removes one.',
    examples: ['tag iris 3 team=fraud owner=ann', 'tag iris 3 owner='],
    run: tag,
  },
  {
    name: 'describe',
    operands: [...VERSION_OPERANDS, { name: 'TEXT', mayBeEmpty: true }],
    flags: [REASON],
    summary: 'Sets the description of a version.',
    examples: ['describe iris 3 "retrained on May"', 'describe iris 3 ""'],
    run: describe,
  },
  {
    name: 'configure',
    operands: [{ name: 'MODEL' }, { name: 'FILE.json' }],
    flags: [REASON],
    summary: 'Sets how the versions of a model are run: the keys of config.json; - reads standard input.',
    details: ["It is the whole of it: keys that are left out get the server's defaults."],
    examples: ['configure iris config.json', `configure iris - <<< '{"maxBatchRows": 32}'`],
    run: configure,
  },
  {
    name: 'delete',
    operands: VERSION_OPERANDS,
    flags: [REASON],
    summary: 'Deletes a version: it can never serve again, and its name stays taken.',
    details: ['Refused while the traffic in force or an alias names it. Its metadata and history remain.'],
    examples: ['delete iris 1 --reason "trained on wrong labels"'],
    run: deleteVersion,
  },
  {
    name: 'gc',
    operands: [],
    flags: [CONFIRM, REASON],
    summary: 'Tells which stored files no version needs any more, and removes them with --confirm.',
    examples: ['gc', 'gc --confirm'],
    run: collectGarbage,
  },
];
