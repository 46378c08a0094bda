/** What may be said about a new version: its names and its metadata. */
import { ServerError } from '../domain/errors.ts';
import type { VersionMetadata } from '../domain/registry.ts';
import { isName } from '../domain/version.ts';

export interface NewVersionInput {
  readonly model: string;
  /** '' = the time, in UTC. */
  readonly version: string;
  readonly metadata: VersionMetadata;
  /** A folder on this machine, in place of files; '' = none. */
  readonly path: string;
  /** Loaded without traffic as soon as it is qualified. */
  readonly warm: boolean;
}

const MAX_ENTRIES = 64;
const MAX_KEY_CHARACTERS = 256;
const MAX_DESCRIPTION_CHARACTERS = 10_000;
const MAX_METADATA_CHARACTERS = 2 ** 18;
/** Words with a meaning of their own where a version is asked for. */
const RESERVED = 'latest';

export function checkNewVersion({ model, version, metadata }: Omit<NewVersionInput, 'path' | 'warm'>): void {
  checkName('model', model);
  if (version !== '') checkName('version', version);
  if (version === RESERVED) {
    const message = `"${RESERVED}" means the newest qualified version; give another name`;
    throw new ServerError('invalid_argument', message);
  }
  checkMetadata(metadata);
}

function checkName(what: string, name: string): void {
  if (isName(name)) return;
  const shown = JSON.stringify(name.slice(0, 150));
  const message = `${what} name ${shown} must be letters, digits, ".", "_" and "-", 128 at most, and begin with a letter or digit`;
  throw new ServerError('invalid_argument', message);
}

function checkMetadata(metadata: VersionMetadata): void {
  const { description, tags, metrics, parameters } = metadata;
  if (description.length > MAX_DESCRIPTION_CHARACTERS) {
    throw tooMuch(`description has ${description.length} characters`, MAX_DESCRIPTION_CHARACTERS);
  }
  for (const [what, entries] of Object.entries({ tags, metrics, parameters })) {
    const keys = Object.keys(entries);
    if (keys.length > MAX_ENTRIES) throw tooMuch(`${what} have ${keys.length} entries`, MAX_ENTRIES);
    const texts = [...keys, ...Object.values(entries).filter((value) => typeof value === 'string')];
    const longest = Math.max(0, ...texts.map((text) => text.length));
    if (longest > MAX_KEY_CHARACTERS) throw tooMuch(`${what} have a text of ${longest} characters`, MAX_KEY_CHARACTERS);
  }
  if (Object.hasOwn(tags, '')) throw new ServerError('invalid_argument', 'a tag has an empty key; give it a name');
  const all = JSON.stringify(metadata).length;
  if (all > MAX_METADATA_CHARACTERS) throw tooMuch(`metadata have ${all} characters`, MAX_METADATA_CHARACTERS);
}

function tooMuch(what: string, limit: number): ServerError {
  return new ServerError('invalid_argument', `the version's ${what}, and ${limit} are the most; shorten them`);
}
