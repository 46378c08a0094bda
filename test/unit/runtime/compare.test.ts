/** When two tensors count as the same answer. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Datatype } from '../../../src/domain/datatype.ts';
import { elementsOf } from '../../../src/domain/elements.ts';
import { compareOutputs, compareTensors } from '../../../src/runtime/compare.ts';
import { tensor } from '../../support/builders.ts';

type Values = readonly (number | bigint | string)[];

function agree(datatype: Datatype, got: Values, expected: Values, tolerance = 1e-5): boolean {
  const a = tensor('y', datatype, [got.length], got);
  const b = tensor('y', datatype, [expected.length], expected);
  return compareTensors(a, b, tolerance) === undefined;
}

suite('compareTensors', () => {
  test('floats may differ by the tolerance, relative to what is expected where that is larger than 1', () => {
    assert(agree('FP64', [0.5 + 0.9e-5], [0.5]));
    assert(!agree('FP64', [0.5 + 1.1e-5], [0.5]));
    assert(agree('FP64', [1e6 + 9], [1e6]));
    assert(!agree('FP64', [1e6 + 11], [1e6]));
    assert(!agree('FP64', [-0.5], [0.5]));
  });

  test('integers, booleans and strings must be equal, however large the tolerance', () => {
    assert(!agree('INT32', [1_000_001], [1_000_000]));
    assert(!agree('UINT8', [1], [0], 1));
    assert(!agree('BOOL', [1], [0], 1));
    assert(!agree('INT64', [2n ** 53n + 1n], [2n ** 53n], 1));
    assert(!agree('BYTES', ['a'], ['b'], 1));
    assert(agree('INT64', [-5n], [-5n], 0));
    assert(agree('BYTES', ['水門'], ['水門'], 0));
  });

  test('NaN equals NaN and nothing else', () => {
    assert(agree('FP32', [NaN], [NaN], 0));
    assert(!agree('FP32', [NaN], [0], 1));
    assert(!agree('FP32', [0], [NaN], 1));
  });

  test('an infinity equals itself and nothing else', () => {
    assert(agree('FP32', [Infinity, -Infinity], [Infinity, -Infinity]));
    assert(!agree('FP32', [5], [Infinity]));
    assert(!agree('FP32', [-Infinity], [Infinity]));
    assert(!agree('FP32', [Infinity], [5]));
  });

  test('a difference is told with the values and the place', () => {
    const got = tensor('y', 'FP64', [1, 2], [1, 2.5]);
    assert.equal(
      compareTensors(got, tensor('y', 'FP64', [1, 2], [1, 2]), 0.1),
      'output "y" has 2.5 at element 1 where 2 was expected (tolerance 0.1)',
    );
    assert.equal(
      compareTensors(got, tensor('y', 'FP64', [2], [1, 2]), 0.1),
      'output "y" has shape [1,2] where [2] was expected',
    );
    assert.equal(
      compareTensors(got, tensor('y', 'FP32', [1, 2], [1, 2]), 0.1),
      'output "y" is FP64 where FP32 was expected',
    );
  });
});

suite('compareOutputs', () => {
  test('outputs are found by name; more of them than expected do not matter', () => {
    const a = tensor('a', 'FP32', [1], [1]);
    const b = tensor('b', 'FP32', [1], [2]);
    assert.equal(compareOutputs([b, a], [a], 0), undefined);
    assert.equal(compareOutputs([b], [a], 0), 'output "a" is missing');
  });

  test('half precision is held to no more than it has', () => {
    const got = tensor('y', 'FP16', [1], [1.001]);
    const expected = tensor('y', 'FP16', [1], [1]);
    assert.equal(compareOutputs([got], [expected], 1e-6), undefined);
    assert.notEqual(compareOutputs([tensor('y', 'FP16', [1], [1.01])], [expected], 1e-6), undefined);
  });
});

test('elements are read from bytes at any place', () => {
  const wire = new Uint8Array(9);
  new DataView(wire.buffer).setFloat64(1, 0.1, true);
  const elements = elementsOf({ name: 'x', datatype: 'FP64', shape: [1], data: wire.subarray(1) });
  assert.deepEqual(Array.from(elements), [0.1]);
});
