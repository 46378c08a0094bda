/**
 * The OpenTelemetry SDK: the only file that touches it. Nothing here is on the request line: metrics are read from the
 * monitor when somebody asks (a scrape, the export timer), spans are handed to a bounded queue.
 */
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { ValueType } from '@opentelemetry/api';
import { millisToHrTime } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { emptyResource, resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  MeterProvider,
  MetricReader,
  PeriodicExportingMetricReader,
  type CollectionResult,
  type DataPoint,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import { noTracing, type Tracing } from '../domain/tracing.ts';
import { GcPauses } from '../monitor/gc-pauses.ts';
import type { Histogram } from '../monitor/histogram.ts';
import { ProcessVitals, type ProcessReadings, type Vitals } from '../monitor/process-vitals.ts';
import type { Events } from './events.ts';
import { prometheusName, type Instrument, type Point } from './instrument.ts';
import type { OtlpOptions } from './otlp-env.ts';
import { createTracing } from './tracing.ts';
import { WatchedExporter } from './watched-exporter.ts';

/** Everything there is to publish now. Called by each reader for itself, when it exports. */
type ReadInstruments = (vitals: Vitals) => Promise<readonly Instrument[]> | readonly Instrument[];

export interface TelemetryOptions {
  readonly serverVersion: string;
  /** Tells this process from its siblings. */
  readonly instanceId: string;
  readonly otlp: OtlpOptions;
  /** Share of requests without a caller's trace that begin one, 0 to 1. */
  readonly traceRatio: number;
  readonly instruments: ReadInstruments;
  readonly process: ProcessReadings;
  readonly events: Events;
}

const SCOPE = 'sluice';

/** Spans that wait for export; beyond, new ones are dropped. About 2 kB each. */
const MAX_QUEUED_SPANS = 2_048;
const MAX_SPANS_PER_EXPORT = 512;
const SPAN_EXPORT_DELAY_MS = 1_000;
/** Beyond, the first links of a batch are dropped. */
const MAX_LINKS_PER_SPAN = 256;
/** What one export message holds, so that none takes the main thread for long. */
const MAX_POINTS_PER_EXPORT = 256;
/** Series rendered for Prometheus before other work gets its turn; a histogram is some 40 lines. */
const SERIES_PER_TURN = 16;
/** Exports of one signal under way at once; beyond, they fail at once. A flush of a full span queue takes five. */
const MAX_EXPORTS = 8;

/**
 * Owns readers, exporters and their timers. A receiver that is down costs the queued spans and one log line a minute;
 * cumulative metrics lose nothing by a missed export.
 */
export class Telemetry {
  readonly tracing: Tracing;
  readonly #gc = new GcPauses();
  readonly #meters: MeterProvider;
  readonly #tracers: TracerProvider | undefined;
  readonly #producers: InstrumentProducer[] = [];
  readonly #watched: { closing: boolean }[] = [];
  readonly #prometheus: PullReader;
  #scrape: Promise<string> | undefined;

  constructor(options: TelemetryOptions) {
    const { otlp } = options;
    const resource = describeResource(options);
    this.#prometheus = new PullReader({ metricProducers: [this.#producer(options, 'explicit')] });
    const readers: MetricReader[] = [this.#prometheus];
    if (otlp.metricsUrl !== undefined) readers.push(this.#pushReader(options, otlp.metricsUrl));
    this.#meters = new MeterProvider({ resource, readers });
    this.#tracers = otlp.tracesUrl === undefined ? undefined : this.#tracerProvider(options, resource, otlp.tracesUrl);
    const tracer = this.#tracers?.getTracer(SCOPE, options.serverVersion);
    this.tracing =
      tracer === undefined ? noTracing : createTracing({ tracer, ratio: options.traceRatio, random: Math.random });
  }

  /** Everything in Prometheus' text format, version 0.0.4. Those who ask while one is made get the same one. */
  prometheusText(): Promise<string> {
    this.#scrape ??= this.#renderPrometheus().finally(() => (this.#scrape = undefined));
    return this.#scrape;
  }

  /** Sends what is pending now. Does not fail; what cannot be sent is told to events. */
  async flush(): Promise<void> {
    await Promise.allSettled([this.#meters.forceFlush(), this.#tracers?.forceFlush()]);
  }

  /**
   * Sends what is pending and ends, after graceMs at the latest. An export that hangs keeps the process alive for up to
   * otlp.timeoutMs; a receiver that was down is not tried again.
   */
  async close({ graceMs }: { graceMs: number }): Promise<void> {
    for (const exporter of this.#watched) exporter.closing = true;
    const patience = new AbortController();
    const ended = Promise.allSettled([this.#meters.shutdown(), this.#tracers?.shutdown()]);
    const tired = delay(graceMs, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([ended, tired]);
    patience.abort();
    for (const producer of this.#producers) producer.close();
    this.#gc.close();
  }

  #producer(options: TelemetryOptions, form: BucketForm): InstrumentProducer {
    const producer = new InstrumentProducer(options, new ProcessVitals(options.process, this.#gc), form);
    this.#producers.push(producer);
    return producer;
  }

  #pushReader(options: TelemetryOptions, url: string): MetricReader {
    const { timeoutMs, exportIntervalMs } = options.otlp;
    const inner = new OTLPMetricExporter({ url, timeoutMillis: timeoutMs, concurrencyLimit: MAX_EXPORTS });
    const onFailure = (cause: unknown): void => {
      options.events.exportFailed({ signal: 'metrics', url, cause });
    };
    const exporter = new WatchedExporter(inner, onFailure);
    this.#watched.push(exporter);
    return new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: exportIntervalMs,
      exportTimeoutMillis: Math.min(exportIntervalMs, 2 * timeoutMs),
      maxExportBatchSize: MAX_POINTS_PER_EXPORT,
      metricProducers: [this.#producer(options, 'exponential')],
    });
  }

  #tracerProvider({ otlp, events }: TelemetryOptions, resource: Resource, url: string): TracerProvider {
    const inner = new OTLPTraceExporter({ url, timeoutMillis: otlp.timeoutMs, concurrencyLimit: MAX_EXPORTS });
    const exporter = new WatchedExporter(inner, (cause) => {
      events.exportFailed({ signal: 'traces', url, cause });
    });
    this.#watched.push(exporter);
    const processor = new BatchSpanProcessor({
      exporter,
      maxQueueSize: MAX_QUEUED_SPANS,
      maxExportBatchSize: MAX_SPANS_PER_EXPORT,
      scheduledDelayMillis: SPAN_EXPORT_DELAY_MS,
      exportTimeoutMillis: 2 * otlp.timeoutMs,
    });
    return new TracerProvider({
      resource,
      // createTracing has sampled already.
      sampler: new AlwaysOnSampler(),
      spanLimits: { linkCountLimit: MAX_LINKS_PER_SPAN },
      spanProcessors: [processor],
    });
  }

  /** A few series a turn of the event loop: with many versions the whole text takes milliseconds. */
  async #renderPrometheus(): Promise<string> {
    const { resourceMetrics } = await this.#prometheus.collect();
    const { resource, scopeMetrics } = resourceMetrics;
    let text = '';
    for (const { scope, metrics } of scopeMetrics) {
      for (const metric of metrics) {
        for (let first = 0; first < metric.dataPoints.length; first += SERIES_PER_TURN) {
          const withTarget = text === '';
          const serializer = new PrometheusSerializer('', false, undefined, !withTarget, true);
          const part = serializer.serialize({ resource, scopeMetrics: [{ scope, metrics: [slice(metric, first)] }] });
          text += first === 0 ? part : part.replaceAll(COMMENT_LINES, '');
          await nextTurn();
        }
      }
    }
    return text;
  }
}

const COMMENT_LINES = /^#.*\n/gm;

function slice(metric: MetricData, first: number): MetricData {
  const last = first + SERIES_PER_TURN;
  switch (metric.dataPointType) {
    case DataPointType.HISTOGRAM:
      return { ...metric, dataPoints: metric.dataPoints.slice(first, last) };
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      return { ...metric, dataPoints: metric.dataPoints.slice(first, last) };
    case DataPointType.GAUGE:
      return { ...metric, dataPoints: metric.dataPoints.slice(first, last) };
    case DataPointType.SUM:
      return { ...metric, dataPoints: metric.dataPoints.slice(first, last) };
  }
}

function describeResource({ otlp, serverVersion, instanceId }: TelemetryOptions): Resource {
  return resourceFromAttributes({
    [ATTR_SERVICE_VERSION]: serverVersion,
    [ATTR_SERVICE_INSTANCE_ID]: instanceId,
    ...otlp.resourceAttributes,
    [ATTR_SERVICE_NAME]: otlp.serviceName,
  });
}

/** A reader that only answers when it is asked. */
class PullReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** How histograms are given: as OTLP's exponential ones, or with explicit buckets under Prometheus' names. */
type BucketForm = 'exponential' | 'explicit';

/** Reads the instruments for one reader. */
class InstrumentProducer implements MetricProducer {
  readonly #instruments: ReadInstruments;
  readonly #vitals: ProcessVitals;
  readonly #scope: { readonly name: string; readonly version: string };
  readonly #form: BucketForm;

  constructor({ instruments, serverVersion }: TelemetryOptions, vitals: ProcessVitals, form: BucketForm) {
    this.#instruments = instruments;
    this.#vitals = vitals;
    this.#scope = { name: SCOPE, version: serverVersion };
    this.#form = form;
  }

  async collect(): Promise<CollectionResult> {
    const instruments = await this.#instruments(this.#vitals.read());
    const now = Date.now();
    const metrics = instruments
      .filter((instrument) => instrument.points.length > 0)
      .map((instrument) => metricData({ instrument, form: this.#form, now }));
    // The reader puts its own resource in the place of this one.
    const resource = emptyResource();
    return { resourceMetrics: { resource, scopeMetrics: [{ scope: this.#scope, metrics }] }, errors: [] };
  }

  close(): void {
    this.#vitals.close();
  }
}

function metricData({ instrument, form, now }: { instrument: Instrument; form: BucketForm; now: number }): MetricData {
  const names = form === 'explicit' ? prometheusName(instrument) : instrument;
  const { description } = instrument;
  const descriptor = { name: names.name, unit: names.unit, description, valueType: ValueType.DOUBLE };
  const common = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE };
  const dataPoint = <In, Out>(
    { attributes, startMs, value }: Point<In>,
    convert: (value: In) => Out,
  ): DataPoint<Out> => ({
    attributes,
    startTime: millisToHrTime(startMs),
    endTime: millisToHrTime(now),
    value: convert(value),
  });
  if (instrument.kind !== 'histogram') {
    const dataPoints = instrument.points.map((point) => dataPoint(point, (value) => value));
    if (instrument.kind === 'gauge') return { ...common, dataPointType: DataPointType.GAUGE, dataPoints };
    return { ...common, dataPointType: DataPointType.SUM, isMonotonic: instrument.kind === 'counter', dataPoints };
  }
  const boundaries = [...instrument.boundaries];
  if (form === 'explicit') {
    const dataPoints = instrument.points.map((point) =>
      dataPoint(point, (histogram) => ({
        ...summary(histogram),
        buckets: { boundaries, counts: histogram.toExplicit(boundaries) },
      })),
    );
    return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints };
  }
  const dataPoints = instrument.points.map((point) =>
    dataPoint(point, (histogram) => {
      const { scale, offset, bucketCounts } = histogram.toExponential();
      const negative = { offset: 0, bucketCounts: [] };
      return { ...summary(histogram), scale, zeroCount: 0, positive: { offset, bucketCounts }, negative };
    }),
  );
  return { ...common, dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM, dataPoints };
}

function summary({ count, sum, min, max }: Histogram) {
  return count === 0 ? { count, sum } : { count, sum, min, max };
}
