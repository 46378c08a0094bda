/** Reading model.json: metadata and golden examples. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { elementsOf } from '../../../src/domain/elements.ts';
import { parseModelJson } from '../../../src/registry/model-json.ts';
import { tensorFromJson } from '../../../src/registry/tensor-json.ts';

const LITTLE_ENDIAN: readonly (readonly [string, readonly unknown[], string])[] = [
  ['BOOL', [true, false], '0100'],
  ['UINT8', [0, 255], '00ff'],
  ['UINT16', [1, 65_535], '0100ffff'],
  ['UINT32', [1, 4_294_967_295], '01000000ffffffff'],
  ['UINT64', [1, '18446744073709551615'], '0100000000000000ffffffffffffffff'],
  ['INT8', [-128, 127], '807f'],
  ['INT16', [-2, 1], 'feff0100'],
  ['INT32', [-2, 1], 'feffffff01000000'],
  ['INT64', [-2, '-9223372036854775808'], 'feffffffffffffff0000000000000080'],
  ['FP16', [1.5, -0.25, 'Infinity', 65_504], '003e00b4007cff7b'],
  ['FP32', [1, 'NaN', '-Infinity'], '0000803f0000c07f000080ff'],
  ['FP64', [0.1, -0], '9a9999999999b93f0000000000000080'],
];

for (const [datatype, data, hex] of LITTLE_ENDIAN) {
  test(`${datatype} elements become little-endian bytes`, () => {
    const tensor = tensorFromJson('x', { datatype, shape: [data.length], data });
    assert.deepEqual(tensor, {
      name: 'x',
      datatype,
      shape: [data.length],
      data: new Uint8Array(Buffer.from(hex, 'hex')),
    });
  });
}

test('strings stay strings, a scalar has one element, and an empty tensor none', () => {
  const strings = { datatype: 'BYTES', shape: [2], data: ['', 'é\0水'] };
  assert.deepEqual(tensorFromJson('s', strings), { name: 's', ...strings });
  assert.deepEqual(tensorFromJson('x', { datatype: 'INT8', shape: [], data: [7] }).data, Uint8Array.of(7));
  assert.deepEqual(tensorFromJson('x', { datatype: 'FP32', shape: [0, 4], data: [] }).data, new Uint8Array(0));
});

const REFUSED: readonly (readonly [unknown, RegExp])[] = [
  [7, /^tensor "x" is 7; give datatype, shape and data$/],
  [{ datatype: 'FLOAT', shape: [1], data: [1] }, /^tensor "x" has datatype "FLOAT"; give one of BOOL, UINT8/],
  [
    { datatype: 'FP32', shape: [-1], data: [1] },
    /^tensor "x" has shape \[-1\]; give a list of sizes such as \[1, 4\]$/,
  ],
  [{ datatype: 'FP32', shape: [1.5], data: [1] }, /has shape \[1.5\]/],
  [{ datatype: 'FP32', shape: 1, data: [1] }, /has shape 1; give/],
  [{ datatype: 'FP32', data: [1] }, /has shape undefined; give/],
  [{ datatype: 'FP32', shape: [2], data: [1] }, /^tensor "x" has 1 elements where shape \[2\] needs 2$/],
  [{ datatype: 'FP32', shape: [9e15, 9e15], data: [] }, /has 0 elements where shape/],
  [{ datatype: 'FP32', shape: [1] }, /^tensor "x" has no list "data"$/],
  [{ datatype: 'FP32', shape: [1], data: ['1'] }, /^tensor "x" of FP32 has "1" at element 0; give a number that/],
  [{ datatype: 'FP32', shape: [1], data: [1e39] }, /has 1e\+39 at element 0; give a number that the type can hold/],
  [{ datatype: 'FP16', shape: [1], data: [65_520] }, /has 65520 at element 0/],
  [{ datatype: 'UINT8', shape: [2], data: [0, 256] }, /has 256 at element 1; give a whole number from 0 to 255$/],
  [{ datatype: 'INT32', shape: [1], data: [0.5] }, /has 0.5 at element 0; give a whole number/],
  [{ datatype: 'INT64', shape: [1], data: [2 ** 53] }, /has 9007199254740992 at element 0; give .* as a string beyond/],
  [{ datatype: 'INT64', shape: [1], data: ['9223372036854775808'] }, /has "9223372036854775808" at element 0/],
  [{ datatype: 'INT64', shape: [1], data: [''] }, /has "" at element 0/],
  [{ datatype: 'BOOL', shape: [1], data: [1] }, /has 1 at element 0; give true or false$/],
  [{ datatype: 'BYTES', shape: [1], data: [1] }, /^tensor "x" of BYTES has an element that is no string$/],
];

for (const [json, message] of REFUSED) {
  test(`the tensor ${JSON.stringify(json)} is refused with what came and what is allowed`, () => {
    assert.throws(() => tensorFromJson('x', json), { message });
  });
}

test('every float survives the way to bytes and back', () => {
  fc.assert(
    fc.property(fc.array(fc.double()), (numbers) => {
      const data = numbers.map((number) => (Number.isFinite(number) ? number : String(number)));
      const tensor = tensorFromJson('x', { datatype: 'FP64', shape: [data.length], data });
      assert.deepEqual([...Array.from(elementsOf(tensor))], numbers);
    }),
  );
});

test('every 64-bit integer survives as a string', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (numbers) => {
      const tensor = tensorFromJson('x', { datatype: 'INT64', shape: [numbers.length], data: numbers.map(String) });
      assert.deepEqual([...Array.from(elementsOf(tensor))], numbers);
    }),
  );
});

test('metadata is what the author wrote, less the golden examples', () => {
  const x = { datatype: 'INT8', shape: [1], data: [1] };
  const golden = { tolerance: 0.1, examples: [{ inputs: { a: x, b: x }, outputs: { y: x } }] };
  const tensor = (name: string) => ({ name, datatype: 'INT8', shape: [1], data: Uint8Array.of(1) });
  assert.deepEqual(parseModelJson(JSON.stringify({ framework: 'torch', golden, tags: ['x'] }), 'model.json'), {
    golden: { tolerance: 0.1, examples: [{ inputs: [tensor('a'), tensor('b')], outputs: [tensor('y')] }] },
    metadata: { framework: 'torch', tags: ['x'] },
  });
  assert.deepEqual(parseModelJson('{}', 'model.json'), { golden: undefined, metadata: {} });
});

const WRONG: readonly (readonly [string, RegExp])[] = [
  ['{', /^m\/1\/model\.json: .*JSON/],
  ['null', /^m\/1\/model\.json: holds null; write a JSON object$/],
  ['{"golden": []}', /"golden" is \[\]; give tolerance and examples$/],
  ['{"golden": {"examples": []}}', /"golden\.examples" must be a list of 1 to 256 examples$/],
  ['{"golden": {"tolerance": -1, "examples": [{}]}}', /"golden\.tolerance" cannot be -1; give a number from 0 to 1$/],
  ['{"golden": {"examples": [{"inputs": {}}]}}', /golden example 1: "inputs" is empty; give at least one tensor$/],
  ['{"golden": {"examples": [{"inputs": {"x": 1}}]}}', /golden example 1: tensor "x" is 1; give datatype/],
];

for (const [text, message] of WRONG) {
  test(`${text} is refused with the file and the place`, () => {
    assert.throws(() => parseModelJson(text, 'm/1/model.json'), { code: 'invalid_argument', message });
  });
}
