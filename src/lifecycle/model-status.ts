/** How a model stands on this instance, as doors show it. */
import type { ModelStatus } from '../domain/catalog.ts';
import { compareVersions } from '../domain/version.ts';
import type { VersionStatus } from '../domain/version.ts';
import type { BrokenVersion } from './desired-state.ts';
import type { Entry } from './entry.ts';
import type { Ladder } from './policy.ts';

export interface ModelView {
  readonly model: string;
  readonly entries: readonly Entry[];
  readonly broken: readonly BrokenVersion[];
  readonly ladder: Ladder | undefined;
}

/** One row per version name: what serves, with a word about a replacement that is on its way or failed. */
export function modelStatus({ model, entries, broken, ladder }: ModelView): ModelStatus {
  const rows = new Map<string, VersionStatus>();
  for (const entry of [...entries].sort((a, b) => rank(a) - rank(b))) {
    const shown = rows.get(entry.spec.version);
    if (shown === undefined) rows.set(entry.spec.version, entryStatus(entry));
    else if (entry.state !== 'draining') rows.set(entry.spec.version, withReplacement(shown, entry));
  }
  for (const { version, reason } of broken) {
    const shown = rows.get(version);
    if (shown === undefined) rows.set(version, brokenStatus(model, version, reason));
    else rows.set(version, { ...shown, reason: `its files cannot be read any more: ${reason}` });
  }
  const versions = [...rows.values()].sort((a, b) => compareVersions(a.version, b.version));
  const weights = new Map<string, number>();
  for (const [key, weight] of ladder?.weights ?? []) {
    const entry = entries.find((candidate) => candidate.key === key);
    if (entry !== undefined) weights.set(entry.spec.version, weight);
  }
  return { model, latest: versions.findLast((version) => version.state === 'ready')?.version ?? '', weights, versions };
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

function brokenStatus(model: string, version: string, reason: string): VersionStatus {
  return {
    model,
    version,
    digest: '',
    state: 'failed',
    reason,
    since: new Date(0),
    signature: undefined,
    batching: undefined,
    metadata: {},
  };
}
