import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { andThenNothing, before, FakeAdmin, inTurn, NOW, Refusal, sluice } from '../../support/fake-admin.ts';

const VERDICT = {
  metric: 'error_rate',
  verdict: 'insufficient',
  summary: '3 of 412 against 5 of 3688',
  candidate: 0.00728,
  stable: 0.001356,
  limit: 0.02136,
  bound: 0.0241,
  eValue: 4,
  threshold: 64,
  alpha: 0.05,
  alphaSpent: 0.25,
  candidateSamples: 412,
  stableSamples: 3688,
  onFail: 'rollback',
};
/** Its bound and limit are shares of the runs; the quantiles are in ms. */
const LATENCY = {
  ...VERDICT,
  metric: 'compute_p99',
  summary: '',
  candidate: 3.25,
  stable: 3,
  limit: 0.02,
  bound: 0.035,
};
const GUARDRAIL = {
  metric: 'guardrail:request_p99',
  verdict: 'pass',
  candidate: 12.34,
  limit: 100,
  candidateSamples: 412,
  onFail: 'pause',
};
const ARM = {
  requestP50Ms: 1.1,
  requestP95Ms: 2.25,
  requestP99Ms: 12.34,
  computeP50Ms: 1,
  computeP95Ms: 2,
  computeP99Ms: 3,
};
const TRANSITIONS = [
  { seq: 1, at: before(180), kind: 'started', toPhase: 'loading', weight: 0, actor: 'ann', reason: 'retrained' },
  {
    seq: 2,
    at: before(120),
    kind: 'stage',
    fromPhase: 'loading',
    toPhase: 'holding',
    weight: 1000,
    actor: 'sluice',
    epoch: 8,
  },
];
const OPEN = {
  id: 7,
  model: 'iris',
  stable: '1',
  candidate: '3',
  strategy: { canary: { steps: [{ weight: 1000, hold: { seconds: 60 } }] }, bake: { seconds: 300 } },
  phase: 'holding',
  reason: 'error_rate has seen too little',
  generation: 4,
  stage: 1,
  stageCount: 3,
  stages: ['shadow 100%', '10% for 1m', 'bake for 5m'],
  weight: 1000,
  epoch: 8,
  startedAt: before(180),
  stageSince: before(120),
  stageDeadline: { seconds: NOW / 1000 + 120, nanos: 0 },
  startedBy: 'ann',
  verdicts: [VERDICT, LATENCY, GUARDRAIL],
  verdict: 'insufficient',
  candidateArm: { ...ARM, version: '3', calls: 412, ok: 409, faults: 3 },
  stableArm: { ...ARM, version: '1', calls: 3688, ok: 3683, overloads: 5 },
  transitions: TRANSITIONS,
};
const ABORTED = {
  ...OPEN,
  generation: 5,
  phase: 'aborted',
  reason: 'error_rate fails',
  verdict: 'fail',
  weight: 0,
  endedAt: before(0),
  stageDeadline: null,
  holdDownUntil: { seconds: NOW / 1000 + 3600, nanos: 0 },
};
const PROMOTED = {
  ...OPEN,
  phase: 'promoted',
  reason: '',
  verdict: 'pass',
  stage: 3,
  weight: 10_000,
  endedAt: before(0),
};

const LINE =
  '12:00:00Z  iris rollout 7  holding, stage 2 of 3, 10%, 412 calls of the candidate, insufficient: error_rate has seen too little\n';

suite('rollout show', () => {
  test('the decision record: stages, verdicts, both versions, and what happened', async () => {
    using admin = await FakeAdmin.start({ Get: () => OPEN });
    const { code, stdout } = await sluice(['rollout', 'show', 'iris'], { admin });
    assert.equal(code, 0);
    assert.deepEqual(stdout.split('\n'), [
      'iris, rollout 7: 3 in place of 1',
      'holding: error_rate has seen too little',
      'canary by ann, started 2026-01-31 11:57:00Z (3m ago)',
      'candidate 3 has 10% of the traffic',
      '',
      'STAGE  WHAT         STATE',
      '    1  shadow 100%  done',
      '    2  10% for 1m   holding for 2m, until 12:02:00Z at the latest',
      '    3  bake for 5m',
      '',
      'METRIC                 VERDICT       CANDIDATE  STABLE  BOUND   LIMIT  EVIDENCE  ALPHA SPENT     CALLS  ON FAIL',
      'error_rate             insufficient     0.728%  0.136%  2.41%   2.14%  4 of 64   25% of 0.05  412/3688  rollback',
      'compute_p99            insufficient    3.25 ms    3 ms   3.5%      2%  4 of 64   25% of 0.05  412/3688  rollback',
      'guardrail:request_p99  pass            12.3 ms       -      -  100 ms  -                   -       412  pause',
      '  error_rate: 3 of 412 against 5 of 3688',
      'needs  error_rate: some 160 more calls of the candidate, if they are like those so far',
      'needs  compute_p99: some 2200 more runs of the candidate, if it is as fast as stable',
      '',
      'ARM        VERSION  CALLS    OK  FAULTS  OVERLOADS  P50 MS   P95   P99  RUN P50 MS   P95   P99',
      'stable     1         3688  3683       0          5    1.10  2.25  12.3        1.00  2.00  3.00',
      'candidate  3          412   409       3          0    1.10  2.25  12.3        1.00  2.00  3.00',
      '',
      'AT                    WHAT     PHASE    WEIGHT  EPOCH  BY      REASON',
      '2026-01-31 11:57:00Z  started  loading      0%         ann     retrained',
      '2026-01-31 11:58:00Z  stage    holding     10%      8  sluice',
      '',
    ]);
  });

  test('a terminal gets bars: the time of the stage, and how far the evidence is, in logarithms', async () => {
    using admin = await FakeAdmin.start({ Get: () => OPEN });
    const { stdout } = await sluice(['rollout', 'show', '7'], { admin, terminal: 160, env: { NO_COLOR: '1' } });
    assert(stdout.includes('    2  ████░░░░  10% for 1m   holding for 2m, until 12:02:00Z at the latest\n'), stdout);
    assert(stdout.includes('  ██░░░░ 4 of 64  '), 'a third of the way to 64');
    assert(stdout.includes('candidate 3 has █░░░░░ 10% of the traffic\n'));
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.length > 160),
      [],
    );
  });

  test('an ended one says when the same candidate may come again', async () => {
    using admin = await FakeAdmin.start({ Get: () => ABORTED });
    const { stdout } = await sluice(['rollout', 'show', 'iris'], { admin });
    assert.match(stdout, /^aborted: error_rate fails\n.*, ended 2026-01-31 12:00:00Z \(now\)$/m);
    assert.match(stdout, /^3 cannot be rolled out again until 2026-01-31 13:00:00Z; --force does it all the same$/m);
    assert.match(stdout, /^ {4}2 {2}10% for 1m {3}aborted$/m);
  });

  test('JSON has durations in seconds, so that the strategy can be used again', async () => {
    using admin = await FakeAdmin.start({ Get: () => OPEN });
    const { stdout } = await sluice(['rollout', 'show', 'iris', '--json'], { admin });
    const { strategy, stageSince } = JSON.parse(stdout) as { strategy: Record<string, unknown>; stageSince: string };
    assert.deepEqual(strategy, {
      canary: { steps: [{ weight: 1000, hold: '60s', approval: false }] },
      bake: '300s',
    });
    assert.equal(stageSince, '2026-01-31T11:58:00Z');
    const again = await FakeAdmin.start({ Start: () => OPEN });
    using starting = again;
    const stdin = JSON.stringify(strategy);
    assert.equal((await sluice(['rollout', 'start', 'iris', '3', '--file', '-'], { admin: starting, stdin })).code, 0);
    const [request] = starting.requests<{ strategy: { canary: object; bake: { seconds: unknown } } }>('Start');
    assert.equal(String(request?.strategy.bake.seconds), '300');
  });

  test('a number is a rollout, anything else a model', async () => {
    using admin = await FakeAdmin.start({ Get: () => OPEN });
    for (const which of ['7', 'iris']) await sluice(['rollout', 'show', which], { admin });
    assert.deepEqual(
      admin.requests('Get').map(({ id, model }) => [String(id), model]),
      [
        ['7', ''],
        ['0', 'iris'],
      ],
    );
  });

  test('one that has no calls yet says so', async () => {
    const young = { ...OPEN, verdicts: [], candidateArm: null, stableArm: null, transitions: [], stageDeadline: null };
    using admin = await FakeAdmin.start({ Get: () => young });
    const { stdout } = await sluice(['rollout', 'show', 'iris'], { admin });
    for (const line of ['Nothing is compared yet.', 'No call has been counted yet.', 'Nothing has happened yet.']) {
      assert(stdout.includes(`${line}\n`), line);
    }
    assert.match(stdout, /holding for 2m$/m);
  });
});

suite('rollout list', () => {
  test('each is a row, and the server filters', async () => {
    using admin = await FakeAdmin.start({ List: () => ({ rollouts: [OPEN, PROMOTED] }) });
    const { stdout } = await sluice(['rollout', 'list', 'iris', '--open', '--limit', '2'], { admin });
    assert.deepEqual(stdout.split('\n'), [
      'ID  MODEL  STABLE  CANDIDATE  KIND    PHASE     STAGE   WEIGHT  VERDICT       STARTED  BY   REASON',
      ' 7  iris   1       3          canary  holding   2 of 3  10%     insufficient   3m ago  ann  error_rate has seen too little',
      ' 7  iris   1       3          canary  promoted  3 of 3  100%    pass           3m ago  ann',
      '',
    ]);
    assert.deepEqual(admin.requests('List'), [{ model: 'iris', openOnly: true, pageSize: 2, pageToken: '' }]);
  });

  test('none is a sentence that says how to begin', async () => {
    using admin = await FakeAdmin.start({ List: () => ({ rollouts: [] }) });
    assert.match(
      (await sluice(['rollout', 'list'], { admin })).stdout,
      /^There are no rollouts; "sluice rollout start/,
    );
  });
});

suite('rollout watch', () => {
  test('adds a line for each thing that is new, and ends with 1 where the candidate is not promoted', async () => {
    using admin = await FakeAdmin.start({ Watch: () => inTurn(OPEN, OPEN, ABORTED) });
    const { code, stdout } = await sluice(['rollout', 'watch', 'iris'], { admin });
    assert.equal(code, 1);
    assert.equal(
      stdout,
      `${LINE}12:00:00Z  iris rollout 7  aborted, stage 2 of 3, 0%, 412 calls of the candidate, fail: error_rate fails\n`,
    );
  });

  test('ends with 0 where it is', async () => {
    using admin = await FakeAdmin.start({ Watch: () => inTurn(OPEN, PROMOTED) });
    assert.equal((await sluice(['rollout', 'watch', '7', '--json'], { admin })).code, 0);
  });

  test('a server that goes away is waited for', async () => {
    using admin = await FakeAdmin.start({
      Watch: (_request, attempt) => (attempt === 1 ? inTurn(OPEN) : inTurn(OPEN, PROMOTED)),
    });
    const { code, stdout } = await sluice(['rollout', 'watch', 'iris'], { admin });
    assert.deepEqual([code, admin.requests('Watch').length], [0, 2]);
    assert.deepEqual(stdout.match(/holding|promoted/g), ['holding', 'promoted']);
  });

  test('a refusal is told at once', async () => {
    using admin = await FakeAdmin.start({
      Watch: () => {
        throw new Refusal('NOT_FOUND', 'model "iris" has no rollout');
      },
    });
    const { code, stderr } = await sluice(['rollout', 'watch', 'iris'], { admin });
    assert.deepEqual([code, stderr], [4, 'sluice: model "iris" has no rollout\n']);
  });

  test('Ctrl-C is no verdict', async () => {
    using admin = await FakeAdmin.start({ Watch: () => andThenNothing(OPEN) });
    const enough = new AbortController();
    const onOutput = (): void => {
      enough.abort();
    };
    const { code } = await sluice(['rollout', 'watch', 'iris'], { admin, signal: enough.signal, onOutput });
    assert.equal(code, 130);
  });

  test('redraws its block on a terminal, with the last of what happened', async () => {
    const many = Array.from({ length: 20 }, (_, at) => ({ ...TRANSITIONS[1], seq: at, reason: `turn ${String(at)};` }));
    using admin = await FakeAdmin.start({ Watch: () => inTurn({ ...OPEN, transitions: many }, ABORTED) });
    const { stdout } = await sluice(['rollout', 'watch', 'iris'], { admin, terminal: 120, env: { NO_COLOR: '1' } });
    assert.deepEqual(
      stdout.match(/turn \d+;/g),
      [14, 15, 16, 17, 18, 19].map((at) => `turn ${String(at)};`),
    );
    const [first = ''] = stdout.split('\u001b[', 2);
    assert.equal(first, '\r');
    const lines = stdout.split('\u001b[J')[1]?.split('\n').length ?? 0;
    assert(stdout.includes(`\u001b[${String(lines - 1)}A`), 'the cursor goes up as many lines as were drawn');
  });
});

suite('rollout start', () => {
  /** What the server is asked for, without what is different each time. */
  async function asked(...flags: readonly string[]): Promise<Record<string, unknown>> {
    using admin = await FakeAdmin.start({ Start: () => OPEN });
    const { code, stderr } = await sluice(['rollout', 'start', 'iris', '3', ...flags], { admin });
    assert.equal(code, 0, stderr);
    const [request] = admin.requests('Start');
    return JSON.parse(JSON.stringify(request)) as Record<string, unknown>;
  }

  async function complaint(...flags: readonly string[]): Promise<string> {
    const { code, stderr } = await sluice(['rollout', 'start', 'iris', '3', ...flags]);
    assert.equal(code, 2, stderr);
    return stderr;
  }

  const NOTHING = { low: 0, high: 0, unsigned: false };
  const seconds = (count: number) => ({ seconds: { ...NOTHING, low: count }, nanos: 0 });
  const ANALYSIS = { metrics: [], guardrails: [], alpha: 0, onInsufficient: '' };
  const REST = { shadow: null, analysis: ANALYSIS, failOver: true, _failOver: 'failOver', bake: null, deadline: null };

  test('without flags it is a canary with the defaults of the server', async () => {
    const { idempotencyKey, ...request } = await asked();
    assert.match(String(idempotencyKey), /^[0-9a-f-]{36}$/);
    assert.deepEqual(request, {
      model: 'iris',
      candidate: '3',
      strategy: { ...REST, canary: { steps: [] }, kind: 'canary' },
      force: false,
      reason: '',
    });
  });

  test('every flag is sent as it was written', async () => {
    const request = await asked(
      ...['--steps', '10%:1m,25%:5m:n=500:approve,100%:no-analysis', '--shadow', '50%:300:10m', '--alpha', '1%'],
      ...['--metrics', 'error_rate=1%,request_p99=1.3:pause,outcome:clicks=0.5:decrease:alert'],
      ...['--guardrail', 'request_p99<=100ms', '--guardrail', 'success_rate>=95%:5m:n=50:pause'],
      ...['--fuse', '0', '--bake', '0', '--deadline', '1d', '--on-insufficient', 'rollback', '--no-fail-over'],
      ...['--force', '--reason', 'retrained', '--idempotency-key', 'deploy-17'],
    );
    const step = { weight: 0, hold: null, deadline: null, approval: false };
    const metric = { margin: 0, onFail: '', direction: '' };
    assert.deepEqual(request, {
      model: 'iris',
      candidate: '3',
      strategy: {
        canary: {
          steps: [
            { ...step, weight: 1000, hold: seconds(60) },
            {
              ...{ ...step, weight: 2500, hold: seconds(300), approval: true },
              ...{ minRequests: 500, _minRequests: 'minRequests' },
            },
            { ...step, weight: 10_000, analysis: false, _analysis: 'analysis' },
          ],
        },
        kind: 'canary',
        shadow: { share: 5000, minPairs: 300, hold: seconds(600), deadline: null },
        analysis: {
          alpha: 0.01,
          metrics: [
            { ...metric, metric: 'error_rate', margin: 0.01 },
            { ...metric, metric: 'request_p99', margin: 1.3, onFail: 'pause' },
            { metric: 'outcome:clicks', margin: 0.5, onFail: 'alert', direction: 'decrease' },
          ],
          guardrails: [
            { metric: 'request_p99', limit: 100, minRequests: 0, window: null, onFail: '' },
            { metric: 'success_rate', limit: 0.95, minRequests: 50, window: seconds(300), onFail: 'pause' },
          ],
          fuse: 0,
          _fuse: 'fuse',
          onInsufficient: 'rollback',
        },
        failOver: false,
        _failOver: 'failOver',
        bake: seconds(0),
        deadline: seconds(86_400),
      },
      force: true,
      reason: 'retrained',
      idempotencyKey: 'deploy-17',
    });
  });

  test('the kind follows from the flags', async () => {
    const strategies = await Promise.all([
      asked('--increment', '5%', '--every', '10m', '--min-requests', '0'),
      asked('--strategy', 'linear'),
      asked('--strategy', 'blue-green', '--approval'),
      asked('--extra-faults', '20'),
    ]);
    const linear = { increment: 0, every: null };
    assert.deepEqual(
      strategies.map(({ strategy }) => strategy),
      [
        {
          ...REST,
          ...{ linear: { increment: 500, every: seconds(600), minRequests: 0, _minRequests: 'minRequests' } },
          kind: 'linear',
        },
        { ...REST, linear, kind: 'linear' },
        { ...REST, blueGreen: { approval: true }, kind: 'blueGreen' },
        {
          ...{ ...REST, kind: 'budget' },
          budget: { extraFaults: 20, alpha: 0, maxWeight: 0, hold: null, deadline: null },
        },
      ],
    );
  });

  test('flags of two kinds are refused, and a budget without its size', async () => {
    assert.match(
      await complaint('--steps', '10%', '--extra-faults', '5'),
      /--extra-faults is of --strategy budget, and this is canary/,
    );
    assert.match(
      await complaint('--strategy', 'linear', '--steps', '10%'),
      /--steps is of --strategy canary, and this is linear/,
    );
    assert.match(await complaint('--strategy', 'budget'), /--strategy budget needs --extra-faults/);
    assert.match(
      await complaint('--file', 's.json', '--bake', '1m'),
      /--file has the whole strategy; leave --bake out/,
    );
  });

  test('what is written wrong is said with what is right', async () => {
    for (const [flag, value] of [
      ['--steps', '10%:1x'],
      ['--steps', '10%:100'],
      ['--steps', '10%,,50%'],
      ['--steps', '10%:1m:2m'],
      ['--shadow', '0%'],
      ['--metrics', 'error_rate:sometimes'],
      ['--guardrail', 'request_p99>=100ms'],
      ['--guardrail', 'success_rate<=95%'],
      ['--deadline', '31d'],
      ['--alpha', '0'],
      ['--increment', '0%'],
    ] as const) {
      assert.match(await complaint(flag, value), new RegExp(`^sluice: ${flag} cannot be "${value}"; give `), value);
    }
  });

  test('--watch follows it to its end', async () => {
    using admin = await FakeAdmin.start({ Start: () => OPEN, Watch: () => inTurn(OPEN, PROMOTED) });
    const { code, stdout } = await sluice(['rollout', 'start', 'iris', '3', '--watch'], { admin });
    assert.equal(code, 0);
    assert(stdout.startsWith(LINE));
    assert.deepEqual(
      admin.requests('Watch').map(({ id }) => String(id)),
      ['7'],
    );
  });

  test("a refusal is the server's own sentence", async () => {
    using admin = await FakeAdmin.start({
      Start: () => {
        throw new Refusal('FAILED_PRECONDITION', 'version "3" was rolled back 2 minutes ago');
      },
    });
    const { code, stderr } = await sluice(['rollout', 'start', 'iris', '3'], { admin });
    assert.deepEqual([code, stderr], [4, 'sluice: version "3" was rolled back 2 minutes ago\n']);
  });
});

suite('a strategy in a file', () => {
  async function start(content: string): Promise<{ code: number | undefined; stderr: string; strategy: unknown }> {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-strategy-'));
    const file = join(folder, 'strategy.json');
    await writeFile(file, content);
    using admin = await FakeAdmin.start({ Start: () => OPEN });
    const { code, stderr } = await sluice(['rollout', 'start', 'iris', '3', '--file', file], { admin });
    await rm(folder, { recursive: true });
    return { code, stderr: stderr.replace(folder, ''), strategy: admin.requests('Start')[0]?.strategy };
  }

  test('has names as in proto3 JSON or as in the .proto file, durations with units, shares in percent', async () => {
    const camel = {
      budget: { extraFaults: 5, maxWeight: '20%', hold: '90s' },
      failOver: false,
      shadow: { minPairs: 9 },
    };
    const snake = {
      budget: { extra_faults: 5, max_weight: 2000, hold: '1.5m' },
      fail_over: false,
      shadow: { min_pairs: 9 },
    };
    const [one, other] = [await start(JSON.stringify(camel)), await start(JSON.stringify(snake))];
    assert.equal(one.code, 0, one.stderr);
    assert.deepEqual(one.strategy, other.strategy);
    const { budget } = one.strategy as {
      budget: { extraFaults: number; maxWeight: number; hold: { seconds: unknown } };
    };
    assert.deepEqual([budget.extraFaults, budget.maxWeight, String(budget.hold.seconds)], [5, 2000, '90']);
  });

  test('a field that is unknown or unfit is named with its place', async () => {
    const cases = [
      [
        '{"canary": {"steps": [{"wieght": 10}]}}',
        '/strategy.json.canary.steps[0] has no field "wieght"; give weight, hold,',
      ],
      [
        '{"canary": {"steps": [{"weight": "ten"}]}}',
        '/strategy.json.canary.steps[0].weight cannot be "ten"; give a share',
      ],
      ['{"canary": {"steps": 3}}', '/strategy.json.canary.steps cannot be 3; give a list'],
      ['{"bake": 300}', '/strategy.json.bake cannot be nothing'],
      ['{"failOver": "no"}', '/strategy.json.failOver cannot be "no"; give true or false'],
      ['{"canary": {}, "linear": {}}', '/strategy.json has canary and linear; give one of them'],
      ['{"toString": 1}', '/strategy.json has no field "toString"'],
      ['[]', '/strategy.json is no JSON object; give one such as {"canary"'],
    ] as const;
    for (const [content, expected] of cases) {
      const { code, stderr } = await start(content);
      assert.equal(code, 2);
      assert(stderr.startsWith(`sluice: ${expected}`), `${stderr}should begin with ${expected}`);
    }
  });
});

suite('deciding about a rollout', () => {
  const CHANGES = ['Pause', 'Resume', 'Promote', 'Abort', 'Approve'] as const;

  test('a model stands for its open or last rollout', async () => {
    for (const change of CHANGES) {
      using admin = await FakeAdmin.start({ Get: () => OPEN, [change]: () => OPEN });
      const { code, stdout } = await sluice(['rollout', change.toLowerCase(), 'iris', '--reason', 'why'], { admin });
      assert.deepEqual([code, stdout], [0, LINE], change);
      const [request] = admin.requests(change);
      assert.deepEqual([String(request?.id), request?.reason], ['7', 'why']);
      assert.match(String(request?.idempotencyKey), /^[0-9a-f-]{36}$/);
    }
  });

  test('a number needs no look before, and what was seen can be demanded', async () => {
    using admin = await FakeAdmin.start({ Promote: () => PROMOTED });
    await sluice(['rollout', 'promote', '7', '--full', '--expected-generation', '4'], { admin });
    const [{ full, id, expectedGeneration } = {}] = admin.requests('Promote');
    assert.deepEqual([full, String(id), String(expectedGeneration)], [true, '7', '4']);
    assert.equal(admin.calls.length, 1);
  });

  test('an abort asks for no generation', async () => {
    const { code, stderr } = await sluice(['rollout', 'abort', '7', '--expected-generation', '4']);
    assert.equal(code, 2);
    assert.match(stderr, /rollout abort has no flag --expected-generation/);
  });
});
