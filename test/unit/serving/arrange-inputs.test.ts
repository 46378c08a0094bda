/** Holding a request against the signature: what is arranged, and each text of a refusal. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { arrangeInputs, checkOutputs } from '../../../src/serving/arrange-inputs.ts';
import type { Accepting } from '../../../src/serving/arrange-inputs.ts';
import type { Signature } from '../../../src/domain/signature.ts';
import type { Tensor } from '../../../src/domain/tensor.ts';
import { signature, tensor, tensorSpec } from '../../support/builders.ts';

/** x and ids share the batch; ids and mask share a length; words are free in their own way. */
const SIGNATURE: Signature = signature({
  inputs: [
    tensorSpec('x', 'FP32', ['batch', 2]),
    tensorSpec('ids', 'INT64', ['batch', 'length']),
    tensorSpec('mask', 'BOOL', ['batch', 'length']),
    tensorSpec('words', 'BYTES', ['batch', '']),
  ],
  outputs: [tensorSpec('y', 'FP32', ['batch', 2]), tensorSpec('z', 'FP32', ['batch'])],
});

function inputs({ rows = 2, length = 3, words = 1 } = {}): Record<string, Tensor> {
  const filled = (count: number) => Array<number>(count).fill(1);
  return {
    x: tensor('x', 'FP32', [rows, 2], filled(2 * rows)),
    ids: tensor('ids', 'INT64', [rows, length], filled(rows * length)),
    mask: tensor('mask', 'BOOL', [rows, length], filled(rows * length)),
    words: tensor('words', 'BYTES', [rows, words], Array<string>(rows * words).fill('a')),
  };
}

function accepting(over: Partial<Accepting> = {}): Accepting {
  return { model: 'm', signature: SIGNATURE, batchable: true, maxBatchRows: 4, ...over };
}

/** The text of the refusal; every one is INVALID_ARGUMENT. */
function refusal(given: readonly Tensor[], over: Partial<Accepting> = {}): string {
  try {
    arrangeInputs(accepting(over), given);
  } catch (caught) {
    const { code, message } = caught as { code: string; message: string };
    assert.equal(code, 'invalid_argument');
    return message;
  }
  return assert.fail('it was accepted');
}

function replaced(name: string, datatype: Tensor['datatype'], shape: number[]): Tensor[] {
  const count = shape.reduce((product, dim) => product * dim, 1);
  const values = Array<string>(count).fill('1');
  return Object.values({ ...inputs(), [name]: tensor(name, datatype, shape, values) });
}

suite('arrangeInputs', () => {
  test('inputs come in the order of the signature, whatever the order of the request', () => {
    const given = inputs();
    const expected = arrangeInputs(accepting(), Object.values(given));
    assert.deepEqual(
      expected.inputs.map(({ name }) => name),
      ['x', 'ids', 'mask', 'words'],
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.values(given), { minLength: 4 }), (shuffled) => {
        assert.deepEqual(arrangeInputs(accepting(), shuffled), expected);
      }),
      { seed: 7, numRuns: 30 },
    );
  });

  test('the rows of a request are its first dimension; a version that is not batched counts one', () => {
    const rowsOf = (over: Partial<Accepting>, rows: number) =>
      arrangeInputs(accepting(over), Object.values(inputs({ rows }))).rows;
    assert.deepEqual([rowsOf({}, 1), rowsOf({}, 4), rowsOf({ batchable: false, maxBatchRows: 1 }, 4)], [1, 4, 1]);
  });

  test('requests share a group exactly when all their free dimensions but the first agree', () => {
    const groupOf = (sizes: { rows?: number; length?: number; words?: number }) =>
      arrangeInputs(accepting(), Object.values(inputs(sizes))).group;
    assert.equal(groupOf({ rows: 1 }), groupOf({ rows: 4 }));
    assert.notEqual(groupOf({ length: 3 }), groupOf({ length: 4 }));
    assert.notEqual(groupOf({ words: 1 }), groupOf({ words: 2 }));
    // Sizes are kept apart: 1 and 11 are not 11 and 1.
    assert.notEqual(groupOf({ length: 1, words: 11 }), groupOf({ length: 11, words: 1 }));
  });

  test('a model without inputs takes a request without any', () => {
    const over = { signature: signature({ inputs: [] }), batchable: false };
    assert.deepEqual(arrangeInputs(accepting(over), []), { inputs: [], rows: 1, group: '' });
  });

  test('an input that is missing, unknown or repeated is named', () => {
    const { x, ids, mask, words } = inputs();
    assert(x && ids && mask && words);
    assert.equal(
      refusal([x, mask]),
      "expected 4 inputs but got 2 inputs for model 'm'. Got input(s) ['x','mask'], " +
        "but missing required input(s) ['ids','words']. Please provide all required input(s).",
    );
    assert.equal(
      refusal([x, ids, mask, words, { ...x, name: 'other' }]),
      "unexpected inference input 'other' for model 'm'; it expects 'x','ids','mask','words'",
    );
    assert.equal(refusal([x, ids, mask, words, x]), "input 'x' already exists in request for model 'm'; give it once");
    assert.equal(refusal([x, x, mask, words]), "input 'x' already exists in request for model 'm'; give it once");
  });

  test('another datatype is told with the one that is expected', () => {
    assert.equal(
      refusal(replaced('x', 'FP64', [2, 2])),
      "inference input 'x' data-type is 'FP64', but model 'm' expects 'FP32'",
    );
  });

  test('another shape is told with the one that is expected, -1 where it is free', () => {
    const text = (got: string) => `unexpected shape for input 'x' for model 'm'. Expected [-1,2], got [${got}]`;
    assert.equal(refusal(replaced('x', 'FP32', [2, 3])), text('2,3'));
    assert.equal(refusal(replaced('x', 'FP32', [4])), text('4'));
    assert.equal(refusal(replaced('x', 'FP32', [2, 1, 2])), text('2,1,2'));
    assert.equal(refusal(replaced('x', 'FP32', [])), text(''));
  });

  test('a named dimension has one size in all inputs', () => {
    assert.equal(
      refusal(replaced('mask', 'BOOL', [2, 5])),
      "dimension 1 (\"length\") of input 'mask' for model 'm' is 5, but 3 in input 'ids'; they must be equal",
    );
    assert.equal(
      refusal(replaced('ids', 'INT64', [3, 3]), { batchable: false }),
      "dimension 0 (\"batch\") of input 'ids' for model 'm' is 3, but 2 in input 'x'; they must be equal",
    );
  });

  test('inputs whose first dimension has no name must agree in rows as well', () => {
    const nameless = signature({ inputs: [tensorSpec('a', 'FP32', ['']), tensorSpec('b', 'FP32', [''])] });
    const given = [tensor('a', 'FP32', [2], [1, 2]), tensor('b', 'FP32', [1], [1])];
    assert.equal(refusal(given, { signature: nameless }), "input 'b' batch size does not match other inputs for 'm'");
    assert.equal(arrangeInputs(accepting({ signature: nameless, batchable: false }), given).rows, 1);
  });

  test('a request of no rows, or of more than a batch may have, is refused with what to do', () => {
    assert.equal(refusal(Object.values(inputs({ rows: 0 }))), "input 'x' for model 'm' has no rows; send at least one");
    assert.equal(
      refusal(Object.values(inputs({ rows: 5 }))),
      "inference request batch-size must be <= 4 for 'm', got 5; send fewer rows or raise maxBatchRows in its config.json",
    );
  });

  test('a string that ONNX Runtime would cut off is refused with its place', () => {
    const words = tensor('words', 'BYTES', [2, 1], ['fine', 'not\0fine']);
    assert.equal(
      refusal(Object.values({ ...inputs(), words })),
      "element 1 of input 'words' holds a NUL character, which ONNX Runtime would cut off; remove it",
    );
  });
});

suite('checkOutputs', () => {
  test('outputs that the model has may be asked for, in any order and number', () => {
    for (const wanted of [[], ['z'], ['z', 'y'], ['y', 'y']]) checkOutputs(SIGNATURE, wanted, 'm');
  });

  test('an output that it does not have is named with those that it has', () => {
    assert.throws(() => checkOutputs(SIGNATURE, ['y', 'other'], 'm'), {
      code: 'invalid_argument',
      message: "unexpected inference output 'other' for model 'm'; it has 'y', 'z'",
    });
  });
});
