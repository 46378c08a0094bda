/** Qualification of the test models, in this process; those that hang or hoard are in qualification.test.ts. */
import '../../support/no-telemetry.ts';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { plainReason } from '../../../src/runtime/plain-reason.ts';
import { qualify } from '../../../src/runtime/qualify.ts';
import type { ModelSettings } from '../../../src/domain/version.ts';
import { fixture, qualifyTools } from '../../support/builders.ts';

async function verdict(model: string, settings: Partial<ModelSettings> = {}): Promise<string> {
  try {
    const { batchable, batchingReason } = await qualify(await fixture(model, settings), qualifyTools());
    return batchable ? 'batchable' : `not batchable: ${batchingReason}`;
  } catch (caught) {
    return `rejected: ${plainReason(caught)}`;
  }
}

const OPEN = 'whose first dimension is not a free batch dimension';

/** Where the verdict holds a number that differs each time, its beginning. */
const VERDICTS: Readonly<Record<string, string>> = {
  simple: 'batchable',
  every_type: 'batchable',
  string_identity: 'batchable',
  ragged: 'batchable',
  two_batch_inputs: 'batchable',
  slow_on_demand: 'batchable',
  poison_row: 'batchable',
  external: 'batchable',
  nan_ok: 'batchable',
  with_zipmap: 'batchable',
  mixes_rows: 'not batchable: rows run together differ from rows run alone: output "y" has -1',
  batch_axis_second: `not batchable: "x" has shape [4, batch], ${OPEN}`,
  fixed_shape: `not batchable: "x" has shape [1, 4], ${OPEN}`,
  deep_batch8: `not batchable: "x" has shape [8, 4], ${OPEN}`,
  whole_mean: `not batchable: "mean" has shape [1], ${OPEN}`,
  scalar_input: `not batchable: "scale" has shape [], ${OPEN}`,
  random_output: 'not batchable: the same row is answered differently each time',
  wrong_golden:
    'rejected: golden example 1 is answered wrongly: output "y" has 1.5 at element 0 where 2.5 was expected (tolerance 0.000001)',
  external_escape: 'rejected: tensor "weights" lies in "../../simple/1/model.onnx", which is not inside the model',
};

suite('qualify', () => {
  for (const [model, expected] of Object.entries(VERDICTS)) {
    test(`${model} is ${expected.replace(/:.*/, '')}`, async () => {
      const found = await verdict(model);
      assert(found.startsWith(expected), `${found}\nshould begin with\n${expected}`);
    });
  }

  test('a report tells what was found and measured', async () => {
    const spec = await fixture('simple');
    const resident = [1000, 5000];
    const found = await qualify(
      spec,
      qualifyTools(() => resident.shift() ?? 0),
    );
    const { loadMs, singleRunMs, batchRunMs, sample, weights, ...rest } = found;
    assert(weights);
    const { exported, ...choice } = weights;
    const reason = 'it has no weights that are worth sharing';
    assert.deepEqual(choice, { layout: 'exported', reason, sharedBytes: 0, digest: '', shared: undefined });
    assert.deepEqual(
      exported.runs.map(({ rows }) => rows),
      [1, 3, 8],
    );
    const tensor = (name: string) => ({ name, datatype: 'INT32', shape: ['batch', 16] });
    assert.deepEqual(rest, {
      digest: spec.digest,
      signature: {
        inputs: ['INPUT0', 'INPUT1'].map(tensor),
        outputs: ['OUTPUT0', 'OUTPUT1'].map(tensor),
        skippedOutputs: [],
      },
      batchable: true,
      batchingReason: '',
      batchRows: 8,
      memoryBytes: 4000,
    });
    assert.deepEqual(
      sample.map(({ name, shape }) => [name, shape]),
      [
        ['INPUT0', [1, 16]],
        ['INPUT1', [1, 16]],
      ],
    );
    assert([loadMs, singleRunMs, batchRunMs].every((ms) => ms > 0));
  });

  test('batching that is switched off is not proven, and the reason says who did it', async () => {
    assert.equal(await verdict('simple', { batching: false }), 'not batchable: switched off in config.json');
    assert.equal(await verdict('simple', { maxBatchRows: 1 }), 'not batchable: maxBatchRows is 1');
  });

  test('an output that is no tensor is left out and named', async () => {
    const { signature } = await qualify(await fixture('with_zipmap'), qualifyTools());
    assert.deepEqual([signature.outputs.length, signature.skippedOutputs], [1, ['output_probability']]);
  });
});
