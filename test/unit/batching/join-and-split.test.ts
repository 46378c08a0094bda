/** Joining requests into one block of rows, and giving each its rows back. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { joinRows, splitRows, toBlock, toTensor } from '../../../src/batching/join-and-split.ts';
import { DATATYPES, ELEMENT_BYTES } from '../../../src/domain/datatype.ts';
import type { Datatype } from '../../../src/domain/datatype.ts';
import { elementCount } from '../../../src/domain/tensor.ts';
import type { Tensor } from '../../../src/domain/tensor.ts';
import { tensor } from '../../support/builders.ts';

/** The bytes as a view at an odd place of a larger buffer, as they come off the wire. */
function unaligned(bytes: Uint8Array): Uint8Array {
  const wire = new Uint8Array(bytes.length + 4);
  wire.set(bytes, 3);
  return wire.subarray(3, 3 + bytes.length);
}

function part(name: string, datatype: Datatype, shape: readonly number[]): fc.Arbitrary<Tensor> {
  const length = elementCount(shape);
  if (datatype === 'BYTES') {
    return fc
      .array(fc.string({ maxLength: 5 }), { minLength: length, maxLength: length })
      .map((data) => ({ name, datatype, shape, data }));
  }
  const bytes = length * ELEMENT_BYTES[datatype];
  return fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((data) => ({ name, datatype, shape, data: unaligned(data) }));
}

/** Requests of one group: the same tensors, each request with its own number of rows. */
const requests = fc
  .record({
    columns: fc.array(
      fc.record({
        datatype: fc.constantFrom(...DATATYPES),
        rowShape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    rows: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
  })
  .chain(({ columns, rows }) =>
    fc.tuple(
      ...rows.map((count) =>
        fc.tuple(
          ...columns.map(({ datatype, rowShape }, at) => part(`t${String(at)}`, datatype, [count, ...rowShape])),
        ),
      ),
    ),
  );

/** Comparable: views become plain bytes. */
function plain(tensors: readonly Tensor[]) {
  return tensors.map((each) => ({ ...each, data: Array.from<string | number>(each.data) }));
}

suite('joinRows and splitRows', () => {
  test('what was joined and split again is what it was, for every datatype, empty rows included', () => {
    fc.assert(
      fc.property(requests, (members) => {
        const split = splitRows(
          joinRows(members),
          members.map((tensors) => tensors[0]?.shape[0] ?? 0),
        );
        assert(split.kind === 'split');
        assert.deepEqual(split.parts.map(plain), members.map(plain));
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test('a joined block owns its memory from the first byte on, so that it is aligned and can be moved', () => {
    fc.assert(
      fc.property(requests, (members) => {
        for (const block of joinRows(members)) {
          if (block.datatype === 'BYTES') continue;
          assert(block.data instanceof ArrayBuffer);
          assert.equal(block.data.byteLength, elementCount(block.shape) * ELEMENT_BYTES[block.datatype]);
          for (const source of members.flat()) {
            assert(source.data instanceof Uint8Array ? source.data.buffer !== block.data : true);
          }
        }
      }),
      { seed: 7, numRuns: 50 },
    );
  });

  test('memory that held another batch and is longer than needed is filled from the first byte on', () => {
    fc.assert(
      fc.property(requests, (members) => {
        const used = (bytes: number): ArrayBuffer => new Uint8Array(bytes + 5).fill(255).buffer;
        for (const [at, block] of joinRows(members, used).entries()) {
          const expected = joinRows(members)[at];
          const { data } = block;
          assert(expected);
          if (!(data instanceof ArrayBuffer && expected.data instanceof ArrayBuffer)) continue;
          const { byteLength } = expected.data;
          assert.equal(data.byteLength, byteLength + 5);
          assert.deepEqual({ ...block, data: data.slice(0, byteLength) }, expected);
        }
      }),
      { seed: 7, numRuns: 50 },
    );
  });

  test('a tensor with more or fewer bytes than its shape says is not joined: what was there before would stay', () => {
    for (const values of [[1], [1, 2, 3]]) {
      const odd = { ...tensor('x', 'FP32', [values.length], values), shape: [2] };
      assert.throws(() => joinRows([[odd]]), /as many bytes as its shape says|offset is out of bounds/);
      assert.throws(() => joinRows([[odd], [odd]]), /as many bytes as its shape says|offset is out of bounds/);
    }
  });

  test('one member becomes a block of its own as it is', () => {
    const scalar = tensor('scale', 'FP32', [], [2]);
    const [block] = joinRows([[scalar]]);
    assert.deepEqual(block, { name: 'scale', datatype: 'FP32', shape: [], data: new Float32Array([2]).buffer });
    assert(block);
    assert.deepEqual(toTensor(block), scalar);
    assert.deepEqual(toBlock(scalar), block);
  });

  test('an output whose rows are not the sum of the members cannot be divided', () => {
    const y = toBlock(tensor('y', 'FP32', [3, 1], [1, 2, 3]));
    const mean = toBlock(tensor('mean', 'FP32', [1], [2]));
    const scalar = toBlock(tensor('sum', 'FP32', [], [2]));
    assert.deepEqual(splitRows([y, mean], [1, 2]), { kind: 'mixed', output: 'mean' });
    assert.deepEqual(splitRows([scalar], [1]), { kind: 'mixed', output: 'sum' });
    assert.deepEqual(splitRows([y], [1, 1]), { kind: 'mixed', output: 'y' });
  });

  test('the parts of a split are views, not copies', () => {
    const block = toBlock(tensor('y', 'INT64', [3, 1], [1n, 2n, 3n]));
    const split = splitRows([block], [1, 2]);
    assert(split.kind === 'split');
    const [, second] = split.parts;
    assert(second?.[0]?.data instanceof Uint8Array);
    assert.deepEqual([second[0].data.buffer === block.data, second[0].data.byteOffset], [true, 8]);
    assert.deepEqual(plain(second), plain([tensor('y', 'INT64', [2, 1], [2n, 3n])]));
  });

  test('members that do not agree in their tensors are a fault of the caller', () => {
    const members = [[tensor('x', 'FP32', [1], [1])], [tensor('x', 'FP64', [1], [1])]];
    assert.throws(() => joinRows(members), /members of a batch agree in tensors/);
    assert.throws(() => joinRows([]), /at least one member/);
  });
});
