import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Monitor } from '../../../src/monitor/monitor.ts';
import { createEvents, silentEvents, type Events } from '../../../src/telemetry/events.ts';
import { ROWS_BOUNDARIES, SECONDS_BOUNDARIES } from '../../../src/telemetry/instrument.ts';
import { readInstruments } from '../../../src/telemetry/instruments.ts';
import { compileOtlpOptions, type Environment } from '../../../src/telemetry/otlp-env.ts';
import { Telemetry } from '../../../src/telemetry/setup.ts';
import { openOtlpReceiver, plain, type Metric, type OtlpReceiver } from '../../support/otlp-receiver.ts';

const METHOD = 'sluice.v1.PredictService/Predict';
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';
const SAMPLED = `00-${TRACE_ID}-${PARENT_ID}-01`;

interface Given {
  readonly env?: Environment;
  readonly monitor?: Monitor;
  readonly traceRatio?: number;
  readonly events?: Events;
}

function open({ env = {}, monitor = new Monitor(), traceRatio = 0, events = silentEvents() }: Given): Telemetry {
  const otlp = compileOtlpOptions(env);
  return new Telemetry({
    serverVersion: '0.1.0',
    instanceId: 'one',
    otlp,
    traceRatio,
    instruments: (vitals) => readInstruments(monitor, vitals),
    process,
    events,
  });
}

function exportTo(receiver: OtlpReceiver): Environment {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_RESOURCE_ATTRIBUTES: 'zone=a' };
}

/** A monitor that saw two ok requests, an error, and two batches of one version. */
function busyMonitor(): Monitor {
  const monitor = new Monitor(() => 1_700_000_000_000);
  const stats = monitor.open('iris', '2');
  stats.recordRequest('ok', 2 ** -9 * 1000);
  stats.recordRequest('ok', 3);
  stats.recordRequest('resource_exhausted', 0.5);
  stats.recordRefusal('queue_rows');
  stats.recordBatch({ rows: 4, computeMs: 1.5, hopMs: 0.125, closed: 'idle' });
  stats.recordBatch({ rows: 1, computeMs: 1, hopMs: 0.125, closed: 'full' });
  stats.recordQueue(0.25);
  stats.gauges = { queueRows: () => 12, queueLimitRows: () => 1024, inFlight: () => 3 };
  monitor.lanes = { count: () => 2, busy: () => 1, lost: () => 0 };
  monitor.rpc(METHOD).record('ok', 3);
  monitor.rpc(METHOD).record('not_found', 1);
  monitor.recordLoad({ model: 'iris', version: '2', outcome: 'ok', ms: 40 });
  return monitor;
}

// Prometheus -------------------------------------------------------------------------------------------------------

interface Family {
  type: string;
  /** 'name{labels}' → value. */
  readonly samples: Map<string, number>;
}

/** Reads Prometheus' text format 0.0.4 strictly: unknown lines, samples outside their family and duplicates throw. */
function parsePrometheus(text: string): Map<string, Family> {
  assert(text.endsWith('\n'), 'the last line ends');
  const families = new Map<string, Family>();
  let current = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|UNIT|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    if (comment !== null) {
      const [, kind, name = '', rest = ''] = comment;
      if (kind === 'HELP') {
        assert(!families.has(name), `${name} comes twice`);
        families.set(name, { type: '', samples: new Map() });
        current = name;
      }
      assert.equal(name, current);
      const family = families.get(name);
      if (kind === 'TYPE' && family !== undefined) family.type = rest;
      continue;
    }
    const sample =
      /^([a-zA-Z_:][a-zA-Z0-9_:]*)((?:\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*\})?) (\S+)$/.exec(line);
    assert(sample !== null, `no sample: ${line}`);
    const [, name = '', labels = '', value = ''] = sample;
    const family = families.get(current);
    assert(family !== undefined && /^(counter|gauge|histogram)$/.test(family.type), `no type for ${line}`);
    const suffix = name.slice(current.length);
    assert(
      name.startsWith(current) && (family.type === 'histogram' ? /^_(bucket|sum|count)$/ : /^$/).test(suffix),
      line,
    );
    assert(!family.samples.has(name + labels), `twice: ${line}`);
    family.samples.set(name + labels, value === '+Inf' ? Infinity : Number(value));
    assert(!Number.isNaN(Number(value.replace('+Inf', 'Infinity'))), line);
  }
  return families;
}

test('the Prometheus text holds what was recorded, in valid syntax', async () => {
  const telemetry = open({ monitor: busyMonitor() });
  const families = parsePrometheus(await telemetry.prometheusText());
  await telemetry.close({ graceMs: 1_000 });
  const value = (sample: string) =>
    families.get(/^(.*?)(?:_sum|_count|_bucket)?\{/.exec(sample)?.[1] ?? sample)?.samples.get(sample);
  const version = 'model="iris",version="2",role="live"';
  assert.deepEqual(
    {
      ok: value(`sluice_request_duration_seconds_count{${version},outcome="ok"}`),
      sum: value(`sluice_request_duration_seconds_sum{${version},outcome="ok"}`),
      upTo2ms: value(`sluice_request_duration_seconds_bucket{${version},outcome="ok",le="0.001953125"}`),
      all: value(`sluice_request_duration_seconds_bucket{${version},outcome="ok",le="+Inf"}`),
      refusedRequests: value(`sluice_request_duration_seconds_count{${version},outcome="resource_exhausted"}`),
      oneRow: value(`sluice_batch_rows_bucket{${version},le="1"}`),
      fourRows: value(`sluice_batch_rows_bucket{${version},le="4"}`),
      compute: value(`sluice_batch_compute_duration_seconds_sum{${version}}`),
      hops: value(`sluice_batch_hop_duration_seconds_count{${version}}`),
      queued: value(`sluice_request_queue_duration_seconds_sum{${version}}`),
      load: value('sluice_load_duration_seconds_count{model="iris",version="2",outcome="ok"}'),
      call: value(
        `rpc_server_call_duration_seconds_count{rpc_system_name="grpc",rpc_method="${METHOD}",rpc_response_status_code="NOT_FOUND"}`,
      ),
    },
    {
      ok: 2,
      sum: 2 ** -9 + 0.003,
      upTo2ms: 1,
      all: 2,
      refusedRequests: 1,
      oneRow: 1,
      fourRows: 2,
      compute: 0.0025,
      hops: 2,
      queued: 0.00025,
      load: 1,
      call: 1,
    },
  );
  const single = (name: string) => [families.get(name)?.type, Object.fromEntries(families.get(name)?.samples ?? [])];
  assert.deepEqual(single('sluice_batch_closed_total'), [
    'counter',
    Object.fromEntries(
      Object.entries({ full: 1, idle: 1, delay: 0, shape: 0 }).map(([reason, count]) => [
        `sluice_batch_closed_total{${version},reason="${reason}"}`,
        count,
      ]),
    ),
  ]);
  assert.deepEqual(single('sluice_queue_rows'), ['gauge', { [`sluice_queue_rows{${version}}`]: 12 }]);
  assert.deepEqual(single('sluice_request_active'), ['gauge', { [`sluice_request_active{${version}}`]: 3 }]);
  assert.deepEqual(single('sluice_lane_busy'), ['gauge', { sluice_lane_busy: 1 }]);
  assert.equal(value(`sluice_request_refused_total{${version},reason="queue_rows"}`), 1);
  assert.deepEqual(
    [...families.keys()].filter(
      (name) => !/^(target_info|nodejs_eventloop_delay_.*|v8js_gc_duration_seconds)$/.test(name),
    ),
    [
      'sluice_request_duration_seconds',
      'sluice_request_queue_duration_seconds',
      'sluice_request_refused_total',
      'sluice_request_expired_total',
      'sluice_request_cancelled_total',
      'sluice_request_rerun_total',
      'sluice_request_active',
      'sluice_queue_rows',
      'sluice_queue_limit',
      'sluice_drift_sampled_total',
      'sluice_batch_hop_duration_seconds',
      'sluice_batch_compute_duration_seconds',
      'sluice_batch_rows',
      'sluice_batch_closed_total',
      'rpc_server_call_duration_seconds',
      'sluice_load_duration_seconds',
      'sluice_lane_open',
      'sluice_lane_busy',
      'sluice_lane_lost_total',
      'process_cpu_time_seconds_total',
      'process_memory_usage_bytes',
      'nodejs_eventloop_utilization_ratio',
    ],
  );
});

test('copies for a shadow are published beside the live requests, under their own role, once there are some', async () => {
  const monitor = busyMonitor();
  const shadow = monitor.open('iris', '2', 'shadow');
  const telemetry = open({ monitor });
  const before = await telemetry.prometheusText();
  shadow.recordRequest('ok', 2);
  shadow.recordDropped();
  const families = parsePrometheus(await telemetry.prometheusText());
  await telemetry.close({ graceMs: 1_000 });
  const ok = (role: string) =>
    families
      .get('sluice_request_duration_seconds')
      ?.samples.get(`sluice_request_duration_seconds_count{model="iris",version="2",role="${role}",outcome="ok"}`);
  assert.deepEqual([before.includes('role="shadow"'), ok('live'), ok('shadow')], [false, 2, 1]);
  const dropped = [...(families.get('sluice_request_dropped_total')?.samples ?? [])];
  assert.deepEqual(dropped, [['sluice_request_dropped_total{model="iris",version="2",role="shadow"}', 1]]);
  assert.equal(families.get('sluice_queue_rows')?.samples.size, 1);
});

test('the buckets of the Prometheus text resolve 50 µs to 10 s', () => {
  const [first = 0] = SECONDS_BOUNDARIES;
  assert(first < 50e-6 && (SECONDS_BOUNDARIES.at(-1) ?? 0) > 10);
  assert.equal(SECONDS_BOUNDARIES.length, 37);
  assert.deepEqual([ROWS_BOUNDARIES[0], ROWS_BOUNDARIES.at(-1)], [1, 1024]);
});

test('a dropped version vanishes from the Prometheus text, the others stay', async () => {
  const monitor = busyMonitor();
  monitor.open('iris', '3');
  const telemetry = open({ monitor });
  monitor.drop('iris', '2');
  const text = await telemetry.prometheusText();
  await telemetry.close({ graceMs: 1_000 });
  assert.deepEqual([text.includes('version="2"'), text.includes('version="3"')], [false, true]);
});

// OTLP metrics -----------------------------------------------------------------------------------------------------

function metric(receiver: OtlpReceiver, name: string): Metric {
  const found = receiver.exports[0]?.find((one) => one.name === name);
  assert(found, `${name} was not exported`);
  return found;
}

test('OTLP gets exponential histograms, counters and levels under semantic names, with the resource', async () => {
  await using receiver = await openOtlpReceiver();
  const telemetry = open({ env: exportTo(receiver), monitor: busyMonitor() });
  await telemetry.flush();
  await telemetry.close({ graceMs: 5_000 });
  assert.deepEqual(receiver.resource, {
    'service.name': 'sluice',
    'service.version': '0.1.0',
    'service.instance.id': 'one',
    zone: 'a',
  });
  const requests = metric(receiver, 'sluice.request.duration');
  assert.deepEqual([requests.unit, requests.exponential_histogram?.aggregation_temporality], ['s', 2]);
  const [ok, refused, ...rest] = requests.exponential_histogram?.data_points ?? [];
  assert.deepEqual(rest, []);
  assert(ok && refused);
  assert.deepEqual(plain(ok.attributes), { model: 'iris', version: '2', role: 'live', outcome: 'ok' });
  assert.deepEqual(
    [ok.count, ok.sum, ok.min, ok.max, ok.scale, ok.start_time_unix_nano],
    ['2', 2 ** -9 + 0.003, 2 ** -9, 0.003, 3, '1700000000000000000'],
  );
  // 2^-9 is the upper end of bucket -73; 0.003 s lies in (2^-8.5, 2^-8.375], bucket -68.
  assert.deepEqual(ok.positive, { offset: -73, bucket_counts: ['1', '0', '0', '0', '0', '1'] });
  assert.deepEqual([plain(refused.attributes).outcome, refused.count], ['resource_exhausted', '1']);
  const rows = metric(receiver, 'sluice.batch.rows').exponential_histogram?.data_points[0];
  assert.deepEqual([rows?.count, rows?.sum, rows?.min, rows?.max], ['2', 5, 1, 4]);
  const closed = metric(receiver, 'sluice.batch.closed').sum;
  assert.deepEqual([closed?.is_monotonic, closed?.aggregation_temporality], [true, 2]);
  assert.deepEqual(
    closed?.data_points.map((point) => [plain(point.attributes).reason, point.as_double]),
    [
      ['full', 1],
      ['idle', 1],
      ['delay', 0],
      ['shape', 0],
    ],
  );
  const queue = metric(receiver, 'sluice.queue.rows').sum;
  assert.deepEqual([queue?.is_monotonic, queue?.data_points[0]?.as_double], [false, 12]);
  const calls = metric(receiver, 'rpc.server.call.duration').exponential_histogram?.data_points ?? [];
  assert.deepEqual(
    calls.map((point) => [plain(point.attributes)['rpc.response.status_code'], point.count]),
    [
      ['OK', '1'],
      ['NOT_FOUND', '1'],
    ],
  );
  assert((metric(receiver, 'process.memory.usage').sum?.data_points[0]?.as_double ?? 0) > 1e6);
  assert(metric(receiver, 'nodejs.eventloop.utilization').gauge);
});

test('a dropped version is in no later export', async () => {
  await using receiver = await openOtlpReceiver();
  const monitor = busyMonitor();
  const telemetry = open({ env: exportTo(receiver), monitor });
  monitor.drop('iris', '2');
  await telemetry.flush();
  await telemetry.close({ graceMs: 5_000 });
  const names = receiver.exports.flat().map(({ name }) => name);
  assert(names.includes('process.cpu.time'));
  assert.deepEqual(
    names.filter((name) => /^sluice\.(request|batch|queue|load)/.test(name)),
    [],
  );
});

test('an export of many versions comes in parts and loses none, nor does the Prometheus text', async () => {
  await using receiver = await openOtlpReceiver();
  const monitor = new Monitor();
  for (let i = 0; i < 60; i++) monitor.open('m', String(i)).recordRequest('ok', i);
  const telemetry = open({ env: exportTo(receiver), monitor });
  await telemetry.flush();
  const families = parsePrometheus(await telemetry.prometheusText());
  const parts = receiver.exports.length;
  assert(parts > 1);
  const points = receiver.exports
    .flat()
    .filter(({ name }) => name === 'sluice.request.duration')
    .flatMap((metric) => metric.exponential_histogram?.data_points ?? []);
  await telemetry.close({ graceMs: 5_000 });
  assert.deepEqual(
    points.map(({ attributes, count }) => [plain(attributes).version, count]),
    Array.from({ length: 60 }, (_, i) => [String(i), '1']),
  );
  // Per version 37 boundaries, +Inf, count and sum.
  assert.equal(families.get('sluice_request_duration_seconds')?.samples.size, 60 * 40);
});

// Traces -----------------------------------------------------------------------------------------------------------

/** Two requests that ran in one batch of 5 rows: queued 2 ms and 1 ms, hop 2 ms, compute 4 ms. */
function traceOneBatch({ tracing }: Telemetry): void {
  const endedAt = performance.now();
  const dispatchedAt = endedAt - 6;
  const start = { method: METHOD, model: 'iris' };
  const first = tracing.request({ ...start, traceparent: SAMPLED, receivedAt: dispatchedAt - 2 });
  const second = tracing.request({
    ...start,
    traceparent: SAMPLED.replace('0af7', '1af7'),
    receivedAt: dispatchedAt - 1,
  });
  assert(first && second);
  const batch = tracing.batch({ model: 'iris', version: '2', rows: 5, dispatchedAt, members: [first, second] });
  batch?.finish({ endedAt, hopMs: 2, computeMs: 4, outcome: 'ok' });
  const timings = { queueMs: 2, hopMs: 2, computeMs: 4, batchRows: 5 };
  first.finish({ version: '2', outcome: 'ok', endedAt, timings, batch });
  second.finish({ version: '2', outcome: 'internal', endedAt, timings: { ...timings, queueMs: 1 }, batch });
}

test("a sampled request gives spans in the caller's trace, and its batch one with links both ways", async () => {
  await using receiver = await openOtlpReceiver();
  const telemetry = open({ env: exportTo(receiver) });
  traceOneBatch(telemetry);
  await telemetry.close({ graceMs: 5_000 });
  const find = (name: string, trace?: string) => {
    const [span, ...more] = receiver.spans.filter(
      (one) => one.name === name && (trace ?? one.trace_id) === one.trace_id,
    );
    assert(span && more.length === 0, `one span ${name}`);
    const milliseconds = (Number(span.end_time_unix_nano) - Number(span.start_time_unix_nano)) / 1e6;
    return { ...span, milliseconds: Math.round(milliseconds * 100) / 100 };
  };
  assert.equal(receiver.spans.length, 7);
  const request = find(METHOD, TRACE_ID);
  const queue = find('queue', TRACE_ID);
  const compute = find('compute', TRACE_ID);
  const batch = find('batch');
  const other = find(METHOD, TRACE_ID.replace('0af7', '1af7'));

  assert.deepEqual([request.parent_span_id, request.kind, request.milliseconds], [PARENT_ID, 2, 8]);
  assert.deepEqual(plain(request.attributes), {
    'rpc.system.name': 'grpc',
    'rpc.method': METHOD,
    'sluice.model': 'iris',
    'sluice.version': '2',
    'rpc.response.status_code': 'OK',
  });
  assert.deepEqual([queue.parent_span_id, queue.kind, queue.milliseconds], [request.span_id, 1, 2]);
  assert.deepEqual([compute.parent_span_id, compute.milliseconds], [request.span_id, 4]);
  assert.deepEqual(compute.links, [{ trace_id: batch.trace_id, span_id: batch.span_id }]);
  assert.deepEqual([batch.parent_span_id, batch.milliseconds], ['', 6]);
  assert.notEqual(batch.trace_id, TRACE_ID);
  assert.deepEqual(
    batch.links,
    [request, other].map(({ trace_id, span_id }) => ({ trace_id, span_id })),
  );
  assert.equal(plain(batch.attributes)['sluice.batch.rows'], 5);
  assert.deepEqual([other.status?.code, plain(other.attributes)['error.type']], [2, 'INTERNAL']);
});

test('only sampled requests are traced: the caller decides, else the ratio', async () => {
  await using receiver = await openOtlpReceiver();
  const start = { method: METHOD, model: 'iris', receivedAt: performance.now() };
  const unsampled = SAMPLED.replace(/01$/, '00');
  const traced = async (traceRatio: number, traceparent: string | undefined) => {
    const telemetry = open({ env: exportTo(receiver), traceRatio });
    const request = telemetry.tracing.request({ ...start, traceparent });
    await telemetry.close({ graceMs: 5_000 });
    return request?.traceId === TRACE_ID ? "caller's" : request === undefined ? 'no' : 'new';
  };
  assert.deepEqual(
    [
      await traced(0, SAMPLED),
      await traced(1, unsampled),
      await traced(0, undefined),
      await traced(1, undefined),
      await traced(1, 'nonsense'),
      await traced(0, 'nonsense'),
    ],
    ["caller's", 'no', 'no', 'new', 'new', 'no'],
  );
});

test('without an endpoint nothing is traced', async () => {
  const telemetry = open({ traceRatio: 1 });
  const start = { method: METHOD, model: 'iris', receivedAt: 0, traceparent: SAMPLED };
  assert.equal(telemetry.tracing.request(start), undefined);
  await telemetry.close({ graceMs: 1_000 });
});

// Failing receivers ------------------------------------------------------------------------------------------------

test('a receiver that is down or refuses disturbs nothing: one log line, scrapes go on, the end is not held up', async () => {
  for (const status of ['down', 400] as const) {
    await using receiver = await openOtlpReceiver();
    const env = { ...exportTo(receiver), OTEL_EXPORTER_OTLP_TIMEOUT: '500' };
    if (status === 'down') await receiver[Symbol.asyncDispose]();
    else receiver.status = status;
    const lines: string[] = [];
    const events = createEvents({ destination: { write: (line) => void lines.push(line) } });
    const telemetry = open({ env, monitor: busyMonitor(), events });
    for (let i = 0; i < 3_000; i++) traceOneBatch(telemetry);
    await telemetry.flush();
    await telemetry.flush();
    parsePrometheus(await telemetry.prometheusText());
    await telemetry.close({ graceMs: 60_000 });
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { event: string }).event),
      ['exportFailed'],
    );
    assert.deepEqual(receiver.spans, []);
  }
});

test('spans beyond the queue are dropped, and those that come later arrive', async () => {
  await using receiver = await openOtlpReceiver();
  const telemetry = open({ env: exportTo(receiver) });
  for (let i = 0; i < 1_000; i++) traceOneBatch(telemetry);
  await telemetry.flush();
  const kept = receiver.spans.length;
  assert(kept >= 2_048 && kept < 7_000, `${kept} spans`);
  traceOneBatch(telemetry);
  await telemetry.flush();
  await telemetry.close({ graceMs: 5_000 });
  assert.equal(receiver.spans.length, kept + 7);
});
