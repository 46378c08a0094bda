/** Finding a model and a version in the catalog by the words of a request. */
import { ServerError } from '../../domain/errors.ts';
import type { VersionStatus } from '../../domain/version.ts';
import type { Catalog, ModelStatus } from '../../domain/catalog.ts';
import { versionOf } from '../../domain/catalog.ts';
import { checkModelName } from '../codec/names.ts';
import { quote } from '../codec/quote.ts';

export function findModel(catalog: Catalog, name: string): ModelStatus {
  checkModelName(name);
  const model = catalog.model(name);
  if (model !== undefined) return model;
  const message = `Request for unknown model: ${quote(name)} is not found; ListModels names the models of this server`;
  throw new ServerError('not_found', message);
}

/** '' is the version with most of the traffic, or else the newest; 'latest' the newest ready one; or 'alias:NAME'. */
export function findVersion(model: ModelStatus, name: string): VersionStatus {
  if (name === '') return preferredVersion(model);
  const version = versionOf(model, name);
  if (version === undefined) {
    throw new ServerError('not_found', `model ${quote(model.model)} has no ${quote(name)}`);
  }
  const found = versionNamed(model, version);
  if (found !== undefined) return found;
  if (name === 'latest') {
    throw new ServerError('unavailable', `model ${quote(model.model)} has no ready version: ${statesOf(model)}`);
  }
  const message = `Request for unknown model: ${quote(model.model)} version ${quote(name)} is not found`;
  throw new ServerError('not_found', `${message}; ListVersions names its versions`);
}

export function requireReady(status: VersionStatus): VersionStatus {
  if (status.state === 'ready') return status;
  const message = `Request for unknown model: ${quote(status.model)} version ${status.version} is not at ready state`;
  throw new ServerError('unavailable', `${message}: it is ${stateOf(status)}`);
}

function preferredVersion(model: ModelStatus): VersionStatus {
  const [heaviest] = [...model.weights].sort(([, a], [, b]) => b - a);
  const found =
    versionNamed(model, heaviest === undefined ? '' : heaviest[0]) ??
    versionNamed(model, model.latest) ??
    model.versions.at(-1);
  if (found !== undefined) return found;
  throw new ServerError('unavailable', `model ${quote(model.model)} has no versions on this server yet; retry later`);
}

function versionNamed(model: ModelStatus, name: string): VersionStatus | undefined {
  return model.versions.find(({ version }) => version === name);
}

function statesOf({ versions }: ModelStatus): string {
  return versions.map((status) => `${status.version} is ${stateOf(status)}`).join(', ') || 'it has none at all';
}

function stateOf({ state, reason }: VersionStatus): string {
  return reason === '' || state === 'ready' ? state : `${state} (${reason})`;
}
