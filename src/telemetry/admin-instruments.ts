/** The metrics of the admin process: names, units, labels and points, from what its rooms say at each export. */
import type { Finding } from '../admin/find-in-evidence.ts';
import type { Fleet } from '../admin/fleet.ts';
import { INSTANCE_STATES, instanceStands } from '../admin/instance-stands.ts';
import type { RolloutViews } from '../admin/rollout-view.ts';
import type { ModelStanding } from '../admin/standings.ts';
import { REGISTRY_STATES } from '../domain/registry.ts';
import { TOTAL_WEIGHT } from '../domain/traffic.ts';
import type { AdminCounts } from '../monitor/admin-counts.ts';
import { OUTCOME_FATES, QUALIFICATION_ENDS } from '../monitor/admin-counts.ts';
import type { Monitor } from '../monitor/monitor.ts';
import type { Vitals } from '../monitor/process-vitals.ts';
import { durations, readings } from './instrument.ts';
import type { Instrument, Point } from './instrument.ts';
import { findingInstruments } from './finding-instruments.ts';
import { portInstruments } from './instruments.ts';
import { processInstruments } from './process-instruments.ts';
import { rolloutInstruments } from './rollout-instruments.ts';

/** Everything that the admin process knows, at one instant. */
export interface AdminPicture {
  /** Epoch ms. */
  readonly at: number;
  readonly counts: AdminCounts;
  /** Of its ports; nothing else of it is used. */
  readonly monitor: Monitor;
  readonly fleet: Pick<Fleet, 'instances' | 'epochs'>;
  readonly models: readonly ModelStanding[];
  readonly live: RolloutViews['live'];
  readonly findings: readonly (Finding & { readonly model: string })[];
  readonly qualifying: { readonly running: number; readonly waiting: number };
  /** Of the data directory's file system; undefined where it cannot be asked. */
  readonly disk: { readonly sizeBytes: number; readonly freeBytes: number } | undefined;
}

export function readAdminInstruments(picture: AdminPicture, vitals: Vitals): Instrument[] {
  const { counts, monitor } = picture;
  return [
    ...fleetInstruments(picture),
    ...trafficInstruments(picture),
    ...rolloutInstruments(picture),
    ...findingInstruments(picture),
    ...registryInstruments(picture),
    ...portInstruments(monitor),
    ...processInstruments(vitals, counts.startedAtMs),
  ];
}

function fleetInstruments({ at, fleet, models, counts }: AdminPicture): Instrument[] {
  const stands = instanceStands(fleet, models, at);
  const connected = fleet.instances().filter((instance) => instance.connected).length;
  const { startedAtMs: startMs } = counts;
  return [
    {
      kind: 'level',
      name: 'sluice.instances',
      unit: '{instance}',
      description: 'Serve processes by state; lost ones are told of for ten minutes.',
      points: INSTANCE_STATES.map((state) => {
        const value = stands.filter((stand) => stand.state === state).length;
        return { attributes: { state }, startMs, value };
      }),
    },
    readings('sluice.instance.behind', 's', {
      description: 'Time for which a serve process lacks an epoch that is in force; 0 = it lacks none.',
      points: stands
        .filter(({ state }) => state !== 'lost')
        .map(({ instance, behindMs }) => ({ attributes: { serve: instance }, startMs, value: behindMs / 1000 })),
    }),
    {
      kind: 'level',
      name: 'sluice.control.connections',
      unit: '{connection}',
      description: 'Serve processes that are connected, a successor beside its predecessor counted too.',
      points: [{ attributes: {}, startMs, value: connected }],
    },
  ];
}

function trafficInstruments({ at, models }: AdminPicture): Instrument[] {
  const inForce = models.flatMap(({ model, epoch }) => (epoch === undefined ? [] : [{ model, epoch }]));
  const arms = inForce.flatMap(({ model, epoch }) => {
    const weights = new Map<string, number>();
    for (const { version, weight } of epoch.policy.arms) weights.set(version, (weights.get(version) ?? 0) + weight);
    return [...weights].map(([version, weight]) => ({ model, version, weight, startMs: epoch.validFrom }));
  });
  const shadows = inForce.flatMap(({ model, epoch }) =>
    epoch.policy.shadows.map(({ version, share }) => ({ model, version, weight: share, startMs: epoch.validFrom })),
  );
  const shares = (rows: typeof arms): Point<number>[] =>
    rows.map(({ model, version, weight, startMs }) => {
      return { attributes: { model, version }, startMs, value: weight / TOTAL_WEIGHT };
    });
  return [
    readings('sluice.traffic.epoch', '{epoch}', {
      description: 'Number of the epoch in force.',
      points: inForce.map(({ model, epoch }) => {
        return { attributes: { model }, startMs: epoch.validFrom, value: epoch.policy.epoch };
      }),
    }),
    readings('sluice.traffic.epoch.age', 's', {
      description: 'Time since it was put in force.',
      points: inForce.map(({ model, epoch }) => {
        return { attributes: { model }, startMs: epoch.validFrom, value: Math.max(0, at - epoch.validFrom) / 1000 };
      }),
    }),
    readings('sluice.traffic.weight', '1', {
      description: 'Share of the traffic that a version is to have, all its arms together.',
      points: shares(arms),
    }),
    readings('sluice.traffic.shadow', '1', {
      description: 'Share of the calls that are copied to a shadow version.',
      points: shares(shadows),
    }),
    {
      kind: 'level',
      name: 'sluice.versions',
      unit: '{version}',
      description: 'Versions in the registry by state.',
      points: models.flatMap(({ model, versions }) =>
        REGISTRY_STATES.filter((state) => state !== 'deleted').map((state) => {
          return { attributes: { model, state }, startMs: at, value: versions[state] };
        }),
      ),
    },
  ];
}

function registryInstruments({ counts, qualifying, disk }: AdminPicture): Instrument[] {
  const { startedAtMs: startMs, transactions, qualifications } = counts;
  const level = (name: string, unit: string, description: string, value: number): Instrument => {
    return { kind: 'level', name, unit, description, points: [{ attributes: {}, startMs, value }] };
  };
  const bytes = (name: string, description: string, value: number | undefined): Instrument =>
    readings(name, 'By', { description, points: value === undefined ? [] : [{ attributes: {}, startMs, value }] });
  return [
    counter('sluice.outcomes', '{outcome}', 'Reported outcomes by what became of them.', {
      startMs,
      by: 'fate',
      values: OUTCOME_FATES.map((fate) => [fate, counts.outcomes[fate]]),
    }),
    counter('sluice.audit.events', '{event}', 'Changes that were committed, by kind of event.', {
      startMs,
      by: 'kind',
      values: [...counts.events],
    }),
    level('sluice.audit.length', '{event}', 'Events in the audit log.', counts.chainLength),
    durations(
      'sluice.store.transaction.duration',
      'Time of a transaction of the registry with the wait for its turn, by outcome.',
      [...transactions].map(([outcome, value]) => ({ attributes: { outcome }, startMs, value })),
    ),
    durations(
      'sluice.qualification.duration',
      'Time of an attempt to qualify a version, by how it ended.',
      QUALIFICATION_ENDS.map((outcome) => ({ attributes: { outcome }, startMs, value: qualifications[outcome] })),
    ),
    level('sluice.qualification.running', '{version}', 'Versions that are being qualified.', qualifying.running),
    level('sluice.qualification.waiting', '{version}', 'Versions that wait to be qualified.', qualifying.waiting),
    {
      kind: 'counter',
      name: 'sluice.control.faults',
      unit: '{fault}',
      description: 'What the admin process could not do; its log says what.',
      points: [{ attributes: {}, startMs, value: counts.faults }],
    },
    bytes('sluice.data.size', "Size of the data directory's file system.", disk?.sizeBytes),
    bytes('sluice.data.free', 'What may still be written to it.', disk?.freeBytes),
  ];
}

function counter(
  name: string,
  unit: string,
  description: string,
  { startMs, by, values }: { startMs: number; by: string; values: readonly (readonly [string, number])[] },
): Instrument {
  const points = values.map(([label, value]) => ({ attributes: { [by]: label }, startMs, value }));
  return { kind: 'counter', name, unit, description, points };
}
