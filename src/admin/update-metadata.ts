/** Changes what may change about a version: its description and its tags. */
import { ServerError } from '../domain/errors.ts';
import type { JsonRecord, VersionMetadata } from '../domain/registry.ts';
import { canonicalJson } from '../registry/event-hash.ts';
import type { StoreWriter } from '../registry/store.ts';
import { change } from './change.ts';
import type { AdminContext, Order } from './context.ts';
import { findVersion } from './resolve-version.ts';
import { viewOf } from './version-view.ts';
import type { VersionView } from './version-view.ts';

export interface UpdateMetadataInput {
  readonly model: string;
  readonly version: string;
  /** undefined = as it is. */
  readonly description: string | undefined;
  /** Set or changed; an empty value removes the tag. */
  readonly tags: Readonly<Record<string, string>>;
}

const MAX_TAGS = 64;
const MAX_TAG_CHARACTERS = 256;
const MAX_DESCRIPTION_CHARACTERS = 10_000;

export async function updateMetadata(
  context: AdminContext,
  input: UpdateMetadataInput,
  order: Order,
): Promise<VersionView> {
  const { model, version } = input;
  checkInput(input);
  await change(context, { method: 'UpdateMetadata', request: { ...input }, order, model }, async (writer) => {
    await update(writer, context, input, order);
    return {};
  });
  return await viewOf(context, await findVersion(context.store, model, version));
}

async function update(
  writer: StoreWriter,
  { now }: AdminContext,
  input: UpdateMetadataInput,
  { actor, reason }: Order,
): Promise<void> {
  const { model, version: subject } = input;
  const former = await findVersion(writer, model, subject);
  if (former.state === 'deleted') {
    throw new ServerError(
      'failed_precondition',
      `version "${subject}" of model "${model}" was deleted; it stays as it was`,
    );
  }
  const metadata = merge(former.metadata, input);
  const count = Object.keys(metadata.tags).length;
  if (count > MAX_TAGS) {
    const message = `version "${subject}" would have ${count} tags, and ${MAX_TAGS} are the most; remove some`;
    throw new ServerError('invalid_argument', message);
  }
  const before = shown(former.metadata);
  const after = shown(metadata);
  if (canonicalJson(before) === canonicalJson(after)) return;
  await writer.putVersion({ ...former, metadata });
  await writer.append({ at: now(), kind: 'version.updated', model, subject, actor, reason, before, after });
  await writer.touch();
}

function merge(former: VersionMetadata, { description, tags }: UpdateMetadataInput): VersionMetadata {
  const merged = Object.entries({ ...former.tags, ...tags }).filter(
    ([key, value]) => value !== '' || !Object.hasOwn(tags, key),
  );
  return { ...former, description: description ?? former.description, tags: Object.fromEntries(merged) };
}

function shown({ description, tags }: VersionMetadata): JsonRecord {
  return { description, tags };
}

function checkInput({ description, tags }: UpdateMetadataInput): void {
  const length = description?.length ?? 0;
  if (length > MAX_DESCRIPTION_CHARACTERS) {
    const message = `the description has ${length} characters, and ${MAX_DESCRIPTION_CHARACTERS} are the most; shorten it`;
    throw new ServerError('invalid_argument', message);
  }
  for (const [key, value] of Object.entries(tags)) {
    if (key !== '' && key.length <= MAX_TAG_CHARACTERS && value.length <= MAX_TAG_CHARACTERS) continue;
    const message = `tag "${key.slice(0, 100)}" has ${key.length} characters and its value ${value.length}; give 1 to ${MAX_TAG_CHARACTERS} each`;
    throw new ServerError('invalid_argument', message);
  }
}
