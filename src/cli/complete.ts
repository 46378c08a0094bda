/** What the server knows of a word that is being typed: names of models, versions, aliases and experiments. */
import type { AdminClient } from './client.ts';
import type { Command } from './command.ts';
import { GLOBAL_FLAGS } from './flags.ts';
import { findCommand } from './parse.ts';

/** Whoever presses Tab waits for it. */
export const COMPLETION_MS = 500;
/** More are no help. */
const MAX_NAMES = 200;

/** A word of the line, as far as it is typed, and what it stands for. */
export interface Wanted {
  /** As the help calls it: MODEL, VERSION=SHARE. */
  readonly place: string;
  readonly word: string;
  /** The model that the line names; '' = none. */
  readonly model: string;
}

/** undefined where no name belongs there. @param words what follows "sluice"; the last is being typed, may be ''. */
export function wantedName(commands: readonly Command[], words: readonly string[]): Wanted | undefined {
  const word = words.at(-1) ?? '';
  const found = findCommand(commands, words.slice(0, -1));
  if (found === undefined) return undefined;
  const { operands, flags } = found.command;
  const known = [...flags, ...GLOBAL_FLAGS];
  const given: string[] = [];
  let model = '';
  let pending: string | undefined;
  for (const each of found.rest) {
    const [, name, value] = /^--([a-z-]+)(?:=(.*))?$/s.exec(each) ?? [];
    if (pending !== undefined) {
      if (pending === 'MODEL') model = each;
      pending = undefined;
    } else if (name === undefined) given.push(each);
    else if (value === undefined) pending = known.find((flag) => flag.name === name)?.value;
    else if (name === 'model') model = value;
  }
  const last = operands.at(-1);
  const operand = operands[given.length] ?? (last?.many === true ? last : undefined);
  const [, inlineName, inlineValue] = /^--([a-z-]+)=(.*)$/s.exec(word) ?? [];
  const inline = known.find(({ name }) => name === inlineName)?.value;
  const place = inline ?? pending ?? operand?.name;
  const modelAt = operands.findIndex(({ name }) => name.split(/[[|]/).includes('MODEL') || name.startsWith('MODEL'));
  return place === undefined
    ? undefined
    : { place, word: inlineValue ?? word, model: model === '' ? (given[modelAt] ?? '') : model };
}

/** Words that may stand there; none where the server knows none. */
export async function namesFor(client: AdminClient, { place, word, model }: Wanted): Promise<readonly string[]> {
  const names = await candidates(client, { place, word, model });
  return names.filter((name) => name.startsWith(word)).slice(0, MAX_NAMES);
}

async function candidates(client: AdminClient, { place, word, model }: Wanted): Promise<readonly string[]> {
  switch (place) {
    case 'MODEL':
    case 'ID|MODEL':
      return await modelNames(client);
    case 'MODEL[@VERSION]':
      return await joined(client, word, '@');
    case 'MODEL[:VERSION]':
      return await joined(client, word, ':');
    case 'VERSION':
    case 'CANDIDATE':
      return await versionNames(client, model);
    case 'VERSION=SHARE':
      return (await versionNames(client, model)).map((name) => `${name}=`);
    case 'ALIAS': {
      const { aliases } = await client.ask(client.registry.ListAliases, { model });
      return aliases.map(({ alias }) => alias);
    }
    case 'NAME': {
      const { experiments } = await client.ask(client.experiments.List, { pageSize: MAX_NAMES });
      return experiments.map(({ name }) => name);
    }
    default:
      return [];
  }
}

/** Models, or behind a separator the versions of the one before it. */
async function joined(client: AdminClient, word: string, separator: string): Promise<readonly string[]> {
  const at = word.indexOf(separator);
  if (at === -1) return await modelNames(client);
  const model = word.slice(0, at);
  return (await versionNames(client, model)).map((version) => `${model}${separator}${version}`);
}

async function modelNames(client: AdminClient): Promise<readonly string[]> {
  const { models } = await client.ask(client.registry.ListModels, { pageSize: MAX_NAMES });
  return models.map(({ model }) => model);
}

async function versionNames(client: AdminClient, model: string): Promise<readonly string[]> {
  if (model === '') return [];
  const { versions } = await client.ask(client.registry.ListVersions, { model, pageSize: MAX_NAMES });
  return versions.map(({ version }) => version);
}
