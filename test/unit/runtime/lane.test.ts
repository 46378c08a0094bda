/** One real thread: what goes by its port, and what comes back. */
import '../../support/no-telemetry.ts';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { POOLED_BYTES } from '../../../src/batching/buffer-pool.ts';
import { toBlock, toTensor } from '../../../src/batching/join-and-split.ts';
import type { Tensor } from '../../../src/domain/tensor.ts';
import { Lane, LaneLostError } from '../../../src/runtime/lane.ts';
import type { LaneReply } from '../../../src/runtime/messages.ts';
import { fixture, settings, tensor } from '../../support/builders.ts';

const SESSION = 7;

/** A lane with a test model on it, closed after the test. */
async function laneWith(t: TestContext, model: string): Promise<Lane> {
  const lane = new Lane(1, (reason) => {
    throw new Error(reason);
  });
  t.after(() => lane.close());
  const { path } = await fixture(model);
  const options = { ...settings(), prepack: true };
  const reply = await lane.perform({ kind: 'load', session: SESSION, path, options, warmUps: [], golden: undefined });
  assert.equal(reply.kind, 'loaded');
  return lane;
}

function run(lane: Lane, inputs: readonly Tensor[], outputs: readonly string[] = []): Promise<LaneReply> {
  return lane.perform({ kind: 'run', session: SESSION, inputs: inputs.map(toBlock), outputs });
}

/** The outputs, or why there are none. */
function told(reply: LaneReply): readonly Tensor[] | string {
  if (reply.kind === 'ran') return reply.outputs.map(toTensor);
  return reply.kind === 'failed' ? reply.reason : reply.kind;
}

suite('Lane', () => {
  test('strings, numbers and empty tensors go there and back with their names, types and shapes', async (t) => {
    const lane = await laneWith(t, 'two_batch_inputs');
    const inputs = [
      tensor('a', 'FP32', [2, 2], [1, 2, 3, 4]),
      tensor('b', 'INT64', [2], [5n, 6n]),
      tensor('c', 'BYTES', [2], ['naïve', '']),
    ];
    const outputs = told(await run(lane, inputs));
    assert(typeof outputs !== 'string');
    assert.deepEqual(
      outputs.map(({ name, datatype, shape }) => [name, datatype, shape]),
      [
        ['a2', 'FP32', [2, 2]],
        ['b2', 'INT64', [2]],
        ['c2', 'BYTES', [2]],
      ],
    );
    const empty = inputs.map((input) => tensor(input.name, input.datatype, [0, ...input.shape.slice(1)], []));
    const none = told(await run(lane, empty));
    assert(typeof none !== 'string');
    assert.deepEqual(
      none.map(({ shape }) => shape),
      [[0, 2], [0], [0]],
    );
  });

  test('only the wanted outputs come back, in the order of the signature', async (t) => {
    const lane = await laneWith(t, 'simple');
    const values = Array.from({ length: 16 }, (_, at) => at);
    const inputs = ['INPUT0', 'INPUT1'].map((name) => tensor(name, 'INT32', [1, 16], values));
    const [sums, differences] = [values.map((value) => 2 * value), values.map(() => 0)];
    const [first, second] = [
      tensor('OUTPUT0', 'INT32', [1, 16], sums),
      tensor('OUTPUT1', 'INT32', [1, 16], differences),
    ];
    assert.deepEqual(told(await run(lane, inputs)), [first, second]);
    assert.deepEqual(told(await run(lane, inputs, ['OUTPUT1'])), [second]);
    assert.deepEqual(told(await run(lane, inputs, ['OUTPUT1', 'OUTPUT0', 'OUTPUT1'])), [first, second]);
  });

  test('a large input is moved, and its buffer comes back to be filled again; a small one is neither', async (t) => {
    const lane = await laneWith(t, 'ragged');
    for (const bytes of [POOLED_BYTES - 4, POOLED_BYTES]) {
      const length = bytes / 4;
      const input = toBlock(tensor('x', 'FP32', [1, length], Array<number>(length).fill(1)));
      const reply = await lane.perform({ kind: 'run', session: SESSION, inputs: [input], outputs: ['total'] });
      assert(reply.kind === 'ran');
      assert.deepEqual(told(reply), [tensor('total', 'FP32', [1], [length])]);
      assert.deepEqual(
        reply.spent.map(({ byteLength }) => byteLength),
        bytes < POOLED_BYTES ? [] : [bytes],
      );
    }
  });

  test('of a buffer that is longer than its tensor only the tensor runs', async (t) => {
    const lane = await laneWith(t, 'ragged');
    const data = new Float32Array(POOLED_BYTES).fill(5).buffer;
    new Float32Array(data).set([1, 2, 3, 4]);
    const input = { name: 'x', datatype: 'FP32', shape: [2, 2], data } as const;
    const reply = await lane.perform({ kind: 'run', session: SESSION, inputs: [input], outputs: ['total'] });
    assert.deepEqual(told(reply), [tensor('total', 'FP32', [2], [3, 7])]);
  });

  test('a task that fails fails alone, and those behind it are answered', async (t) => {
    const lane = await laneWith(t, 'poison_row');
    const ask = (index: bigint) => run(lane, [tensor('index', 'INT64', [1, 1], [index])]);
    const [failed, ran, nowhere] = await Promise.all([
      ask(99n),
      ask(3n),
      lane.perform({ kind: 'run', session: 8, inputs: [], outputs: [] }),
    ]);
    assert(failed.kind === 'failed');
    assert.match(failed.reason, /idx=99/);
    assert.deepEqual(told(ran), [tensor('value', 'FP32', [1, 1], [30])]);
    assert.equal(told(nowhere), 'session 8 is not on this lane');
    assert.equal(lane.tasks, 0);
  });

  test('a lane that was given up answers nothing more, whatever its thread still says', async (t) => {
    const lane = await laneWith(t, 'simple');
    const running = run(lane, []);
    lane.abandon('enough of it');
    await assert.rejects(running, new LaneLostError('lane 1 was lost: enough of it'));
    await assert.rejects(run(lane, []), LaneLostError);
    await lane.idle();
  });
});
