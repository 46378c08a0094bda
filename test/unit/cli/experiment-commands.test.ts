import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { before, FakeAdmin, inTurn, NOW, sluice } from '../../support/fake-admin.ts';

const METRICS = [
  {
    name: 'conversion',
    kind: 'proportion',
    direction: 'increase',
    role: 'primary',
    minimumEffect: 0.01,
    baseline: 0.1,
  },
  { name: 'wait', kind: 'mean', direction: 'decrease', role: 'guardrail' },
];
const EXPERIMENT = {
  name: 'greeting',
  model: 'iris',
  hypothesis: 'trees convert better',
  arms: [
    { name: 'control', version: '1', share: 5000 },
    { name: 'treatment', version: '3', share: 5000 },
  ],
  trafficShare: 2000,
  layer: 'default',
  metrics: METRICS,
  alpha: 0.05,
  power: 0.8,
  phase: 'running',
  plannedUnitsPerArm: 14_752,
  generation: 2,
  epoch: 9,
  createdAt: before(7200),
  startedAt: before(3600),
  createdBy: 'ann',
};
const OK = { verdict: 'ok', pValue: 0.4, summary: '1000 to 1040 is what 50% to 50% gives' };
const RESULTS = {
  experiment: EXPERIMENT,
  at: before(0),
  arms: [
    { arm: 'control', version: '1', exposures: 1000, units: 400, outcomes: 410, reported: 405 },
    { arm: 'treatment', version: '3', exposures: 1040, units: 420, outcomes: 431, reported: 430 },
  ],
  metrics: [
    {
      metric: 'conversion',
      kind: 'proportion',
      role: 'primary',
      arms: [
        { arm: 'control', units: 400, mean: 0.1, variance: 0.09, p50: 0, p95: 1, p99: 1 },
        { arm: 'treatment', units: 420, mean: 0.13, variance: 0.1131, p50: 0, p95: 1, p99: 1 },
      ],
      comparisons: [
        {
          arm: 'treatment',
          difference: 0.03,
          lift: 0.3,
          anytimeLower: -0.03,
          anytimeUpper: 0.09,
          adjustedPValue: 0.4,
          verdict: 'undecided',
        },
      ],
    },
  ],
  exposures: OK,
  reporting: { verdict: 'insufficient' },
  conclusion: 'No arm is better yet; 14332 units per arm are still to come.',
  refused: { duplicate: 3, late: 0 },
};

suite('planning an experiment', () => {
  test('the flags are sent as they were written', async () => {
    using admin = await FakeAdmin.start({ Create: () => EXPERIMENT });
    const { code, stdout } = await sluice(
      [
        ...['experiment', 'create', 'greeting', 'iris', '--arms', 'control=1:50%,treatment=3:5000', '--share', '20%'],
        ...['--metric', 'conversion:proportion:increase:primary:min=0.01:base=0.1'],
        ...['--metric', 'wait:mean:decrease:guardrail:sd=2.5', '--layer', 'ui', '--alpha', '1%', '--power', '0.9'],
        ...['--hypothesis', 'trees convert better', '--reason', 'why', '--idempotency-key', 'plan-1'],
      ],
      { admin },
    );
    assert.equal(code, 0);
    assert.equal(stdout, 'greeting is running, control=1 50%, treatment=3 50% of iris\n');
    const unknown = { minimumEffect: 0, baseline: 0, standardDeviation: 0 };
    assert.deepEqual(admin.requests('Create'), [
      {
        name: 'greeting',
        model: 'iris',
        hypothesis: 'trees convert better',
        arms: EXPERIMENT.arms,
        trafficShare: 2000,
        layer: 'ui',
        metrics: [
          { ...METRICS[0], standardDeviation: 0 },
          { ...unknown, ...METRICS[1], standardDeviation: 2.5 },
        ],
        alpha: 0.01,
        power: 0.9,
        reason: 'why',
        idempotencyKey: 'plan-1',
      },
    ]);
  });

  test('a file has the same fields', async () => {
    using admin = await FakeAdmin.start({ Create: () => EXPERIMENT });
    const plan = { arms: [{ name: 'control', version: '1', share: '40%' }], traffic_share: '20%', metrics: METRICS };
    const argv = ['experiment', 'create', 'greeting', 'iris', '--file', '-'];
    const { code, stderr } = await sluice(argv, { admin, stdin: JSON.stringify(plan) });
    assert.equal(code, 0, stderr);
    const [{ arms, trafficShare, metrics } = {}] = admin.requests('Create');
    assert.deepEqual([arms, trafficShare], [[{ name: 'control', version: '1', share: 4000 }], 2000]);
    assert.deepEqual((metrics as object[]).length, 2);
    const both = await sluice([...argv, '--alpha', '0.1'], { stdin: '{}' });
    assert.match(both.stderr, /--file has all of it; leave --alpha out/);
  });

  test('arms and metrics are needed, and wrong ones are said with what is right', async () => {
    const create = ['experiment', 'create', 'greeting', 'iris'];
    const arms = ['--arms', 'control=1,treatment=3'];
    const cases = [
      [[], /--arms is missing; give it, or --file/],
      [arms, /--metric is missing; give it, or --file/],
      [['--arms', 'control=1:50%,treatment=3'], /--arms cannot be "control=1:50%,treatment=3"; give NAME=VERSION/],
      [['--arms', 'control'], /--arms cannot be "control"; give/],
      [[...arms, '--metric', 'clicks'], /--metric cannot be "clicks"; give NAME:KIND/],
      [[...arms, '--metric', 'clicks:median'], /--metric cannot be "clicks:median"; give/],
      [[...arms, '--metric', 'clicks:mean:max=3'], /--metric cannot be "clicks:mean:max=3"; give/],
      [[...arms, '--metric', 'clicks:mean:min=lots'], /--metric cannot be "clicks:mean:min=lots"; give/],
      [
        [...arms, '--metric', 'clicks:mean:increase:decrease'],
        /--metric cannot be "clicks:mean:increase:decrease"; give/,
      ],
    ] as const;
    for (const [flags, expected] of cases) {
      const { code, stderr } = await sluice([...create, ...flags]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, expected);
    }
  });
});

suite('running an experiment', () => {
  test('start, stop and conclude say who, why and what was seen', async () => {
    using admin = await FakeAdmin.start({
      Start: () => EXPERIMENT,
      Stop: () => ({ ...EXPERIMENT, phase: 'stopped', reason: 'enough' }),
      Conclude: () => ({ ...EXPERIMENT, phase: 'concluded', promoted: 'treatment' }),
    });
    const why = ['--reason', 'enough', '--expected-generation', '2'];
    await sluice(['experiment', 'start', 'greeting', ...why], { admin });
    const stopped = await sluice(['experiment', 'stop', 'greeting', ...why], { admin });
    await sluice(['experiment', 'conclude', 'greeting', '--promote', 'treatment', ...why], { admin });
    assert.equal(stopped.stdout, 'greeting is stopped, control=1 50%, treatment=3 50% of iris: enough\n');
    const asked = ['Start', 'Stop', 'Conclude'].map((method) => {
      const [{ name, promote, reason, expectedGeneration, idempotencyKey } = {}] = admin.requests(method);
      assert.match(String(idempotencyKey), /^[0-9a-f-]{36}$/);
      return [name, promote, reason, String(expectedGeneration)];
    });
    assert.deepEqual(asked, [
      ['greeting', undefined, 'enough', '2'],
      ['greeting', undefined, 'enough', '2'],
      ['greeting', 'treatment', 'enough', '2'],
    ]);
  });

  test('the list, and the plan of one', async () => {
    using admin = await FakeAdmin.start({ List: () => ({ experiments: [EXPERIMENT] }), Get: () => EXPERIMENT });
    const list = await sluice(['experiment', 'list', 'iris', '--running'], { admin });
    assert.deepEqual(list.stdout.split('\n').slice(0, 2), [
      'NAME      MODEL  PHASE    ARMS                            SHARE  LAYER    STARTED  BY   HYPOTHESIS',
      'greeting  iris   running  control=1 50%, treatment=3 50%    20%  default   1h ago  ann  trees convert better',
    ]);
    assert.deepEqual(admin.requests('List'), [{ model: 'iris', runningOnly: true, pageSize: 100, pageToken: '' }]);
    const { stdout } = await sluice(['experiment', 'show', 'greeting'], { admin });
    assert.deepEqual(stdout.split('\n'), [
      'experiment    greeting',
      'model         iris',
      'phase         running',
      'hypothesis    trees convert better',
      'traffic       20%, layer default',
      'alpha, power  0.05, 0.8',
      'planned       14752 units per arm',
      'created       2026-01-31 10:00:00Z (2h ago) by ann',
      'started       2026-01-31 11:00:00Z (1h ago)',
      '',
      'ARM        VERSION  SHARE',
      'control    1          50%',
      'treatment  3          50%',
      '',
      'METRIC      KIND        ROLE       BETTER  LEAST EFFECT  BASELINE  SD',
      'conversion  proportion  primary    more            0.01       0.1   -',
      'wait        mean        guardrail  less               -         -   -',
      '',
    ]);
  });
});

suite('results of an experiment', () => {
  test('what the arms did, how they differ, and how sure that is', async () => {
    using admin = await FakeAdmin.start({ GetResults: () => RESULTS });
    const { code, stdout } = await sluice(['experiment', 'results', 'greeting'], { admin });
    assert.equal(code, 0);
    assert.deepEqual(stdout.split('\n'), [
      'greeting on iris, running, 2026-01-31 12:00:00Z',
      'No arm is better yet; 14332 units per arm are still to come.',
      '',
      'ARM        VERSION  SHARE  CALLS  REPORTED  UNITS  OUTCOMES',
      'control    1          50%   1000       405    400       410',
      'treatment  3          50%   1040       430    420       431',
      'shares: ok, 1000 to 1040 is what 50% to 50% gives',
      'reporting: insufficient',
      'outcomes not counted: duplicate 3',
      '',
      'conversion (primary, proportion)',
      'ARM        UNITS  SHARE     SD  P50  P95  P99',
      'control      400    10%    0.3    0    1    1',
      'treatment    420    13%  0.336    0    1    1',
      'AGAINST CONTROL  DIFFERENCE  LIFT  95% INTERVAL    P  VERDICT',
      'treatment               +3%  +30%  -3% to +9%    0.4  undecided',
      '',
    ]);
  });

  test('a terminal gets the interval as a line, with a mark where there is no difference', async () => {
    using admin = await FakeAdmin.start({ GetResults: () => RESULTS });
    const { stdout } = await sluice(['experiment', 'results', 'greeting'], {
      admin,
      terminal: 120,
      env: { NO_COLOR: '1' },
    });
    assert(stdout.includes('-3% to +9%    ────────┊──────●───────────────  0.4  undecided\n'), stdout);
  });

  test('what makes them worthless comes first', async () => {
    const alarm = { verdict: 'alarm', pValue: 1e-9, summary: '1000 to 1400 where 50% to 50% was asked for.' };
    using admin = await FakeAdmin.start({ GetResults: () => ({ ...RESULTS, exposures: alarm }) });
    const { stdout } = await sluice(['experiment', 'results', 'greeting'], { admin, terminal: 200 });
    assert(
      stdout.startsWith(
        '\u001b[31mDO NOT TRUST THIS: the arms did not get their shares. 1000 to 1400 where 50% to 50% was asked for.\u001b[0m\n\n',
      ),
      stdout,
    );
    assert.doesNotMatch(stdout, /^shares: /m);
  });

  test('an interval without an end is drawn to the edge', async () => {
    const [metric] = RESULTS.metrics;
    const [comparison] = metric!.comparisons;
    const open = { ...comparison, anytimeLower: -Infinity, anytimeUpper: Infinity };
    using admin = await FakeAdmin.start({
      GetResults: () => ({ ...RESULTS, metrics: [{ ...metric, comparisons: [open] }] }),
    });
    const { stdout } = await sluice(['experiment', 'results', 'greeting'], {
      admin,
      terminal: 120,
      env: { NO_COLOR: '1' },
    });
    assert(stdout.includes('-∞% to +∞%    ◂─────────'), stdout);
    const { stdout: json } = await sluice(['experiment', 'results', 'greeting', '--json'], { admin });
    assert(json.includes('"anytimeLower": "-Infinity"'));
  });

  test('a watch adds lines', async () => {
    using admin = await FakeAdmin.start({ WatchResults: () => inTurn(RESULTS) });
    const { stdout } = await sluice(['experiment', 'watch', 'greeting'], { admin });
    assert.equal(
      stdout,
      '12:00:00Z  greeting  control 1000 calls 400 units, treatment 1040 calls 420 units: No arm is better yet; 14332 units per arm are still to come.\n',
    );
  });
});

suite('reporting an outcome', () => {
  test('goes to the Predict port, by prediction or by experiment and key', async () => {
    using serve = await FakeAdmin.start({ ReportOutcomes: () => ({ accepted: 1 }) });
    const where = ['--predict-address', serve.address];
    const report = ['outcome', 'report', '--metric', 'conversion', ...where];
    const one = await sluice([...report, '--prediction', 'p1', '--value', '1', '--at', '1m', '--id', 'x']);
    const other = await sluice([
      ...report,
      '--experiment',
      'greeting',
      '--key',
      'u',
      '--value=-0.5',
      '--denominator',
      '3',
    ]);
    assert.deepEqual([one.code, one.stdout, other.code], [0, 'The outcome is accepted.\n', 0]);
    const outcomes = serve
      .requests<{ outcomes: { at: { seconds: unknown } | null }[] }>('ReportOutcomes')
      .map(({ outcomes: [outcome] }) => ({
        ...outcome,
        at: outcome?.at === null ? null : String(outcome?.at.seconds),
      }));
    const nothing = { predictionId: '', experiment: '', routingKey: '', metric: 'conversion', denominator: 0, id: '' };
    assert.deepEqual(outcomes, [
      { ...nothing, predictionId: 'p1', value: 1, at: String(NOW / 1000 - 60), id: 'x' },
      { ...nothing, experiment: 'greeting', routingKey: 'u', value: -0.5, denominator: 3, at: null },
    ]);
  });

  test('one that is not counted is exit code 1 with the reason', async () => {
    using serve = await FakeAdmin.start({
      ReportOutcomes: () => ({ forged: 1, notes: ['prediction "p1" was not signed by this registry'] }),
    });
    const argv = ['outcome', 'report', '--prediction', 'p1', '--metric', 'm', '--value', '1'];
    assert.deepEqual(await sluice([...argv, '--predict-address', serve.address]), {
      code: 1,
      stdout: 'The outcome is forged.\nprediction "p1" was not signed by this registry\n',
      stderr: '',
    });
  });

  test('what is missing or too much is said before anything is sent', async () => {
    const cases = [
      [['--prediction', 'p'], /give --metric and --value/],
      [['--metric', 'm', '--value', '1'], /give --prediction, or --experiment with --key/],
      [['--metric', 'm', '--value', '1', '--experiment', 'e'], /give --prediction, or --experiment with --key/],
      [['--metric', 'm', '--value', '1', '--prediction', 'p', '--key', 'k'], /give --prediction, or --experiment with/],
      [['--metric', 'm', '--value', 'much'], /--value cannot be "much"; give a number such as/],
    ] as const;
    for (const [flags, expected] of cases) {
      const { code, stderr } = await sluice(['outcome', 'report', ...flags]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, expected);
    }
  });

  test('a serve process that is not there is called so', async () => {
    const argv = ['outcome', 'report', '--prediction', 'p', '--metric', 'm', '--value', '1'];
    const { code, stderr } = await sluice([...argv, '--predict-address', '127.0.0.1:1']);
    assert.equal(code, 5);
    assert.match(stderr, /^sluice: no serve process answers at 127\.0\.0\.1:1; .*--predict-address names another\n$/);
  });

  test('half the command lists what may follow', async () => {
    const { code, stderr } = await sluice(['outcome']);
    assert.deepEqual([code, stderr.split(';')[0]], [2, 'sluice: "sluice outcome" needs one of report']);
  });
});
