/**
 * The structured log: one method per event, none of which throws. Levels: error = a human must act now (a healthy
 * server writes none), warn = it was dealt with but look into it, info = the server's life. Nothing is logged per
 * request but faults of the server, and those are limited.
 */
import { performance } from 'node:perf_hooks';
import { destination as fileDestination, pino, stdTimeFunctions, type Logger } from 'pino';
import { describeError } from '../domain/errors.ts';
import { type ControlEvents, controlEvents } from './control-events.ts';
import { causeFields, type WriteEvent } from './event-writer.ts';
import { LineLimit } from './line-limit.ts';

interface VersionName {
  readonly model: string;
  readonly version: string;
}

export interface Events extends ControlEvents {
  serverStarting(fields: {
    readonly serverVersion: string;
    readonly nodeVersion: string;
    readonly modelsDir: string;
  }): void;
  /** One per open port. `name`: predict, admin, control, console, metrics. */
  listening(fields: { readonly name: string; readonly address: string }): void;
  /** A version entered a state other than failed. `ms`: how long the former state lasted. */
  versionState(fields: VersionName & { readonly state: string; readonly ms?: number; readonly reason?: string }): void;
  versionFailed(fields: VersionName & { readonly reason: string; readonly cause?: unknown }): void;
  /** What is is what should be, or as near as it gets. */
  settled(fields: { readonly ready: number; readonly failed: number; readonly ms: number }): void;
  /** The desired state could not be read; the former one stands. */
  desiredStateUnreadable(fields: { readonly reason: string; readonly cause?: unknown }): void;
  /** The serve process ended by itself and is started again after delayMs. */
  serveRestarting(fields: { readonly reason: string; readonly delayMs: number }): void;
  /** The same of the admin process; what serves goes on. */
  adminRestarting(fields: { readonly reason: string; readonly delayMs: number }): void;
  /** New connections are met with the certificate that was found in changed files. */
  tlsReloaded(fields: { readonly names: readonly string[]; readonly expiresAt: string }): void;
  /** The files changed and are not good; what was read before stays in force. */
  tlsNotReloaded(fields: { readonly reason: string }): void;
  /** Daily from two weeks before the end. `daysLeft` is below 0 once it has ended. */
  certificateExpires(fields: { readonly file: string; readonly daysLeft: number }): void;
  /** A serve process asked to be replaced. */
  serveRecycling(fields: { readonly reason: string }): void;
  laneLost(fields: { readonly lane: number; readonly reason: string }): void;
  laneReplaced(fields: { readonly lane: number; readonly ms: number }): void;
  /** A fault of the server or a model, whose cause no client is told. At most one line per second. */
  internalFault(fields: Partial<VersionName> & { readonly cause: unknown }): void;
  /** Telemetry could not be sent. At most one line per minute. */
  exportFailed(fields: { readonly signal: 'metrics' | 'traces'; readonly url: string; readonly cause: unknown }): void;
  shutdownStarted(fields: { readonly signal: string; readonly graceMs: number }): void;
  /** Nothing is in flight. `cancelled`: requests that overstayed the grace. */
  drained(fields: { readonly ms: number; readonly cancelled: number }): void;
  stopped(fields: { readonly ms: number }): void;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface EventOptions {
  readonly level?: LogLevel;
  /** In every line; undefined where there is one process of a kind. */
  readonly process?: number | undefined;
  /** Takes one JSON line with its newline; by default standard output. */
  readonly destination?: { write(line: string): void };
  /** Monotonic milliseconds, for the limits. */
  readonly now?: () => number;
}

const EXPORT_FAILED_INTERVAL_MS = 60_000;
const INTERNAL_FAULT_INTERVAL_MS = 1_000;

export function createEvents({
  level = 'info',
  process,
  destination = standardOutput(),
  now = () => performance.now(),
}: EventOptions = {}): Events {
  const log = pino(
    {
      level,
      base: process === undefined ? null : { process },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  const write = writer(log);
  return {
    ...processEvents(write),
    ...versionEvents(write),
    ...controlEvents(write, now),
    ...tlsEvents(write),
    ...faultEvents(write, now),
  };
}

function processEvents(
  write: WriteEvent,
): Pick<
  Events,
  | 'serverStarting'
  | 'listening'
  | 'serveRestarting'
  | 'adminRestarting'
  | 'serveRecycling'
  | 'shutdownStarted'
  | 'drained'
  | 'stopped'
> {
  return {
    serverStarting: (fields) => {
      write('info', 'serverStarting', fields, 'starting');
    },
    listening: (fields) => {
      write('info', 'listening', fields, `${fields.name} listens on ${fields.address}`);
    },
    serveRestarting: (fields) => {
      write('error', 'serveRestarting', fields, `${fields.reason}; it is started again`);
    },
    adminRestarting: (fields) => {
      write('error', 'adminRestarting', fields, `${fields.reason}; it is started again, what serves goes on`);
    },
    serveRecycling: (fields) => {
      write('warn', 'serveRecycling', fields, `the serve process is replaced: ${fields.reason}`);
    },
    shutdownStarted: (fields) => {
      write('info', 'shutdownStarted', fields, `${fields.signal}: draining`);
    },
    drained: (fields) => {
      write(
        fields.cancelled > 0 ? 'warn' : 'info',
        'drained',
        fields,
        `drained, ${String(fields.cancelled)} cancelled`,
      );
    },
    stopped: (fields) => {
      write('info', 'stopped', fields, 'stopped');
    },
  };
}

function versionEvents(
  write: WriteEvent,
): Pick<Events, 'versionState' | 'versionFailed' | 'settled' | 'desiredStateUnreadable'> {
  return {
    versionState: (fields) => {
      write('info', 'versionState', fields, `${named(fields)} is ${fields.state}`);
    },
    versionFailed: ({ cause, ...fields }) => {
      write(
        'error',
        'versionFailed',
        { ...fields, ...causeFields(cause) },
        `${named(fields)} failed: ${fields.reason}`,
      );
    },
    settled: (fields) => {
      write('info', 'settled', fields, `${String(fields.ready)} versions ready, ${String(fields.failed)} failed`);
    },
    desiredStateUnreadable: ({ cause, ...fields }) => {
      const message = `the desired state could not be read, the former one stands: ${fields.reason}`;
      write('error', 'desiredStateUnreadable', { ...fields, ...causeFields(cause) }, message);
    },
  };
}

function tlsEvents(write: WriteEvent): Pick<Events, 'tlsReloaded' | 'tlsNotReloaded' | 'certificateExpires'> {
  return {
    tlsReloaded: (fields) => {
      const message = `another certificate is in force, for ${fields.names.join(', ')} until ${fields.expiresAt}`;
      write('info', 'tlsReloaded', fields, message);
    },
    tlsNotReloaded: (fields) => {
      write('error', 'tlsNotReloaded', fields, `the former certificate stays in force: ${fields.reason}`);
    },
    certificateExpires: (fields) => {
      const { file, daysLeft } = fields;
      const when = daysLeft < 0 ? 'has expired' : `expires in ${String(daysLeft)} days`;
      write(daysLeft < 1 ? 'error' : 'warn', 'certificateExpires', fields, `the certificate ${file} ${when}; renew it`);
    },
  };
}

function faultEvents(
  write: WriteEvent,
  now: () => number,
): Pick<Events, 'laneLost' | 'laneReplaced' | 'internalFault' | 'exportFailed'> {
  const exportLimit = new LineLimit({ intervalMs: EXPORT_FAILED_INTERVAL_MS, now });
  const faultLimit = new LineLimit({ intervalMs: INTERNAL_FAULT_INTERVAL_MS, now });
  return {
    laneLost: (fields) => {
      write('warn', 'laneLost', fields, `lane ${String(fields.lane)} is lost: ${fields.reason}`);
    },
    laneReplaced: (fields) => {
      write('info', 'laneReplaced', fields, `lane ${String(fields.lane)} is replaced`);
    },
    internalFault: ({ cause, ...fields }) => {
      const suppressed = faultLimit.take();
      if (suppressed === undefined) return;
      write(
        'error',
        'internalFault',
        { ...fields, suppressed, ...causeFields(cause) },
        `a request failed: ${describeError(cause)}`,
      );
    },
    exportFailed: ({ cause, url, ...fields }) => {
      const suppressed = exportLimit.take();
      if (suppressed === undefined) return;
      const message = `${fields.signal} could not be exported: ${describeError(cause)}`;
      write('warn', 'exportFailed', { ...fields, url: withoutSecrets(url), suppressed }, message);
    },
  };
}

/** For tests and tools. */
export function silentEvents(): Events {
  return createEvents({ level: 'silent', destination: { write: () => undefined } });
}

function writer(log: Logger): WriteEvent {
  return (level, event, fields, message) => {
    try {
      log[level]({ event, ...fields }, message);
    } catch {
      // A log that cannot be written must not fail what it tells of.
    }
  };
}

/** Written at once, so that the last line before an end is not lost. A broken or full output loses lines, no more. */
function standardOutput(): { write(line: string): void } {
  const output = fileDestination({ dest: 1, sync: true });
  output.on('error', () => undefined);
  return output;
}

function named({ model, version }: VersionName): string {
  return `${model}/${version}`;
}

/** Addresses may carry credentials: user:password@ or a token in the query. */
function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return '';
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}
