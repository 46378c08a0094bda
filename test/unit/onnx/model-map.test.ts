/** What a model file is found to hold: weights that could lie elsewhere, and files that it needs. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { MAX_SHARED_TENSORS, MIN_SHARED_BYTES } from '../../../src/onnx/model-map.ts';
import { TEST_MODELS } from '../../support/builders.ts';
import { EXTERNAL, FLOAT, asModel, encodeModel, floats, twoLayers } from '../../support/onnx-models.ts';
import type { OnnxGraph, OnnxTensor } from '../../support/onnx-models.ts';
import { mapOf } from '../../support/onnx-reader.ts';
import { sized } from '../../support/wire-messages.ts';

/** As many FP32 values as are just worth a file. */
const LARGE = MIN_SHARED_BYTES / 4;

function namesIn(...initializer: readonly OnnxTensor[]): string[] {
  return mapOf(asModel({ initializer })).weights.map(({ name }) => name);
}

function elsewhere(name: string, entries: Readonly<Record<string, string>>): OnnxTensor {
  const external_data = Object.entries(entries).map(([key, value]) => ({ key, value }));
  return { name, dims: [4], data_type: FLOAT, external_data, data_location: EXTERNAL };
}

function filesOf(...tensors: readonly OnnxTensor[]) {
  return mapOf(asModel({ initializer: tensors })).externalFiles;
}

/** A graph within a graph, `depth` times, with this initializer innermost. */
function nested(depth: number, tensor: OnnxTensor): OnnxGraph {
  if (depth === 0) return { initializer: [tensor] };
  const branch = { name: 'then_branch', type: 5, g: nested(depth - 1, tensor) };
  return { node: [{ op_type: 'If', input: ['c'], output: ['y'], attribute: [branch] }] };
}

suite('mapModel', () => {
  test('weights are worth a file of their own from a size on', () => {
    assert.deepEqual(namesIn(floats('large', [LARGE], 1), floats('small', [LARGE - 1], 1)), ['large']);
  });

  test('values of any type are found where their form is that of a file', () => {
    const raw = (name: string, data_type: number, bytes: number, dims: number[]) => {
      return { name, data_type, dims, raw_data: new Uint8Array(bytes) };
    };
    const many = Array.from({ length: LARGE }, (_, at) => at);
    const found = namesIn(
      raw('int8', 3, LARGE * 4, [4, LARGE]),
      raw('half', 10, LARGE * 4, [LARGE * 2]),
      raw('int64', 7, LARGE * 8, [LARGE]),
      raw('int4', 22, LARGE * 4, [LARGE * 8 - 1]),
      { name: 'floats', data_type: FLOAT, dims: [LARGE], float_data: many },
      { name: 'doubles', data_type: 11, dims: [LARGE], double_data: many },
      { name: 'varints', data_type: 6, dims: [LARGE], int32_data: many },
      { name: 'complex', data_type: 14, dims: [LARGE / 2], float_data: many },
    );
    assert.deepEqual(found, ['int8', 'half', 'int64', 'int4', 'floats', 'doubles']);
  });

  test('the largest leave the file where there are more than may', () => {
    const initializer = Array.from({ length: MAX_SHARED_TENSORS + 2 }, (_, at) => {
      return floats(`W${String(at)}`, [at === 1 || at === 3 ? LARGE : LARGE + 1], 1);
    });
    const names = new Set(namesIn(...initializer));
    assert.deepEqual([names.size, names.has('W1'), names.has('W3')], [MAX_SHARED_TENSORS, false, false]);
  });

  test('graphs within graphs keep their values, and their files are known', () => {
    const inner = mapOf(asModel(nested(2, floats('inner', [LARGE], 1))));
    assert.deepEqual([inner.weights, inner.externalFiles], [[], []]);
    const { externalFiles } = mapOf(asModel(nested(2, elsewhere('inner', { location: 'a.bin', length: '16' }))));
    assert.deepEqual(externalFiles, [{ path: 'a.bin', size: 16, bytes: 16, tensor: 'inner' }]);
  });

  test('graphs beside the main one keep their values', () => {
    const model = encodeModel(asModel({ initializer: [floats('main', [LARGE], 1)] }));
    const { graph } = mapOf(model);
    const beside = sized(20, sized(2, model.subarray(graph.content.start, graph.content.end)));
    assert.deepEqual(
      mapOf(Buffer.concat([model, beside])).weights.map(({ name }) => name),
      ['main'],
    );
  });

  test('graphs may lie within 31 graphs, not within 32', () => {
    assert.equal(mapOf(asModel(nested(31, floats('inner', [1], 1)))).weights.length, 0);
    assert.throws(() => mapOf(asModel(nested(32, floats('inner', [1], 1)))), /graphs within more than 31 graphs/);
  });

  test('of each file it is known how much is needed', () => {
    const found = filesOf(
      elsewhere('a', { location: 'w.bin', offset: '4096', length: '16' }),
      elsewhere('b', { location: './w.bin', length: '16' }),
      elsewhere('c', { location: 'more/w.bin' }),
    );
    assert.deepEqual(found, [
      { path: 'w.bin', size: 4112, bytes: 32, tensor: 'a' },
      { path: 'more/w.bin', size: 16, bytes: 16, tensor: 'c' },
    ]);
  });

  test('a model may lie in 1000 files, not in 1001', () => {
    const tensors = Array.from({ length: 1001 }, (_, at) => elsewhere('w', { location: `${String(at)}.bin` }));
    assert.equal(filesOf(...tensors.slice(1)).length, 1000);
    assert.throws(() => filesOf(...tensors), /lie in more than 1000 files/);
  });

  test('what is no model, or has two graphs, is refused', () => {
    assert.throws(() => mapOf(Buffer.from('no model')), /^ServerError: the model file has /);
    assert.throws(() => mapOf(new Uint8Array(0)), /the model file has no graph/);
    const model = encodeModel(twoLayers());
    const { graph } = mapOf(model);
    const second = Buffer.concat([model, model.subarray(graph.at, graph.content.end)]);
    assert.throws(() => mapOf(second), /the model file has a second graph/);
  });

  test('every test model is read through', () => {
    for (const entry of readdirSync(TEST_MODELS, { recursive: true, encoding: 'utf8' })) {
      if (!entry.endsWith('model.onnx')) continue;
      const read = () => mapOf(readFileSync(join(TEST_MODELS, entry)));
      if (entry.startsWith('external_escape')) assert.throws(read, /which is not inside the model/);
      else assert.equal(read().externalFiles.length, entry.startsWith('external') ? 1 : 0, entry);
    }
  });

  test('a model that is cut off or damaged anywhere is read or refused, never worse', () => {
    const model = encodeModel(twoLayers());
    // The large values in the middle would hide the rest.
    const spots = [...mapOf(model).weights.flatMap(({ field }) => [field.start, field.end]), 0, model.length];
    const near = fc
      .tuple(fc.constantFrom(...spots), fc.integer({ min: -60, max: 60 }))
      .map(([spot, away]) => Math.min(model.length - 1, Math.max(0, spot + away)));
    fc.assert(
      fc.property(near, fc.option(fc.integer({ min: 0, max: 255 }), { nil: undefined }), (at, byte) => {
        const bytes = Buffer.from(model);
        if (byte !== undefined) bytes[at] = byte;
        try {
          for (const { values } of mapOf(byte === undefined ? bytes.subarray(0, at) : bytes).weights) {
            assert(values.start < values.end && values.end <= bytes.length);
          }
        } catch (caught) {
          assert.match(String(caught), /^ServerError: (the model |tensor|a value|a sparse)/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
