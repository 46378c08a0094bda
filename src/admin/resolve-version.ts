/** Finds the model or version that a caller names, or says what there is not. */
import { ServerError } from '../domain/errors.ts';
import type { RegisteredModel, RegisteredVersion } from '../domain/registry.ts';
import type { StoreReader } from '../registry/store.ts';

const ALIAS = 'alias:';

export async function findModel(store: StoreReader, model: string): Promise<RegisteredModel> {
  const found = await store.model(model);
  if (found !== undefined) return found;
  throw new ServerError('not_found', `there is no model "${shown(model)}"; ListModels has their names`);
}

/** By its own name; a deleted one is found too. */
export async function findVersion(store: StoreReader, model: string, version: string): Promise<RegisteredVersion> {
  const found = await store.version(model, version);
  if (found !== undefined) return found;
  await findModel(store, model);
  const message = `model "${model}" has no version "${shown(version)}"; ListVersions has their names`;
  throw new ServerError('not_found', message);
}

/** '' and "latest" are the newest qualified version by creation; "alias:NAME" is what the alias points at. */
export async function resolveVersion(store: StoreReader, model: string, version: string): Promise<RegisteredVersion> {
  if (version === '' || version === 'latest') {
    const latest = await store.latestQualified(model);
    if (latest !== undefined) return latest;
    await findModel(store, model);
    throw new ServerError(
      'not_found',
      `model "${model}" has no qualified version; register one, or see why in ListVersions`,
    );
  }
  if (!version.startsWith(ALIAS)) return findVersion(store, model, version);
  const name = version.slice(ALIAS.length);
  const alias = await store.alias(model, name);
  if (alias !== undefined) return findVersion(store, model, alias.version);
  await findModel(store, model);
  throw new ServerError('not_found', `model "${model}" has no alias "${shown(name)}"; ListAliases has their names`);
}

/** A caller's word, short enough for a message. */
function shown(text: string): string {
  return text.length > 128 ? `${text.slice(0, 128)}…` : text;
}
