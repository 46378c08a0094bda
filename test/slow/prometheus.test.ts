/** A real Prometheus with the rules that are shipped, at a running Sluice with real calls and a slow canary. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import { flower } from '../support/canary-models.ts';
import { dashboardQueries, namesIn, rules } from '../support/deployment.ts';
import { Prng } from '../support/prng.ts';
import { Prometheus, prometheusTool } from '../support/prometheus.ts';
import { FIXTURES, Sluice } from '../support/sluice.ts';
import { SteadyRate } from '../support/steady-rate.ts';

const MODEL = 'canary';
const PER_SECOND = 40;
const ALERT = (name: string): string => `ALERTS{alertname="${name}",alertstate="firing"}`;

/** Told of only where there is one: TLS, a shadow, an experiment, a budget, a limit that was hit. */
const NOT_HERE =
  /^sluice_(certificate|shadow|experiment|rollout_budget|transport_limit|drift|traffic_shadow|rollout_ended)/;

/** Windows of minutes become seconds, those of hours and days stay: what there is lies within them. */
function quick(text: string): string {
  return text
    .replaceAll(/for: \d+m/g, 'for: 2s')
    .replaceAll('interval: 1m', 'interval: 1s')
    .replaceAll('[1m]', '[10s]')
    .replaceAll('[5m]', '[15s]');
}

const tool = await prometheusTool('prometheus');

test(
  'Prometheus scrapes both processes, its rules reckon right, and a slow canary and a lost process alarm',
  {
    ...('missing' in tool ? { skip: tool.missing } : {}),
  },
  async () => {
    const models = await mkdtemp(join(tmpdir(), 'sluice-prometheus-models-'));
    await cp(join(FIXTURES, MODEL), join(models, MODEL), { recursive: true });
    await using server = await Sluice.start({ modelsDir: models });
    using admin = new AdminClient(server.adminAddress);
    const random = new Prng(7);
    await using load = new SteadyRate({
      address: server.predictAddress,
      perSecond: PER_SECOND,
      request: () => ({ model: MODEL, inputs: [{ name: 'X', shape: [1, 4], floats: flower(() => random.next()) }] }),
    });
    const targets = { 'sluice-serve': server.metricsAddress, 'sluice-admin': server.adminMetricsAddress };
    await using prometheus = await Prometheus.start({ path: 'path' in tool ? tool.path : '', targets, rewrite: quick });
    await prometheus.until('up == 1', (samples) => samples.length === 2);

    await admin.setTraffic(MODEL, [{ version: 'base', weight: 10_000 }], { waitMs: 30_000 });
    const requests = `model_version_role:sluice_requests:rate1m{model="${MODEL}",version="base",role="live"}`;
    await prometheus.until(requests, ([rate]) => near(rate?.value, PER_SECOND));
    const [p50, p99] = await Promise.all(
      ['p50', 'p99'].map((quantile) =>
        prometheus.until(`model_version_role:sluice_request_seconds:${quantile}_5m{version="base"}`, ([found]) => {
          return found !== undefined && found.value > 0;
        }),
      ),
    );
    assert(p50?.[0] && p99?.[0] && p50[0].value <= p99[0].value);
    const [ratio] = await prometheus.query(`model_version_role:sluice_fault_ratio:rate1m{version="base"}`);
    assert.equal(ratio?.value, 0);

    const strategy = {
      canary: { steps: [{ weight: 5000, hold: { seconds: 600 } }] },
      analysis: { metrics: [{ metric: 'error_rate' }] },
    };
    const { id } = await admin.call<{ id: number }>('Rollouts', 'Start', { model: MODEL, candidate: 'slow', strategy });
    const [slow] = await prometheus.until(ALERT('SluiceCanarySlow'), (samples) => samples.length > 0);
    assert.deepEqual([slow?.metric.model, slow?.metric.version, slow?.metric.severity], [MODEL, 'slow', 'page']);
    const [weight] = await prometheus.query(`sluice_traffic_weight_ratio{model="${MODEL}",version="slow"}`);
    assert.equal(weight?.value, 0.5);
    assert.equal((await prometheus.query('sluice_rollout_phase{phase="holding"} == 1')).length, 1);

    const queries = [...dashboardQueries(), ...rules().map(({ expr }) => expr)];
    for (const expr of queries) await prometheus.query(expr);
    const wanted = new Set(queries.flatMap(namesIn));
    const known = await prometheus.query('count by (__name__) ({__name__!=""})');
    const there = new Set(known.map(({ metric }) => metric.__name__));
    assert.deepEqual(
      [...wanted].filter((name) => !there.has(name) && !NOT_HERE.test(name)),
      [],
    );

    await admin.call('Rollouts', 'Abort', { id });
    await prometheus.until(ALERT('SluiceCanarySlow'), (samples) => samples.length === 0);

    // Its successor takes another port, since the test lets it choose: as if it did not come back.
    process.kill(server.childPid('admin'), 'SIGKILL');
    const [down] = await prometheus.until(ALERT('SluiceDown'), (samples) => samples.length > 0);
    assert.equal(down?.metric.job, 'sluice-admin');
    await load.stop();
    assert.deepEqual([load.calls.filter(({ error }) => error !== '').map(({ error }) => error), load.left], [[], 0]);
    await rm(models, { recursive: true });
  },
);

function near(value: number | undefined, expected: number): boolean {
  return value !== undefined && value > 0.7 * expected && value < 1.3 * expected;
}
