import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { before, FakeAdmin, inTurn, NOW, Refusal, sluice } from '../../support/fake-admin.ts';

const POLICY = {
  arms: [
    { version: '1', weight: 9000, arm: '1' },
    { version: '3', weight: 1000, arm: '3' },
  ],
  rules: [
    { name: 'beta', header: 'x-tenant', exact: 'acme', version: '3' },
    { name: 'none', header: 'x-tenant', present: false, version: '1' },
  ],
  shadows: [{ version: '4', share: 500 }],
  failOverTo: '1',
  sticky: false,
  routingKeyHeader: 'x-user',
};
const EPOCH = {
  model: 'iris',
  epoch: 7,
  policy: POLICY,
  digests: { 1: 'a'.repeat(64), 3: 'b'.repeat(64) },
  validFrom: before(180),
  actor: 'ann@desk',
  reason: 'more for 3',
  cause: 'set',
};
const APPLIED = { epoch: EPOCH, applied: true, instances: [{ instance: 'serve-0', epoch: 7 }] };
const WAITING = {
  epoch: EPOCH,
  applied: false,
  instances: [
    { instance: 'serve-0', epoch: 7 },
    { instance: 'serve-1', epoch: 6, reason: 'version "3" is LOADING' },
  ],
};

const LATENCY = { count: 10, avgMs: 1.234, p50Ms: 1.1, p95Ms: 12.34, p99Ms: 123.4, maxMs: 200 };

function stats(version: string, more: object = {}) {
  const times = { from: before(300), to: before(0) };
  const counts = {
    total: 12_345,
    ok: 12_344,
    successRate: 12_344 / 12_345,
    requestsPerSecond: 41.2,
    rows: 20,
    runs: 4,
  };
  const latencies = { latency: LATENCY, queue: LATENCY, compute: LATENCY };
  return {
    model: 'iris',
    version,
    role: 'live',
    ...times,
    ...counts,
    ...latencies,
    batchRowsAvg: 5,
    errors: { internal: 1 },
    ...more,
  };
}

suite('showing traffic', () => {
  test('the policy, who made it, and where it is not in force', async () => {
    using admin = await FakeAdmin.start({ GetTraffic: () => WAITING });
    const { code, stdout } = await sluice(['traffic', 'show', 'iris'], { admin });
    assert.equal(code, 0);
    assert.deepEqual(stdout.split('\n'), [
      'iris, epoch 7',
      'set by ann@desk, 3m ago: more for 3',
      '',
      'VERSION  WEIGHT  DIGEST',
      '1           90%  aaaaaaaaaaaa',
      '3           10%  bbbbbbbbbbbb',
      'rule beta: x-tenant=acme -> 3',
      'rule none: !x-tenant -> 1',
      'shadow 4: a copy of 5% of the calls',
      'fail-over to 1',
      'not sticky: routing keys keep no version',
      'routing key from x-user',
      '',
      'serve-1 has epoch 6 in force: version "3" is LOADING',
      '',
    ]);
  });

  test('a terminal gets bars and colours, unless it wants none', async () => {
    using admin = await FakeAdmin.start({ GetTraffic: () => APPLIED });
    const colours = await sluice(['traffic', 'show', 'iris'], { admin, terminal: 80 });
    assert(
      colours.stdout.includes('█████░ 90%') &&
        colours.stdout.includes('\u001b[32min force on the one serve process\u001b[0m'),
    );
    const none = await sluice(['traffic', 'show', 'iris'], { admin, terminal: 80, env: { NO_COLOR: '1' } });
    assert(none.stdout.includes('█████░ 90%'));
    assert.doesNotMatch(none.stdout, /\u001b/);
  });

  test('JSON has the fields of the reply and no others', async () => {
    using admin = await FakeAdmin.start({ GetTraffic: () => APPLIED });
    const { stdout } = await sluice(['traffic', 'show', 'iris', '--json'], { admin });
    const { epoch, applied, instances } = JSON.parse(stdout) as typeof APPLIED;
    assert.deepEqual(
      { applied, instances },
      { applied: true, instances: [{ instance: 'serve-0', epoch: '7', reason: '' }] },
    );
    assert.deepEqual(epoch.policy, { ...POLICY, salt: '' });
    assert.deepEqual([epoch.epoch, epoch.validFrom], ['7', '2026-01-31T11:57:00Z']);
  });

  test('a terminal that does not know its width is taken for one of 80 columns', async () => {
    using admin = await FakeAdmin.start({ GetTraffic: () => APPLIED });
    const [unknown, usual] = [0, 80].map((terminal) => sluice(['traffic', 'show', 'iris'], { admin, terminal }));
    assert.deepEqual(await unknown, await usual);
  });

  test('the history, the newest first', async () => {
    using admin = await FakeAdmin.start({
      ListEpochs: () => ({ epochs: [EPOCH, { ...EPOCH, epoch: 6, validFrom: before(600), validTo: before(180) }] }),
    });
    const { stdout } = await sluice(['traffic', 'history', 'iris', '--limit', '2'], { admin });
    assert.deepEqual(stdout.split('\n').slice(0, 2), [
      'EPOCH  WEIGHTS                             CAUSE  FROM                  TO                    BY        REASON',
      '    7  1 90%, 3 10%, shadow 4 5%, 2 rules  set    2026-01-31 11:57:00Z  in force              ann@desk  more for 3',
    ]);
    assert.deepEqual(admin.requests('ListEpochs'), [{ model: 'iris', pageSize: 2, pageToken: '' }]);
  });

  test('a watch adds lines, or redraws its block on a terminal', async () => {
    using admin = await FakeAdmin.start({ WatchTraffic: () => inTurn(WAITING, APPLIED) });
    const lines = await sluice(['traffic', 'watch', 'iris'], { admin });
    assert.deepEqual(lines.stdout.split('\n'), [
      '12:00:00Z  iris epoch 7  1 90%, 3 10%, shadow 4 5%, 2 rules  not yet; serve-1 has epoch 6 in force: version "3" is LOADING',
      '12:00:00Z  iris epoch 7  1 90%, 3 10%, shadow 4 5%, 2 rules  in force',
      '',
    ]);
    const drawn = await sluice(['traffic', 'watch', 'iris'], { admin, terminal: 30, env: { NO_COLOR: '1' } });
    const [first = '', second = ''] = drawn.stdout.split('\u001b[14A');
    assert.equal(first.split('\n').length - 1, 14, 'as many lines as the cursor goes up');
    assert(first.includes('\nserve-1 has epoch 6 in force:…\n'), 'no line takes two rows');
    assert(second.endsWith('\nin force on all 2 serve proce…\n') || second.includes('in force on the one'));
  });
});

suite('changing traffic', () => {
  test('the whole policy is sent as it was written', async () => {
    using admin = await FakeAdmin.start({ SetTraffic: () => APPLIED });
    const flags = [
      ...[
        '--shadow',
        '4=5%',
        '--fail-over-to',
        '1',
        '--rule',
        'beta:x-tenant=acme->3',
        '--rule',
        'eu:x-region|=de|fr->1',
      ],
      ...['--routing-key-header', 'x-user', '--not-sticky', '--expected-epoch', '6', '--reshuffle', '--force'],
      ...['--wait', '30s', '--reason', 'more for 3'],
    ];
    const { code } = await sluice(['traffic', 'set', 'iris', '1=90%', '3=10%', ...flags], { admin });
    assert.equal(code, 0);
    const [request] = admin.requests('SetTraffic');
    const { idempotencyKey, expectedEpoch, policy, ...rest } = request!;
    assert.match(String(idempotencyKey), /^[0-9a-f-]{36}$/);
    assert.equal(String(expectedEpoch), '6');
    assert.deepEqual(rest, { model: 'iris', reshuffle: true, force: true, waitMs: 30_000, reason: 'more for 3' });
    assert.deepEqual(policy, {
      arms: [
        { version: '1', weight: 9000, arm: '' },
        { version: '3', weight: 1000, arm: '' },
      ],
      rules: [
        { name: 'beta', header: 'x-tenant', version: '3', exact: 'acme', match: 'exact' },
        { name: 'eu', header: 'x-region', version: '1', oneOf: { values: ['de', 'fr'] }, match: 'oneOf' },
      ],
      shadows: [{ version: '4', share: 500 }],
      failOverTo: '1',
      sticky: false,
      _sticky: 'sticky',
      routingKeyHeader: 'x-user',
      salt: '',
    });
  });

  test('who waits for it and does not get it has exit code 1; who does not wait has 0', async () => {
    using admin = await FakeAdmin.start({
      SetTraffic: () => WAITING,
      SwitchTraffic: () => WAITING,
      RollbackTraffic: () => WAITING,
    });
    for (const argv of [
      ['traffic', 'set', 'iris', '1=10000'],
      ['traffic', 'switch', 'iris', '3'],
      ['traffic', 'rollback', 'iris'],
    ]) {
      const waited = await sluice([...argv, '--wait', '1s'], { admin });
      assert.equal(waited.code, 1);
      assert.match(waited.stdout, /serve-1 has epoch 6 in force: version "3" is LOADING\n$/);
      assert.equal((await sluice(argv, { admin })).code, 0);
    }
  });

  test('a rollback goes to the former epoch, or to a given one', async () => {
    using admin = await FakeAdmin.start({ RollbackTraffic: () => APPLIED });
    await sluice(['traffic', 'rollback', 'iris'], { admin });
    await sluice(['traffic', 'rollback', 'iris', '--to', '4', '--expected-epoch', '7'], { admin });
    const asked = admin
      .requests('RollbackTraffic')
      .map(({ toEpoch, expectedEpoch }) => [String(toEpoch), String(expectedEpoch)]);
    assert.deepEqual(asked, [
      ['0', '0'],
      ['4', '7'],
    ]);
  });
});

suite('statistics', () => {
  test('the versions that serve, and all together', async () => {
    using admin = await FakeAdmin.start({
      GetTraffic: () => APPLIED,
      GetStats: ({ version }: { version: string }) =>
        version === '3'
          ? stats('3', { total: 0, ok: 0, successRate: 1, latency: {}, runs: 0, errors: {} })
          : stats(version),
    });
    const { stdout } = await sluice(['stats', 'iris', '--window', '10m'], { admin });
    assert.deepEqual(stdout.split('\n'), [
      'iris, 2026-01-31 11:55:00Z to 12:00:00Z, times in ms',
      'VERSION  REQUESTS  PER S  SUCCESS   AVG   P50   P95  P99  QUEUE P99  RUN P99  ROWS/RUN  ERRORS',
      '1           12345   41.2   99.99%  1.23  1.10  12.3  123        123      123       5.0  internal 1',
      '3               0   41.2        -     -     -     -    -        123      123         -',
      'all         12345   41.2   99.99%  1.23  1.10  12.3  123        123      123       5.0  internal 1',
      '',
    ]);
    const windows = admin
      .requests<{ window: { seconds: unknown } }>('GetStats')
      .map(({ window }) => String(window.seconds));
    assert.deepEqual(windows, ['600', '600', '600']);
  });

  test('a model without a policy still has statistics', async () => {
    using admin = await FakeAdmin.start({
      GetStats: () => stats(''),
      GetTraffic: () => {
        throw new Refusal('FAILED_PRECONDITION', 'no version is qualified');
      },
    });
    const { code, stdout } = await sluice(['stats', 'iris'], { admin });
    assert.equal(code, 0);
    assert.match(stdout, /\nall +12345 /);
  });

  test('shadow copies show what was dropped, of the versions that are shadows', async () => {
    using admin = await FakeAdmin.start({
      GetTraffic: () => APPLIED,
      GetStats: ({ version }: { version: string }) => stats(version, { role: 'shadow', dropped: 17 }),
    });
    const { stdout } = await sluice(['stats', 'iris', '--role', 'shadow'], { admin });
    assert.match(stdout, /^iris, shadow copies, /);
    assert.deepEqual(stdout.match(/^(4|all) .* 17 /gm)?.length, 2);
  });

  test('a watch of what has no requests says just that', async () => {
    using admin = await FakeAdmin.start({
      WatchStats: () => inTurn(stats('3', { total: 0, latency: {}, errors: {} })),
    });
    const { stdout } = await sluice(['stats', 'iris', '3', '--watch'], { admin });
    assert.equal(stdout, '12:00:00Z  iris 3  0 requests\n');
  });

  test('a watch adds lines, JSON lines, or redraws the table', async () => {
    using admin = await FakeAdmin.start({ WatchStats: () => inTurn(stats('3'), stats('3')) });
    const watch = ['stats', 'iris', '3', '--watch', '--interval', '5s'];
    const lines = await sluice(watch, { admin });
    const line = '12:00:00Z  iris 3  12345 requests, 41.2/s, 99.99% ok, p50 1.10 ms, p99 123 ms; internal 1\n';
    assert.deepEqual([lines.code, lines.stdout], [0, line.repeat(2)]);
    const json = await sluice([...watch, '--json'], { admin });
    const totals = json.stdout
      .trimEnd()
      .split('\n')
      .map((text) => (JSON.parse(text) as { total: string }).total);
    assert.deepEqual(totals, ['12345', '12345']);
    const drawn = await sluice(watch, { admin, terminal: 100 });
    const [first = '', second = ''] = drawn.stdout.split('\u001b[3A');
    assert.equal(first, second);
    const [asked] = admin.requests<{ interval: { seconds: unknown } }>('WatchStats');
    assert.equal(String(asked?.interval.seconds), '5');
  });
});

suite('health', () => {
  const verdicts = [
    ['healthy', 0],
    ['unhealthy', 1],
    ['insufficient', 3],
  ] as const;

  for (const [verdict, expected] of verdicts) {
    test(`${verdict} is exit code ${String(expected)}`, async () => {
      using admin = await FakeAdmin.start({
        CheckHealth: () => ({ verdict, reasons: ['p99 is 120 ms'], stats: stats('3') }),
      });
      const limits = ['--max-latency-ms', '0.5', '--min-success-rate', '99%', '--min-requests', '10', '--window', '1m'];
      const { code, stdout } = await sluice(['health', 'iris', '3', ...limits], { admin });
      assert.equal(code, expected);
      assert.deepEqual(stdout.split('\n').slice(0, 2), [verdict, '  p99 is 120 ms']);
      const [asked] = admin.requests('CheckHealth');
      assert.deepEqual([asked?.maxLatencyMs, asked?.minSuccessRate, String(asked?.minRequests)], [0.5, 0.99, '10']);
      assert.equal((await sluice(['health', 'iris', '3', '--json'], { admin })).code, expected);
    });
  }
});

suite('the record', () => {
  const event = {
    seq: 5,
    at: before(60),
    kind: 'traffic.set',
    model: 'iris',
    subject: '',
    actor: 'ann',
    reason: 'why',
    hash: 'ff',
  };

  test('events are filtered by the server, times as they were told', async () => {
    using admin = await FakeAdmin.start({ ListEvents: () => ({ events: [event] }) });
    const { stdout } = await sluice(
      ['audit', '--model', 'iris', '--kind', 'traffic.set', '--from', '2h', '--to', '2026-01-31'],
      { admin },
    );
    assert.deepEqual(stdout.split('\n'), [
      'SEQ  AT                    KIND         MODEL  SUBJECT  BY   REASON',
      '  5  2026-01-31 11:59:00Z  traffic.set  iris            ann  why',
      '',
    ]);
    const [asked] = admin.requests<{ from: { seconds: unknown }; to: { seconds: unknown } }>('ListEvents');
    assert.equal(String(asked?.from.seconds), String(NOW / 1000 - 7200));
    assert.equal(String(asked?.to.seconds), String(Date.UTC(2026, 0, 31) / 1000));
  });

  test('a chain that is whole is 0, a broken one 1', async () => {
    using admin = await FakeAdmin.start({
      VerifyChain: (_request, attempt) =>
        attempt === 1 ? { intact: true, events: 9, head: 'ff' } : { events: 9, brokenAt: 4 },
    });
    assert.match(
      (await sluice(['audit', 'verify'], { admin })).stdout,
      /^The chain of 9 events is intact\.\nIts head is ff;/,
    );
    assert.deepEqual(await sluice(['audit', 'verify'], { admin }), {
      code: 1,
      stdout: 'The chain is broken: event 4 of 9 is not what was recorded.\n',
      stderr: '',
    });
  });

  test('who served a key at a time, during a change too', async () => {
    const serving = (epoch: number, version: string) => ({
      epoch,
      versions: [{ version, digest: 'a'.repeat(64), weight: 10_000, arm: version }],
      version,
      digest: 'abc',
      arm: version,
      slot: 0,
      validFrom: before(100),
      instances: ['serve-0'],
    });
    using admin = await FakeAdmin.start({
      WhoServed: () => ({
        model: 'iris',
        at: before(0),
        epochs: [serving(7, '3'), { ...serving(6, '1'), validTo: before(50) }],
      }),
    });
    const { stdout } = await sluice(['who-served', 'iris', '--key', 'user-7', '--at', '1m'], { admin });
    assert.deepEqual(stdout.split('\n').slice(0, 7), [
      'iris at 2026-01-31 12:00:00Z',
      'A change was under way: each epoch was in force on its serve processes.',
      '',
      'epoch 7, in force since 2026-01-31 11:58:20Z, on serve-0',
      'answered by version 3 (arm 3, slot 0, digest abc)',
      'VERSION  ARM  WEIGHT  DIGEST',
      '3        3      100%  aaaaaaaaaaaa',
    ]);
    const [asked] = admin.requests<{ at: { seconds: unknown }; routingKey: string }>('WhoServed');
    assert.deepEqual([String(asked?.at.seconds), asked?.routingKey], [String(NOW / 1000 - 60), 'user-7']);
  });

  test('a prediction id says all by itself', async () => {
    using admin = await FakeAdmin.start({ WhoServed: () => ({ model: 'iris', at: before(0), epochs: [] }) });
    assert.equal((await sluice(['who-served', '--prediction-id', 'p1'], { admin })).code, 0);
    assert.deepEqual(admin.requests('WhoServed'), [{ model: '', at: null, routingKey: '', predictionId: 'p1' }]);
    assert.equal((await sluice(['who-served', 'iris', '--prediction-id', 'p1'], { admin })).code, 2);
    assert.equal((await sluice(['who-served'], { admin })).code, 2);
  });

  test('instances that are gone or still loading are told apart', async () => {
    const instance = {
      instance: 'serve-0',
      connected: true,
      settled: true,
      since: before(90),
      address: '127.0.0.1:1',
      readyVersions: 2,
      serverVersion: '0.1.0',
    };
    using admin = await FakeAdmin.start({
      ListInstances: () => ({
        instances: [
          instance,
          { ...instance, instance: 'serve-1', settled: false },
          { ...instance, instance: 'serve-2', connected: false },
        ],
      }),
    });
    const { stdout } = await sluice(['instances'], { admin });
    assert.deepEqual(stdout.match(/settled|loading|gone/g), ['settled', 'loading', 'gone']);
  });
});
