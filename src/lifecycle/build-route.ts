/** One model's route from what is ready here and the policy in force. */
import type { TrafficPolicy } from '../domain/traffic.ts';
import { compareVersions } from '../domain/version.ts';
import { nextDraw, unknownDraw } from '../routing/draw.ts';
import { buildLadder } from '../routing/route-table.ts';
import type { Draw, Ladder, PolicyRoute, Route } from '../routing/route-table.ts';
import type { VersionRunner } from '../runtime/version-runner.ts';
import type { Entry } from './entry.ts';
import type { ModelRecord } from './model-record.ts';
import type { InForce } from './policy.ts';

const NOTHING: ReadonlyMap<string, string> = new Map();

/**
 * undefined where there is nothing to route to and nothing to tell.
 *
 * @param former the route that this one follows.
 */
export function buildRoute(
  record: ModelRecord,
  former: Route<VersionRunner> | undefined,
): Route<VersionRunner> | undefined {
  const { model, desired, entries, inForce, reason, waiting } = record;
  if (desired === undefined && entries.size === 0) return undefined;
  const ready = new Map<string, VersionRunner>();
  const absent = new Map(waiting.map(({ version }) => [version, 'waiting for its turn to be loaded']));
  for (const entry of entries.values()) {
    const { version } = entry.spec;
    if (entry.state === 'ready' && entry.runner !== undefined) ready.set(version, entry.runner);
    else absent.set(version, entry.reason === '' ? entry.state : `${entry.state}, ${entry.reason}`);
  }
  for (const version of ready.keys()) absent.delete(version);
  return {
    model,
    epoch: inForce?.policy.epoch ?? 0,
    policy: inForce === undefined ? undefined : policyRoute(inForce, entries, former),
    reason,
    aliases: desired?.aliases ?? NOTHING,
    ready,
    absent,
    others: desired?.others ?? NOTHING,
    latest: [...ready.keys()].sort(compareVersions).at(-1) ?? '',
  };
}

/** Failed versions have their part in it: their runners refuse calls with the reason. */
function policyRoute(
  { policy, keys }: InForce,
  entries: ReadonlyMap<string, Entry>,
  former: Route<VersionRunner> | undefined,
): PolicyRoute<VersionRunner> | undefined {
  const runners = new Map<string, VersionRunner>();
  for (const [version, key] of keys) {
    const runner = entries.get(key)?.runner;
    // A model that is being removed loses its versions one by one.
    if (runner === undefined) return undefined;
    runners.set(version, runner);
  }
  const runnerOf = (version: string): VersionRunner => {
    const runner = runners.get(version);
    if (runner === undefined) throw new Error(`the policy in force has no runner for version ${version}`);
    return runner;
  };
  const { arms, rules, shadows, failOverTo, sticky, routingKeyHeader, salt } = policy;
  const ladder = buildLadder(arms, runnerOf);
  return {
    ladder,
    rules: rules.map(({ name, header, match, version }) => ({
      arm: `rule:${name}`,
      target: runnerOf(version),
      header,
      match,
    })),
    shadows: shadows.map(({ version, share }) => ({ runner: runnerOf(version), share })),
    failOver: failOverTo === '' ? undefined : runnerOf(failOverTo),
    sticky,
    routingKeyHeader,
    salt,
    draw: arms.length > 1 ? drawAfter(former, policy, ladder) : undefined,
  };
}

function drawAfter(
  former: Route<VersionRunner> | undefined,
  { epoch, salt }: TrafficPolicy,
  ladder: Ladder<VersionRunner>,
): Draw | undefined {
  const before = former?.policy;
  if (before === undefined) return unknownDraw(ladder);
  if (former?.epoch === epoch) return before.draw;
  // Another salt gives every key another slot.
  return nextDraw(before.salt === salt ? before.draw : undefined, ladder);
}
