import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { goldenInputs, hasFreeDimensions, madeInputs, takesRows } from '../../../src/cli/bench-inputs.ts';
import { Load } from '../../../src/cli/bench-load.ts';
import type { LoadPlan } from '../../../src/cli/bench-load.ts';
import { BenchTally } from '../../../src/cli/bench-tally.ts';
import type { Signature } from '../../../src/domain/signature.ts';
import type { Tensor } from '../../../src/domain/tensor.ts';
import { FakeAdmin, Refusal, silence, sluice } from '../../support/fake-admin.ts';
import type { Handler } from '../../support/fake-admin.ts';

const GOOD = { code: 'OK', version: '1' };

/** A clock that moves when somebody waits for it, and a server that answers each call at the time that it is told. */
class Lab {
  nowMs = 0;
  readonly enough = new AbortController();
  readonly #due: { readonly atMs: number; readonly act: () => void }[] = [];

  /** Runs a load to its end; `answerMs` says how long call `index`, sent at a time, is under way. */
  async run(plan: Partial<LoadPlan>, answerMs: (index: number, sentMs: number) => number, code = 'OK'): Promise<Load> {
    const effects = {
      send: async (index: number) => {
        await this.#after(answerMs(index, this.nowMs));
        return { ...GOOD, code };
      },
      now: () => this.nowMs,
      wait: async (ms: number) => {
        await this.#after(ms);
      },
      signal: this.enough.signal,
    };
    const whole = { rate: undefined, inFlight: 1, warmUpMs: 0, measuredMs: 1000, ...plan };
    const load = new Load(whole, new BenchTally(100), effects);
    const state = { isOver: false };
    const running = load.run().then(() => {
      state.isOver = true;
    });
    while (!state.isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#next();
    }
    await running;
    return load;
  }

  #after(ms: number): Promise<void> {
    return new Promise((act) => {
      this.#due.push({ atMs: this.nowMs + Math.max(ms, 0), act });
    });
  }

  #next(): void {
    this.#due.sort((a, b) => a.atMs - b.atMs);
    const next = this.#due.shift();
    if (next === undefined) return;
    this.nowMs = Math.max(this.nowMs, next.atMs);
    next.act();
  }
}

suite('a load', () => {
  test('at a rate sends that many, and counts them from when they were due', async () => {
    const { tally, unsent } = await new Lab().run({ rate: 100, inFlight: 10 }, () => 4);
    assert.deepEqual([tally.answered, tally.good, unsent], [100, 100, 0]);
    assert.equal(tally.latency.max, 0.004);
  });

  test('a server that stands still for half a second cannot hide it: the calls due meanwhile count their wait', async () => {
    // One call at a time: while the first is under way the others wait at the client.
    const stall = (index: number) => (index === 0 ? 500 : 1);
    const { tally } = await new Lab().run({ rate: 100, inFlight: 1, measuredMs: 1000 }, stall);
    assert(tally.latency.quantile(0.75) > 0.2, 'a quarter of the calls waited for a fifth of a second');
    assert(tally.lag.max >= 0.48);
    assert(tally.answered - tally.good >= 40);
  });

  test('what was due and could not leave is told', async () => {
    const { tally, unsent } = await new Lab().run({ rate: 100, inFlight: 2, measuredMs: 1000 }, () => 5000);
    assert.deepEqual([tally.answered, unsent], [2, 98]);
  });

  test('without a rate sends the next call when one is answered', async () => {
    const { tally, unsent } = await new Lab().run({ inFlight: 4, measuredMs: 1000 }, () => 10);
    assert.deepEqual([tally.answered, unsent], [400, 0]);
    assert.equal(tally.latency.max, 0.01);
  });

  test('the time to warm up is not measured', async () => {
    const { tally, elapsedMs } = await new Lab().run({ rate: 100, warmUpMs: 500, inFlight: 10 }, () => 1);
    assert.deepEqual([tally.answered, elapsedMs], [100, 1000]);
  });

  test('who refuses at once is not asked again without a pause', async () => {
    const { tally } = await new Lab().run({ inFlight: 1, measuredMs: 1000 }, () => 0, 'UNAVAILABLE');
    assert.deepEqual([...tally.failures], [['UNAVAILABLE', 200]]);
    assert.equal(tally.good, 0);
  });

  test('Ctrl-C ends it with what there is, and what it cuts off counts nowhere', async () => {
    const lab = new Lab();
    const { tally, elapsedMs } = await lab.run({ rate: 100, inFlight: 100 }, (index, sentMs) => {
      if (sentMs >= 500) lab.enough.abort();
      return index < 40 ? 1 : 600;
    });
    assert.deepEqual([tally.answered, elapsedMs], [40, 500]);
  });
});

test('versions beyond the sixteenth count together', () => {
  const tally = new BenchTally(100);
  for (let version = 0; version < 20; version += 1) {
    tally.record({ latencyMs: 1, code: 'OK', version: String(version) });
  }
  assert.equal(tally.versions.size, 17);
  assert.equal(tally.versions.get('others')?.count, 4);
});

const SIGNATURE: Signature = {
  inputs: [
    { name: 'X', datatype: 'FP32', shape: ['batch', 2] },
    { name: 'word', datatype: 'BYTES', shape: ['batch', 1] },
  ],
  outputs: [],
  skippedOutputs: [],
};

function example(value: number, word: string) {
  const inputs: Tensor[] = [
    { name: 'X', datatype: 'FP32', shape: [1, 2], data: new Uint8Array(new Float32Array([value, value]).buffer) },
    { name: 'word', datatype: 'BYTES', shape: [1, 1], data: [word] },
  ];
  return { inputs, outputs: [] };
}

suite('inputs', () => {
  test('are rows of the golden examples in turn', () => {
    const [first, second] = goldenInputs([example(1, 'a'), example(2, 'b')], SIGNATURE, 3) ?? [];
    assert.deepEqual(
      first?.map(({ shape }) => shape),
      [
        [3, 2],
        [3, 1],
      ],
    );
    assert.deepEqual(first[1]?.data, ['a', 'b', 'a']);
    assert.deepEqual(second?.[1]?.data, ['b', 'a', 'b']);
    const numbers = first[0]?.data as Buffer;
    assert.deepEqual(
      [0, 8, 16].map((at) => numbers.readFloatLE(at)),
      [1, 2, 1],
    );
  });

  test('examples that are no rows of the model are no inputs', () => {
    const { inputs } = example(1, 'a');
    const wide = inputs.map((tensor) => ({ ...tensor, shape: [2, ...tensor.shape.slice(1)] }));
    assert.equal(goldenInputs([{ inputs: wide, outputs: [] }], SIGNATURE, 1), undefined);
    assert.equal(goldenInputs([{ inputs: inputs.slice(1), outputs: [] }], SIGNATURE, 1), undefined);
    assert.equal(goldenInputs([], SIGNATURE, 1), undefined);
  });

  test('else they are made, all different, and fewer where they are large', () => {
    const made = madeInputs(SIGNATURE, { rows: 2, free: 4 });
    assert.deepEqual(
      [made.length, made[0]?.map(({ shape }) => shape)],
      [
        64,
        [
          [2, 2],
          [2, 1],
        ],
      ],
    );
    assert.notDeepEqual(made[0]?.[0]?.data, made[1]?.[0]?.data);
    const large: Signature = { ...SIGNATURE, inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 2 ** 22] }] };
    assert.equal(madeInputs(large, { rows: 1, free: 4 }).length, 4);
  });

  test('a dimension is free where it is neither fixed nor the rows', () => {
    const shaped = (...shape: (string | number)[]): Signature => {
      return { ...SIGNATURE, inputs: [{ name: 'X', datatype: 'FP32', shape }] };
    };
    assert.deepEqual([shaped('n', 4), shaped('n', 'm'), shaped('n', 'n'), shaped(1, '')].map(hasFreeDimensions), [
      false,
      true,
      false,
      true,
    ]);
    assert.deepEqual([takesRows(shaped('n', 4)), takesRows(shaped(1, 4))], [true, false]);
  });
});

const GET_MODEL: Handler = () => ({
  model: 'iris',
  status: { version: '3' },
  inputs: [{ name: 'X', datatype: 'FP32', shape: [-1, 2], dimensionNames: ['n', ''] }],
});

/** Runs `sluice bench` for a moment against both ports of a fake server. */
async function bench(handlers: Readonly<Record<string, Handler>>, ...flags: readonly string[]) {
  using admin = await FakeAdmin.start({ GetModel: GET_MODEL, ...handlers });
  const argv = ['bench', 'iris', '--predict-address', admin.address, '--warm-up', '0', '--seconds', '0.3', ...flags];
  const result = await sluice(argv, { admin });
  return { ...result, requests: admin.requests<{ routingKey: string; inputs: { shape: object[] }[] }>('Predict') };
}

suite('bench', () => {
  test('shows what was answered, by whom and how fast, in a histogram', async () => {
    const { code, stdout, requests } = await bench(
      { Predict: () => ({ version: '3' }) },
      '--in-flight',
      '2',
      '--rows',
      '5',
    );
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^iris at 127\.0\.0\.1:\d+: 2 at a time, 5 rows a call, \d+ B, from 64 inputs made from the signature\n/,
    );
    assert.match(stdout, /^answered +\d+ in \d+ ms, [\d.]+\/s\ngood .* \(100% of the answers\)\nfailed +none\n/m);
    assert.match(stdout, /^3 +\d+ +100%/m);
    assert.match(stdout, /^LATENCY UP TO +CALLS +SHARE\n.*█/m);
    assert.deepEqual(requests[0]?.inputs[0]?.shape.map(Number), [5, 2]);
  });

  test('--json has it all as numbers, the codes of failures among them', async () => {
    const Predict: Handler = (_request, attempt) => {
      // The first one is the trial of the input.
      if (attempt % 2 === 0) throw new Refusal('RESOURCE_EXHAUSTED', 'full');
      return { version: attempt % 4 === 1 ? '3' : '4' };
    };
    const { code, stdout } = await bench({ Predict }, '--rate', '200', '--json');
    assert.equal(code, 0);
    const report = JSON.parse(stdout) as {
      failures: Record<string, number>;
      versions: { version: string; calls: number }[];
      histogram: { count: number }[];
      answered: number;
      good: number;
    };
    assert(report.answered > 0 && report.good > 0);
    assert.deepEqual(Object.keys(report.failures), ['RESOURCE_EXHAUSTED']);
    assert.deepEqual(report.versions.map(({ version }) => version).sort(), ['3', '4']);
    assert.equal(
      report.histogram.reduce((sum, { count }) => sum + count, 0),
      report.good,
    );
  });

  test('gives its calls keys in turn', async () => {
    const { requests } = await bench({ Predict: () => ({ version: '3' }) }, '--rate', '100', '--key-cardinality', '3');
    assert.deepEqual(
      new Set(requests.slice(1).map(({ routingKey }) => routingKey)),
      new Set(['key-0', 'key-1', 'key-2']),
    );
  });

  test('late answers are none that count as good', async () => {
    const Predict: Handler = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { version: '3' };
    };
    const { code, stdout } = await bench({ Predict }, '--within', '1ms');
    assert.equal(code, 1);
    assert.match(stdout, /^good +0, 0\.0\/s \(0% of the answers\)$/m);
  });

  test('Ctrl-C shows what there is', async () => {
    using admin = await FakeAdmin.start({
      GetModel: GET_MODEL,
      Predict: (_request, attempt) => (attempt > 5 ? silence() : { version: '3' }),
    });
    const enough = new AbortController();
    const running = sluice(
      ['bench', 'iris', '--predict-address', admin.address, '--warm-up', '0', '--in-flight', '1'],
      {
        admin,
        signal: enough.signal,
      },
    );
    while (admin.requests('Predict').length < 6) await new Promise((resolve) => setTimeout(resolve, 5));
    enough.abort();
    const { code, stdout } = await running;
    assert.equal(code, 130);
    assert.match(stdout, /^interrupted: what there is so far\n\nanswered +4 in /m);
  });

  test('what cannot be is said before anything is sent', async () => {
    const wrong = async (...argv: readonly string[]) => (await sluice(['bench', ...argv])).stderr;
    assert.match(await wrong('iris@1@2'), /give MODEL or MODEL@VERSION/);
    assert.match(
      await wrong('iris', '--rate', '100000', '--seconds', '3600'),
      /360000000 calls, and 20000000 is the most/,
    );
    const fixed: Handler = () => ({
      model: 'iris',
      inputs: [{ name: 'X', datatype: 'FP32', shape: [1, 2], dimensionNames: ['', ''] }],
    });
    const { code, stderr, requests } = await bench({ GetModel: fixed }, '--rows', '2');
    assert.deepEqual([code, requests.length], [2, 0]);
    assert.match(stderr, /takes no number of rows/);
  });
});
