/** Where the tensors of a hostile model say that they lie. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkExternalFile } from '../../../src/onnx/external-files.ts';
import { EXTERNAL, FLOAT, asModel } from '../../support/onnx-models.ts';
import type { OnnxTensor } from '../../support/onnx-models.ts';
import { mapOf } from '../../support/onnx-reader.ts';

/** Of four FP32 values. */
function elsewhere(entries: Readonly<Record<string, string>>, more: OnnxTensor = {}): OnnxTensor {
  const external_data = Object.entries(entries).map(([key, value]) => ({ key, value }));
  return { name: 'w', dims: [4], data_type: FLOAT, external_data, data_location: EXTERNAL, ...more };
}

function filesOf(...initializer: readonly OnnxTensor[]) {
  return mapOf(asModel({ initializer })).externalFiles;
}

/** An address in memory to the runtime, were it to see it. */
const ADDRESSES = ['*/_ORT_MEM_ADDR_/*', '*/_ORT_NATIVE_ENDIAN_MEM_ADDR_/*'];
const ESCAPES = ['../w.bin', '/etc/passwd', 'a/../../w.bin', '..', 'a/..'];
const STRANGE = ['', '.', 'a//b', 'a/', 'a\\b', 'a\0', 'C:\\w.bin', 'C:/w.bin', 'C:w.bin', '\\\\host\\w', 'a\nb', 'a?'];

suite('files that a model says that it needs', () => {
  for (const location of [...ADDRESSES, ...ESCAPES, ...STRANGE]) {
    test(`a tensor in ${JSON.stringify(location)} is refused`, () => {
      const message = `tensor "w" lies in ${JSON.stringify(location)}, which is not inside the model; put the file beside it`;
      assert.throws(() => filesOf(elsewhere({ location })), { code: 'invalid_argument', message });
    });
  }

  test('any other name is one, in the spelling of the model', () => {
    for (const location of ['w.bin', '..w', 'a/b.c/d', 'gewichte ü.bin', '\ufeffw.bin', "o'clock"]) {
      assert.deepEqual(filesOf(elsewhere({ location })), [{ path: location, size: 16, bytes: 16, tensor: 'w' }]);
    }
  });

  const location = 'w.bin';
  const REFUSED: readonly (readonly [what: string, tensor: OnnxTensor, message: RegExp])[] = [
    ['a negative offset', elsewhere({ location, offset: '-1' }), /has "-1" as offset in another file/],
    ['a length that is no number', elsewhere({ location, length: '1e3' }), /has "1e3" as length in another file/],
    ['an offset beyond 15 digits', elsewhere({ location, offset: '1'.repeat(16) }), /has "1{16}" as offset/],
    ['a length that is not the shape', elsewhere({ location, length: '15' }), /has 15 bytes in another file .* 16;/],
    ['weights in the form of one machine', elsewhere({ location, prepacked_0: 'x' }), /has "prepacked_0" beside its/],
    ['values here too', elsewhere({ location }, { float_data: [1, 2, 3, 4] }), /with values here and in another file/],
    ['texts', elsewhere({ location }, { data_type: 8 }), /element type 8 where its values should have a size/],
    ['a negative dimension', elsewhere({ location }, { dims: [-4] }), /tensor "w" has a negative dimension/],
  ];
  for (const [what, tensor, message] of REFUSED) {
    test(`${what} in another file: refused`, () => {
      assert.throws(() => filesOf(tensor), { code: 'invalid_argument', message });
    });
  }

  test('what is said twice is refused', () => {
    const twice = { ...elsewhere({}), external_data: [1, 2].map(() => ({ key: 'location', value: location })) };
    assert.throws(() => filesOf(twice), /says twice what its location in another file is/);
  });

  test('tensors may have the same values or stand side by side, and not lie in parts of each other', () => {
    const at = (offset: number) => elsewhere({ location, offset: String(offset) });
    assert.deepEqual(filesOf(at(16), at(0), at(16), at(32)), [{ path: location, size: 48, bytes: 64, tensor: 'w' }]);
    assert.throws(() => filesOf(at(0), at(15)), /lie in parts of each other in "w.bin", around byte 15;/);
    const larger = elsewhere({ location }, { dims: [5] });
    assert.throws(() => filesOf(at(0), larger), /lie in parts of each other in "w.bin", around byte 0;/);
  });

  test('a file must be whole, a file, and in the folder', () => {
    const file = { path: 'w.bin', size: 64, bytes: 64, tensor: 'w' };
    checkExternalFile(file, { kind: 'file', size: 64 });
    const problem = (found: Parameters<typeof checkExternalFile>[1], message: RegExp) => {
      assert.throws(() => checkExternalFile(file, found), { code: 'invalid_argument', message });
    };
    problem({ kind: 'file', size: 63 }, /lies in "w.bin", of which it needs 64 bytes and 63 are there/);
    problem({ kind: 'missing' }, /lies in "w.bin", which is not there/);
    problem({ kind: 'outside' }, /lies in "w.bin", which is a link that leaves the model's folder/);
    problem({ kind: 'no file' }, /lies in "w.bin", which is no regular file/);
  });
});
