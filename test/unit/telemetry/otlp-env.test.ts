import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileOtlpOptions, type Environment } from '../../../src/telemetry/otlp-env.ts';

function urls(env: Environment): (string | undefined)[] {
  const { metricsUrl, tracesUrl } = compileOtlpOptions(env);
  return [metricsUrl, tracesUrl];
}

test('nothing is exported unless an endpoint is set', () => {
  assert.deepEqual(compileOtlpOptions({}), {
    metricsUrl: undefined,
    tracesUrl: undefined,
    exportIntervalMs: 60_000,
    timeoutMs: 5_000,
    serviceName: 'sluice',
    resourceAttributes: {},
  });
  assert.deepEqual(urls({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }), [undefined, undefined]);
});

test('the common endpoint gets the signal paths, a signal its own endpoint as it is', () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/' };
  assert.deepEqual(urls(env), ['http://c:4318/v1/metrics', 'http://c:4318/v1/traces']);
  const own = { ...env, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t/path' };
  assert.deepEqual(urls(own), ['http://c:4318/v1/metrics', 'https://t/path']);
  assert.deepEqual(urls({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t/path' }), [undefined, 'https://t/path']);
});

test('a signal, or everything, can be switched off', () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' };
  assert.deepEqual(urls({ ...env, OTEL_METRICS_EXPORTER: 'none' }), [undefined, 'http://c:4318/v1/traces']);
  assert.deepEqual(urls({ ...env, OTEL_SDK_DISABLED: 'true' }), [undefined, undefined]);
});

test('the service name and resource attributes come from the environment', () => {
  const attributes = 'service.name=from%20list, deployment.environment.name=prod,broken,=x';
  const named = compileOtlpOptions({ OTEL_RESOURCE_ATTRIBUTES: attributes });
  assert.equal(named.serviceName, 'from list');
  assert.deepEqual(named.resourceAttributes, { 'service.name': 'from list', 'deployment.environment.name': 'prod' });
  const overruled = compileOtlpOptions({ OTEL_RESOURCE_ATTRIBUTES: attributes, OTEL_SERVICE_NAME: 'edge' });
  assert.equal(overruled.serviceName, 'edge');
});

test('what cannot be done ends the start with a sentence', () => {
  const refusals: [Environment, RegExp][] = [
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' },
      /OTEL_EXPORTER_OTLP_ENDPOINT="collector:4317" is no http\(s\) address/,
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /http\/protobuf/],
    [{ OTEL_METRIC_EXPORT_INTERVAL: '1s' }, /OTEL_METRIC_EXPORT_INTERVAL="1s" must be whole milliseconds/],
  ];
  for (const [env, message] of refusals) {
    assert.throws(() => compileOtlpOptions(env), { name: 'ServerError', code: 'invalid_argument', message });
  }
});
