/** Cuts an update into parts that are sent and read without a noticeable pause. */
import type { DesiredUpdate, WireModel } from './messages.ts';

/** A model is never cut: a part of one model may be larger. Characters, which are bytes but for foreign letters. */
const PART_SIZE = 2 ** 20;

/** What an entry of a list weighs besides its texts. */
const ENTRY_SIZE = 128;

/** The parts in order, all but the last with `more`; everything that is not a model is in the first. */
export function splitUpdate(update: DesiredUpdate): readonly DesiredUpdate[] {
  const groups: WireModel[][] = [];
  let room = 0;
  for (const model of update.models) {
    const size = sizeOfModel(model);
    if (size > room) {
      groups.push([]);
      room = PART_SIZE;
    }
    groups.at(-1)?.push(model);
    room -= size;
  }
  if (groups.length <= 1) return [update];
  const { revision, starting } = update;
  return groups.map((models, index) => {
    const more = update.more || index < groups.length - 1;
    return index === 0 ? { ...update, models, more } : { revision, starting, reset: false, more, models, removed: [] };
  });
}

/** About as many bytes as it takes on the wire. */
export function sizeOfUpdate({ models, removed, callers = [] }: DesiredUpdate): number {
  const tokens = callers.map((token) => ENTRY_SIZE + sum(token.models.map(weigh)));
  return ENTRY_SIZE + sum(removed.map(weigh)) + sum(models.map(sizeOfModel)) + sum(tokens);
}

function sizeOfModel({ policyJson, versions, aliases, others }: WireModel): number {
  const texts = versions.map(
    ({ settingsJson, reportJson, metadataJson, files }) =>
      weigh(settingsJson) + weigh(reportJson) + weigh(metadataJson) + sum(files.map(({ path }) => weigh(path))),
  );
  const words = [...aliases, ...others].map(([name, word]) => weigh(name) + weigh(word));
  return weigh(policyJson) + sum(texts) + sum(words);
}

function weigh(text: string): number {
  return text.length + ENTRY_SIZE;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
