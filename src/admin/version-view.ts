/** A version with what surrounds it: its aliases, its share of the traffic, where it stands on the serve processes. */
import type { Alias, Epoch, RegisteredVersion } from '../domain/registry.ts';
import type { AdminContext } from './context.ts';
import type { InstanceVersion } from './fleet.ts';

export interface VersionView {
  readonly version: RegisteredVersion;
  readonly aliases: readonly string[];
  /** In 1/10,000, by the policy in force. */
  readonly weight: number;
  readonly instances: readonly InstanceVersion[];
}

export async function viewOf(context: AdminContext, version: RegisteredVersion): Promise<VersionView> {
  const [view] = await viewsOf(context, version.model, [version]);
  return view ?? { version, aliases: [], weight: 0, instances: [] };
}

/** Of several versions of one model, with the same few questions as for one. */
export async function viewsOf(
  { store, fleet }: AdminContext,
  model: string,
  versions: readonly RegisteredVersion[],
): Promise<readonly VersionView[]> {
  const aliases = await store.aliases(model);
  const epoch = await store.epoch(model);
  return versions.map((version) => ({
    version,
    aliases: aliasesOf(aliases, version.version),
    weight: weightOf(epoch, version.version),
    instances: fleet.versions(model, version.version),
  }));
}

function aliasesOf(aliases: readonly Alias[], version: string): readonly string[] {
  return aliases.filter((alias) => alias.version === version).map(({ alias }) => alias);
}

function weightOf(epoch: Epoch | undefined, version: string): number {
  const arms = epoch?.policy.arms ?? [];
  return arms.reduce((sum, arm) => (arm.version === version ? sum + arm.weight : sum), 0);
}
