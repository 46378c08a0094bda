/** An A/B experiment from outside: keys and outcomes over gRPC, and results that agree with the client's own log. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import { iris, SluiceClient } from '../support/client.ts';
import { Prng } from '../support/prng.ts';
import { REPOSITORY, Sluice } from '../support/sluice.ts';
import { python } from '../support/tools.ts';

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
  readonly summary: string;
}

interface ComparisonMessage {
  readonly arm: string;
  readonly difference: number;
  readonly lift: number;
  readonly liftLower: number;
  readonly liftUpper: number;
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
    readonly kind: string;
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

/** One call, and the one outcome of each metric that became of it. */
interface Logged {
  readonly key: string;
  /** "EXPERIMENT.ARM". */
  readonly arm: string;
  readonly predictionId: string;
  readonly converted: number;
  readonly amount: number;
  /** Of so many views. */
  readonly clicks: number;
  readonly views: number;
}

/** Of one unit and metric: sums of values and of denominators. */
type Unit = readonly [y: number, d: number];

/** What test/conformance/experiment_statistics.py answers. */
interface Statistics {
  readonly metrics: Readonly<Record<string, Record<'control' | 'treatment' | 'fixed' | 'lift' | 'anytime', number[]>>>;
  readonly exposures: number;
  readonly reporting: number;
}

const FLOWER = iris([5.1, 3.5, 1.4, 0.2]);
const RATES: Readonly<Record<string, number>> = { control: 0.1, treatment: 0.12 };
const KEYS = 3000;
const IN_FLIGHT = 16;
const BATCH = 500;
/** Every so many callers tell of a second amount, later and by their key. */
const TELLS_LATER = 10;
const Z_975 = 1.959963984540054;
const ALPHA = 0.05;

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

  async function create(name: string): Promise<void> {
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
        { name: 'clicks', kind: 'ratio', role: 'secondary' },
      ],
      alpha: ALPHA,
    });
    await admin.call('Experiments', 'Start', { name });
    const deadline = Date.now() + 30_000;
    while (!(await admin.call<{ applied: boolean }>('Traffic', 'GetTraffic', { model: 'iris' })).applied) {
      assert(Date.now() < deadline, 'the epoch is applied');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Each key calls so many times. */
  async function call(prefix: string, { keys, times }: { keys: number; times: number }): Promise<Logged[]> {
    const made: Logged[] = [];
    let next = 0;
    const caller = async (): Promise<void> => {
      while (next < keys * times) {
        const key = `${prefix}-${Math.floor(next++ / times)}`;
        const { arm, predictionId } = await client.predict({ model: 'iris', inputs: [FLOWER], routingKey: key });
        const converted = random.next() < (RATES[arm.split('.')[1] ?? ''] ?? NaN) ? 1 : 0;
        const amount = converted === 1 ? Math.exp(random.normal()) : 0;
        const views = 1 + Math.floor(4 * random.next());
        made.push({ key, arm, predictionId, converted, amount, views, clicks: random.binomial(views, 0.3) });
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
    return made;
  }

  async function reportAll(outcomes: readonly object[]): Promise<number> {
    let accepted = 0;
    for (let at = 0; at < outcomes.length; at += BATCH) {
      accepted += (await report(outcomes.slice(at, at + BATCH))).accepted;
    }
    return accepted;
  }

  it('divides the callers by key and counts every outcome once', async () => {
    await create('colours');
    log.push(...(await call('user', { keys: KEYS, times: 1 })));
    const arms = new Set(log.map(({ arm }) => arm));
    assert.deepEqual([...arms].sort(), ['colours.control', 'colours.treatment']);
    assert.equal(await reportAll(outcomesOf(log)), 3 * KEYS);
    // By key, without the prediction: the caller's arm is known all the same.
    const later = latecomers(log).map(({ key }) => ({
      experiment: 'colours',
      routingKey: key,
      metric: 'amount',
      value: 5,
    }));
    assert.equal(await reportAll(later), later.length);
  });

  it('tells duplicates, forgeries, latecomers and strangers apart', async () => {
    const [first] = log;
    assert(first);
    const { predictionId } = first;
    const forged = `${predictionId.slice(0, -1)}${predictionId.endsWith('A') ? 'B' : 'A'}`;
    const old = { seconds: Math.floor(Date.now() / 1000) - 30 * 86_400, nanos: 0 };
    const byKey = { experiment: 'colours', routingKey: first.key, metric: 'amount', value: 5 };
    const receipt = await report([
      { predictionId, metric: 'conversion', value: 1 },
      byKey,
      { predictionId: forged, metric: 'conversion', value: 1 },
      { ...byKey, at: old },
      { predictionId, metric: 'colour', value: 1 },
      { experiment: 'nobody', routingKey: 'x', metric: 'conversion', value: 1 },
      { predictionId, metric: 'conversion', value: 0.5, id: 'half' },
      { metric: 'conversion', value: 1 },
    ]);
    const { notes, ...counts } = receipt;
    assert.deepEqual(counts, { accepted: 0, duplicate: 2, forged: 1, late: 1, unknown: 2, invalid: 2 });
    assert.equal(notes.length, 8);
    const { refused } = await results('colours');
    assert.deepEqual(refused, { duplicate: 2, late: 1, unknown: 1, invalid: 1 });
  });

  it("gives results that are the client's own to 1e-9, and no alarm", async (context) => {
    const found = await settledResults('colours', KEYS);
    const units = unitsOf(log);
    const ofArm = (arm: string): readonly Logged[] => log.filter((entry) => entry.arm === `colours.${arm}`);
    assert.deepEqual(
      found.arms.map(({ arm, exposures, units: count, outcomes, reported }) => [
        arm,
        exposures,
        count,
        outcomes,
        reported,
      ]),
      ['control', 'treatment'].map((arm) => {
        const own = ofArm(arm);
        return [
          arm,
          own.length,
          own.length,
          3 * own.length + latecomers(log).filter((each) => own.includes(each)).length,
          own.length,
        ];
      }),
    );
    const [conversion, amount, clicks] = found.metrics;
    assert(conversion && amount && clicks);
    checkProportions(conversion, { control: ofArm('control'), treatment: ofArm('treatment') });
    for (const metric of [conversion, amount, clicks]) checkAnytime(metric, units[metric.metric]);
    assert.deepEqual([found.exposures.verdict, found.reporting.verdict], ['ok', 'ok']);
    await checkByScipy(context, found, { units, log, told: log });
  });

  it('alarms when 2 % of the outcomes of one arm are withheld, also of callers who repeat', async (context) => {
    await admin.call('Experiments', 'Stop', { name: 'colours' });
    await create('withheld');
    const made = await call('other', { keys: KEYS / 2, times: 2 });
    const withheld = made.filter(({ arm }) => arm === 'withheld.treatment').filter((_, at) => at % 50 === 0);
    const told = made.filter((entry) => !withheld.includes(entry));
    assert.equal(await reportAll(outcomesOf(told)), 3 * told.length);
    const found = await settledResults('withheld', made.length);
    assert.deepEqual([found.exposures.verdict, found.reporting.verdict], ['ok', 'alarm']);
    assert.match(found.conclusion, /Do not trust/);
    const units = unitsOf(told, () => false);
    for (const metric of found.metrics) checkAnytime(metric, units[metric.metric]);
    await checkByScipy(context, found, { units, log: made, told });
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

function outcomesOf(entries: readonly Logged[]): object[] {
  return entries.flatMap(({ predictionId, converted, amount, clicks, views }) => [
    { predictionId, metric: 'conversion', value: converted },
    { predictionId, metric: 'amount', value: amount },
    { predictionId, metric: 'clicks', value: clicks, denominator: views },
  ]);
}

function latecomers(log: readonly Logged[]): readonly Logged[] {
  return log.filter((_, at) => at % TELLS_LATER === 0);
}

type Arm = 'control' | 'treatment';
type Units = Readonly<Record<string, Record<Arm, readonly Unit[]>>>;

/** By metric and arm. Denominators are the numbers of outcomes, but for the ratio's. */
function unitsOf(log: readonly Logged[], isLater = (entry: Logged): boolean => latecomers(log).includes(entry)): Units {
  const metrics: Readonly<Record<string, (entry: Logged) => Unit>> = {
    conversion: ({ converted }) => [converted, 1],
    amount: (entry) => (isLater(entry) ? [entry.amount + 5, 2] : [entry.amount, 1]),
    clicks: ({ clicks, views }) => [clicks, views],
  };
  const of = (arm: Arm, unitOf: (entry: Logged) => Unit): readonly Unit[] => {
    const units = new Map<string, Unit>();
    for (const entry of log.filter((each) => each.arm.endsWith(`.${arm}`))) {
      const [y, d] = units.get(entry.key) ?? [0, 0];
      const [more, over] = unitOf(entry);
      units.set(entry.key, [y + more, d + over]);
    }
    return [...units.values()];
  };
  return Object.fromEntries(
    Object.entries(metrics).map(([name, unitOf]) => [
      name,
      { control: of('control', unitOf), treatment: of('treatment', unitOf) },
    ]),
  );
}

type Metric = ResultsMessage['metrics'][number];

/** Two proportions, z pooled for the test and unpooled for the interval, by the formulas as a textbook has them. */
function checkProportions(
  { arms, comparisons }: Metric,
  { control, treatment }: { readonly control: readonly Logged[]; readonly treatment: readonly Logged[] },
): void {
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

/** Moments of the units, and Waudby-Smith et al. (2103.06476) with N* = 5,000. */
function checkAnytime({ metric, arms, comparisons }: Metric, units: Units[string] | undefined): void {
  assert(units);
  const [a, b] = [units.control, units.treatment].map((own) => momentsOf(own, metric === 'clicks'));
  const [found] = comparisons;
  assert(a && b && found);
  near([arms[0]?.units, arms[1]?.units], [a.count, b.count]);
  near([arms[0]?.mean, arms[1]?.mean], [a.mean, b.mean]);
  near([arms[0]?.variance, arms[1]?.variance], [a.variance, b.variance]);
  near([found.difference], [b.mean - a.mean]);
  const n = a.count + b.count;
  const error = Math.sqrt(a.variance / a.count + b.variance / b.count);
  const rho = Math.sqrt((-2 * Math.log(ALPHA) + Math.log(-2 * Math.log(ALPHA) + 1)) / 5000);
  const spread = n * rho ** 2;
  const half = error * Math.sqrt(n * ((2 * (spread + 1)) / (n * spread)) * Math.log(Math.sqrt(spread + 1) / ALPHA));
  near([found.anytimeLower, found.anytimeUpper], [b.mean - a.mean - half, b.mean - a.mean + half]);
  const logE = (rho ** 2 * (b.mean - a.mean) ** 2 * n) / error ** 2 / (2 * (spread + 1)) - 0.5 * Math.log(spread + 1);
  near([found.anytimePValue], [Math.min(1, Math.exp(-logE))]);
}

/** Of the units' means; of a ratio, of what each unit adds to it, by the delta method. */
function momentsOf(units: readonly Unit[], isRatio: boolean): { count: number; mean: number; variance: number } {
  const count = units.length;
  if (!isRatio) {
    const means = units.map(([y, d]) => y / d);
    const mean = means.reduce((sum, value) => sum + value, 0) / count;
    return { count, mean, variance: means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1) };
  }
  const [y, d] = [units.reduce((sum, unit) => sum + unit[0], 0), units.reduce((sum, unit) => sum + unit[1], 0)];
  const residuals = units.map((unit) => (unit[0] - (y / d) * unit[1]) / (d / count));
  return { count, mean: y / d, variance: residuals.reduce((sum, value) => sum + value ** 2, 0) / (count - 1) };
}

interface Client {
  readonly units: Units;
  readonly log: readonly Logged[];
  /** Of these calls outcomes were reported. */
  readonly told: readonly Logged[];
}

async function checkByScipy(context: TestContext, found: ResultsMessage, { units, log, told }: Client): Promise<void> {
  const tool = await python('statistics-requirements.txt');
  if ('missing' in tool) {
    context.diagnostic(`not compared with scipy, which ${tool.missing}`);
    return;
  }
  const countsOf = (entries: readonly Logged[]): number[] =>
    ['.control', '.treatment'].map((arm) => entries.filter((entry) => entry.arm.endsWith(arm)).length);
  const metrics = Object.fromEntries(found.metrics.map(({ metric, kind }) => [metric, { kind, ...units[metric] }]));
  const input = JSON.stringify({ alpha: ALPHA, metrics, calls: countsOf(log), reported: countsOf(told) });
  const script = join(REPOSITORY, 'test/conformance/experiment_statistics.py');
  const answer = execFileSync(tool.path, [script], { input, encoding: 'utf8', timeout: 60_000 });
  const said = JSON.parse(answer) as Statistics;
  for (const { metric, arms, comparisons } of found.metrics) {
    const own = said.metrics[metric];
    const [comparison] = comparisons;
    assert(own && comparison);
    near(
      arms.flatMap(({ units: count, mean, variance }) => [count, mean, variance]),
      [...own.control, ...own.treatment],
    );
    near([comparison.fixedPValue, comparison.fixedLower, comparison.fixedUpper], own.fixed);
    near([comparison.lift, comparison.liftLower, comparison.liftUpper], own.lift);
    near([comparison.anytimePValue, comparison.anytimeLower, comparison.anytimeUpper], own.anytime);
  }
  // Where callers repeat, these are of fewer calls.
  const isAsItIs = ({ summary }: RatioMessage): boolean => !summary.includes('counted as one');
  if (isAsItIs(found.exposures)) near([found.exposures.pValue], [said.exposures]);
  if (isAsItIs(found.reporting)) near([found.reporting.pValue], [said.reporting]);
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
  assert.equal(found.length, expected.length);
  for (const [at, value] of expected.entries()) {
    const difference = Math.abs((found[at] ?? NaN) - value);
    assert(difference <= 1e-9 * Math.max(1, Math.abs(value)), `${String(found[at])} is not ${value}`);
  }
}
