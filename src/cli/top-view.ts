/** One look at everything that serves: the versions of each model with what they do, and what is under way. */
import type { Instance__Output } from '../transport/gen/sluice/admin/v1/Instance.ts';
import type { Rollout__Output } from '../transport/gen/sluice/admin/v1/Rollout.ts';
import type { Stats__Output } from '../transport/gen/sluice/admin/v1/Stats.ts';
import type { TrafficPolicy__Output } from '../transport/gen/sluice/admin/v1/TrafficPolicy.ts';
import type { Version__Output } from '../transport/gen/sluice/admin/v1/Version.ts';
import type { AdminClient } from './client.ts';
import { CommandError, EXIT } from './exit.ts';
import { wireTime } from './wire.ts';

/** live: an arm of the policy; canary: the candidate of an open rollout; warm: loaded without traffic. */
export type TopRole = 'live' | 'canary' | 'shadow' | 'rule' | 'warm';

export interface TopRow {
  readonly model: string;
  readonly version: string;
  readonly role: TopRole;
  /** Of the calls, or of the copies, in 1/10,000. */
  readonly weight: number;
  /** Of the model's policy; 0 where it has none. */
  readonly epoch: number;
  readonly stats: Stats__Output;
  /** The worst of what the serve processes say of it, or what the registry says where none has it. */
  readonly state: string;
  readonly ready: number;
  readonly instances: number;
}

export interface TopView {
  readonly rows: readonly TopRow[];
  readonly instances: readonly Instance__Output[];
  /** Those that have not ended. */
  readonly rollouts: readonly Rollout__Output[];
  /** Models beyond the first MAX_MODELS. */
  readonly isCut: boolean;
}

/** The shortest that the server has: what is shown is of now. */
const WINDOW_MS = 10_000;
/** Each costs some calls per look. */
const MAX_MODELS = 64;
const MAX_VERSIONS = 100;

type Role = Pick<TopRow, 'version' | 'role' | 'weight'>;

/** @param model '' = all. */
export async function readTop(client: AdminClient, model: string): Promise<TopView> {
  const { monitor, registry, rollouts } = client;
  const [{ instances }, open, all] = await Promise.all([
    client.ask(monitor.ListInstances, {}),
    client.ask(rollouts.List, { model, openOnly: true, pageSize: MAX_MODELS }),
    model === '' ? client.ask(registry.ListModels, { pageSize: MAX_MODELS }) : undefined,
  ]);
  const names = all?.models.map((each) => each.model) ?? [model];
  const connected = instances.filter((each) => each.connected).length;
  const scene = { client, connected, rollouts: open.rollouts, isOptional: model === '' };
  const rows = await Promise.all(names.map((name) => readModel(scene, name)));
  return { rows: rows.flat(), instances, rollouts: open.rollouts, isCut: (all?.nextPageToken ?? '') !== '' };
}

interface ModelScene {
  readonly client: AdminClient;
  readonly connected: number;
  readonly rollouts: readonly Rollout__Output[];
  /** Whether a model that is gone meanwhile is no error. */
  readonly isOptional: boolean;
}

async function readModel(scene: ModelScene, model: string): Promise<TopRow[]> {
  const { client, connected, rollouts, isOptional } = scene;
  const versions = await orNothing(
    client.ask(client.registry.ListVersions, { model, pageSize: MAX_VERSIONS }),
    isOptional,
  );
  if (versions === undefined) return [];
  const traffic = await orNothing(client.ask(client.traffic.GetTraffic, { model }), true);
  const candidate = rollouts.find((each) => each.model === model)?.candidate ?? '';
  const roles = rolesOf(traffic?.epoch?.policy ?? undefined, versions.versions, candidate).slice(0, MAX_VERSIONS);
  const epoch = traffic?.epoch?.epoch.toNumber() ?? 0;
  const rows = roles.map(async ({ version, role, weight }): Promise<TopRow | undefined> => {
    const asked = { model, version, window: wireTime(WINDOW_MS), role: role === 'shadow' ? 'shadow' : 'live' };
    const stats = await orNothing(client.ask(client.monitor.GetStats, asked), true);
    const registered = versions.versions.find((each) => each.version === version);
    const place = placeOf(registered, connected);
    return stats === undefined ? undefined : { model, version, role, weight, epoch, stats, ...place };
  });
  return (await Promise.all(rows)).filter((row) => row !== undefined);
}

/** What the server refuses to tell: the model or version went away between two calls, or has no policy yet. */
async function orNothing<Reply>(reply: Promise<Reply>, isOptional: boolean): Promise<Reply | undefined> {
  try {
    return await reply;
  } catch (caught) {
    if (isOptional && caught instanceof CommandError && caught.exitCode === EXIT.refused) return undefined;
    throw caught;
  }
}

/** Who answers, who gets copies, and who is loaded besides, each once per role. */
function rolesOf(
  policy: TrafficPolicy__Output | undefined,
  versions: readonly Version__Output[],
  candidate: string,
): Role[] {
  const arms = (policy?.arms ?? []).map(({ version, weight }): Role => {
    return { version, weight, role: version === candidate ? 'canary' : 'live' };
  });
  const isNamed = (name: string): boolean => arms.some(({ version }) => version === name);
  const ruled = new Set((policy?.rules ?? []).map(({ version }) => version).filter((name) => !isNamed(name)));
  const shadows = (policy?.shadows ?? []).map(({ version, share }): Role => {
    return { version, weight: share, role: 'shadow' };
  });
  const named = new Set([...arms, ...shadows].map(({ version }) => version));
  const warm = versions.filter(({ version, instances }) => {
    const isLoaded = instances.some(({ state }) => state !== 'UNLOADED');
    return isLoaded && !named.has(version) && !ruled.has(version);
  });
  return [
    ...arms,
    ...[...ruled].map((version): Role => ({ version, weight: 0, role: 'rule' })),
    ...shadows,
    ...warm.map(({ version }): Role => ({ version, weight: 0, role: 'warm' })),
  ];
}

/** From what people have to look at to what is as it should be. */
const WORST_FIRST = ['FAILED', 'UNLOADED', 'DRAINING', 'QUALIFYING', 'FETCHING', 'LOADING', 'WARMING', 'READY'];

function placeOf(
  version: Version__Output | undefined,
  connected: number,
): Pick<TopRow, 'state' | 'ready' | 'instances'> {
  const states = version?.instances.map(({ state }) => state) ?? [];
  const worst = WORST_FIRST.find((state) => states.includes(state));
  return {
    state: worst ?? version?.state ?? '',
    ready: states.filter((state) => state === 'READY').length,
    instances: connected,
  };
}
