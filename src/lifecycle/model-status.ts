/** How a model stands on this instance, as doors show it. */
import type { ModelStatus } from '../domain/catalog.ts';
import { compareVersions } from '../domain/version.ts';
import type { VersionState, VersionStatus } from '../domain/version.ts';
import type { Entry } from './entry.ts';
import type { ModelRecord } from './model-record.ts';

/** One row per version name: what serves, with a word about a replacement that is on its way or failed. */
export function modelStatus({ model, desired, broken, entries, inForce }: ModelRecord): ModelStatus {
  const rows = new Map<string, VersionStatus>();
  for (const entry of [...entries.values()].sort((a, b) => rank(a) - rank(b))) {
    const shown = rows.get(entry.spec.version);
    if (shown === undefined) rows.set(entry.spec.version, entryStatus(entry));
    else if (entry.state !== 'draining') rows.set(entry.spec.version, withReplacement(shown, entry));
  }
  for (const { version, reason } of broken) {
    const shown = rows.get(version);
    if (shown === undefined) rows.set(version, absentStatus({ model, version, state: 'failed', reason }));
    else rows.set(version, { ...shown, reason: `its files cannot be read any more: ${reason}` });
  }
  for (const [version, reason] of desired?.others ?? []) {
    const state = desired?.rejected.has(version) === true ? 'failed' : 'unloaded';
    if (!rows.has(version)) rows.set(version, absentStatus({ model, version, state, reason }));
  }
  const versions = [...rows.values()].sort((a, b) => compareVersions(a.version, b.version));
  const weights = new Map<string, number>();
  for (const { version, weight } of inForce?.policy.arms ?? []) {
    if (weight > 0 && entries.has(inForce?.keys.get(version) ?? '')) weights.set(version, weight);
  }
  const latest = versions.findLast(({ state }) => state === 'ready')?.version ?? '';
  return { model, latest, weights, aliases: desired?.aliases ?? new Map<string, string>(), versions };
}

/** What serves comes first. */
function rank(entry: Entry): number {
  return entry.state === 'ready' ? 0 : entry.state === 'draining' ? 2 : 1;
}

function withReplacement(shown: VersionStatus, entry: Entry): VersionStatus {
  const because = entry.reason === '' ? '' : `: ${entry.reason}`;
  return { ...shown, reason: `its replacement ${entry.spec.digest} is ${entry.state}${because}` };
}

function entryStatus({ spec, state, reason, since, report }: Entry): VersionStatus {
  const batching =
    report === undefined
      ? undefined
      : {
          enabled: report.batchable,
          reason: report.batchingReason,
          maxBatchRows: report.batchable ? spec.settings.maxBatchRows : 1,
        };
  return {
    model: spec.model,
    version: spec.version,
    digest: spec.digest,
    state,
    reason,
    since,
    signature: report?.signature,
    batching,
    metadata: spec.metadata,
  };
}

function absentStatus(told: {
  readonly model: string;
  readonly version: string;
  readonly state: VersionState;
  readonly reason: string;
}): VersionStatus {
  return { ...told, digest: '', since: new Date(0), signature: undefined, batching: undefined, metadata: {} };
}
