/**
 * Spans of requests and batches, made after the fact from instants that are measured anyway.
 *
 * Per sampled request: a SERVER span, child of the caller's, with children "queue" and "compute". Per batch with a
 * sampled member: one "batch" span, a trace of its own, with a link to each sampled member; the member's compute span
 * links back to it. What is not sampled has no object at all, so it costs a look at the traceparent.
 */
import {
  INVALID_SPANID,
  INVALID_TRACEID,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import type { Attributes, Context, Link, Span, Tracer } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE, ATTR_RPC_METHOD, ATTR_RPC_SYSTEM_NAME } from '@opentelemetry/semantic-conventions';
import type {
  BatchStart,
  BatchTrace,
  Outcome,
  RequestStart,
  RequestTrace,
  SpanIds,
  Tracing,
} from '../domain/tracing.ts';
import { statusName } from './instruments.ts';

export interface TracingOptions {
  readonly tracer: Tracer;
  /** Share of requests without a trace of their caller's that begin one, 0 to 1. */
  readonly ratio: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * Parent-based: where the caller sent a valid traceparent, its sampled flag decides; where it sent none, the ratio
 * does. The tracer is asked for sampled spans only, so its own sampler must take what it is given.
 */
export function createTracing({ tracer, ratio, random }: TracingOptions): Tracing {
  return {
    request(start) {
      const parent = start.traceparent === undefined ? undefined : parseTraceparent(start.traceparent);
      if (parent === undefined) {
        return ratio > 0 && random() < ratio ? startRequest({ tracer, start, context: ROOT_CONTEXT }) : undefined;
      }
      if (!parent.sampled) return undefined;
      const { traceId, spanId } = parent;
      const remote = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
      return startRequest({ tracer, start, context: trace.setSpanContext(ROOT_CONTEXT, remote) });
    },
    batch(start) {
      return start.members.length === 0 ? undefined : startBatch({ tracer, start });
    },
  };
}

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;
const TRACEPARENT_LENGTH = 55;

/** W3C Trace Context, level 2: undefined for what a receiver must ignore. */
export function parseTraceparent(header: string): (SpanIds & { sampled: boolean }) | undefined {
  if (!TRACEPARENT.test(header) || header.startsWith('ff')) return undefined;
  if (header.startsWith('00') && header.length > TRACEPARENT_LENGTH) return undefined;
  const traceId = header.slice(3, 35);
  const spanId = header.slice(36, 52);
  if (traceId === INVALID_TRACEID || spanId === INVALID_SPANID) return undefined;
  return { traceId, spanId, sampled: (parseInt(header.slice(53, 55), 16) & TraceFlags.SAMPLED) !== 0 };
}

function startRequest({
  tracer,
  start,
  context,
}: {
  tracer: Tracer;
  start: RequestStart;
  context: Context;
}): RequestTrace {
  const { method, model, receivedAt } = start;
  const attributes = { [ATTR_RPC_SYSTEM_NAME]: 'grpc', [ATTR_RPC_METHOD]: method, 'sluice.model': model };
  const span = tracer.startSpan(method, { kind: SpanKind.SERVER, startTime: receivedAt, attributes }, context);
  return {
    ...idsOf(span),
    finish({ version, outcome, endedAt, timings, batch }) {
      if (timings !== undefined) {
        const within = trace.setSpan(context, span);
        const dispatchedAt = receivedAt + timings.queueMs;
        tracer.startSpan('queue', { startTime: receivedAt }, within).end(dispatchedAt);
        const computeAt = dispatchedAt + timings.hopMs / 2;
        const links = batch === undefined ? [] : [linkTo(batch)];
        const rows = { 'sluice.batch.rows': timings.batchRows };
        // The way to the lane and the way back are measured together; the run is put in their middle.
        tracer
          .startSpan('compute', { startTime: computeAt, attributes: rows, links }, within)
          .end(computeAt + timings.computeMs);
      }
      if (version !== '') span.setAttribute('sluice.version', version);
      endSpan({ span, outcome, endedAt });
    },
  };
}

function startBatch({ tracer, start }: { tracer: Tracer; start: BatchStart }): BatchTrace {
  const attributes = { 'sluice.model': start.model, 'sluice.version': start.version, 'sluice.batch.rows': start.rows };
  const links = start.members.map(linkTo);
  const options = { root: true, startTime: start.dispatchedAt, attributes, links };
  const span = tracer.startSpan('batch', options, ROOT_CONTEXT);
  return {
    ...idsOf(span),
    finish({ endedAt, hopMs, computeMs, outcome }) {
      const durations: Attributes = {
        'sluice.batch.hop.duration': hopMs / 1000,
        'sluice.batch.compute.duration': computeMs / 1000,
      };
      span.setAttributes(durations);
      endSpan({ span, outcome, endedAt });
    },
  };
}

function idsOf(span: Span): SpanIds {
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}

function linkTo({ traceId, spanId }: SpanIds): Link {
  return { context: { traceId, spanId, traceFlags: TraceFlags.SAMPLED } };
}

/** The semantic conventions count these as errors of a gRPC server; the others are the caller's. */
const SERVER_ERRORS: ReadonlySet<Outcome> = new Set<Outcome>([
  'deadline_exceeded',
  'unimplemented',
  'internal',
  'unavailable',
]);

function endSpan({ span, outcome, endedAt }: { span: Span; outcome: Outcome; endedAt: number }): void {
  const status = statusName(outcome);
  span.setAttribute('rpc.response.status_code', status);
  if (SERVER_ERRORS.has(outcome)) {
    span.setAttribute(ATTR_ERROR_TYPE, status);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end(endedAt);
}
