/** The metrics as they are published: names, units, labels and points, read from the monitor at each export. */
import {
  ATTR_RPC_METHOD,
  ATTR_RPC_SYSTEM_NAME,
  METRIC_RPC_SERVER_CALL_DURATION,
} from '@opentelemetry/semantic-conventions';
import type { Histogram } from '../monitor/histogram.ts';
import type { Monitor } from '../monitor/monitor.ts';
import type { Vitals } from '../monitor/process-vitals.ts';
import { CLOSE_REASONS } from '../domain/close-reason.ts';
import type { Outcome } from '../domain/tracing.ts';
import { REFUSAL_REASONS } from '../monitor/series.ts';
import type { VersionStats } from '../monitor/version-stats.ts';
import { durations, readings, ROWS_BOUNDARIES, type Instrument, type Point } from './instrument.ts';
import { processInstruments } from './process-instruments.ts';

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
    {
      kind: 'level',
      name: 'sluice.queue.limit',
      unit: '{row}',
      description: 'Rows that may wait; calls beyond are refused.',
      points: live.map((stats) => point(stats, stats.gauges.queueLimitRows())),
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

/** Of the ports: calls by method and status, limits that were hit, and how long the certificate holds. */
export function portInstruments(monitor: Monitor): Instrument[] {
  return [rpcInstrument(monitor), limitInstrument(monitor), certificateInstrument(monitor), refusalInstrument(monitor)];
}

function certificateInstrument({ certificateExpiresAt, startedAtMs: startMs }: Monitor): Instrument {
  const at = certificateExpiresAt();
  return readings('sluice.certificate.expiry.timestamp', 's', {
    description: 'When the certificate in force expires, in Unix time.',
    points: at === undefined ? [] : [{ attributes: {}, startMs, value: at / 1000 }],
  });
}

function rpcInstrument(monitor: Monitor): Instrument {
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
  return durations(METRIC_RPC_SERVER_CALL_DURATION, 'Duration of calls, by method and status.', calls);
}

function limitInstrument(monitor: Monitor): Instrument {
  return {
    kind: 'counter',
    name: 'sluice.transport.limit',
    unit: '{event}',
    description: 'Calls refused and connections ended by a limit of the transport or for a broken rule, by kind.',
    points: monitor.limits().map(([kind, value]) => ({ attributes: { kind }, startMs: monitor.startedAtMs, value })),
  };
}

function serverInstruments(monitor: Monitor): Instrument[] {
  const startMs = monitor.startedAtMs;
  const whole = (value: number): Point<number>[] => [{ attributes: {}, startMs, value }];
  const loads = monitor.loads().flatMap(({ model, version, startedAtMs, ok, failed }) =>
    Object.entries({ ok, failed })
      .filter(([, value]) => value.count > 0)
      .map(([outcome, value]) => ({ attributes: { model, version, outcome }, startMs: startedAtMs, value })),
  );
  return [
    ...portInstruments(monitor),
    {
      kind: 'counter',
      name: 'sluice.caller.calls',
      unit: '{call}',
      description: 'Calls that were let in by a token, by whose it is; the first 100 by name.',
      points: monitor.callers().map(([caller, value]) => ({ attributes: { caller }, startMs, value })),
    },
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

function refusalInstrument(monitor: Monitor): Instrument {
  const startMs = monitor.startedAtMs;
  return {
    kind: 'counter',
    name: 'sluice.auth.failures',
    unit: '{call}',
    description: 'Calls that were not let in, by why: no token, a wrong one, not the role for it, too many.',
    points: monitor.refusals().map(([reason, value]) => ({ attributes: { reason }, startMs, value })),
  };
}

function point<Value>(stats: VersionStats, value: Value, more?: Readonly<Record<string, string>>): Point<Value> {
  const attributes = { model: stats.model, version: stats.version, role: stats.role, ...more };
  return { attributes, startMs: stats.startedAtMs, value };
}

function count(name: string, description: string, points: readonly Point<number>[]): Instrument {
  return { kind: 'counter', name, unit: '{request}', description, points };
}
