/** A small OTLP/HTTP receiver: takes protobuf on /v1/metrics and /v1/traces and keeps what it decoded. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { fromJSON, type ServiceDefinition } from '@grpc/proto-loader';

export interface KeyValue {
  readonly key: string;
  readonly value: { readonly string_value?: string; readonly int_value?: number; readonly double_value?: number };
}

export interface NumberPoint {
  readonly attributes: KeyValue[];
  readonly start_time_unix_nano: string;
  readonly as_double: number;
}

export interface ExponentialPoint {
  readonly attributes: KeyValue[];
  readonly start_time_unix_nano: string;
  readonly count: string;
  readonly sum: number;
  readonly scale: number;
  readonly positive: { readonly offset: number; readonly bucket_counts: string[] };
  readonly min: number;
  readonly max: number;
}

export interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly gauge?: { readonly data_points: NumberPoint[] };
  readonly sum?: {
    readonly data_points: NumberPoint[];
    readonly is_monotonic: boolean;
    readonly aggregation_temporality: number;
  };
  readonly exponential_histogram?: {
    readonly data_points: ExponentialPoint[];
    readonly aggregation_temporality: number;
  };
}

export interface Span {
  /** Hex. */
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly name: string;
  /** 2 = SERVER, 1 = INTERNAL. */
  readonly kind: number;
  readonly start_time_unix_nano: string;
  readonly end_time_unix_nano: string;
  readonly attributes: KeyValue[];
  readonly links: { readonly trace_id: string; readonly span_id: string }[];
  /** 2 = ERROR. */
  readonly status: { readonly code: number } | null;
}

export interface OtlpReceiver extends AsyncDisposable {
  readonly url: string;
  /** Attributes of the last resource seen. */
  resource: Record<string, unknown>;
  /** Metrics of each export; a big one comes in parts. */
  readonly exports: Metric[][];
  /** Spans of all exports. */
  readonly spans: Span[];
  /** Requests, refused ones too. */
  requests: number;
  /** Answered instead of 200 when set. */
  status: number;
}

/** The part of opentelemetry-proto that is looked at. */
const field = (type: string, id: number, rule?: 'repeated') => ({ type, id, ...(rule && { rule }) });
const { TestReceiver } = fromJSON(
  {
    nested: {
      AnyValue: {
        fields: { string_value: field('string', 1), int_value: field('int64', 3), double_value: field('double', 4) },
        oneofs: { value: { oneof: ['string_value', 'int_value', 'double_value'] } },
      },
      KeyValue: { fields: { key: field('string', 1), value: field('AnyValue', 2) } },
      Resource: { fields: { attributes: field('KeyValue', 1, 'repeated') } },
      NumberPoint: {
        fields: {
          attributes: field('KeyValue', 7, 'repeated'),
          start_time_unix_nano: field('fixed64', 2),
          as_double: field('double', 4),
        },
      },
      Buckets: { fields: { offset: field('sint32', 1), bucket_counts: field('uint64', 2, 'repeated') } },
      ExponentialPoint: {
        fields: {
          attributes: field('KeyValue', 1, 'repeated'),
          start_time_unix_nano: field('fixed64', 2),
          count: field('fixed64', 4),
          sum: field('double', 5),
          scale: field('sint32', 6),
          positive: field('Buckets', 8),
          min: field('double', 12),
          max: field('double', 13),
        },
      },
      Gauge: { fields: { data_points: field('NumberPoint', 1, 'repeated') } },
      Sum: {
        fields: {
          data_points: field('NumberPoint', 1, 'repeated'),
          aggregation_temporality: field('int32', 2),
          is_monotonic: field('bool', 3),
        },
      },
      ExponentialHistogram: {
        fields: { data_points: field('ExponentialPoint', 1, 'repeated'), aggregation_temporality: field('int32', 2) },
      },
      Metric: {
        fields: {
          name: field('string', 1),
          unit: field('string', 3),
          gauge: field('Gauge', 5),
          sum: field('Sum', 7),
          exponential_histogram: field('ExponentialHistogram', 10),
        },
        oneofs: { data: { oneof: ['gauge', 'sum', 'exponential_histogram'] } },
      },
      ScopeMetrics: { fields: { metrics: field('Metric', 2, 'repeated') } },
      ResourceMetrics: {
        fields: { resource: field('Resource', 1), scope_metrics: field('ScopeMetrics', 2, 'repeated') },
      },
      MetricsRequest: { fields: { resource_metrics: field('ResourceMetrics', 1, 'repeated') } },
      Link: { fields: { trace_id: field('bytes', 1), span_id: field('bytes', 2) } },
      Status: { fields: { code: field('int32', 3) } },
      Span: {
        fields: {
          trace_id: field('bytes', 1),
          span_id: field('bytes', 2),
          parent_span_id: field('bytes', 4),
          name: field('string', 5),
          kind: field('int32', 6),
          start_time_unix_nano: field('fixed64', 7),
          end_time_unix_nano: field('fixed64', 8),
          attributes: field('KeyValue', 9, 'repeated'),
          links: field('Link', 13, 'repeated'),
          status: field('Status', 15),
        },
      },
      ScopeSpans: { fields: { spans: field('Span', 2, 'repeated') } },
      ResourceSpans: { fields: { resource: field('Resource', 1), scope_spans: field('ScopeSpans', 2, 'repeated') } },
      TracesRequest: { fields: { resource_spans: field('ResourceSpans', 1, 'repeated') } },
      Empty: { fields: {} },
      TestReceiver: {
        methods: {
          metrics: { requestType: 'MetricsRequest', responseType: 'Empty', comment: '' },
          traces: { requestType: 'TracesRequest', responseType: 'Empty', comment: '' },
        },
      },
    },
  },
  { keepCase: true, longs: String, bytes: String, defaults: true, arrays: true, oneofs: true },
);

interface Resource {
  readonly attributes: KeyValue[];
}

interface MetricsRequest {
  readonly resource_metrics: {
    readonly resource: Resource;
    readonly scope_metrics: { readonly metrics: Metric[] }[];
  }[];
}

interface TracesRequest {
  readonly resource_spans: { readonly resource: Resource; readonly scope_spans: { readonly spans: Span[] }[] }[];
}

/** Listens on a free port; dispose it to end it at once. */
export async function openOtlpReceiver(): Promise<OtlpReceiver> {
  const server = createServer((request, response) => {
    void take(request).then((status) => response.writeHead(status).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    resource: {},
    exports: [],
    spans: [],
    requests: 0,
    status: 200,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };

  async function take(request: IncomingMessage): Promise<number> {
    const body = await buffer(request);
    receiver.requests += 1;
    if (receiver.status !== 200) return receiver.status;
    if (request.headers['content-type'] !== 'application/x-protobuf') return 415;
    const { metrics, traces } = TestReceiver as ServiceDefinition;
    if (request.url === '/v1/metrics') {
      const { resource_metrics } = metrics?.requestDeserialize(body) as MetricsRequest;
      for (const { resource } of resource_metrics) receiver.resource = plain(resource.attributes);
      receiver.exports.push(resource_metrics.flatMap((one) => one.scope_metrics.flatMap((scope) => scope.metrics)));
      return 200;
    }
    if (request.url === '/v1/traces') {
      const { resource_spans } = traces?.requestDeserialize(body) as TracesRequest;
      for (const { resource } of resource_spans) receiver.resource = plain(resource.attributes);
      receiver.spans.push(
        ...resource_spans.flatMap((one) => one.scope_spans.flatMap(({ spans }) => spans.map(withHexIds))),
      );
      return 200;
    }
    return 404;
  }

  return receiver;
}

/** Attributes as an object. */
export function plain(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.string_value ?? value.double_value ?? Number(value.int_value)]),
  );
}

function withHexIds(span: Span): Span {
  const links = span.links.map((link) => ({ trace_id: hex(link.trace_id), span_id: hex(link.span_id) }));
  const ids = { trace_id: hex(span.trace_id), span_id: hex(span.span_id), parent_span_id: hex(span.parent_span_id) };
  return { ...span, ...ids, links };
}

function hex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}
