/** One ONNX Runtime session: what goes in comes out, and what cannot be is said. */
import '../../support/no-telemetry.ts';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { toBlock, toTensor } from '../../../src/batching/join-and-split.ts';
import type { Tensor } from '../../../src/domain/tensor.ts';
import { OnnxSession } from '../../../src/runtime/session.ts';
import { fixture, settings, tensor } from '../../support/builders.ts';

/** Opens the fixture, runs it, closes it. */
async function run(model: string, inputs: readonly Tensor[], outputs: readonly string[] = []) {
  const { path } = await fixture(model);
  const session = await OnnxSession.open(path, { ...settings(), prepack: true });
  try {
    const result = await session.run(inputs.map(toBlock), outputs);
    return result.outputs.map(toTensor);
  } finally {
    await session.close();
  }
}

/** Two rows of every type, at the ends of each. */
const EVERY_TYPE: readonly Tensor[] = [
  tensor('in_bool', 'BOOL', [2, 2], [1, 0, 0, 1]),
  tensor('in_int8', 'INT8', [2, 2], [-128, 127, 0, -1]),
  tensor('in_uint8', 'UINT8', [2, 2], [0, 255, 1, 128]),
  tensor('in_int16', 'INT16', [2, 2], [-32768, 32767, 0, -1]),
  tensor('in_uint16', 'UINT16', [2, 2], [0, 65535, 1, 32768]),
  tensor('in_int32', 'INT32', [2, 2], [-(2 ** 31), 2 ** 31 - 1, 0, -1]),
  tensor('in_uint32', 'UINT32', [2, 2], [0, 2 ** 32 - 1, 1, 2 ** 31]),
  tensor('in_int64', 'INT64', [2, 2], [-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n]),
  tensor('in_uint64', 'UINT64', [2, 2], [0n, 2n ** 64n - 1n, 1n, 2n ** 63n]),
  tensor('in_fp16', 'FP16', [2, 2], [65504, -0, 2 ** -24, NaN]),
  tensor('in_fp32', 'FP32', [2, 2], [3.4028234663852886e38, -0, 2 ** -149, Infinity]),
  tensor('in_fp64', 'FP64', [2, 2], [Number.MAX_VALUE, Number.MIN_VALUE, -0, -Infinity]),
  tensor('in_string', 'BYTES', [2, 2], ['', 'naïve 水門', '🚪', '\n"']),
];

suite('OnnxSession', () => {
  test('every type goes through bit by bit', async () => {
    const echoed = EVERY_TYPE.map((input) => ({ ...input, name: input.name.replace('in_', 'out_') }));
    assert.deepEqual(await run('every_type', EVERY_TYPE), echoed);
  });

  test('a batch of no rows goes through', async () => {
    assert.deepEqual(await run('ragged', [tensor('x', 'FP32', [0, 3], [])]), [
      tensor('y', 'FP32', [0, 3], []),
      tensor('total', 'FP32', [0], []),
    ]);
  });

  test('only the wanted outputs are computed', async () => {
    const names = (await run('every_type', EVERY_TYPE, ['out_fp16', 'out_bool'])).map(({ name }) => name);
    assert.deepEqual(names.sort(), ['out_bool', 'out_fp16']);
  });

  test('the signature is read from the file', async () => {
    const session = await OnnxSession.open((await fixture('two_batch_inputs')).path, { ...settings(), prepack: true });
    assert.deepEqual(session.signature, {
      inputs: [
        { name: 'a', datatype: 'FP32', shape: ['batch', 2] },
        { name: 'b', datatype: 'INT64', shape: ['batch'] },
        { name: 'c', datatype: 'BYTES', shape: ['batch'] },
      ],
      outputs: [
        { name: 'a2', datatype: 'FP32', shape: ['batch', 2] },
        { name: 'b2', datatype: 'INT64', shape: ['batch'] },
        { name: 'c2', datatype: 'BYTES', shape: ['batch'] },
      ],
      skippedOutputs: [],
    });
    await session.close();
  });

  test('the outputs own their memory, so that they can be moved to another thread', async () => {
    const session = await OnnxSession.open((await fixture('simple')).path, { ...settings(), prepack: true });
    const rows = Array.from({ length: 32 }, (_, at) => at);
    const inputs = ['INPUT0', 'INPUT1'].map((name) => toBlock(tensor(name, 'INT32', [2, 16], rows)));
    const { outputs } = await session.run(inputs, []);
    const buffers = outputs.map(({ data }) => data);
    for (const buffer of buffers) assert(buffer instanceof ArrayBuffer && buffer.byteLength === 128);
    structuredClone(buffers, { transfer: buffers as ArrayBuffer[] });
    await session.close();
  });

  test('an execution provider that is not in the build is refused with those that are', async () => {
    const opening = OnnxSession.open('/nowhere.onnx', {
      intraOpThreads: 1,
      executionProviders: ['cpu', 'quantum'],
      prepack: true,
    });
    await assert.rejects(opening, {
      code: 'invalid_argument',
      message:
        /^execution provider "quantum" is not in this build of onnxruntime, which has .*cpu.*; choose one of these$/,
    });
  });

  test('a run that fails says why and leaves the session as it was', async () => {
    const session = await OnnxSession.open((await fixture('poison_row')).path, { ...settings(), prepack: true });
    const ask = (index: bigint) => session.run([toBlock(tensor('index', 'INT64', [1, 1], [index]))], []);
    await assert.rejects(ask(99n), /idx=99/);
    assert.deepEqual((await ask(3n)).outputs.map(toTensor), [tensor('value', 'FP32', [1, 1], [30])]);
    await session.close();
  });

  test('strings that came as bytes, or numbers that came as strings, are a fault of the caller', async () => {
    const session = await OnnxSession.open((await fixture('string_identity')).path, { ...settings(), prepack: true });
    const wrong = { name: 'text', datatype: 'BYTES', shape: [1, 1], data: new ArrayBuffer(1) } as const;
    await assert.rejects(session.run([wrong], []), /tensor "text" of strings came as bytes/);
    await assert.rejects(
      session.run([{ ...wrong, datatype: 'FP32', data: ['a'] }], []),
      /tensor "text" of numbers came as strings/,
    );
    await session.close();
  });
});
