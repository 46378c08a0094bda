/** The proof that rows may share a run, on functions that look like models, each with one way to be wrong. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { toBlock } from '../../../src/batching/join-and-split.ts';
import type { Block } from '../../../src/batching/join-and-split.ts';
import type { Signature } from '../../../src/domain/signature.ts';
import { elementsOf } from '../../../src/domain/elements.ts';
import { toTensor } from '../../../src/batching/join-and-split.ts';
import { proveBatching } from '../../../src/runtime/prove-batching.ts';
import type { OnnxSession } from '../../../src/runtime/session.ts';
import { signature, tensor, tensorSpec } from '../../support/builders.ts';

type Model = (rows: number[][], shape: readonly number[]) => number[][];

/** A model of one FP32 input and output with the same shape, given row by row. */
function sessionOf(model: Model, sig: Signature = signature()): OnnxSession & { shapes: string[] } {
  const shapes: string[] = [];
  const run = async (inputs: readonly Block[]) => {
    const [input] = inputs;
    assert(input);
    shapes.push(`[${input.shape.join()}]`);
    const values = Array.from(elementsOf(toTensor(input)), Number);
    const width = values.length / (input.shape[0] ?? 1);
    const rows = Array.from({ length: input.shape[0] ?? 1 }, (_, at) => values.slice(at * width, (at + 1) * width));
    const answers = model(rows, input.shape);
    const shape = [answers.length, ...input.shape.slice(1)];
    return { outputs: [toBlock(tensor('y', 'FP32', shape, answers.flat()))], computeMs: 1 };
  };
  return { signature: sig, run, shapes } as unknown as OnnxSession & { shapes: string[] };
}

const twice: Model = (rows) => rows.map((row) => row.map((value) => 2 * value));

async function verdict(model: Model, sig?: Signature, maxRows = 8): Promise<string> {
  const { batchable, reason } = await proveBatching(sessionOf(model, sig), undefined, maxRows);
  assert.equal(batchable, reason === '');
  return batchable ? 'batchable' : reason;
}

suite('proveBatching', () => {
  test('rows that do not influence each other may be joined, proven at two rows and at the full batch', async () => {
    const session = sessionOf(twice);
    assert.equal((await proveBatching(session, undefined, 8)).batchable, true);
    assert.deepEqual(new Set(session.shapes), new Set(['[1,2]', '[2,2]', '[6,2]', '[8,2]']));
  });

  test('a model that mixes rows is found out', async () => {
    const mean: Model = (rows) => rows.map((row) => row.map((value, at) => value - (rows[0]?.[at] ?? 0)));
    assert.match(await verdict(mean), /^rows run together differ from rows run alone: .*\(row 1 of 2\)$/);
  });

  test('a model that mixes rows only in a full batch is found out', async () => {
    const late: Model = (rows) => (rows.length < 8 ? twice(rows, []) : rows);
    assert.match(await verdict(late), /row 0 of 8/);
  });

  test('a model that fails on more than one row is not batched, with its reason', async () => {
    const single: Model = (rows) => {
      if (rows.length > 1) throw new Error('invalid dimensions in /srv/x/y.cc');
      return rows;
    };
    assert.equal(
      await verdict(single),
      'rows run together differ from rows run alone: 2 rows together fail: invalid dimensions in y.cc',
    );
  });

  test('a model that gives another number of rows than it got is not batched', async () => {
    const first: Model = (rows) => rows.slice(0, 1);
    assert.match(await verdict(first), /output "y" does not have one row for each input row/);
  });

  test('a model that answers differently each time cannot be proven', async () => {
    let turn = 0;
    const noisy: Model = (rows) => rows.map((row) => row.map(() => (turn += 1)));
    assert.match(await verdict(noisy), /^the same row is answered differently each time/);
  });

  test('differences of rounding do not matter', async () => {
    const rounded: Model = (rows) => rows.map((row) => row.map((value) => value + rows.length * 1e-7));
    assert.equal(await verdict(rounded), 'batchable');
  });

  test('a signature without a free first dimension says so', async () => {
    const fixed = signature({ outputs: [tensorSpec('y', 'FP32', [1, ''])] });
    assert.equal(
      await verdict(twice, fixed),
      '"y" has shape [1, ?], whose first dimension is not a free batch dimension',
    );
  });

  test('no batch larger than allowed is ever run', async () => {
    const session = sessionOf(twice);
    await proveBatching(session, undefined, 3);
    assert(!session.shapes.some((shape) => Number(/\d+/.exec(shape)?.[0]) > 3));
  });

  test('a model that answers nothing is refused, with what it said last', async () => {
    const mute: Model = () => {
      throw new Error('no');
    };
    await assert.rejects(proveBatching(sessionOf(mute), undefined, 8), {
      code: 'invalid_argument',
      message: 'it answered none of the inputs made from its signature (no); add golden examples to model.json',
    });
  });

  test('free dimensions are tried in several sizes until the model answers', async () => {
    const sig = signature({
      inputs: [tensorSpec('x', 'FP32', ['batch', 'length'])],
      outputs: [tensorSpec('y', 'FP32', ['batch', 'length'])],
    });
    const picky: Model = (rows, shape) => {
      if (shape[1] !== 32) throw new Error('wrong length');
      return rows;
    };
    assert.equal(await verdict(picky, sig), 'batchable');
  });

  test('sizes that need not be tried are not even made: four free dimensions of 224 fill no memory', async () => {
    const sig = signature({
      inputs: [tensorSpec('x', 'FP32', ['batch', 'a', 'b', 'c', 'd'])],
      outputs: [tensorSpec('y', 'FP32', ['batch', 'a', 'b', 'c', 'd'])],
    });
    assert.equal(await verdict(twice, sig), 'batchable');
    const picky: Model = () => {
      throw new Error('never');
    };
    await assert.rejects(proveBatching(sessionOf(picky, sig), undefined, 8), /too large to be made/);
  });

  test('golden rows of several lengths prove a ragged model by generated rows of the first length', async () => {
    const sig = signature({
      inputs: [tensorSpec('x', 'FP32', ['batch', 'length'])],
      outputs: [tensorSpec('y', 'FP32', ['batch', 'length'])],
    });
    const example = (values: number[]) => ({ inputs: [tensor('x', 'FP32', [1, values.length], values)], outputs: [] });
    const golden = { tolerance: 1e-5, examples: [example([1, 2, 3]), example([1])] };
    const { batchable, rows } = await proveBatching(sessionOf(twice, sig), golden, 8);
    assert.equal(batchable, true);
    assert.deepEqual(new Set(rows.map((row) => row.inputs[0]?.shape.join())), new Set(['1,3']));
    assert.deepEqual(rows[0]?.inputs[0], tensor('x', 'FP32', [1, 3], [1, 2, 3]));
  });

  test('golden rows that are all alike are joined by generated ones', async () => {
    const example = { inputs: [tensor('x', 'FP32', [2, 2], [1, 2, 1, 2])], outputs: [] };
    const session = sessionOf(twice);
    assert.equal((await proveBatching(session, { tolerance: 1e-5, examples: [example] }, 8)).batchable, true);
  });
});
