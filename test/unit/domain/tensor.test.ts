/** Tensors, signatures and errors: the nouns that all rooms share. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DATATYPES, ELEMENT_BYTES, isDatatype } from '../../../src/domain/datatype.ts';
import { ServerError, toServerError } from '../../../src/domain/errors.ts';
import { allowsBatching, wireShape } from '../../../src/domain/signature.ts';
import type { Dimension, Signature } from '../../../src/domain/signature.ts';
import { elementCount, tensorBytes } from '../../../src/domain/tensor.ts';

test('datatypes are known by their exact names, and each has a size', () => {
  assert.deepEqual(DATATYPES.filter(isDatatype), [...DATATYPES]);
  assert.deepEqual(['fp32', 'FP32 ', '', 'toString', 'BF16'].filter(isDatatype), []);
  assert.deepEqual(Object.keys(ELEMENT_BYTES), [...DATATYPES]);
});

test('a scalar has one element, an empty dimension none', () => {
  assert.deepEqual([[], [3], [2, 3, 4], [5, 0]].map(elementCount), [1, 3, 24, 0]);
});

test('the bytes of strings count what they cost in memory', () => {
  const name = 'x';
  assert.equal(tensorBytes({ name, datatype: 'BYTES', shape: [2], data: ['', 'abc'] }), 38);
  assert.equal(tensorBytes({ name, datatype: 'FP32', shape: [2], data: new Uint8Array(8) }), 8);
});

function signature(inputs: Dimension[][], outputs: Dimension[][]): Signature {
  const spec = (shape: Dimension[]) => ({ name: 'x', datatype: 'FP32', shape }) as const;
  return { inputs: inputs.map(spec), outputs: outputs.map(spec), skippedOutputs: [] };
}

test('rows may be joined only where every tensor has an open first dimension', () => {
  assert.equal(allowsBatching(signature([['N', 4], ['N']], [['N', 3]])), true);
  assert.equal(allowsBatching(signature([['', 4]], [['', 3]])), true);
  assert.equal(allowsBatching(signature([['N', 4], []], [['N', 3]])), false);
  assert.equal(allowsBatching(signature([['N', 4]], [[1, 3]])), false);
  assert.equal(allowsBatching(signature([], [['N']])), false);
});

test('open dimensions are -1 on the wire', () => {
  assert.deepEqual(wireShape(['N', 4, '']), [-1, 4, -1]);
});

test('what was thrown becomes an error that tells the caller no cause', () => {
  const known = new ServerError('not_found', 'no model "x"');
  assert.equal(toServerError(known), known);
  const unknown = toServerError(new TypeError('secret'));
  assert.deepEqual([unknown.code, unknown.message.includes('secret')], ['internal', false]);
  assert(unknown.cause instanceof TypeError);
});
