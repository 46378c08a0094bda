/** A model file anew says what the former said, with the large values in files. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { MIN_SHARED_BYTES } from '../../../src/onnx/model-map.ts';
import { EXTERNAL, FLOAT, asModel, decodeModel, encodeModel, floats, twoLayers } from '../../support/onnx-models.ts';
import type { OnnxModel, OnnxTensor } from '../../support/onnx-models.ts';
import { mapOf, rewritten } from '../../support/onnx-reader.ts';

/** With all values where they would be as raw data, wherever and however they lay. */
function inOneForm(model: OnnxModel, files: ReadonlyMap<string, Buffer>): OnnxModel {
  const tensor = ({ external_data = [], data_location, float_data, ...rest }: OnnxTensor): OnnxTensor => {
    const location = external_data.find(({ key }) => key === 'location')?.value ?? '';
    const values = files.get(location);
    if (data_location === EXTERNAL && values !== undefined) return { ...rest, raw_data: values };
    if (float_data !== undefined && float_data.length * 4 >= MIN_SHARED_BYTES) {
      return { ...rest, raw_data: Buffer.from(new Float32Array(float_data).buffer) };
    }
    const elsewhere = data_location === undefined ? {} : { external_data, data_location };
    return { ...rest, ...(float_data === undefined ? {} : { float_data }), ...elsewhere };
  };
  const graph = { ...model.graph, initializer: (model.graph?.initializer ?? []).map(tensor) };
  return { ...model, graph };
}

const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 6 });

function tensors(name: string): fc.Arbitrary<OnnxTensor> {
  const sizes = fc.constantFrom(0, 1, 100, MIN_SHARED_BYTES / 4 - 1, MIN_SHARED_BYTES / 4, MIN_SHARED_BYTES);
  const seeds = fc.integer({ min: 0, max: 5 });
  const large = fc.record({ size: sizes, seed: seeds, doc: fc.option(fc.string({ maxLength: 20 })) });
  return fc.oneof(
    large.map(({ size, seed, doc }) => ({
      ...floats(name, [size], seed),
      ...(doc === null ? {} : { doc_string: doc }),
    })),
    sizes.map((size) => ({ name, dims: [1, size], data_type: FLOAT, float_data: new Array<number>(size).fill(0.5) })),
    fc.constant({ name, dims: [2], data_type: 7, int64_data: [-1, 3] }),
    fc.constant({
      ...{ name, dims: [4], data_type: FLOAT, data_location: EXTERNAL },
      external_data: [{ key: 'location', value: 'w.bin' }],
    }),
  );
}

const models = fc
  .record({ names, docs: fc.string({ maxLength: 30 }), depth: fc.integer({ min: 0, max: 2 }) })
  .chain(({ names, docs, depth }) =>
    fc.tuple(...names.map(tensors)).map((initializer) => {
      const node = names.map((name) => ({ op_type: 'Identity', input: [name], output: [`${name}!`] }));
      const attribute = [{ name: 'g', type: 5, g: { name: 'inner', initializer: initializer.slice(0, depth) } }];
      const branch = { op_type: 'If', input: ['c'], output: ['y'], attribute };
      const metadata_props = [{ key: 'docs', value: docs }];
      return { ...asModel({ name: docs, node: [...node, branch], initializer, doc_string: docs }), metadata_props };
    }),
  );

suite('rewriteModel', () => {
  test('a model anew is equal to the former, and another reader finds it so', () => {
    fc.assert(
      fc.property(models, (model) => {
        const bytes = encodeModel(model);
        const { model: anew, files } = rewritten(bytes);
        assert.deepEqual(inOneForm(decodeModel(anew), files), inOneForm(decodeModel(bytes), new Map()));
        assert.deepEqual(mapOf(anew).weights, []);
        for (const { path, size } of mapOf(anew).externalFiles) assert.equal(files.get(path)?.length ?? 16, size);
      }),
      { numRuns: 60 },
    );
  });

  test('a file begins with its values, and says how many there are', () => {
    const { model } = rewritten(encodeModel(twoLayers()));
    const { initializer } = decodeModel(model).graph ?? {};
    assert.deepEqual(
      initializer?.map(({ name, external_data }) => [name, external_data?.map(({ key, value }) => `${key}=${value}`)]),
      [
        ['W0', ['location=W0.bin', 'offset=0', 'length=163840']],
        ['B0', undefined],
        ['W1', ['location=W1.bin', 'offset=0', 'length=81920']],
        ['B1', undefined],
      ],
    );
  });

  test('what this build does not know stays in the file, in its place', () => {
    const bytes = encodeModel(twoLayers());
    const unknown = Uint8Array.of(0xf2, 0x3f, 2, 104, 105);
    const { model } = rewritten(Buffer.concat([unknown, bytes, unknown]));
    assert.deepEqual([model.subarray(0, 5), model.subarray(-5)], [Buffer.from(unknown), Buffer.from(unknown)]);
  });

  test('a model without large weights stays as it is, to the byte', () => {
    const bytes = encodeModel(asModel({ name: 'small', initializer: [floats('w', [4], 1)] }));
    assert.deepEqual(rewritten(bytes), { model: bytes, files: new Map() });
  });
});
