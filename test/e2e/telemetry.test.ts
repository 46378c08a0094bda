import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import { iris, SluiceClient } from '../support/client.ts';
import { TRANSPORTS } from '../support/fake-door.ts';
import { openOtlpReceiver, plain } from '../support/otlp-receiver.ts';
import { Sluice } from '../support/sluice.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT_ID = '00f067aa0ba902b7';
const CALLS = 40;
const GOOD = iris([5.1, 3.5, 1.4, 0.2]);
const BAD = { name: 'X', shape: [1, 5], floats: [5.1, 3.5, 1.4, 0.2, 0] };

for (const transport of TRANSPORTS) {
  it(`counts every request per version, in Prometheus and in OTLP alike, and traces those whose caller does (${transport})`, async () => {
    await using receiver = await openOtlpReceiver();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_METRIC_EXPORT_INTERVAL: '300' };
    await using server = await Sluice.start({ transport, env, args: ['--trace-ratio=0'] });
    using client = new SluiceClient(server.predictAddress);
    const traced = new Metadata();
    traced.set('traceparent', `00-${TRACE_ID}-${PARENT_ID}-01`);
    await Promise.all(
      Array.from({ length: CALLS }, () => client.predict({ model: 'iris', version: '2', inputs: [GOOD] })),
    );
    await client.predict({ model: 'iris', version: '2', inputs: [GOOD] }, {}, traced);
    await assert.rejects(client.predict({ model: 'iris', version: '2', inputs: [BAD] }), { code: 3 });

    const text = await (await fetch(`http://${server.metricsAddress}/metrics`)).text();
    const labels = (outcome: string): string => `{model="iris",version="2",role="live",outcome="${outcome}"}`;
    assert.equal(sample(text, `sluice_request_duration_seconds_count${labels('ok')}`), CALLS + 1);
    assert.equal(sample(text, `sluice_request_duration_seconds_count${labels('invalid_argument')}`), 1);
    assert.equal(sample(text, 'sluice_batch_rows_sum{model="iris",version="2",role="live"}'), CALLS + 1);

    // SIGTERM sends what is pending, so nothing has to be waited for.
    assert.equal(await server.stop(), 0);
    const requests = receiver.exports.flatMap((metrics) =>
      metrics.filter((metric) => metric.name === 'sluice.request.duration'),
    );
    // The admin process exports, too, and ends after the serve process.
    assert(receiver.exports.at(-1)?.some((metric) => metric.name === 'sluice.audit.length'));
    const last = requests.at(-1);
    const point = last?.exponential_histogram?.data_points.find(({ attributes }) => {
      const { model, version, outcome } = plain(attributes);
      return model === 'iris' && version === '2' && outcome === 'ok';
    });
    assert.equal(Number(point?.count), CALLS + 1);
    const spans = receiver.spans.filter((span) => span.trace_id === TRACE_ID);
    const root = spans.find((span) => span.parent_span_id === PARENT_ID);
    assert.ok(root, 'the request is a child of its caller');
    const children = spans.filter((span) => span.parent_span_id === root.span_id).map((span) => span.name);
    assert.deepEqual(children.toSorted(), ['compute', 'queue']);
    const batches = receiver.spans.filter((span) => span.name.startsWith('batch'));
    assert.equal(batches.length, 1, 'only the batch of the traced request has a span');
  });

  it(`serves all the same while the OTLP receiver is down (${transport})`, async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_METRIC_EXPORT_INTERVAL: '100' };
    await using server = await Sluice.start({ transport, env, args: ['--trace-ratio=1'] });
    using client = new SluiceClient(server.predictAddress);
    for (let call = 0; call < 50; call += 1) await client.predict({ model: 'iris', inputs: [GOOD] });
    await server.line((line) => line.event === 'exportFailed');
    assert.equal(await server.stop(), 0);
    assert.ok(server.log.filter((line) => line.event === 'exportFailed').length <= 2);
  });
}

function sample(text: string, series: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  assert.ok(line, `${series} is there`);
  return Number(line.slice(series.length + 1));
}
