/** What a model's serve processes should have, worked out from what the registry remembers. */
import { ServerError, describeError } from '../domain/errors.ts';
import { compareVersions } from '../domain/version.ts';
import { versionsOf } from '../domain/traffic.ts';
import type { Epoch, JsonRecord, RegisteredVersion, RegistryState, SettingsOf } from '../domain/registry.ts';
import { reportToJson } from '../registry/report-codec.ts';
import type { FormerVersions, StoreReader } from '../registry/store.ts';
import type { WireModel, WireVersion } from './messages.ts';

/** What is known of a model's versions without looking at their files. */
type Standing = Awaited<ReturnType<StoreReader['versionStates']>>[number];

export interface ModelFacts {
  readonly model: string;
  readonly config: JsonRecord;
  readonly versions: readonly Standing[];
  /** In force; undefined while there is none. */
  readonly epoch: Epoch | undefined;
  /** Named by epochs that ended within the hold time. */
  readonly former: readonly FormerVersions[];
  /** Versions by alias. */
  readonly aliases: ReadonlyMap<string, string>;
}

export interface Desired {
  readonly wire: WireModel;
  /** When a version that is only held for a rollback may go, in epoch ms; Infinity = never by itself. */
  readonly reviewAt: number;
}

export interface DesiredOptions {
  readonly store: StoreReader;
  readonly settingsOf: SettingsOf;
  readonly holdFormerMs: number;
  readonly now: () => number;
}

/** undefined where the registry has no such model. */
export async function desiredModel(options: DesiredOptions, model: string): Promise<Desired | undefined> {
  const { store } = options;
  const row = await store.model(model);
  if (row === undefined) return undefined;
  const [versions, epoch, former, aliases] = [
    await store.versionStates(model),
    await store.epoch(model),
    await store.formerVersionsSince(options.now() - options.holdFormerMs, model),
    await store.aliases(model),
  ];
  const byAlias = new Map(aliases.map(({ alias, version }) => [alias, version]));
  return toDesired(options, { model, config: row.config, versions, epoch, former, aliases: byAlias });
}

/** Models read at a time: their rows are small. */
const PAGE = 1000;

/** All of them, with a few questions for all instead of some for each. */
export async function allDesiredModels(options: DesiredOptions): Promise<readonly Desired[]> {
  const { store } = options;
  const versions = Map.groupBy(await store.versionStates(), (version) => version.model);
  const since = options.now() - options.holdFormerMs;
  const epochs = new Map((await store.epochsInForce()).map((epoch) => [epoch.model, epoch]));
  const former = Map.groupBy(await store.formerVersionsSince(since), (versions) => versions.model);
  const aliases = Map.groupBy(await store.aliases(), (alias) => alias.model);
  const desired: Desired[] = [];
  for (let after: string | undefined; ;) {
    const page = await store.models({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const { model, config } of page) {
      const facts = {
        model,
        config,
        versions: versions.get(model) ?? [],
        epoch: epochs.get(model),
        former: former.get(model) ?? [],
        aliases: new Map((aliases.get(model) ?? []).map(({ alias, version }) => [alias, version])),
      };
      desired.push(await toDesired(options, facts));
    }
    after = page.at(-1)?.model;
    if (page.length < PAGE || after === undefined) return desired;
  }
}

async function toDesired(options: DesiredOptions, facts: ModelFacts): Promise<Desired> {
  const { model, epoch: current, aliases } = facts;
  const roles = new Set<string>([...(current === undefined ? [] : versionsOf(current.policy)), ...aliases.values()]);
  const held = facts.former.filter(({ versions }) => versions.some((version) => !roles.has(version)));
  const ends = held.map(({ until }) => until + options.holdFormerMs);
  const named = new Set([...roles, ...held.flatMap(({ versions }) => versions)]);
  const isLoaded = ({ version, state, warm }: Standing): boolean =>
    state === 'qualified' && (warm || named.has(version));
  const loaded: WireVersion[] = [];
  const settings = settingsJson(options, facts);
  const sorted = facts.versions.toSorted((a, b) => compareVersions(a.version, b.version));
  for (const standing of sorted.filter(isLoaded)) {
    const version = await options.store.version(model, standing.version);
    if (version?.report !== undefined) loaded.push(wireVersion(version, settings));
  }
  const others = sorted.filter((standing) => !loaded.some(({ version }) => version === standing.version));
  const wire: WireModel = {
    model,
    versions: loaded,
    policyJson: current === undefined ? '' : JSON.stringify(current.policy),
    aliases,
    others: new Map(others.map((standing) => [standing.version, wordFor(standing)])),
    rejected: others.filter(({ state }) => state === 'rejected').map(({ version }) => version),
  };
  return { wire, reviewAt: ends.length === 0 ? Infinity : Math.min(...ends) };
}

/**
 * A model that is left out would be unloaded everywhere, so one whose config cannot be used is an error of the whole.
 */
function settingsJson({ settingsOf }: DesiredOptions, { model, config }: ModelFacts): string {
  try {
    return JSON.stringify(settingsOf(config));
  } catch (caught) {
    const message = `the config of model "${model}" cannot be used by this build: ${describeError(caught)}; change it with the build that took it`;
    throw new ServerError('failed_precondition', message, { cause: caught });
  }
}

function wireVersion(version: RegisteredVersion, settingsJson: string): WireVersion {
  const { metadata, report } = version;
  return {
    version: version.version,
    digest: version.digest,
    bytes: version.bytes,
    files: version.files,
    settingsJson,
    // The reference is for the admin process alone.
    reportJson: report === undefined ? '' : reportToJson({ ...report, reference: undefined }),
    metadataJson: JSON.stringify(shownMetadata(metadata)),
  };
}

/** As GetModel on the Predict port shows it: what was said, without what was left empty. */
function shownMetadata({ extra, ...said }: RegisteredVersion['metadata']): JsonRecord {
  const full = Object.entries(said).filter(([, value]) =>
    typeof value === 'string' ? value !== '' : Object.keys(value).length > 0,
  );
  return { ...Object.fromEntries(full), ...extra };
}

const WORDS: Readonly<Record<RegistryState, string>> = {
  uploaded: 'it waits to be qualified',
  qualifying: 'it is being qualified',
  qualified: 'it is not loaded; give it traffic, an alias, or an arm of weight 0',
  rejected: 'it was rejected',
  deleted: 'it was deleted',
};

function wordFor({ state, reason }: Standing): string {
  return reason === '' ? WORDS[state] : `${WORDS[state]}: ${reason}`;
}
