/** Inputs that are made from a signature alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DATATYPES, ELEMENT_BYTES } from '../../../src/domain/datatype.ts';
import { elementCount } from '../../../src/domain/tensor.ts';
import { elementsOf } from '../../../src/domain/elements.ts';
import { sampleInputs } from '../../../src/runtime/sample-inputs.ts';
import { signature, tensorSpec } from '../../support/builders.ts';

const EVERY_TYPE = signature({ inputs: DATATYPES.map((datatype) => tensorSpec(datatype, datatype, ['n', 'm', 3])) });

test('the same seed makes the same values, another one others', () => {
  const make = (seed: number) => sampleInputs(EVERY_TYPE, { rows: 2, free: 4 }, seed);
  assert.deepEqual(make(1), make(1));
  assert.notDeepEqual(make(1), make(2));
});

test('every tensor has the datatype, the shape and the bytes that its shape needs', () => {
  for (const made of sampleInputs(EVERY_TYPE, { rows: 2, free: 4 }, 1)) {
    assert.deepEqual([made.name, made.shape], [made.datatype, [2, 4, 3]]);
    const length = elementCount(made.shape) * (ELEMENT_BYTES[made.datatype] || 1);
    assert.equal(made.data.length, length);
  }
});

test('floats are in [-1, 1), integers in 0 to 3, booleans 0 or 1', () => {
  for (const made of sampleInputs(EVERY_TYPE, { rows: 8, free: 8 }, 1)) {
    if (made.datatype === 'BYTES') continue;
    const values = Array.from(elementsOf(made), Number);
    const float = made.datatype.startsWith('FP');
    const [low, high] = float ? [-1, 1] : [0, made.datatype === 'BOOL' ? 1 : 3];
    assert(values.every((value) => value >= low && value <= high && (float || Number.isInteger(value))));
    assert(new Set(values).size > 1);
  }
});

test('a dimension of the same name has the same size everywhere; nameless ones are free', () => {
  const sig = signature({
    inputs: [
      tensorSpec('a', 'FP32', ['batch', 'length']),
      tensorSpec('b', 'FP32', [5, 'batch', 'length', '']),
      tensorSpec('c', 'FP32', ['', 2]),
      tensorSpec('d', 'FP32', []),
    ],
  });
  assert.deepEqual(
    sampleInputs(sig, { rows: 2, free: 7 }, 1).map((made) => made.shape),
    [[2, 7], [5, 2, 7, 7], [2, 2], []],
  );
});
