/** Every option of the server, once: docs/options.md, `--help` and the Config type are made from this table. */
import { ACCESS_OPTIONS } from './access-options.ts';
import {
  address,
  approvals,
  bytes,
  choice,
  duration,
  label,
  meetingPoint,
  names,
  orAuto,
  orOff,
  path,
  paths,
  postgresUrl,
  ratio,
  toggle,
} from './kinds.ts';
import type { Approval } from './kinds.ts';
import { hosts } from './host-kinds.ts';
import { GIB, HOUR, KIB, option, SECOND, TIB } from './option.ts';
import type { Option, ValueOf } from './option.ts';
import { SERVING_OPTIONS } from './serving-options.ts';
import { TLS_OPTIONS } from './tls-options.ts';

const NO_HOSTS: readonly string[] = Object.freeze([]);
const NO_APPROVALS: ReadonlyMap<string, Approval> = new Map();

/** The keys are Config's fields, units last; the order is that of docs/options.md. */
export const OPTIONS = {
  modelsDir: option({
    name: 'models-dir',
    kind: orOff(path()),
    default: './models',
    why: 'Models to import into the registry: `<model>/<version>/model.onnx`; read again on SIGHUP. off = uploads only.',
  }),
  dataDir: option({
    name: 'data-dir',
    kind: path(),
    default: './data',
    why: 'Where the registry, its files and the last desired state lie; put it on a disk that outlives a container.',
  }),
  predictAddress: option({
    name: 'predict-address',
    kind: address(),
    default: Object.freeze({ host: '127.0.0.1', port: 50_051 }),
    why: 'Where Predict, the Open Inference Protocol, health and reflection listen; 0.0.0.0 lets other machines in.',
  }),
  adminAddress: option({
    name: 'admin-address',
    kind: address(),
    default: Object.freeze({ host: '127.0.0.1', port: 50_052 }),
    why: 'Where the Admin services listen; elsewhere than on loopback they need an identity, see docs/security.md.',
  }),
  controlAddress: option({
    name: 'control-address',
    kind: meetingPoint(),
    default: 'auto',
    why: 'Where admin and serve processes meet; auto = a socket in the data directory, off = `serve` reads the models itself.',
  }),
  ...TLS_OPTIONS,
  ...ACCESS_OPTIONS,
  databaseUrl: option({
    name: 'database-url',
    kind: orOff(postgresUrl()),
    default: 'off',
    env: 'DATABASE_URL',
    secret: true,
    why: 'The PostgreSQL database (15 or later) that holds the registry; off = SQLite in the data directory.',
  }),
  importDirs: option({
    name: 'import-dirs',
    kind: paths(),
    default: Object.freeze([]),
    why: 'Directories below which RegisterVersion may take files by path; none = uploads only.',
  }),
  maxModelBytes: option({
    name: 'max-model-bytes',
    kind: bytes({ min: KIB, max: TIB }),
    default: 16 * GIB,
    why: 'The most that the files of one version may hold together; uploads beyond get RESOURCE_EXHAUSTED.',
  }),
  stages: option({
    name: 'stages',
    kind: names(),
    default: Object.freeze(['development', 'staging', 'production', 'archived']),
    why: 'The stages that versions can be in; the first is that of new ones.',
  }),
  approvals: option({
    name: 'approvals',
    kind: approvals(),
    default: NO_APPROVALS,
    why: 'Stages that are entered only after so many people, other than the requester, approved.',
  }),
  holdFormerMs: option({
    name: 'hold-former',
    kind: duration({ min: 0, max: 168 * HOUR }),
    default: 600 * SECOND,
    why: 'How long a version that lost its traffic stays loaded, so that a rollback is instant.',
  }),
  epochRetentionMs: option({
    name: 'epoch-retention',
    kind: duration({ min: 0, max: 87_600 * HOUR }),
    default: 2160 * HOUR,
    why: 'Files of deleted versions are kept while an epoch this recent names them, so that answers can be reproduced.',
  }),
  metricsAddress: option({
    name: 'metrics-address',
    kind: orOff(address()),
    default: Object.freeze({ host: '127.0.0.1', port: 9464 }),
    why: 'Where Prometheus finds /metrics; `off` when metrics leave by OTLP only.',
  }),
  adminMetricsAddress: option({
    name: 'admin-metrics-address',
    kind: orOff(address()),
    default: Object.freeze({ host: '127.0.0.1', port: 9463 }),
    why: 'The same of the admin process: rollouts, experiments, instances, the registry; see docs/metrics.md.',
  }),
  consoleAddress: option({
    name: 'console-address',
    kind: orAuto(orOff(address())),
    default: 'auto',
    why: 'Where the web console listens; auto = 127.0.0.1:8080 if that is free. See docs/console.md.',
  }),
  consoleHosts: option({
    name: 'console-hosts',
    kind: hosts(),
    default: NO_HOSTS,
    why: 'Names under which browsers reach the console, beside those of the loopback; others are refused.',
  }),
  predictTransport: option({
    name: 'predict-transport',
    kind: choice(['h2', 'grpc-js']),
    default: 'h2',
    why: "The gRPC server of the Predict port: h2 = Sluice's own, at a fraction of the cost; grpc-js = @grpc/grpc-js.",
  }),
  reflection: option({
    name: 'reflection',
    kind: toggle(),
    default: true,
    why: 'Lets grpcurl and the like ask for the schema; switch it off where the port faces strangers.',
  }),
  serverName: option({
    name: 'server-name',
    kind: label(),
    default: 'sluice',
    why: 'What ServerMetadata and telemetry call this server; name it where several report to one place.',
  }),
  ...SERVING_OPTIONS,
  drainDelayMs: option({
    name: 'drain-delay',
    kind: duration({ min: 0, max: HOUR }),
    default: 0,
    why: 'On SIGTERM, the time between health NOT_SERVING and the end of new calls, for a balancer to look elsewhere.',
  }),
  drainTimeoutMs: option({
    name: 'drain-timeout',
    kind: duration({ min: 0, max: HOUR }),
    default: 30 * SECOND,
    why: "On SIGTERM, how long calls in flight may take to finish; keep it below the sender's grace period.",
  }),
  logLevel: option({
    name: 'log-level',
    kind: choice(['debug', 'info', 'warn', 'error']),
    default: 'info',
    why: 'The least severe lines that are logged.',
  }),
  traceRatio: option({
    name: 'trace-ratio',
    kind: ratio(),
    default: 0.01,
    why: 'The share of calls without a trace of their own that start one; a caller that sends a trace decides itself.',
  }),
};

export type OptionField = keyof typeof OPTIONS;

/** The complete configuration; frozen. Made by compileOptions alone. */
export type Config = { readonly [F in OptionField]: ValueOf<(typeof OPTIONS)[F]['kind']> };

export const OPTION_FIELDS: readonly OptionField[] = Object.keys(OPTIONS).filter(isOptionField);

function isOptionField(field: string): field is OptionField {
  return Object.hasOwn(OPTIONS, field);
}

/** The option of a field, typed as Config has it. */
export function optionOf<F extends OptionField>(field: F): Option<Config[F]> {
  const table: { readonly [G in OptionField]: Option<Config[G]> } = OPTIONS;
  return table[field];
}

export function flagOf(field: OptionField): string {
  return `--${OPTIONS[field].name}`;
}

export function envOf(field: OptionField): string {
  const { env } = optionOf(field);
  if (env !== undefined) return env;
  return `SLUICE_${OPTIONS[field].name.toUpperCase().replaceAll('-', '_')}`;
}

export function printDefault(field: OptionField): string {
  return printValue(field, OPTIONS[field].default);
}

/** The text that the option reads back. */
export function printValue<F extends OptionField>(field: F, value: Config[F]): string {
  return optionOf(field).kind.print(value);
}
