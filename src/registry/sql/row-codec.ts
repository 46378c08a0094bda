/** Rows of the registry as the nouns that they hold. */
import { EPOCH_CAUSES, EVENT_KINDS, REGISTRY_STATES, TRANSITION_STATUSES } from '../../domain/registry.ts';
import type {
  Alias,
  Application,
  AuditEvent,
  Epoch,
  RegisteredModel,
  RegisteredVersion,
  Transition,
} from '../../domain/registry.ts';
import { reportFromJson } from '../report-codec.ts';
import type { FormerVersions, ModelOverview, StatisticsSlot } from '../store.ts';
import { Columns } from './columns-codec.ts';
import type { Row } from './database.ts';

export function modelFrom(row: Row): RegisteredModel {
  const columns = new Columns('models', ['model'], row);
  return {
    model: columns.text('model'),
    config: columns.record('config'),
    importedTraffic: columns.optionalText('imported_traffic'),
    createdAt: columns.integer('created_at'),
  };
}

export function overviewFrom(row: Row): ModelOverview {
  const columns = new Columns('models', ['model'], row);
  return {
    ...modelFrom(row),
    versions: columns.integer('versions'),
    latest: columns.optionalText('latest') ?? '',
    epoch: row.epoch === null ? undefined : epochFrom(row),
  };
}

export function versionFrom(row: Row): RegisteredVersion {
  const columns = new Columns('versions', ['model', 'version'], row);
  return {
    model: columns.text('model'),
    version: columns.text('version'),
    digest: columns.text('digest'),
    files: columns.list('files') as RegisteredVersion['files'],
    bytes: columns.integer('bytes'),
    state: columns.oneOf('state', REGISTRY_STATES),
    reason: columns.text('reason'),
    stage: columns.text('stage'),
    metadata: columns.record('metadata') as unknown as RegisteredVersion['metadata'],
    warm: columns.integer('warm') === 1,
    report: columns.optional('report', reportFromJson),
    createdAt: columns.integer('created_at'),
    createdBy: columns.text('created_by'),
    deletedAt: columns.optionalInteger('deleted_at'),
  };
}

export function versionStateFrom(row: Row): Pick<RegisteredVersion, 'model' | 'version' | 'state' | 'reason' | 'warm'> {
  const columns = new Columns('versions', ['model', 'version'], row);
  return {
    model: columns.text('model'),
    version: columns.text('version'),
    state: columns.oneOf('state', REGISTRY_STATES),
    reason: columns.text('reason'),
    warm: columns.integer('warm') === 1,
  };
}

export function aliasFrom(row: Row): Alias {
  const columns = new Columns('aliases', ['model', 'alias'], row);
  return {
    model: columns.text('model'),
    alias: columns.text('alias'),
    version: columns.text('version'),
    since: columns.integer('since'),
    actor: columns.text('actor'),
  };
}

export function transitionFrom(row: Row): Transition {
  const columns = new Columns('transitions', ['id'], row);
  return {
    id: columns.integer('id'),
    model: columns.text('model'),
    version: columns.text('version'),
    digest: columns.text('digest'),
    fromStage: columns.text('from_stage'),
    toStage: columns.text('to_stage'),
    status: columns.oneOf('status', TRANSITION_STATUSES),
    requestedBy: columns.text('requested_by'),
    requestedAt: columns.integer('requested_at'),
    reason: columns.text('reason'),
    approvalsNeeded: columns.integer('approvals_needed'),
    rule: columns.text('rule'),
    decisions: columns.list('decisions') as Transition['decisions'],
  };
}

export function epochFrom(row: Row): Epoch {
  const columns = new Columns('epochs', ['model', 'epoch'], row);
  return {
    model: columns.text('model'),
    policy: columns.record('policy') as unknown as Epoch['policy'],
    digests: columns.record('digests') as Epoch['digests'],
    validFrom: columns.integer('valid_from'),
    validTo: columns.optionalInteger('valid_to'),
    actor: columns.text('actor'),
    reason: columns.text('reason'),
    cause: columns.oneOf('cause', EPOCH_CAUSES),
  };
}

export function formerVersionsFrom(row: Row): FormerVersions {
  const columns = new Columns('epochs', ['model', 'until'], row);
  return {
    model: columns.text('model'),
    versions: Object.keys(columns.record('digests')),
    until: columns.integer('until'),
  };
}

export function eventFrom(row: Row): AuditEvent {
  const columns = new Columns('events', ['seq'], row);
  return {
    seq: columns.integer('seq'),
    at: columns.integer('at'),
    kind: columns.oneOf('kind', EVENT_KINDS),
    model: columns.text('model'),
    subject: columns.text('subject'),
    actor: columns.text('actor'),
    reason: columns.text('reason'),
    before: columns.record('before_json'),
    after: columns.record('after_json'),
    hash: columns.text('hash'),
  };
}

/** The one or two applications that a row of applicationsAround holds. */
export function applicationsFrom(model: string, row: Row): readonly Application[] {
  const columns = new Columns('applications', `${model}/${String(row.instance)}`, row);
  const instance = columns.text('instance');
  return ['before', 'after'].flatMap((side) => {
    const at = columns.optionalInteger(`${side}_at`);
    return at === undefined ? [] : [{ instance, model, epoch: columns.integer(`${side}_epoch`), at }];
  });
}

export function statisticsFrom(row: Row): StatisticsSlot {
  const columns = new Columns('statistics', ['model', 'version', 'role', 'at', 'width_ms'], row);
  return {
    model: columns.text('model'),
    version: columns.text('version'),
    role: columns.text('role'),
    at: columns.integer('at'),
    widthMs: columns.integer('width_ms'),
    totals: columns.text('totals'),
  };
}
