/** Statements about versions, their files and tags, and the reports of qualification. */
import { ServerError } from '../../domain/errors.ts';
import type { RegisteredVersion, RegistryState } from '../../domain/registry.ts';
import type { RegistryFile } from '../../domain/registry-file.ts';
import { reportToJson } from '../report-codec.ts';
import type { VersionFilter } from '../store.ts';
import { Columns } from './columns-codec.ts';
import { Conditions } from './conditions.ts';
import type { Queries } from './database.ts';
import { versionFrom, versionStateFrom } from './row-codec.ts';
import { sortKey } from './sort-key.ts';

const SELECT_VERSION = `
  SELECT v.model, v.version, v.digest, d.files, v.bytes, v.state, v.reason, v.stage, d.metadata, v.warm, d.report,
    v.created_at, v.created_by, v.deleted_at
  FROM versions v JOIN version_details d ON d.model = v.model AND d.version = v.version`;

export async function selectVersion(
  queries: Queries,
  model: string,
  version: string,
): Promise<RegisteredVersion | undefined> {
  const sql = `${SELECT_VERSION} WHERE v.model = $1 AND v.version = $2`;
  const [row] = await queries.all(sql, [model, version]);
  return row && versionFrom(row);
}

export async function selectVersions(
  queries: Queries,
  { model, stage, state, tag }: VersionFilter,
  { after, limit }: { readonly after?: string; readonly limit: number },
): Promise<readonly RegisteredVersion[]> {
  const conditions = new Conditions();
  conditions.add('v.model =', model);
  conditions.add('v.stage =', stage);
  conditions.add(state === undefined ? 'v.state <>' : 'v.state =', state ?? 'deleted');
  conditions.add('v.sort_key <', after === undefined ? undefined : sortKey(after));
  if (tag !== undefined) {
    const tagged = new Conditions();
    tagged.addText(`t.model = v.model AND t.version = v.version AND t.name = ${conditions.bind(tag.key)}`);
    if (tag.value !== undefined) tagged.addText(`t.value = ${conditions.bind(tag.value)}`);
    conditions.addText(`EXISTS (SELECT 1 FROM version_tags t ${tagged.where})`);
  }
  const limited = conditions.bind(limit);
  const sql = `${SELECT_VERSION} ${conditions.where} ORDER BY v.sort_key DESC LIMIT ${limited}`;
  return (await queries.all(sql, conditions.values)).map(versionFrom);
}

export async function selectLatestQualified(queries: Queries, model: string): Promise<RegisteredVersion | undefined> {
  const sql = `${SELECT_VERSION} WHERE v.model = $1 AND v.state = 'qualified'
    ORDER BY v.created_at DESC, v.sort_key DESC LIMIT 1`;
  const [row] = await queries.all(sql, [model]);
  return row && versionFrom(row);
}

/** By model, and then the oldest first. */
export async function selectVersionStates(
  queries: Queries,
  model: string | undefined,
): Promise<readonly Pick<RegisteredVersion, 'model' | 'version' | 'state' | 'reason' | 'warm'>[]> {
  const conditions = new Conditions();
  conditions.add('state <>', 'deleted');
  conditions.add('model =', model);
  const sql = `SELECT model, version, state, reason, warm FROM versions ${conditions.where} ORDER BY model, sort_key`;
  return (await queries.all(sql, conditions.values)).map(versionStateFrom);
}

export async function selectVersionsInState(
  queries: Queries,
  states: readonly RegistryState[],
): Promise<readonly RegisteredVersion[]> {
  if (states.length === 0) return [];
  const placeholders = states.map((_, index) => `$${index + 1}`).join(', ');
  const sql = `${SELECT_VERSION} WHERE v.state IN (${placeholders}) ORDER BY v.created_at, v.model, v.sort_key`;
  return (await queries.all(sql, states)).map(versionFrom);
}

/** Inserts, or replaces what may change; that other files stand under the same name is refused. */
export async function upsertVersion(queries: Queries, version: RegisteredVersion): Promise<void> {
  const { model, version: name, digest } = version;
  const sql = 'SELECT digest FROM versions WHERE model = $1 AND version = $2';
  const [former] = await queries.all(sql, [model, name]);
  if (former === undefined) {
    await insertVersion(queries, version);
  } else if (former.digest === digest) {
    await updateVersion(queries, version);
  } else {
    const message = `version "${name}" of model "${model}" has digest ${String(former.digest)} and cannot get ${digest}: versions are immutable; register the files under another name`;
    throw new ServerError('already_exists', message);
  }
  await replaceTags(queries, version);
}

async function insertVersion(queries: Queries, version: RegisteredVersion): Promise<void> {
  const { model, version: name, files, metadata, report } = version;
  await queries.run(
    `INSERT INTO versions (model, version, sort_key, digest, bytes, state, reason, stage, warm, created_at, created_by,
      deleted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...[model, name, sortKey(name), version.digest, version.bytes, version.state, version.reason, version.stage],
      ...[version.warm ? 1 : 0, version.createdAt, version.createdBy, version.deletedAt ?? null],
    ],
  );
  await queries.run(
    'INSERT INTO version_details (model, version, files, metadata, report) VALUES ($1, $2, $3, $4, $5)',
    [model, name, JSON.stringify(files), JSON.stringify(metadata), report ? reportToJson(report) : null],
  );
  for (const { path, size, sha256 } of files) {
    const sql = 'INSERT INTO version_files (model, version, path, size, sha256) VALUES ($1, $2, $3, $4, $5)';
    await queries.run(sql, [model, name, path, size, sha256]);
  }
}

async function updateVersion(queries: Queries, version: RegisteredVersion): Promise<void> {
  const { model, version: name, metadata, report } = version;
  await queries.run(
    'UPDATE versions SET state = $3, reason = $4, stage = $5, warm = $6, deleted_at = $7 WHERE model = $1 AND version = $2',
    [model, name, version.state, version.reason, version.stage, version.warm ? 1 : 0, version.deletedAt ?? null],
  );
  await queries.run('UPDATE version_details SET metadata = $3, report = $4 WHERE model = $1 AND version = $2', [
    ...[model, name, JSON.stringify(metadata), report ? reportToJson(report) : null],
  ]);
}

async function replaceTags(queries: Queries, { model, version, metadata }: RegisteredVersion): Promise<void> {
  await queries.run('DELETE FROM version_tags WHERE model = $1 AND version = $2', [model, version]);
  for (const [name, value] of Object.entries(metadata.tags)) {
    const sql = 'INSERT INTO version_tags (model, version, name, value) VALUES ($1, $2, $3, $4)';
    await queries.run(sql, [model, version, name, value]);
  }
}

export async function selectReport(queries: Queries, digest: string, key: string): Promise<string | undefined> {
  const sql = 'SELECT report FROM reports WHERE digest = $1 AND settings_key = $2';
  const [row] = await queries.all(sql, [digest, key]);
  return row && new Columns('reports', `${digest}/${key}`, row).text('report');
}

export async function upsertReport(
  queries: Queries,
  { digest, key, report }: { readonly digest: string; readonly key: string; readonly report: string },
): Promise<void> {
  const sql = `
    INSERT INTO reports (digest, settings_key, report) VALUES ($1, $2, $3)
    ON CONFLICT (digest, settings_key) DO UPDATE SET report = excluded.report`;
  await queries.run(sql, [digest, key, report]);
}

export async function selectBlobsInUse(queries: Queries): Promise<ReadonlySet<string>> {
  const sql = `
    SELECT DISTINCT f.sha256 FROM version_files f JOIN versions v ON v.model = f.model AND v.version = f.version
    WHERE v.state <> 'deleted'`;
  const rows = await queries.all(sql);
  return new Set(rows.map((row) => new Columns('version_files', '', row).text('sha256')));
}

export async function selectBlobsOfDeleted(
  queries: Queries,
): Promise<readonly (RegistryFile & { readonly digest: string })[]> {
  const sql = `
    SELECT f.path, f.size, f.sha256, v.digest
    FROM version_files f JOIN versions v ON v.model = f.model AND v.version = f.version
    WHERE v.state = 'deleted' ORDER BY f.model, f.version, f.path`;
  return (await queries.all(sql)).map((row) => {
    const columns = new Columns('version_files', String(row.path), row);
    const file = { path: columns.text('path'), size: columns.integer('size'), sha256: columns.text('sha256') };
    return { ...file, digest: columns.text('digest') };
  });
}
