/** An A/B experiment from outside: keys and outcomes over gRPC, and results that agree with the client's own log. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import { iris, SluiceClient } from '../support/client.ts';
import { Prng } from '../support/prng.ts';
import { Sluice } from '../support/sluice.ts';

interface ReceiptMessage {
  readonly accepted: number;
  readonly duplicate: number;
  readonly forged: number;
  readonly late: number;
  readonly unknown: number;
  readonly invalid: number;
  readonly notes: readonly string[];
}

interface RatioMessage {
  readonly verdict: string;
  readonly pValue: number;
}

interface ComparisonMessage {
  readonly arm: string;
  readonly difference: number;
  readonly lift: number;
  readonly fixedPValue: number;
  readonly fixedLower: number;
  readonly fixedUpper: number;
  readonly anytimePValue: number;
  readonly anytimeLower: number;
  readonly anytimeUpper: number;
}

interface ResultsMessage {
  readonly arms: readonly {
    readonly arm: string;
    readonly exposures: number;
    readonly units: number;
    readonly outcomes: number;
    readonly reported: number;
  }[];
  readonly metrics: readonly {
    readonly metric: string;
    readonly arms: readonly {
      readonly arm: string;
      readonly units: number;
      readonly mean: number;
      readonly variance: number;
    }[];
    readonly comparisons: readonly ComparisonMessage[];
  }[];
  readonly exposures: RatioMessage;
  readonly reporting: RatioMessage;
  readonly conclusion: string;
  readonly refused: Readonly<Record<string, number>>;
}

interface Logged {
  readonly key: string;
  readonly arm: string;
  readonly predictionId: string;
  readonly converted: number;
  readonly amount: number;
}

const FLOWER = iris([5.1, 3.5, 1.4, 0.2]);
const RATES: Readonly<Record<string, number>> = { 'colours.control': 0.1, 'colours.treatment': 0.12 };
const KEYS = 4000;
const IN_FLIGHT = 16;
const BATCH = 500;
const Z_975 = 1.959963984540054;

describe('an experiment', () => {
  let server: Sluice;
  let client: SluiceClient;
  let admin: AdminClient;
  const random = new Prng(11);
  const log: Logged[] = [];

  before(async () => {
    server = await Sluice.start();
    client = new SluiceClient(server.predictAddress);
    admin = new AdminClient(server.adminAddress);
    await admin.setTraffic('iris', [{ version: '1', weight: 10_000 }], { waitMs: 30_000 });
  });
  after(async () => {
    client.close();
    admin.close();
    await server.stop();
  });

  const report = (outcomes: readonly object[]): Promise<ReceiptMessage> =>
    client.call('sluice.v1.OutcomeService', 'ReportOutcomes', { outcomes }) as Promise<ReceiptMessage>;

  const results = (name: string): Promise<ResultsMessage> => admin.call('Experiments', 'GetResults', { name });

  /** Results once all exposures have come from the serve process. */
  async function settledResults(name: string, exposures: number): Promise<ResultsMessage> {
    for (;;) {
      const found = await results(name);
      if (found.arms.reduce((sum, arm) => sum + arm.exposures, 0) >= exposures) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function create(name: string, more: object = {}): Promise<void> {
    await admin.call('Experiments', 'Create', {
      name,
      model: 'iris',
      arms: [
        { name: 'control', version: '1' },
        { name: 'treatment', version: '2' },
      ],
      metrics: [
        { name: 'conversion', kind: 'proportion', minimumEffect: 0.02, baseline: 0.1 },
        { name: 'amount', kind: 'mean', role: 'secondary' },
      ],
      ...more,
    });
    await admin.call('Experiments', 'Start', { name });
    const deadline = Date.now() + 30_000;
    while (!(await admin.call<{ applied: boolean }>('Traffic', 'GetTraffic', { model: 'iris' })).applied) {
      assert(Date.now() < deadline, 'the epoch is applied');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function call(prefix: string, keys: number): Promise<Logged[]> {
    const made: Logged[] = [];
    let next = 0;
    const caller = async (): Promise<void> => {
      while (next < keys) {
        const key = `${prefix}-${next++}`;
        const reply = await client.predict({ model: 'iris', inputs: [FLOWER], routingKey: key });
        const converted = random.next() < (RATES[reply.arm] ?? 0.1) ? 1 : 0;
        const amount = converted === 1 ? Math.exp(random.normal()) : 0;
        made.push({ key, arm: reply.arm, predictionId: reply.predictionId, converted, amount });
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
    return made;
  }

  function outcomesOf(entries: readonly Logged[]): object[] {
    return entries.flatMap(({ predictionId, converted, amount }) => [
      { predictionId, metric: 'conversion', value: converted },
      { predictionId, metric: 'amount', value: amount },
    ]);
  }

  async function reportAll(outcomes: readonly object[]): Promise<number> {
    let accepted = 0;
    for (let at = 0; at < outcomes.length; at += BATCH)
      {accepted += (await report(outcomes.slice(at, at + BATCH))).accepted;}
    return accepted;
  }

  it('divides the callers by key and counts every outcome once', async () => {
    await create('colours');
    log.push(...(await call('user', KEYS)));
    const arms = new Set(log.map(({ arm }) => arm));
    assert.deepEqual([...arms].sort(), ['colours.control', 'colours.treatment']);
    assert.equal(await reportAll(outcomesOf(log)), 2 * KEYS);
  });

  it('tells duplicates, forgeries, latecomers and strangers apart', async () => {
    const [first] = log;
    assert(first);
    const { predictionId } = first;
    const forged = `${predictionId.slice(0, -1)}${predictionId.endsWith('A') ? 'B' : 'A'}`;
    const old = { seconds: Math.floor(Date.now() / 1000) - 30 * 86_400, nanos: 0 };
    const byKey = { experiment: 'colours', routingKey: first.key, metric: 'amount', value: 1 };
    const receipt = await report([
      { predictionId, metric: 'conversion', value: 1 },
      { predictionId: forged, metric: 'conversion', value: 1 },
      { ...byKey, at: old },
      { predictionId, metric: 'colour', value: 1 },
      { experiment: 'nobody', routingKey: 'x', metric: 'conversion', value: 1 },
      { predictionId, metric: 'conversion', value: 0.5, id: 'half' },
      { metric: 'conversion', value: 1 },
    ]);
    const { notes, ...counts } = receipt;
    assert.deepEqual(counts, { accepted: 0, duplicate: 1, forged: 1, late: 1, unknown: 2, invalid: 2 });
    assert.equal(notes.length, 7);
    const { refused } = await results('colours');
    assert.deepEqual(refused, { duplicate: 1, late: 1, unknown: 1, invalid: 1 });
  });

  it("gives results that are the client's own to 1e-9, and no alarm", async () => {
    const found = await settledResults('colours', KEYS);
    const control = log.filter(({ arm }) => arm === 'colours.control');
    const treatment = log.filter(({ arm }) => arm === 'colours.treatment');
    assert.deepEqual(
      found.arms.map(({ arm, exposures, units, outcomes, reported }) => [arm, exposures, units, outcomes, reported]),
      [
        ['control', control.length, control.length, 2 * control.length, control.length],
        ['treatment', treatment.length, treatment.length, 2 * treatment.length, treatment.length],
      ],
    );
    const [conversion, amount] = found.metrics;
    assert(conversion && amount);
    checkProportions(conversion, { control, treatment });
    checkMeans(amount, { control, treatment });
    assert.deepEqual([found.exposures.verdict, found.reporting.verdict], ['ok', 'ok']);
    console.log(found.conclusion);
  });

  it('alarms when 2 % of the outcomes of one arm are withheld', async () => {
    await admin.call('Experiments', 'Stop', { name: 'colours' });
    await create('withheld');
    const made = await call('other', KEYS);
    const withheld = made.filter(({ arm }) => arm === 'withheld.treatment').filter((_, at) => at % 50 === 0);
    const told = made.filter((entry) => !withheld.includes(entry));
    await reportAll(outcomesOf(told));
    const { reporting, exposures, conclusion } = await settledResults('withheld', KEYS);
    assert.deepEqual([exposures.verdict, reporting.verdict], ['ok', 'alarm']);
    assert.match(conclusion, /Do not trust/);
  });

  it('refuses what would divide a call twice, and gives the traffic back at its end', async () => {
    await admin.call('Experiments', 'Create', {
      name: 'third',
      model: 'iris',
      layer: 'another',
      trafficShare: 1000,
      arms: [
        { name: 'a', version: '1' },
        { name: 'b', version: '2' },
      ],
      metrics: [{ name: 'conversion', kind: 'proportion' }],
    });
    await assert.rejects(admin.call('Experiments', 'Start', { name: 'third' }), /9 FAILED_PRECONDITION: .*layer/);
    const rollout = { model: 'iris', candidate: '2' };
    await assert.rejects(admin.call('Rollouts', 'Start', rollout), /6 ALREADY_EXISTS: experiment "withheld"/);
    await admin.call('Experiments', 'Conclude', { name: 'withheld', promote: 'treatment' });
    const { epoch } = await admin.call<{ epoch: { policy: { arms: readonly object[] } } }>('Traffic', 'GetTraffic', {
      model: 'iris',
    });
    assert.deepEqual(epoch.policy.arms, [{ version: '2', weight: 10_000, arm: '2' }]);
  });
});

interface Arms {
  readonly control: readonly Logged[];
  readonly treatment: readonly Logged[];
}

type Metric = ResultsMessage['metrics'][number];

/** Two proportions, z pooled for the test and unpooled for the interval, by the formulas as a textbook has them. */
function checkProportions({ arms, comparisons }: Metric, { control, treatment }: Arms): void {
  const [x1, x2] = [control, treatment].map((entries) => entries.reduce((sum, { converted }) => sum + converted, 0));
  assert(x1 !== undefined && x2 !== undefined);
  const [n1, n2] = [control.length, treatment.length];
  const [p1, p2] = [x1 / n1, x2 / n2];
  const pooled = (x1 + x2) / (n1 + n2);
  const z = (p2 - p1) / Math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
  const error = Math.sqrt((p1 * (1 - p1)) / n1 + (p2 * (1 - p2)) / n2);
  const [found] = comparisons;
  assert(found);
  near([arms[0]?.mean, arms[1]?.mean], [p1, p2]);
  near([found.difference, found.lift], [p2 - p1, (p2 - p1) / p1]);
  near([found.fixedLower, found.fixedUpper], [p2 - p1 - Z_975 * error, p2 - p1 + Z_975 * error]);
  near([found.fixedPValue], [2 * normalTail(Math.abs(z))]);
}

function checkMeans({ arms, comparisons }: Metric, { control, treatment }: Arms): void {
  const [a, b] = [control, treatment].map((entries) => momentsOf(entries.map(({ amount }) => amount)));
  assert(a && b);
  const [found] = comparisons;
  assert(found);
  near([arms[0]?.mean, arms[1]?.mean], [a.mean, b.mean]);
  near([arms[0]?.variance, arms[1]?.variance], [a.variance, b.variance]);
  near([found.difference], [b.mean - a.mean]);
  // Waudby-Smith et al. (2103.06476) with N* = 5,000.
  const n = a.count + b.count;
  const error = Math.sqrt(a.variance / a.count + b.variance / b.count);
  const rho = Math.sqrt((-2 * Math.log(0.05) + Math.log(-2 * Math.log(0.05) + 1)) / 5000);
  const spread = n * rho ** 2;
  const half = error * Math.sqrt(n * ((2 * (spread + 1)) / (n * spread)) * Math.log(Math.sqrt(spread + 1) / 0.05));
  near([found.anytimeLower, found.anytimeUpper], [b.mean - a.mean - half, b.mean - a.mean + half]);
  const logE = (rho ** 2 * (b.mean - a.mean) ** 2 * n) / error ** 2 / (2 * (spread + 1)) - 0.5 * Math.log(spread + 1);
  near([found.anytimePValue], [Math.min(1, Math.exp(-logE))]);
}

function momentsOf(values: readonly number[]): { count: number; mean: number; variance: number } {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  return { count, mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1) };
}

/** By Simpson's rule over the density, far beyond where it matters. */
function normalTail(z: number): number {
  const [steps, width] = [200_000, 12];
  const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const h = width / steps;
  let sum = density(z) + density(z + width);
  for (let step = 1; step < steps; step += 1) sum += (step % 2 === 1 ? 4 : 2) * density(z + step * h);
  return (sum * h) / 3;
}

function near(found: readonly (number | undefined)[], expected: readonly number[]): void {
  for (const [at, value] of expected.entries()) {
    const difference = Math.abs((found[at] ?? NaN) - value);
    assert(difference <= 1e-9 * Math.max(1, Math.abs(value)), `${String(found[at])} is not ${value}`);
  }
}
