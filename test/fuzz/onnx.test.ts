/**
 * Changed models are read or refused, and of those that are read another reader finds the same. SLUICE_FUZZ_SECONDS=600
 * makes it longer, SLUICE_FUZZ_SEED=… repeats a run. What fails is kept in onnx-corpus/, and tried again by every run.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { globSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { ServerError } from '../../src/domain/errors.ts';
import { KNOWN_OPERATORS } from '../../src/onnx/known-operators.ts';
import { mapModel } from '../../src/onnx/model-map.ts';
import { WireReader } from '../../src/onnx/wire-reader.ts';
import { mendReader } from '../support/mended-protobufjs.ts';
import { EXTERNAL, asModel, decodeModel, encodeModel, floats, value } from '../support/onnx-models.ts';
import type { OnnxModel, OnnxNode, OnnxTensor } from '../support/onnx-models.ts';
import { Prng } from '../support/prng.ts';
import { REPOSITORY } from '../support/sluice.ts';
import { Mutations } from './onnx-mutations.ts';

const SECONDS = Number(process.env.SLUICE_FUZZ_SECONDS ?? 4);
const SEED = Number(process.env.SLUICE_FUZZ_SEED ?? Date.now() % 2 ** 32);
const CORPUS = join(import.meta.dirname, 'onnx-corpus');
const MAX_SEED_BYTES = 20_000;
/** Beside the file itself: what is read again where one looks back. */
const WINDOW_BYTES = 2 ** 16;

suite('a model file may hold anything', () => {
  before(mendReader);

  for (const name of readdirSync(CORPUS)) {
    test(`${name} is read as others read it, or refused`, () => {
      check(readFileSync(join(CORPUS, name)));
    });
  }

  test(`${SECONDS} s of changed models are (SLUICE_FUZZ_SEED=${SEED})`, (context) => {
    const mutations = new Mutations(new Prng(SEED), seeds());
    const end = Date.now() + SECONDS * 1000;
    const tally = { read: 0, refused: 0 };
    while (Date.now() < end) {
      const model = mutations.next();
      try {
        const outcome = check(model);
        tally[outcome] += 1;
        if (outcome === 'read') mutations.keep(model);
      } catch (caught) {
        throw new Error(`seed ${SEED}: ${keep(model)}`, { cause: caught });
      }
    }
    context.diagnostic(`${tally.read} models were read, ${tally.refused} refused`);
    // One that refuses everything, or nothing, finds nothing.
    assert(tally.read > 20 && tally.refused > 20, JSON.stringify(tally));
  });
});

/** Throws where the reader does what it must not. */
function check(bytes: Buffer): 'read' | 'refused' {
  let bytesRead = 0;
  const read = (offset: number, length: number): Uint8Array => {
    assert(offset >= 0 && length >= 0 && offset + length <= bytes.length, 'within the file');
    bytesRead += length;
    return bytes.subarray(offset, offset + length);
  };
  try {
    const { weights, externalFiles } = mapModel(new WireReader({ size: bytes.length, read }));
    for (const { values } of weights) assert(values.start < values.end && values.end <= bytes.length);
    const model = decoded(bytes);
    if (model !== undefined) {
      agree(
        model,
        externalFiles.map(({ path }) => path),
      );
    }
    return 'read';
  } catch (caught) {
    if (!(caught instanceof ServerError)) throw caught;
    assert.equal(caught.code, 'invalid_argument');
    assert(caught.message.length < 2000, 'a reason is a sentence');
    return 'refused';
  } finally {
    assert(bytesRead <= 2 * bytes.length + WINDOW_BYTES, `${bytesRead} bytes were read of ${bytes.length}`);
  }
}

/** undefined where values cannot be read, which nobody looks at before the runtime does. */
function decoded(bytes: Buffer): OnnxModel | undefined {
  try {
    return decodeModel(bytes);
  } catch {
    return undefined;
  }
}

/** protobufjs finds the same files, and no operator that the runtime does not have. */
function agree(model: OnnxModel, paths: readonly string[]): void {
  const tensors: OnnxTensor[] = [];
  const nodes: OnnxNode[] = [];
  collect(model, tensors, nodes);
  const locations = tensors
    .filter(({ data_location }) => data_location === EXTERNAL)
    .map(({ external_data = [] }) => external_data.find(({ key }) => key === 'location')?.value ?? '');
  assert.deepEqual(new Set(locations.map((location) => location.replaceAll(/(^|\/)(\.\/)+/g, '$1'))), new Set(paths));
  const functions = new Set((model.functions ?? []).map((each) => operatorOf(each.domain, each.name)));
  for (const { domain, op_type } of nodes) {
    const operator = operatorOf(domain, op_type);
    const [home = '', name = ''] = operator.split('\0');
    assert(functions.has(operator) || KNOWN_OPERATORS.get(home)?.has(name), `operator ${JSON.stringify(operator)}`);
  }
}

function operatorOf(domain = '', name = ''): string {
  return `${domain === 'ai.onnx' ? '' : domain}\0${name}`;
}

/** Wherever they are: by the fields that only they have. */
function collect(value: unknown, tensors: OnnxTensor[], nodes: OnnxNode[], field = ''): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (Array.isArray(value)) {
    for (const each of value) collect(each, tensors, nodes, field);
    return;
  }
  if (field === 'node') nodes.push(value as OnnxNode);
  if (['initializer', 't', 'tensors', 'values', 'indices'].includes(field)) tensors.push(value);
  for (const [name, inner] of Object.entries(value)) collect(inner, tensors, nodes, name);
}

/** Real models, and one with all that they lack. */
function seeds(): Buffer[] {
  const files = globSync(['models/**/*.onnx', 'test/models/**/*.onnx'], { cwd: REPOSITORY })
    .map((path) => readFileSync(join(REPOSITORY, path)))
    .filter(({ length }) => length < MAX_SEED_BYTES);
  assert(files.length > 20, 'there are models to begin with');
  return [...files, encodeModel(everything())];
}

function everything(): OnnxModel {
  const elsewhere = (name: string, offset: string): OnnxTensor => ({
    ...{ name, dims: [4], data_type: 1, data_location: EXTERNAL },
    external_data: [
      { key: 'location', value: 'w.bin' },
      { key: 'offset', value: offset },
    ],
  });
  const sparse = { values: floats('v', [1], 1), indices: { name: 'i', dims: [1], data_type: 7, int64_data: [3] } };
  const attribute = [
    { name: 'body', type: 5, g: { name: 'inner', node: [{ op_type: 'Abs', input: ['x'], output: ['y'] }] } },
    { name: 'graphs', type: 10, graphs: [{ initializer: [elsewhere('c', '32')] }] },
    { name: 'tensors', type: 9, tensors: [floats('t', [2], 1)], sparse_tensor: { ...sparse, dims: [9] } },
    { name: 'type', type: 13, tp: { sequence_type: { elem_type: { tensor_type: { elem_type: 1 } } } } },
  ];
  const call = { op_type: 'f0', domain: 'own', input: ['x'], output: ['y'] };
  const graph = {
    ...{ name: 'everything', node: [call, { op_type: 'Loop', input: ['x'], output: ['z'], attribute }] },
    ...{ initializer: [elsewhere('a', '0'), elsewhere('b', '16'), floats('f', [3], 2)], input: [value('x', 4)] },
    ...{ output: [value('y', 4)], sparse_initializer: [{ ...sparse, dims: [9] }] },
  };
  const body = { op_type: 'f1', domain: 'own', input: ['x'], output: ['y'] };
  const leaf = { op_type: 'Relu', input: ['x'], output: ['y'] };
  const functions = [
    { name: 'f0', domain: 'own', node: [body, body] },
    { name: 'f1', domain: 'own', node: [leaf] },
  ];
  return { ...asModel(graph), functions };
}

function keep(model: Buffer): string {
  const name = `${createHash('sha256').update(model).digest('hex').slice(0, 16)}.onnx`;
  writeFileSync(join(CORPUS, name), model);
  return name;
}
