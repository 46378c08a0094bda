/** What the registry says at the end, asked for as anybody would ask. */
import type { AdminClient, EpochMessage, Service, VersionMessage } from '../support/admin-client.ts';

export interface RegistryView {
  /** By "model/version"; deleted ones too. */
  readonly versions: ReadonlyMap<string, Pick<VersionMessage, 'digest' | 'state'>>;
  /** By "model epoch": weights by version. */
  readonly epochs: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** By "model alias". */
  readonly aliases: ReadonlyMap<string, string>;
  readonly rollouts: ReadonlySet<number>;
  /** By name: outcomes that were counted. */
  readonly experiments: ReadonlyMap<string, number>;
  readonly chain: { readonly intact: boolean; readonly events: number; readonly brokenAt: number };
}

const PAGE = 1000;

export async function viewRegistry(admin: AdminClient, models: readonly string[]): Promise<RegistryView> {
  const [versions, epochs, rollouts, experiments] = await Promise.all([
    Promise.all(models.map((model) => versionsOf(admin, model))),
    Promise.all(models.map((model) => epochsOf(admin, model))),
    pages<{ readonly id: number }>(admin, 'Rollouts', 'List', 'rollouts', {}),
    pages<{ readonly name: string }>(admin, 'Experiments', 'List', 'experiments', {}),
  ]);
  const { aliases } = await admin.call<{ aliases: readonly { model: string; alias: string; version: string }[] }>(
    ...(['Registry', 'ListAliases', {}] as const),
  );
  const counts = experiments.map(async ({ name }) => [name, await outcomesOf(admin, name)] as const);
  return {
    versions: new Map(versions.flat().map((one) => [`${one.model}/${one.version}`, one])),
    epochs: new Map(epochs.flat().map((one) => [`${one.model} ${one.epoch}`, weightsOf(one)])),
    aliases: new Map(aliases.map(({ model, alias, version }) => [`${model} ${alias}`, version])),
    rollouts: new Set(rollouts.map(({ id }) => id)),
    experiments: new Map(await Promise.all(counts)),
    chain: await admin.call('Audit', 'VerifyChain', {}),
  };
}

async function versionsOf(admin: AdminClient, model: string): Promise<VersionMessage[]> {
  const states = [{}, { state: 'DELETED' }];
  const found = states.map((filter) =>
    pages<VersionMessage>(admin, 'Registry', 'ListVersions', 'versions', { model, ...filter }),
  );
  return (await Promise.all(found)).flat();
}

function epochsOf(admin: AdminClient, model: string): Promise<EpochMessage[]> {
  return pages(admin, 'Traffic', 'ListEpochs', 'epochs', { model });
}

function weightsOf({ policy }: EpochMessage): Record<string, number> {
  return Object.fromEntries(policy.arms.map(({ version, weight }) => [version, weight]));
}

/** Of all arms. */
async function outcomesOf(admin: AdminClient, name: string): Promise<number> {
  const { arms } = await admin.call<{ arms: readonly { outcomes: number }[] }>('Experiments', 'GetResults', { name });
  return arms.reduce((sum, { outcomes }) => sum + outcomes, 0);
}

async function pages<T>(
  ...[admin, service, method, field, request]: [AdminClient, Service, string, string, object]
): Promise<T[]> {
  const found: T[] = [];
  for (let pageToken = ''; ;) {
    const reply = await admin.call<Record<string, unknown>>(service, method, { ...request, pageSize: PAGE, pageToken });
    found.push(...(reply[field] as T[]));
    pageToken = String(reply.nextPageToken);
    if (pageToken === '') return found;
  }
}
