/** OpenTelemetry's own environment variables, as far as Sluice heeds them. */
import { ServerError } from '../domain/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where and how to export; an undefined url means that the signal is not exported. */
export interface OtlpOptions {
  readonly metricsUrl: string | undefined;
  readonly tracesUrl: string | undefined;
  readonly exportIntervalMs: number;
  /** Limit for one export with its retries. */
  readonly timeoutMs: number;
  readonly serviceName: string;
  readonly resourceAttributes: Readonly<Record<string, string>>;
}

/** Shorter than OTel's default of 10 s, since a shutdown may have to wait for one export. */
const DEFAULT_TIMEOUT_MS = 5_000;
const DEFAULT_EXPORT_INTERVAL_MS = 60_000;

/**
 * Compiles OTEL_EXPORTER_OTLP_[METRICS_|TRACES_]ENDPOINT, OTEL_{METRICS,TRACES}_EXPORTER=none, OTEL_SDK_DISABLED,
 * OTEL_METRIC_EXPORT_INTERVAL, OTEL_EXPORTER_OTLP_TIMEOUT, OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES. Headers,
 * compression and certificates (OTEL_EXPORTER_OTLP_HEADERS and so on) are read by the exporters themselves.
 */
export function compileOtlpOptions(env: Environment): OtlpOptions {
  const attributes = keyValues(env.OTEL_RESOURCE_ATTRIBUTES ?? '');
  return {
    metricsUrl: signalUrl(env, { signal: 'METRICS', path: 'v1/metrics' }),
    tracesUrl: signalUrl(env, { signal: 'TRACES', path: 'v1/traces' }),
    exportIntervalMs: milliseconds(env, 'OTEL_METRIC_EXPORT_INTERVAL') ?? DEFAULT_EXPORT_INTERVAL_MS,
    timeoutMs: milliseconds(env, 'OTEL_EXPORTER_OTLP_TIMEOUT') ?? DEFAULT_TIMEOUT_MS,
    serviceName: text(env, 'OTEL_SERVICE_NAME') ?? attributes['service.name'] ?? 'sluice',
    resourceAttributes: attributes,
  };
}

function signalUrl(env: Environment, { signal, path }: { signal: string; path: string }): string | undefined {
  if (text(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined;
  if (text(env, `OTEL_${signal}_EXPORTER`)?.toLowerCase() === 'none') return undefined;
  const own = `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`;
  const name = text(env, own) === undefined ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : own;
  const given = text(env, name);
  if (given === undefined) return undefined;
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol)) {
    throw new ServerError(
      'invalid_argument',
      `${name}="${given}" is no http(s) address; give one like http://localhost:4318`,
    );
  }
  const protocol = text(env, `OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`) ?? text(env, 'OTEL_EXPORTER_OTLP_PROTOCOL');
  if (protocol !== undefined && protocol !== 'http/protobuf') {
    const message = `OTLP over "${protocol}" is not supported; set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf (port 4318 of most collectors)`;
    throw new ServerError('invalid_argument', message);
  }
  return name === own ? given : `${given.replace(/\/$/, '')}/${path}`;
}

/** An empty variable counts as unset, as OpenTelemetry has it. */
function text(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function milliseconds(env: Environment, name: string): number | undefined {
  const given = text(env, name);
  if (given === undefined) return undefined;
  const value = Number(given);
  if (Number.isInteger(value) && value >= 1 && value <= 3_600_000) return value;
  throw new ServerError('invalid_argument', `${name}="${given}" must be whole milliseconds from 1 to 3600000`);
}

/** "a=b,c=d" with percent-encoded values; what is no pair is left out. */
function keyValues(list: string): Record<string, string> {
  const pairs = list.split(',').map((pair) => pair.split('='));
  return Object.fromEntries(
    pairs.flatMap(([key = '', value]) =>
      value === undefined || key.trim() === '' ? [] : [[key.trim(), decode(value.trim())]],
    ),
  );
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
