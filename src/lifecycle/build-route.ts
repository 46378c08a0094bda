/** One model's route from what is ready here and the ladder in force. */
import { compareVersions } from '../domain/version.ts';
import { buildLadder } from '../routing/route-table.ts';
import type { Route } from '../routing/route-table.ts';
import type { VersionRunner } from '../runtime/version-runner.ts';
import type { Entry } from './entry.ts';
import type { Ladder } from './policy.ts';

/** Rungs point at the runners of their keys, failed ones included: those refuse their calls with the reason. */
export function buildRoute(model: string, entries: readonly Entry[], ladder: Ladder | undefined): Route<VersionRunner> {
  const ready = new Map<string, VersionRunner>();
  const absent = new Map<string, string>();
  for (const entry of entries) {
    const { version } = entry.spec;
    if (entry.state === 'ready' && entry.runner !== undefined) ready.set(version, entry.runner);
    else absent.set(version, entry.reason === '' ? entry.state : `${entry.state}, ${entry.reason}`);
  }
  for (const version of ready.keys()) absent.delete(version);
  const runners = new Map(entries.flatMap((entry) => (entry.runner === undefined ? [] : [[entry.key, entry.runner]])));
  const weights = [...(ladder?.weights ?? [])];
  const complete = weights.length > 0 && weights.every(([key]) => runners.has(key));
  return {
    model,
    ready,
    absent,
    latest: [...ready.keys()].sort(compareVersions).at(-1) ?? '',
    salt: model,
    ladder: complete ? ladderOf(weights, runners) : [],
    ladderReason: ladder?.reason ?? 'no traffic policy is in force yet',
  };
}

function ladderOf(
  weights: readonly (readonly [string, number])[],
  runners: ReadonlyMap<string, VersionRunner>,
): Route<VersionRunner>['ladder'] {
  return buildLadder(new Map(weights), (key) => {
    const runner = runners.get(key);
    if (runner === undefined) throw new Error(`no runner for ${key}`);
    return runner;
  });
}
