/** The tables of the registry as numbered steps, forward only: a step that was released is never edited. */
import type { Dialect } from './database.ts';

export interface Migration {
  readonly number: number;
  readonly statements: (dialect: Dialect) => readonly string[];
}

export const MIGRATIONS: readonly Migration[] = [
  { number: 1, statements: registryTables },
  { number: 2, statements: trafficTables },
  { number: 3, statements: statisticsTables },
  { number: 4, statements: documentTables },
  { number: 5, statements: tokenTables },
];

/** What is large stands in version_details, so that looking through all versions reads little. */
function registryTables({ text, integer, bytes, tableOptions }: Dialect): readonly string[] {
  return [
    `CREATE TABLE registry_state (id ${integer} PRIMARY KEY CHECK (id = 1), revision ${integer} NOT NULL)${tableOptions}`,
    'INSERT INTO registry_state (id, revision) VALUES (1, 0)',
    `CREATE TABLE secrets (name ${text} PRIMARY KEY, value ${bytes} NOT NULL)${tableOptions}`,
    `CREATE TABLE models (
      model ${text} PRIMARY KEY, config ${text} NOT NULL, imported_traffic ${text}, created_at ${integer} NOT NULL
    )${tableOptions}`,
    `CREATE TABLE versions (
      model ${text} NOT NULL REFERENCES models (model), version ${text} NOT NULL, sort_key ${text} NOT NULL,
      digest ${text} NOT NULL, bytes ${integer} NOT NULL, state ${text} NOT NULL, reason ${text} NOT NULL,
      stage ${text} NOT NULL, warm ${integer} NOT NULL, created_at ${integer} NOT NULL, created_by ${text} NOT NULL,
      deleted_at ${integer}, PRIMARY KEY (model, version), UNIQUE (model, sort_key)
    )${tableOptions}`,
    'CREATE INDEX versions_by_state ON versions (state, model, created_at, sort_key)',
    `CREATE TABLE version_details (
      model ${text} NOT NULL, version ${text} NOT NULL, files ${text} NOT NULL, metadata ${text} NOT NULL,
      report ${text}, PRIMARY KEY (model, version), FOREIGN KEY (model, version) REFERENCES versions (model, version)
    )${tableOptions}`,
    `CREATE TABLE version_files (
      model ${text} NOT NULL, version ${text} NOT NULL, path ${text} NOT NULL, size ${integer} NOT NULL,
      sha256 ${text} NOT NULL, PRIMARY KEY (model, version, path),
      FOREIGN KEY (model, version) REFERENCES versions (model, version)
    )${tableOptions}`,
    `CREATE TABLE version_tags (
      model ${text} NOT NULL, version ${text} NOT NULL, name ${text} NOT NULL, value ${text} NOT NULL,
      PRIMARY KEY (model, version, name), FOREIGN KEY (model, version) REFERENCES versions (model, version)
    )${tableOptions}`,
    'CREATE INDEX version_tags_by_name ON version_tags (model, name, version)',
    `CREATE TABLE reports (
      digest ${text} NOT NULL, settings_key ${text} NOT NULL, report ${text} NOT NULL,
      PRIMARY KEY (digest, settings_key)
    )${tableOptions}`,
    `CREATE TABLE aliases (
      model ${text} NOT NULL, alias ${text} NOT NULL, version ${text} NOT NULL, since ${integer} NOT NULL,
      actor ${text} NOT NULL, PRIMARY KEY (model, alias),
      FOREIGN KEY (model, version) REFERENCES versions (model, version)
    )${tableOptions}`,
    `CREATE TABLE transitions (
      id ${integer} PRIMARY KEY, model ${text} NOT NULL, version ${text} NOT NULL, digest ${text} NOT NULL,
      from_stage ${text} NOT NULL, to_stage ${text} NOT NULL, status ${text} NOT NULL, requested_by ${text} NOT NULL,
      requested_at ${integer} NOT NULL, reason ${text} NOT NULL, approvals_needed ${integer} NOT NULL,
      rule ${text} NOT NULL, decisions ${text} NOT NULL,
      FOREIGN KEY (model, version) REFERENCES versions (model, version)
    )${tableOptions}`,
    'CREATE INDEX transitions_by_version ON transitions (model, version, id)',
    'CREATE INDEX transitions_by_status ON transitions (status, id)',
  ];
}

function trafficTables({ text, integer, tableOptions }: Dialect): readonly string[] {
  return [
    `CREATE TABLE epochs (
      model ${text} NOT NULL REFERENCES models (model), epoch ${integer} NOT NULL, policy ${text} NOT NULL,
      digests ${text} NOT NULL, valid_from ${integer} NOT NULL, valid_to ${integer}, actor ${text} NOT NULL,
      reason ${text} NOT NULL, cause ${text} NOT NULL, PRIMARY KEY (model, epoch)
    )${tableOptions}`,
    'CREATE UNIQUE INDEX epochs_in_force ON epochs (model) WHERE valid_to IS NULL',
    'CREATE INDEX epochs_by_begin ON epochs (model, valid_from)',
    'CREATE INDEX epochs_by_end ON epochs (model, valid_to)',
    'CREATE INDEX epochs_by_end_of_all ON epochs (valid_to)',
    `CREATE TABLE applications (
      model ${text} NOT NULL, instance ${text} NOT NULL, at ${integer} NOT NULL, epoch ${integer} NOT NULL,
      PRIMARY KEY (model, instance, at, epoch)
    )${tableOptions}`,
    `CREATE TABLE events (
      seq ${integer} PRIMARY KEY, at ${integer} NOT NULL, kind ${text} NOT NULL, model ${text} NOT NULL,
      subject ${text} NOT NULL, actor ${text} NOT NULL, reason ${text} NOT NULL, before_json ${text} NOT NULL,
      after_json ${text} NOT NULL, hash ${text} NOT NULL
    )${tableOptions}`,
    'CREATE INDEX events_by_model ON events (model, seq)',
    'CREATE INDEX events_by_kind ON events (kind, seq)',
    'CREATE INDEX events_by_time ON events (at)',
    `CREATE TABLE remembered (
      idempotency_key ${text} PRIMARY KEY, request ${text} NOT NULL, reply ${text} NOT NULL, at ${integer} NOT NULL
    )${tableOptions}`,
    'CREATE INDEX remembered_by_time ON remembered (at)',
  ];
}

function statisticsTables({ text, integer, tableOptions }: Dialect): readonly string[] {
  return [
    `CREATE TABLE series_totals (
      instance ${text} NOT NULL, boot ${text} NOT NULL, model ${text} NOT NULL, version ${text} NOT NULL,
      role ${text} NOT NULL, totals ${text} NOT NULL, at ${integer} NOT NULL,
      PRIMARY KEY (instance, boot, model, version, role)
    )${tableOptions}`,
    'CREATE INDEX series_totals_by_time ON series_totals (at)',
    `CREATE TABLE statistics (
      model ${text} NOT NULL, version ${text} NOT NULL, role ${text} NOT NULL, at ${integer} NOT NULL,
      width_ms ${integer} NOT NULL, totals ${text} NOT NULL, PRIMARY KEY (model, role, at, version, width_ms)
    )${tableOptions}`,
    'CREATE INDEX statistics_by_width ON statistics (width_ms, at)',
  ];
}

function documentTables({ text, integer, real, tableOptions }: Dialect): readonly string[] {
  return [
    `CREATE TABLE documents (
      kind ${text} NOT NULL, id ${integer} NOT NULL, name ${text} NOT NULL, model ${text} NOT NULL,
      is_open ${integer} NOT NULL, body ${text} NOT NULL, created_at ${integer} NOT NULL,
      updated_at ${integer} NOT NULL, PRIMARY KEY (kind, id)
    )${tableOptions}`,
    "CREATE UNIQUE INDEX documents_by_name ON documents (kind, name) WHERE name <> ''",
    'CREATE INDEX documents_by_model ON documents (kind, model, id)',
    'CREATE INDEX documents_open ON documents (kind, is_open, id)',
    `CREATE TABLE journals (
      kind ${text} NOT NULL, id ${integer} NOT NULL, seq ${integer} NOT NULL, at ${integer} NOT NULL,
      body ${text} NOT NULL, PRIMARY KEY (kind, id, seq)
    )${tableOptions}`,
    `CREATE TABLE document_notes (
      kind ${text} NOT NULL, id ${integer} NOT NULL, note ${text} NOT NULL, PRIMARY KEY (kind, id)
    )${tableOptions}`,
    `CREATE TABLE tallies (
      kind ${text} NOT NULL, model ${text} NOT NULL, name ${text} NOT NULL, instance ${text} NOT NULL,
      boot ${text} NOT NULL, body ${text} NOT NULL, at ${integer} NOT NULL,
      PRIMARY KEY (kind, model, name, instance, boot)
    )${tableOptions}`,
    'CREATE INDEX tallies_by_time ON tallies (at)',
    `CREATE TABLE outcomes (
      scope ${text} NOT NULL, metric ${text} NOT NULL, id ${text} NOT NULL, arm ${text} NOT NULL,
      unit ${text} NOT NULL, prediction ${text} NOT NULL, value ${real} NOT NULL, denominator ${real} NOT NULL,
      at ${integer} NOT NULL, PRIMARY KEY (scope, metric, id)
    )${tableOptions}`,
    `CREATE TABLE outcome_units (
      scope ${text} NOT NULL, metric ${text} NOT NULL, arm ${text} NOT NULL, unit ${text} NOT NULL,
      y ${real} NOT NULL, d ${real} NOT NULL, n ${integer} NOT NULL, PRIMARY KEY (scope, metric, arm, unit)
    )${tableOptions}`,
    `CREATE TABLE outcome_predictions (
      scope ${text} NOT NULL, arm ${text} NOT NULL, prediction ${text} NOT NULL, part ${integer} NOT NULL,
      PRIMARY KEY (scope, arm, prediction)
    )${tableOptions}`,
  ];
}

function tokenTables({ text, integer, bytes, tableOptions }: Dialect): readonly string[] {
  return [
    `CREATE TABLE tokens (
      id ${text} PRIMARY KEY, number ${integer} NOT NULL UNIQUE, name ${text} NOT NULL, role ${text} NOT NULL,
      models ${text} NOT NULL, hash ${bytes} NOT NULL, requests_per_second ${integer} NOT NULL,
      burst ${integer} NOT NULL, made_at ${integer} NOT NULL, made_by ${text} NOT NULL, expires_at ${integer},
      revoked_at ${integer}, last_used_at ${integer}
    )${tableOptions}`,
  ];
}
