/** One request from acceptance to answer, with a lane made of test. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ServerError, toServerError } from '../../../src/domain/errors.ts';
import type { ErrorCode } from '../../../src/domain/errors.ts';
import type { PredictRequest } from '../../../src/domain/predict.ts';
import { noTracing } from '../../../src/domain/tracing.ts';
import type { RequestEnd, Tracing } from '../../../src/domain/tracing.ts';
import { armTotalsFrom } from '../../../src/monitor/arm-codec.ts';
import type { ArmTotals } from '../../../src/monitor/arm-totals.ts';
import { VersionStats } from '../../../src/monitor/version-stats.ts';
import type { TrafficPolicy } from '../../../src/domain/traffic.ts';
import { slotOf } from '../../../src/routing/pick.ts';
import { nextDraw } from '../../../src/routing/draw.ts';
import { buildLadder } from '../../../src/routing/route-table.ts';
import type { Route } from '../../../src/routing/route-table.ts';
import { Router } from '../../../src/routing/router.ts';
import type { VersionRunner } from '../../../src/runtime/version-runner.ts';
import { createPredict } from '../../../src/serving/predict.ts';
import { spec, tensor, trafficPolicy } from '../../support/builders.ts';
import { outcomeOf, runNext, shadowedRunnerOf } from '../../support/fake-lane.ts';
import { observers } from '../../support/observers.ts';

/** Versions by name, with `traffic` to the first of them. */
class Bench {
  now = 100;
  random = 0;
  readonly signed: unknown[] = [];
  readonly runners = new Map<string, VersionRunner>();
  readonly router = new Router<VersionRunner>(() => 0);
  readonly observers = observers({ now: () => this.now, wallClock: () => this.now });
  readonly predict;

  constructor({ tracing = noTracing, policy = trafficPolicy(), versions = ['1'] }: BenchOptions = {}) {
    for (const version of versions) {
      const stats = new VersionStats({ model: 'iris', version, now: () => 0 });
      this.runners.set(version, shadowedRunnerOf({ spec: spec({ version }), stats, now: () => this.now }).live);
    }
    const runnerOf = (version: string): VersionRunner => this.version(version);
    const ladder = buildLadder(policy.arms, runnerOf);
    const route: Route<VersionRunner> = {
      model: 'iris',
      epoch: policy.epoch,
      policy: {
        ...policy,
        draw: policy.arms.length > 1 ? nextDraw(undefined, ladder) : undefined,
        ladder,
        rules: policy.rules.map((rule) => ({ ...rule, arm: `rule:${rule.name}`, target: runnerOf(rule.version) })),
        shadows: policy.shadows.map(({ version, share }) => ({ runner: runnerOf(version), share })),
        failOver: policy.failOverTo === '' ? undefined : runnerOf(policy.failOverTo),
      },
      reason: '',
      aliases: new Map(),
      ready: this.runners,
      absent: new Map(),
      others: new Map(),
      latest: '1',
    };
    this.router.swap(new Map([['iris', route]]));
    this.predict = createPredict({
      router: this.router,
      now: () => this.now,
      tracing,
      random: () => this.random,
      ...this.observers,
      sign: (answered) => `id ${String(this.signed.push(answered))}`,
    });
  }

  version(name: string): VersionRunner {
    const runner = this.runners.get(name);
    assert(runner, `there is no version ${name}`);
    return runner;
  }

  get runner(): VersionRunner {
    return this.version('1');
  }

  get stats(): VersionStats {
    return this.runner.stats;
  }

  /** Requests counted so far, by what became of them. */
  get counted(): Record<string, number> {
    return this.countedOf('1');
  }

  countedOf(version: string): Record<string, number> {
    const counts = this.version(version)
      .stats.requests()
      .map(([outcome, { count }]) => [outcome, count] as const);
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  }
}

interface BenchOptions {
  readonly tracing?: Tracing;
  readonly policy?: TrafficPolicy;
  readonly versions?: readonly string[];
}

function request(over: Partial<PredictRequest> = {}): PredictRequest {
  return {
    method: 'sluice.v1.PredictService/Predict',
    model: 'iris',
    version: '',
    routingKey: '',
    inputs: [tensor('x', 'FP32', [2, 2], [1, 2, 3, 4])],
    outputs: [],
    receivedAt: 90,
    deadline: Infinity,
    signal: new AbortController().signal,
    traceparent: undefined,
    header: () => undefined,
    ...over,
  };
}

suite('predict', () => {
  test('a request is routed, arranged, run, and answered with who it was', async () => {
    const bench = new Bench();
    const reply = bench.predict(request());
    assert.equal(bench.runner.waitingRows, 2);
    runNext(bench.runner);
    assert.deepEqual(await reply, {
      model: 'iris',
      version: '1',
      outputs: request().inputs,
      timings: { queueMs: 0, hopMs: 0, computeMs: 0, batchRows: 2 },
      epoch: 1,
      arm: 'arm-1',
      predictionId: 'id 1',
      failedOverFrom: '',
    });
    assert.deepEqual(bench.signed, [{ model: 'iris', version: '1', arm: 'arm-1', epoch: 1, slot: 0, unit: '' }]);
  });

  test('a request that names its version is in no arm and in no slot', async () => {
    const bench = new Bench();
    const reply = bench.predict(request({ version: '1' }));
    runNext(bench.runner);
    assert.equal((await reply).arm, '');
    assert.deepEqual(bench.signed, [{ model: 'iris', version: '1', arm: '', epoch: 1, slot: -1, unit: '' }]);
  });

  test('every request is counted once with its outcome, and timed from its arrival', async () => {
    const bench = new Bench();
    const reply = bench.predict(request());
    bench.now = 130;
    runNext(bench.runner);
    await reply;
    await outcomeOf(bench.predict(request({ inputs: [] })));
    await outcomeOf(bench.predict(request({ outputs: ['other'] })));
    assert.deepEqual(bench.counted, { ok: 1, invalid_argument: 2 });
    assert.equal(bench.stats.snapshot().success.ns, 40e6);
  });

  test('a request whose deadline had passed on arrival is not queued', async () => {
    const bench = new Bench();
    const outcome = await outcomeOf(bench.predict(request({ deadline: 100 })));
    assert.equal(outcome, 'deadline_exceeded: the deadline had passed on arrival');
    assert.equal(bench.runner.waitingRows, 0);
    assert.deepEqual(bench.counted, { deadline_exceeded: 1 });
  });

  test('what nobody serves is refused, and counts for nobody', async () => {
    const bench = new Bench();
    assert.match(await outcomeOf(bench.predict(request({ model: 'wine' }))), /^not_found: /);
    assert.match(await outcomeOf(bench.predict(request({ version: '9' }))), /^not_found: /);
    assert.deepEqual(bench.counted, {});
  });

  test('a request that is wrong is refused before it waits', async () => {
    const bench = new Bench();
    assert.match(await outcomeOf(bench.predict(request({ inputs: [] }))), /^invalid_argument: expected 1 inputs/);
    assert.match(
      await outcomeOf(bench.predict(request({ outputs: ['q'] }))),
      /^invalid_argument: unexpected inference output/,
    );
    assert.equal(bench.runner.waitingRows, 0);
  });

  test('a fault of the server tells its cause to the log and not to the caller', async () => {
    const bench = new Bench();
    bench.runner.enqueue = () => Promise.reject(new TypeError('secret'));
    try {
      await bench.predict(request());
      assert.fail('it was answered');
    } catch (caught) {
      const error = toServerError(caught);
      assert.equal(error.code, 'internal');
      assert(!error.message.includes('secret'));
      assert(error.cause instanceof TypeError);
    }
    assert.deepEqual(bench.counted, { internal: 1 });
  });

  test('the trace of a request ends once, with the version and the outcome', async () => {
    const ends: RequestEnd[] = [];
    const trace = { traceId: 't', spanId: 's', finish: (end: RequestEnd) => ends.push(end) };
    const bench = new Bench({ tracing: { ...noTracing, request: () => trace } });
    const reply = bench.predict(request());
    runNext(bench.runner);
    await reply;
    await outcomeOf(bench.predict(request({ model: 'wine' })));
    assert.deepEqual(
      ends.map(({ version, outcome, endedAt, timings }) => ({ version, outcome, endedAt, rows: timings?.batchRows })),
      [
        { version: '1', outcome: 'ok', endedAt: 100, rows: 2 },
        { version: '', outcome: 'not_found', endedAt: 100, rows: undefined },
      ],
    );
  });
});

suite('predict, copies for shadows', () => {
  const policy = trafficPolicy([['1', 10_000]], { shadows: [{ version: '2', share: 2500 }] });

  test('a share of the calls is copied in the turn in which the first version gets them', () => {
    const bench = new Bench({ policy, versions: ['1', '2'] });
    for (bench.random of [0.2499, 0.25, 0.9]) void bench.predict(request());
    assert.deepEqual([bench.runner.waitingRows, bench.version('2').shadow?.waitingRows], [6, 2]);
  });

  test('calls that name their version, and calls that are wrong, are not copied', async () => {
    const bench = new Bench({ policy, versions: ['1', '2'] });
    void bench.predict(request({ version: '1' }));
    await outcomeOf(bench.predict(request({ inputs: [] })));
    await outcomeOf(bench.predict(request({ deadline: 50 })));
    assert.equal(bench.version('2').shadow?.waitingRows, 0);
  });
});

/** A routing key whose slot is one of these. */
function keyOf(salt: string, isWanted: (slot: number) => boolean): string {
  for (let caller = 0; ; caller += 1) if (isWanted(slotOf(salt, `caller-${caller}`))) return `caller-${caller}`;
}

suite('predict, what is counted of arms', () => {
  const policy = trafficPolicy([
    ['1', 10_000],
    ['2', 0],
  ]);
  const armBench = (over: BenchOptions = {}) => new Bench({ policy, versions: ['1', '2'], ...over });

  /** The counts of all arms that have some, without the histograms but for how much is in them. */
  function countsOf({ observers: { rows } }: Bench): Record<string, Partial<Record<keyof ArmTotals, unknown>>> {
    return Object.fromEntries(
      Object.entries(rows('arm')).map(([name, body]) => {
        const { calls, ok, faultSlots, keylessFaults, request, runCompute, pairRequest } = armTotalsFrom(body);
        const runs = [request, runCompute, pairRequest].map(({ count }) => count);
        return [name, { calls, ok, faultSlots, keylessFaults, runs }];
      }),
    );
  }

  /** Answers all that waits for a version as one run. */
  function answerAll(bench: Bench, version: string): void {
    const run = Symbol();
    for (const member of bench.version(version).take(Infinity)?.members ?? []) {
      const timings = { queueMs: 0, hopMs: 0, computeMs: 3, batchRows: 4 };
      member.resolve({ outputs: [], timings, batch: undefined, run });
    }
  }

  test('a call that a slot decided, with the whole time that it took, and once per run the time of the run', async () => {
    const bench = armBench();
    const replies = [bench.predict(request()), bench.predict(request({ receivedAt: 96 }))];
    answerAll(bench, '1');
    await Promise.all(replies);
    const [row] = Object.values(bench.observers.rows('arm'));
    assert(row);
    const { request: whole, runCompute } = armTotalsFrom(row);
    const spread = [whole, runCompute].map(({ count, min, max }) => [count, min, max]);
    assert.deepEqual(spread, [
      [2, 0.004, 0.01],
      [1, 0.003, 0.003],
    ]);
    assert.deepEqual(Object.keys(bench.observers.rows('arm')), ['1/arm-1']);
  });

  suite('pairs of neighbours', () => {
    const even = trafficPolicy([
      ['1', 5000],
      ['2', 5000],
    ]);
    /** Whole requests in seconds of what is compared, and of that what was drawn anew. */
    const pairsOf = (bench: Bench): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries(bench.observers.rows('arm')).map(([name, body]) => {
          const { pairRequest, pairCompute, drawnRequest } = armTotalsFrom(body);
          return [name, [pairRequest.count, pairRequest.sum, pairCompute.sum, drawnRequest.count]];
        }),
      );
    const keys = { '1': keyOf(even.salt, (slot) => slot < 5000), '2': keyOf(even.salt, (slot) => slot >= 5000) };

    test('are told of in the order in which calls come, whatever becomes of them first', async () => {
      const bench = armBench({ policy: even });
      const replies = (['1', '2', '2', '1'] as const).map((version, index) =>
        bench.predict(request({ routingKey: keys[version], receivedAt: 90 + index })),
      );
      answerAll(bench, '2');
      answerAll(bench, '1');
      await Promise.all(replies);
      // The second pair has the runs of the first.
      assert.deepEqual(pairsOf(bench), { '1/arm-1': [1, 0.01, 0.003, 1], '1/arm-2': [1, 0.009, 0.003, 1] });
    });

    test('have a place for a call that is refused, so that its partner is compared with nobody else', async () => {
      const bench = armBench({ policy: even });
      const replies = [
        bench.predict(request({ routingKey: keys['1'] })),
        outcomeOf(bench.predict(request({ routingKey: keys['2'], inputs: [] }))),
        bench.predict(request({ routingKey: keys['2'] })),
      ];
      answerAll(bench, '1');
      answerAll(bench, '2');
      await Promise.all(replies);
      assert.deepEqual(pairsOf(bench), { '1/arm-1': [0, 0, 0, 0], '1/arm-2': [0, 0, 0, 0] });
    });
  });

  test('a fault by the slot of its key, or on its own where it has none', async () => {
    const bench = armBench();
    bench.runner.enqueue = () => Promise.reject(new ServerError('internal', 'broken'));
    for (const routingKey of ['ann', 'ann', '']) await outcomeOf(bench.predict(request({ routingKey })));
    const faultSlots = [slotOf(policy.salt, 'ann')];
    assert.deepEqual(countsOf(bench), {
      '1/arm-1': { calls: 3, ok: 0, faultSlots, keylessFaults: 1, runs: [0, 0, 0] },
    });
  });

  test('of a call that another version answered, the fault of the one that was chosen alone', async () => {
    const bench = armBench({ policy: { ...policy, failOverTo: '2' } });
    bench.runner.enqueue = () => Promise.reject(new ServerError('internal', 'broken'));
    const reply = bench.predict(request());
    await settle();
    runNext(bench.version('2'));
    assert.equal((await reply).failedOverFrom, '1');
    assert.deepEqual(countsOf(bench), {
      '1/arm-1': { calls: 1, ok: 0, faultSlots: [], keylessFaults: 1, runs: [0, 0, 0] },
    });
  });

  test('nothing where no slot decided, where there is one arm, or where the caller is at fault', async () => {
    const rule = { name: 'beta', header: 'tier', match: { kind: 'exact', value: 'beta' }, version: '1' } as const;
    const bench = armBench({ policy: { ...policy, rules: [rule] } });
    const calls = [
      bench.predict(request({ version: '1' })),
      bench.predict(request({ header: () => 'beta' })),
      bench.predict(request({ outputs: ['nonsense'] })),
    ];
    runNext(bench.runner);
    assert.deepEqual(
      (await Promise.all(calls.map(outcomeOf))).map((outcome) => outcome.split(':')[0]),
      ['ok', 'ok', 'invalid_argument'],
    );
    assert.deepEqual(countsOf(bench), {});
    const alone = new Bench();
    const reply = alone.predict(request());
    runNext(alone.runner);
    await reply;
    assert.deepEqual(
      alone.observers.book.sources().filter(({ kind }) => kind === 'arm'),
      [],
    );
  });
});

suite('predict, fail-over', () => {
  const policy = trafficPolicy(
    [
      ['2', 10_000],
      ['1', 0],
    ],
    { failOverTo: '1' },
  );

  function failing(code: ErrorCode, over: Partial<PredictRequest> = {}) {
    const bench = new Bench({ policy, versions: ['1', '2'] });
    bench.version('2').enqueue = () => Promise.reject(new ServerError(code, 'the canary has it'));
    const reply = bench.predict(request(over));
    return { bench, reply };
  }

  test('where the version faults, is gone or overloaded, the other one answers and the reply names both', async () => {
    for (const code of ['internal', 'unavailable', 'resource_exhausted'] as const) {
      const { bench, reply } = failing(code);
      await settle();
      runNext(bench.runner);
      const { version, failedOverFrom, arm, predictionId } = await reply;
      assert.deepEqual([version, failedOverFrom, arm, predictionId], ['1', '2', 'arm-2', 'id 1']);
      assert.deepEqual([bench.countedOf('2'), bench.countedOf('1')], [{ [code]: 1 }, { ok: 1 }]);
      assert.deepEqual(bench.signed, [{ model: 'iris', version: '1', arm: 'arm-2', epoch: 1, slot: 0, unit: '' }]);
    }
  });

  test('what the request itself did wrong, or ran out of, is not tried again', async () => {
    for (const code of ['invalid_argument', 'deadline_exceeded', 'cancelled'] as const) {
      const { bench, reply } = failing(code);
      assert.equal(await outcomeOf(reply), `${code}: the canary has it`);
      assert.deepEqual(bench.countedOf('1'), {});
    }
  });

  test('where the other one fails too, the caller gets the first fault, and each has its own counted', async () => {
    const { bench, reply } = failing('internal');
    bench.runner.fail('it is gone');
    assert.equal(await outcomeOf(reply), 'internal: the canary has it');
    assert.deepEqual([bench.countedOf('2'), bench.countedOf('1')], [{ internal: 1 }, { unavailable: 1 }]);
  });

  test('nobody is asked when the deadline has passed or the caller has gone', async () => {
    const late = new Bench({ policy, versions: ['1', '2'] });
    late.version('2').enqueue = () => {
      late.now = 200;
      return Promise.reject(new ServerError('unavailable', 'too late'));
    };
    assert.equal(await outcomeOf(late.predict(request({ deadline: 200 }))), 'unavailable: too late');
    assert.deepEqual(late.countedOf('1'), {});
    const gone = failing('unavailable', { signal: AbortSignal.abort() });
    await outcomeOf(gone.reply);
    assert.deepEqual(gone.bench.countedOf('1'), {});
  });

  test('the version that is to answer in place of others is not asked twice', async () => {
    const own = trafficPolicy([['1', 10_000]], { failOverTo: '1' });
    const bench = new Bench({ policy: own });
    bench.runner.fail('it is gone');
    assert.equal(await outcomeOf(bench.predict(request())), 'unavailable: it is gone');
    assert.deepEqual(bench.counted, { unavailable: 1 });
  });

  test('a request that names its version is answered by it or not at all', async () => {
    const { bench, reply } = failing('unavailable', { version: '2' });
    assert.equal(await outcomeOf(reply), 'unavailable: the canary has it');
    assert.deepEqual(bench.countedOf('1'), {});
  });

  test('the time that the first version took counts for it alone, and the trace ends once with who answered', async () => {
    const ends: RequestEnd[] = [];
    const trace = { traceId: 't', spanId: 's', finish: (end: RequestEnd) => ends.push(end) };
    const tracing = { ...noTracing, request: () => trace };
    const bench = new Bench({ policy, versions: ['1', '2'], tracing });
    bench.version('2').enqueue = () => {
      bench.now = 140;
      return Promise.reject(new ServerError('internal', 'a fault'));
    };
    const reply = bench.predict(request());
    await settle();
    bench.now = 145;
    runNext(bench.runner);
    await reply;
    assert.equal(bench.version('2').stats.snapshot().fail.ns, 50e6);
    assert.equal(bench.version('1').stats.snapshot().success.ns, 5e6);
    assert.deepEqual(
      ends.map(({ version, outcome }) => [version, outcome]),
      [['1', 'ok']],
    );
  });
});

/** Lets every promise that can go on go on. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
