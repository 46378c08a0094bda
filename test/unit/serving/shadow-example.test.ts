/** Pairs as a person looks at them. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Signature } from '../../../src/domain/signature.ts';
import type { Tensor } from '../../../src/domain/tensor.ts';
import type { ComparisonExample } from '../../../src/monitor/comparison-examples.ts';
import { compareOutputs } from '../../../src/serving/compare-outputs.ts';
import { makeExample } from '../../../src/serving/shadow-example.ts';
import { signature, tensor, tensorSpec } from '../../support/builders.ts';

/** Of one output, whose signature has no fixed last axis unless told otherwise. */
function example(
  live: Tensor,
  shadow: Tensor,
  given: { inputs?: readonly Tensor[]; shape?: Signature } = {},
): ComparisonExample {
  const { inputs = [], shape = signature({ outputs: [tensorSpec('y', live.datatype, ['n'])] }) } = given;
  const sides = { live: [live], shadow: [shadow] };
  const compared = compareOutputs({ ...sides, signature: shape, settings: undefined });
  return makeExample({ inputs, ...sides }, compared, 1000);
}

const y = (values: readonly number[], datatype: Tensor['datatype'] = 'FP32'): Tensor =>
  tensor('y', datatype, [values.length], values);

suite('the summary', () => {
  test('says in what the output differs most', () => {
    const scores = signature({ outputs: [tensorSpec('y', 'FP32', ['n', 3])] });
    const table = (values: readonly number[]): Tensor => tensor('y', 'FP32', [values.length / 3, 3], values);
    const flipped = example(table([0.5, 0.25, 0.25, 1, 0, 0]), table([0.25, 0.5, 0.25, 1, 0, 0]), { shape: scores });
    assert.equal(
      flipped.summary,
      'output "y" has another best class in 1 of 2 rows, and differs by up to 0.25, 714 times the tolerance',
    );
    assert.equal(example(y([1, 2]), y([1, 3])).summary, 'output "y" differs by up to 1, 476 times the tolerance');
    assert.equal(
      example(y([1, NaN, 2]), y([1, 2, 2.5])).summary,
      'output "y" is NaN or infinite on one side in 1 of 3 elements, and differs by up to 0.5',
    );
    assert.equal(example(y([1, 2], 'INT64'), y([1, 3], 'INT64')).summary, 'output "y" differs in 1 of 2 elements');
    assert.equal(example(y([1]), y([1, 2])).summary, 'output "y" has another shape or type, or is not there');
    assert.equal(example(y([1]), y([1])).summary, 'all outputs are equal');
  });
});

suite('the tensors', () => {
  const valuesOf = (json: string): unknown =>
    Object.values(JSON.parse(json) as Record<string, { values: unknown }>)[0]?.values;

  test('are JSON that says what each value is', () => {
    for (const [datatype, values, shown] of [
      ['FP32', [0.1, 1 / 3, NaN, -Infinity, 16_777_217], [0.1, 0.33333334, 'NaN', '-Infinity', 16_777_216]],
      ['FP16', [0.1, 1000], [0.1, 1000]],
      ['FP64', [0.1, 1 / 3], [0.1, 1 / 3]],
      ['INT64', [7n, -(2n ** 60n)], [7, '-1152921504606846976']],
      ['UINT8', [7, 255], [7, 255]],
      ['BOOL', [1, 0], [true, false]],
      ['BYTES', ['a', 'b'.repeat(201)], ['a', `${'b'.repeat(200)}…`]],
    ] as const) {
      const inputs = [tensor('x', datatype, [values.length], values)];
      assert.deepEqual(valuesOf(example(y([1]), y([2]), { inputs }).inputs), shown, datatype);
    }
  });

  test('have their shape, type and number of elements, and the first 1,024 values', () => {
    const x = tensor('x', 'UINT8', [2, 600], new Array<number>(1200).fill(1));
    const { inputs } = example(y([1]), y([2]), { inputs: [x] });
    const { x: shown } = JSON.parse(inputs) as { x: { values: readonly unknown[] } };
    assert.deepEqual(
      { ...shown, values: shown.values.length },
      { shape: [2, 600], datatype: 'UINT8', values: 1024, elements: 1200 },
    );
  });

  test('have fewer values where the example would be longer than 16,000 characters', () => {
    const long = (count: number, name = 'x'): Tensor =>
      tensor(
        name,
        'FP64',
        [count],
        Array.from({ length: count }, (_, at) => 1 / (at + 3)),
      );
    for (const [inputs, shown] of [
      [[long(1024)], 256],
      [Array.from({ length: 12 }, (_, at) => long(1024, `x${String(at)}`)), 64],
      [Array.from({ length: 40 }, (_, at) => long(1024, `${'n'.repeat(300)}${String(at)}`)), 4],
    ] as const) {
      const found = example(y([1]), y([2]), { inputs });
      const characters = found.inputs.length + found.live.length + found.shadow.length;
      assert.ok(characters <= 16_000, String(characters));
      assert.deepEqual((valuesOf(found.inputs) as readonly unknown[]).length, shown);
    }
  });
});
