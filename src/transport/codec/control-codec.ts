/**
 * The control plane's messages between their wire form and control/messages.ts. Neither side trusts the other's bytes.
 */
import type { KnownToken } from '../../access/token.ts';
import type { DesiredUpdate, Hello, InstanceReport, VersionReport, WireModel } from '../../control/messages.ts';
import { ServerError } from '../../domain/errors.ts';
import { isName } from '../../domain/version.ts';
import type { VersionState } from '../../domain/version.ts';
import type { DesiredModel__Output as ModelIn, DesiredModel } from '../gen/sluice/control/v1/DesiredModel.ts';
import type {
  DesiredUpdate__Output as UpdateIn,
  DesiredUpdate as UpdateOut,
} from '../gen/sluice/control/v1/DesiredUpdate.ts';
import type { DesiredVersion__Output as VersionIn } from '../gen/sluice/control/v1/DesiredVersion.ts';
import type { Hello__Output as HelloIn } from '../gen/sluice/control/v1/Hello.ts';
import type {
  InstanceMessage__Output as MessageIn,
  InstanceMessage,
} from '../gen/sluice/control/v1/InstanceMessage.ts';
import type { VersionReport__Output as ReportIn } from '../gen/sluice/control/v1/VersionReport.ts';
import type {
  PredictToken as TokenOut,
  PredictToken__Output as TokenIn,
} from '../gen/sluice/control/v1/PredictToken.ts';
import { type Int64, toNumber } from './int64.ts';
import { quote } from './quote.ts';

const STATES: Readonly<Record<VersionState, true>> = {
  fetching: true,
  qualifying: true,
  loading: true,
  warming: true,
  ready: true,
  draining: true,
  unloaded: true,
  failed: true,
};

/** Instances and boots name rows of the store, and addresses are shown to people. */
const LABEL = /^[\x20-\x7e]{1,256}$/;

export function formatHello(hello: Hello): InstanceMessage {
  return { hello: { ...hello } };
}

export function parseHello({ instance, boot, address, serverVersion }: HelloIn): Hello {
  for (const [field, text] of Object.entries({ instance, boot, address, server_version: serverVersion })) {
    if (!LABEL.test(text)) throw bad(`hello.${field} is ${quote(text)}; send 1 to 256 printable ASCII characters`);
  }
  return { instance, boot, address, serverVersion };
}

export function formatReport(report: InstanceReport): InstanceMessage {
  const { applied, versions, revision, settled, statistics, evidence } = report;
  return {
    applied: applied.map(({ model, epoch, reason, at }) => ({ model, epoch, reason, atMs: at })),
    versions: versions.map(({ since, ...report }) => ({ ...report, sinceMs: since })),
    revision,
    settled,
    statisticsSeq: statistics?.seq ?? 0,
    series: statistics?.series.map((series) => ({ ...series })) ?? [],
    evidenceSeq: evidence?.seq ?? 0,
    evidence: evidence?.rows.map((row) => ({ ...row })) ?? [],
  };
}

export function parseReport(message: MessageIn): InstanceReport {
  const seq = whole('statistics_seq', message.statisticsSeq);
  const evidenceSeq = whole('evidence_seq', message.evidenceSeq);
  return {
    applied: message.applied.map(({ model, epoch, reason, atMs }) => ({
      model: named('applied.model', model),
      epoch: whole('applied.epoch', epoch),
      reason,
      at: whole('applied.at_ms', atMs),
    })),
    versions: message.versions.map(parseVersionReport),
    revision: whole('revision', message.revision),
    settled: message.settled,
    ...(seq === 0 ? {} : { statistics: { seq, series: message.series.map((series) => ({ ...series })) } }),
    ...(evidenceSeq === 0 ? {} : { evidence: { seq: evidenceSeq, rows: message.evidence.map((row) => ({ ...row })) } }),
  };
}

function parseVersionReport({ model, version, digest, state, reason, sinceMs, gone }: ReportIn): VersionReport {
  return {
    model: named('versions.model', model),
    version: named('versions.version', version),
    digest,
    state: stateNamed(state),
    reason,
    since: whole('versions.since_ms', sinceMs),
    gone,
  };
}

export function formatUpdate(update: DesiredUpdate): UpdateOut {
  const { models, removed, predictionKey, statisticsAck, evidenceAck, callers, ...head } = update;
  return {
    ...head,
    models: models.map(formatModel),
    removed: [...removed],
    ...(predictionKey === undefined ? {} : { predictionKey }),
    ...(statisticsAck === undefined ? {} : { statisticsAck }),
    ...(evidenceAck === undefined ? {} : { evidenceAck }),
    ...(callers === undefined ? {} : { callers: { tokens: callers.map(formatToken) } }),
  };
}

export function parseUpdate(wire: UpdateIn): DesiredUpdate {
  const acknowledged = whole('statistics_ack', wire.statisticsAck);
  const evidenceAck = whole('evidence_ack', wire.evidenceAck);
  return {
    revision: whole('revision', wire.revision),
    reset: wire.reset,
    more: wire.more,
    models: wire.models.map(parseModel),
    removed: wire.removed.map((model) => named('removed', model)),
    starting: wire.starting,
    // A copy: the wire's is a view that would keep the whole message in memory.
    ...(wire.predictionKey.length === 0 ? {} : { predictionKey: new Uint8Array(wire.predictionKey) }),
    ...(acknowledged === 0 ? {} : { statisticsAck: acknowledged }),
    ...(evidenceAck === 0 ? {} : { evidenceAck }),
    ...(wire.callers === null ? {} : { callers: wire.callers.tokens.map(parseToken) }),
  };
}

function formatModel({ model, versions, policyJson, aliases, others, rejected }: WireModel): DesiredModel {
  return {
    model,
    versions: versions.map(({ files, ...version }) => ({ ...version, files: files.map((file) => ({ ...file })) })),
    policyJson,
    aliases: Object.fromEntries(aliases),
    others: Object.fromEntries(others),
    rejected: [...rejected],
  };
}

function parseModel({ model, versions, policyJson, aliases, others, rejected }: ModelIn): WireModel {
  return {
    model: named('models.model', model),
    versions: versions.map(parseVersion),
    policyJson,
    aliases: new Map(Object.entries(aliases)),
    others: new Map(Object.entries(others)),
    rejected,
  };
}

function parseVersion({ version, bytes, files, ...rest }: VersionIn): WireModel['versions'][number] {
  return {
    version: named('versions.version', version),
    bytes: whole('versions.bytes', bytes),
    files: files.map(({ path, size, sha256 }) => ({ path, size: whole('files.size', size), sha256 })),
    ...rest,
  };
}

function formatToken({ expiresAt, models, ...token }: KnownToken): TokenOut {
  const { id, name, hash, requestsPerSecond, burst } = token;
  return { id, name, hash, models: [...models], expiresAtMs: expiresAt ?? 0, requestsPerSecond, burst };
}

function parseToken({ id, name, hash, models, expiresAtMs, requestsPerSecond, burst }: TokenIn): KnownToken {
  const expiresAt = whole('callers.expires_at_ms', expiresAtMs);
  return {
    ...{ id, name: named('callers.name', name), models, requestsPerSecond, burst },
    hash: new Uint8Array(hash),
    expiresAt: expiresAt === 0 ? undefined : expiresAt,
  };
}

function named(field: string, text: string): string {
  if (isName(text)) return text;
  throw bad(`${field} is ${quote(text)}, which is no name`);
}

function stateNamed(text: string): VersionState {
  if (Object.hasOwn(STATES, text)) return text as VersionState;
  throw bad(`versions.state is ${quote(text)}; it is one of ${Object.keys(STATES).join(', ')}`);
}

function whole(field: string, value: Int64): number {
  const number = toNumber(value);
  if (number >= 0 && Number.isSafeInteger(number)) return number;
  throw bad(`${field} is beyond 2^53`);
}

function bad(what: string): ServerError {
  return new ServerError('invalid_argument', `a message of the control plane cannot be read: ${what}`);
}
