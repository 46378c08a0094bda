/** A model of the desired state as it travels and lies on disk, and as the lifecycle manager takes it. */
import { isJsonObject } from '../config/json.ts';
import { ServerError, describeError } from '../domain/errors.ts';
import type { DesiredModel } from '../domain/desired-state.ts';
import type { JsonRecord } from '../domain/registry.ts';
import type { RegistryFile } from '../domain/registry-file.ts';
import type { TrafficPolicy } from '../domain/traffic.ts';
import { isName } from '../domain/version.ts';
import type { ModelSettings, VersionSpec } from '../domain/version.ts';
import { reportFromJson } from '../registry/report-codec.ts';
import type { WireModel, WireVersion } from './messages.ts';

/** Throws DATA_LOSS where a text is not what the admin process of this build writes. */
export function toDesiredModel(wire: WireModel): DesiredModel {
  try {
    return {
      model: wire.model,
      specs: wire.versions.map((version) => toSpec(wire.model, version)),
      policy: wire.policyJson === '' ? undefined : toPolicy(wire.policyJson),
      aliases: wire.aliases,
      others: wire.others,
      rejected: new Set(wire.rejected),
    };
  } catch (caught) {
    const message = `the desired state of model "${wire.model}" cannot be read: ${describeError(caught)}`;
    throw new ServerError('data_loss', message, { cause: caught });
  }
}

function toSpec(model: string, wire: WireVersion): VersionSpec {
  return Object.freeze({
    model,
    version: wire.version,
    path: '',
    digest: wire.digest,
    files: wire.files,
    bytes: wire.bytes,
    settings: Object.freeze(objectOf('settings', wire.settingsJson)) as unknown as ModelSettings,
    golden: undefined,
    metadata: objectOf('metadata', wire.metadataJson),
    report: wire.reportJson === '' ? undefined : reportFromJson(wire.reportJson),
  });
}

/** What lies on disk may be from another build, or not what was written: what the router walks through is looked at. */
function toPolicy(text: string): TrafficPolicy {
  const policy = objectOf('policy', text);
  for (const list of ['arms', 'rules', 'shadows']) {
    if (!Array.isArray(policy[list])) throw new Error(`a policy without ${list}`);
  }
  return policy as unknown as TrafficPolicy;
}

function objectOf(name: string, text: string): JsonRecord {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new Error(`no object where ${name} should be`);
  return value;
}

/** One model as a file. Two texts are equal where the models are. */
export function wireToText({ model, versions, policyJson, aliases, others, rejected }: WireModel): string {
  const written: WrittenModel = {
    model,
    versions: versions.map(inOrder),
    policyJson,
    aliases: [...aliases],
    others: [...others],
    rejected,
  };
  return JSON.stringify(written);
}

/** Its fields in one order, wherever it came from. */
function inOrder({ version, digest, bytes, files, settingsJson, reportJson, metadataJson }: WireVersion): WireVersion {
  const sorted = files.map(({ path, size, sha256 }) => ({ path, size, sha256 }));
  return { version, digest, bytes, files: sorted, settingsJson, reportJson, metadataJson };
}

interface WrittenModel extends Omit<WireModel, 'aliases' | 'others'> {
  readonly aliases: readonly (readonly [string, string])[];
  readonly others: readonly (readonly [string, string])[];
}

/** undefined where the text is none that wireToText wrote. */
export function wireFromText(text: string): WireModel | undefined {
  try {
    const written = JSON.parse(text) as Partial<WrittenModel>;
    const { model, versions, policyJson, aliases, others, rejected = [] } = written;
    if (model === undefined || !isName(model) || versions === undefined || policyJson === undefined) return undefined;
    return {
      model,
      versions: versions.map(checked),
      policyJson,
      aliases: new Map(aliases),
      others: new Map(others),
      rejected,
    };
  } catch {
    return undefined;
  }
}

function checked(version: WireVersion): WireVersion {
  const files: readonly RegistryFile[] = version.files;
  if (!isName(version.version) || files.length === 0) throw new Error('a version without a name or without files');
  return version;
}
