/** Readiness and the repository index of the Open Inference Protocol, read off the catalog. */
import type { VersionState, VersionStatus } from '../../domain/version.ts';
import type { Catalog, ModelStatus } from '../../domain/catalog.ts';
import { versionOf } from '../../domain/catalog.ts';
import type { _inference_RepositoryIndexResponse_ModelIndex as ModelIndex } from '../gen/inference/RepositoryIndexResponse.ts';

type RepositoryState = 'READY' | 'LOADING' | 'UNLOADING' | 'UNAVAILABLE';

const STATES: Readonly<Record<VersionState, RepositoryState>> = {
  fetching: 'LOADING',
  qualifying: 'LOADING',
  loading: 'LOADING',
  warming: 'LOADING',
  ready: 'READY',
  draining: 'UNLOADING',
  unloaded: 'UNAVAILABLE',
  failed: 'UNAVAILABLE',
};

/** '' asks for any version, 'latest' for the newest ready one, which is the same; 'alias:NAME' for the alias's. */
export function isModelReady(catalog: Catalog, name: string, version: string): boolean {
  const model = catalog.model(name);
  if (model === undefined) return false;
  const ready = readyVersions(model);
  return version === '' || version === 'latest' ? ready.length > 0 : ready.includes(versionOf(model, version) ?? '');
}

/** Oldest first. */
export function readyVersions({ versions }: ModelStatus): string[] {
  return versions.filter(({ state }) => state === 'ready').map(({ version }) => version);
}

export function repositoryIndex(catalog: Catalog, onlyReady: boolean): ModelIndex[] {
  const versions = catalog.models().flatMap((model) => model.versions);
  return versions.filter(({ state }) => !onlyReady || state === 'ready').map(indexOf);
}

function indexOf({ model, version, state, reason }: VersionStatus): ModelIndex {
  return { name: model, version, state: STATES[state], reason: state === 'unloaded' ? 'unloaded' : reason };
}
