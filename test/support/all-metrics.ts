/** Every metric that Sluice can publish, with one of everything in it. */
import type { ModelStanding } from '../../src/admin/standings.ts';
import type { RolloutRecord } from '../../src/admin/rollout-body.ts';
import { AdminCounts } from '../../src/monitor/admin-counts.ts';
import { Histogram } from '../../src/monitor/histogram.ts';
import { Monitor } from '../../src/monitor/monitor.ts';
import type { Vitals } from '../../src/monitor/process-vitals.ts';
import { budgetLook } from '../../src/rollout/budget-look.ts';
import { noEvidence } from '../../src/rollout/evidence.ts';
import { judge } from '../../src/rollout/judge.ts';
import { begin } from '../../src/rollout/reducer.ts';
import type { RolloutState } from '../../src/rollout/state.ts';
import { compileStrategy } from '../../src/rollout/strategy.ts';
import { readAdminInstruments } from '../../src/telemetry/admin-instruments.ts';
import type { AdminPicture } from '../../src/telemetry/admin-instruments.ts';
import { prometheusName } from '../../src/telemetry/instrument.ts';
import type { Instrument } from '../../src/telemetry/instrument.ts';
import { readInstruments } from '../../src/telemetry/instruments.ts';
import { DAWN, FakeFleet } from './admin-scene.ts';
import { trafficPolicy } from './builders.ts';

/** Of a serve process. */
export function serveMetrics(): Instrument[] {
  const monitor = new Monitor(() => 0);
  for (const role of ['live', 'shadow'] as const) monitor.open('iris', '2', role).recordRequest('ok', 1);
  monitor.rpc('sluice.v1.PredictService/Predict').record('ok', 1);
  monitor.recordLoad({ model: 'iris', version: '2', outcome: 'ok', ms: 1 });
  monitor.recordLimit('reset rate');
  monitor.certificateExpiresAt = () => DAWN;
  monitor.recordRefusal('token');
  monitor.recordCaller('ann');
  return readInstruments(monitor, vitals());
}

/** Of the admin process. */
export function adminMetrics(over: Partial<AdminPicture> = {}): Instrument[] {
  return readAdminInstruments(adminPicture(over), vitals());
}

/** As Prometheus calls it; of a histogram without _bucket and the like. */
export function nameInPrometheus(instrument: Instrument): string {
  return `${prometheusName(instrument).name}${instrument.kind === 'counter' ? '_total' : ''}`;
}

/** A minute after the epoch began that a budget rollout of iris 2 has put in force, and all else there is. */
function adminPicture(over: Partial<AdminPicture>): AdminPicture {
  const counts = new AdminCounts(() => DAWN);
  counts.recordQualification('qualified', 1);
  const monitor = new Monitor(() => DAWN);
  monitor.rpc('sluice.admin.v1.Traffic/SetTraffic').record('ok', 1);
  monitor.recordLimit('reset rate');
  monitor.certificateExpiresAt = () => DAWN;
  monitor.recordRefusal('token');
  monitor.recordCaller('ann');
  const fleet = new FakeFleet();
  fleet.inForce.set('host/127.0.0.1:50051', 1);
  const found = { verdict: 'ok', pValue: 0.5, sequentialPValue: 1, summary: '' } as const;
  return {
    at: DAWN + 60_000,
    counts,
    monitor,
    fleet,
    models: [standing({}), standing({ model: 'digits', endedAt: DAWN, phase: 'aborted', holdDownUntil: DAWN + 1 })],
    live: () => undefined,
    findings: [
      { kind: 'drift', model: 'iris', version: '2', verdict: 'none' },
      { kind: 'shadow', model: 'iris', version: '2', live: '1', pairs: 100, disagreement: 0.01 },
      { kind: 'experiment', model: 'iris', experiment: 'colours', ratio: 'exposures', found },
    ],
    qualifying: { running: 1, waiting: 2 },
    disk: { sizeBytes: 1000, freeBytes: 500 },
    ...over,
  };
}

/** Of a model whose last rollout is in this state: by default one that has just begun. */
export function standing(state: Partial<RolloutState>): ModelStanding {
  const { model = 'iris' } = state;
  const policy = trafficPolicy(
    [
      ['1', 9900],
      ['2', 100],
    ],
    { shadows: [{ version: '3', share: 500 }] },
  );
  const epoch = {
    ...{ model, policy, digests: {}, validFrom: DAWN, validTo: undefined },
    ...{ actor: 'ann', reason: '', cause: 'rollout' as const },
  };
  const versions = { uploaded: 0, qualifying: 0, qualified: 3, rejected: 1, deleted: 0 };
  return { model, epoch, versions, rollout: rollout(state) };
}

function rollout(over: Partial<RolloutState>): RolloutRecord {
  const strategy = compileStrategy({
    kind: 'budget',
    budget: { extraFaults: 20, alpha: 0, maxWeight: 0, holdMs: undefined, deadlineMs: undefined },
  });
  const { model = 'iris' } = over;
  const request = { model, stable: '1', candidate: '2', candidateDigest: '', strategy, actor: 'ann', reason: '' };
  const { state } = begin({ ...request, holdDownMs: 0 }, DAWN);
  const evidence = noEvidence();
  const { verdicts, overall } = judge({ strategy, evidence, pairs: undefined, outcomes: new Map(), now: DAWN });
  const stage = strategy.stages.find(({ kind }) => kind === 'budget');
  if (stage?.kind !== 'budget') throw new Error('a budget rollout has a budget stage');
  const judgement = { overall, verdicts: [...verdicts, budgetLook({ stage, evidence }).verdict] };
  const document = {
    kind: 'rollout',
    id: 1,
    name: '',
    model,
    open: true,
    body: '',
    createdAt: 0,
    updatedAt: 0,
  } as const;
  const last = { judgement, candidate: evidence.candidate, stable: evidence.stable };
  return { document, state: { ...state, ...over }, formerFailOver: '', last };
}

function vitals(): Vitals {
  const pauses = new Histogram();
  pauses.record(0.001);
  return {
    cpuUserSeconds: 1,
    cpuSystemSeconds: 1,
    residentBytes: 1,
    loopUtilization: 0.5,
    loopDelay: { min: 0, max: 0, mean: 0, stddev: 0, p50: 0, p90: 0, p99: 0 },
    gcPauses: new Map([['minor', pauses]]),
  };
}
