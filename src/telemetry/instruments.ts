/** The metrics as they are published: names, units, labels and points, read from the monitor at each export. */
import {
  ATTR_RPC_METHOD,
  ATTR_RPC_SYSTEM_NAME,
  METRIC_RPC_SERVER_CALL_DURATION,
} from '@opentelemetry/semantic-conventions';
import { octaveEdges, ROWS, SECONDS, type Histogram } from '../monitor/histogram.ts';
import type { Monitor } from '../monitor/monitor.ts';
import type { Vitals } from '../monitor/process-vitals.ts';
import { CLOSE_REASONS } from '../domain/close-reason.ts';
import type { Outcome } from '../domain/tracing.ts';
import { REFUSAL_REASONS } from '../monitor/series.ts';
import type { VersionStats } from '../monitor/version-stats.ts';

export interface Point<Value> {
  readonly attributes: Readonly<Record<string, string>>;
  /** Epoch milliseconds from which the value counts. */
  readonly startMs: number;
  readonly value: Value;
}

interface Named {
  /** OpenTelemetry's form; prometheusName gives the other. */
  readonly name: string;
  /** UCUM, as OpenTelemetry asks: "s", "By", "1", or a thing in braces. */
  readonly unit: string;
  readonly description: string;
}

/** One metric with all its points. `level` goes up and down and may be added up; `gauge` may not. */
export type Instrument =
  | (Named & { readonly kind: 'counter' | 'level' | 'gauge'; readonly points: readonly Point<number>[] })
  | (Named & {
      readonly kind: 'histogram';
      /** For readers that want explicit buckets. */
      readonly boundaries: readonly number[];
      readonly points: readonly Point<Histogram>[];
    });

/** 43 µs to 11.3 s, each √2 times the last: resolves 50 µs to 10 s with 37 boundaries. */
export const SECONDS_BOUNDARIES: readonly number[] = octaveEdges(SECONDS, { from: -14.5, to: 3.5, perOctave: 2 });

/** 1, 2, 4, ... 1,024 rows. */
export const ROWS_BOUNDARIES: readonly number[] = octaveEdges(ROWS, { from: 0, to: 10, perOctave: 1 });

/** gRPC's name of what became of a call, as rpc.response.status_code wants it; the codes are gRPC's in lower case. */
export function statusName(outcome: Outcome): string {
  return outcome.toUpperCase();
}

/** Everything there is to publish now. */
export function readInstruments(monitor: Monitor, vitals: Vitals): Instrument[] {
  // Few versions are ever a shadow: the others' series of zeros would double what is published.
  const shadows = monitor.all('shadow').filter(({ activity }) => activity > 0);
  const versions = [...monitor.all(), ...shadows];
  return [
    ...requestInstruments(versions),
    ...gaugeInstruments(monitor.all()),
    ...shadowInstruments(shadows),
    ...driftInstruments(versions),
    ...batchInstruments(versions),
    ...serverInstruments(monitor),
    ...processInstruments(vitals, monitor.startedAtMs),
  ];
}

function requestInstruments(versions: readonly VersionStats[]): Instrument[] {
  const each = <Value>(read: (stats: VersionStats) => Value): Point<Value>[] =>
    versions.map((stats) => point(stats, read(stats)));
  return [
    durations(
      'sluice.request.duration',
      'Time from acceptance of a request to its reply, by outcome.',
      versions.flatMap((stats) => stats.requests().map(([outcome, value]) => point(stats, value, { outcome }))),
    ),
    durations(
      'sluice.request.queue.duration',
      'Time a request waited from acceptance to dispatch.',
      each((s) => s.queue),
    ),
    {
      kind: 'counter',
      name: 'sluice.request.refused',
      unit: '{request}',
      description: 'Requests refused before they were queued, by reason.',
      points: versions.flatMap((s) => REFUSAL_REASONS.map((reason) => point(s, s.refused[reason], { reason }))),
    },
    count(
      'sluice.request.expired',
      'Requests whose deadline passed in the queue.',
      each((s) => s.expired),
    ),
    count(
      'sluice.request.cancelled',
      'Requests whose caller left them in the queue.',
      each((s) => s.cancelled),
    ),
    count(
      'sluice.request.rerun',
      'Members of failed batches that were run again alone.',
      each((s) => s.reruns),
    ),
  ];
}

function gaugeInstruments(live: readonly VersionStats[]): Instrument[] {
  return [
    {
      kind: 'level',
      name: 'sluice.request.active',
      unit: '{request}',
      description: 'Requests accepted and not yet answered.',
      points: live.map((stats) => point(stats, stats.gauges.inFlight())),
    },
    {
      kind: 'level',
      name: 'sluice.queue.rows',
      unit: '{row}',
      description: 'Rows that wait in the queue.',
      points: live.map((stats) => point(stats, stats.gauges.queueRows())),
    },
  ];
}

function shadowInstruments(shadows: readonly VersionStats[]): Instrument[] {
  return [
    count(
      'sluice.request.dropped',
      'Copies for shadow versions that were dropped before they ran.',
      shadows.map((stats) => point(stats, stats.dropped)),
    ),
    count(
      'sluice.shadow.pairs',
      'Answers of a shadow version that were compared with those that callers got.',
      shadows.map((stats) => point(stats, stats.pairs)),
    ),
    count(
      'sluice.shadow.disagreed',
      'Of these, answers that differ beyond the tolerance.',
      shadows.map((stats) => point(stats, stats.disagreed)),
    ),
  ];
}

function driftInstruments(versions: readonly VersionStats[]): Instrument[] {
  return [
    count(
      'sluice.drift.sampled',
      'Requests whose values were counted for drift.',
      versions.map((stats) => point(stats, stats.sampled)),
    ),
  ];
}

function batchInstruments(versions: readonly VersionStats[]): Instrument[] {
  const each = <Value>(read: (stats: VersionStats) => Value): Point<Value>[] =>
    versions.map((stats) => point(stats, read(stats)));
  return [
    durations(
      'sluice.batch.hop.duration',
      'Time of a batch outside the run: to the lane and back.',
      each((s) => s.hop),
    ),
    durations(
      'sluice.batch.compute.duration',
      'Time of the run of a batch.',
      each((s) => s.compute),
    ),
    {
      kind: 'histogram',
      name: 'sluice.batch.rows',
      unit: '{row}',
      description: 'Rows that ran together.',
      boundaries: ROWS_BOUNDARIES,
      points: each((s) => s.batchRows),
    },
    {
      kind: 'counter',
      name: 'sluice.batch.closed',
      unit: '{batch}',
      description: 'Batches, by why they were closed.',
      points: versions.flatMap((s) => CLOSE_REASONS.map((reason) => point(s, s.closed[reason], { reason }))),
    },
  ];
}

function serverInstruments(monitor: Monitor): Instrument[] {
  const startMs = monitor.startedAtMs;
  const whole = (value: number): Point<number>[] => [{ attributes: {}, startMs, value }];
  const calls = monitor.rpcs().flatMap((rpc) =>
    rpc.outcomes().map(([outcome, value]): Point<Histogram> => {
      const attributes = {
        [ATTR_RPC_SYSTEM_NAME]: 'grpc',
        [ATTR_RPC_METHOD]: rpc.method,
        'rpc.response.status_code': statusName(outcome),
      };
      return { attributes, startMs: rpc.startedAtMs, value };
    }),
  );
  const loads = monitor.loads().flatMap(({ model, version, startedAtMs, ok, failed }) =>
    Object.entries({ ok, failed })
      .filter(([, value]) => value.count > 0)
      .map(([outcome, value]) => ({ attributes: { model, version, outcome }, startMs: startedAtMs, value })),
  );
  return [
    durations(METRIC_RPC_SERVER_CALL_DURATION, 'Duration of calls, by method and status.', calls),
    durations('sluice.load.duration', 'Time to bring a version up, or to fail to.', loads),
    {
      kind: 'level',
      name: 'sluice.lane.open',
      unit: '{lane}',
      description: 'Lanes that can run models.',
      points: whole(monitor.lanes.count()),
    },
    {
      kind: 'level',
      name: 'sluice.lane.busy',
      unit: '{lane}',
      description: 'Lanes with a run in progress.',
      points: whole(monitor.lanes.busy()),
    },
    {
      kind: 'counter',
      name: 'sluice.lane.lost',
      unit: '{lane}',
      description: 'Lanes written off since their run did not end.',
      points: whole(monitor.lanes.lost()),
    },
  ];
}

/** Semantic conventions: process.* and nodejs.eventloop.*. */
function processInstruments(vitals: Vitals, startMs: number): Instrument[] {
  const whole = (value: number): Point<number>[] => [{ attributes: {}, startMs, value }];
  const delays = Object.entries(vitals.loopDelay ?? {}).map(([statistic, seconds]: [string, number]): Instrument => ({
    kind: 'gauge',
    name: `nodejs.eventloop.delay.${statistic}`,
    unit: 's',
    description: `Event loop delay since the former export, ${statistic}.`,
    points: whole(seconds),
  }));
  return [
    {
      kind: 'counter',
      name: 'process.cpu.time',
      unit: 's',
      description: 'Processor time used, all threads.',
      points: [
        { attributes: { 'cpu.mode': 'user' }, startMs, value: vitals.cpuUserSeconds },
        { attributes: { 'cpu.mode': 'system' }, startMs, value: vitals.cpuSystemSeconds },
      ],
    },
    {
      kind: 'level',
      name: 'process.memory.usage',
      unit: 'By',
      description: 'Physical memory in use.',
      points: whole(vitals.residentBytes),
    },
    {
      kind: 'gauge',
      name: 'nodejs.eventloop.utilization',
      unit: '1',
      description: 'Share of time in which the main event loop worked, since the former export.',
      points: whole(vitals.loopUtilization),
    },
    ...delays,
  ];
}

function point<Value>(stats: VersionStats, value: Value, more?: Readonly<Record<string, string>>): Point<Value> {
  const attributes = { model: stats.model, version: stats.version, role: stats.role, ...more };
  return { attributes, startMs: stats.startedAtMs, value };
}

function durations(name: string, description: string, points: readonly Point<Histogram>[]): Instrument {
  return { kind: 'histogram', name, unit: 's', description, boundaries: SECONDS_BOUNDARIES, points };
}

function count(name: string, description: string, points: readonly Point<number>[]): Instrument {
  return { kind: 'counter', name, unit: '{request}', description, points };
}

const PROMETHEUS_UNITS: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' };

/**
 * The name and unit in Prometheus' form, as OpenTelemetry's compatibility rules have it: underscores, the unit as a
 * suffix, a ratio's gauge named so. (The serializer adds `_total` to counters, but no units.)
 */
export function prometheusName({ kind, name, unit }: Instrument): { name: string; unit: string } {
  const suffix = PROMETHEUS_UNITS[unit] ?? (kind === 'gauge' && unit === '1' ? 'ratio' : '');
  const base = name.replaceAll('.', '_');
  return suffix === '' ? { name: base, unit: '' } : { name: `${base}_${suffix}`, unit: suffix };
}
