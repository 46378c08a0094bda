/** One request from acceptance to answer, with a lane made of test. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { toServerError } from '../../../src/domain/errors.ts';
import type { PredictRequest } from '../../../src/domain/predict.ts';
import { noTracing } from '../../../src/domain/tracing.ts';
import type { RequestEnd, Tracing } from '../../../src/domain/tracing.ts';
import { VersionStats } from '../../../src/monitor/version-stats.ts';
import { buildLadder } from '../../../src/routing/route-table.ts';
import { Router } from '../../../src/routing/router.ts';
import type { VersionRunner } from '../../../src/runtime/version-runner.ts';
import { createPredict } from '../../../src/serving/predict.ts';
import { tensor } from '../../support/builders.ts';
import { outcomeOf, runnerOf, runNext } from '../../support/fake-lane.ts';

class Bench {
  now = 100;
  readonly stats = new VersionStats({ model: 'iris', version: '1', now: () => 0 });
  readonly runner: VersionRunner;
  readonly router = new Router<VersionRunner>(() => 0);
  readonly predict;

  constructor(tracing: Tracing = noTracing) {
    this.runner = runnerOf({ stats: this.stats, now: () => this.now });
    this.router.swap(
      new Map([
        [
          'iris',
          {
            model: 'iris',
            ladder: buildLadder(new Map([['1', 10_000]]), () => this.runner),
            ladderReason: '',
            salt: 'iris',
            ready: new Map([['1', this.runner]]),
            absent: new Map(),
            latest: '1',
          },
        ],
      ]),
    );
    this.predict = createPredict({ router: this.router, now: () => this.now, tracing });
  }

  /** Requests counted so far, by what became of them. */
  get counted(): Record<string, number> {
    const counts = this.stats.requests().map(([outcome, { count }]) => [outcome, count] as const);
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  }
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
    });
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
    const bench = new Bench({ ...noTracing, request: () => trace });
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
