/** Models that no exporter writes: each is refused with the limit that it is beyond, and taken at it. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MAX_CALL_DEPTH, MAX_DIFFERENT_CALLS } from '../../../src/onnx/calls.ts';
import { KNOWN_OPERATORS, MAX_IR_VERSION, MAX_OPSETS } from '../../../src/onnx/known-operators.ts';
import { MAX_COUNTS, MAX_NAME_BYTES, MAX_OPERATOR_BYTES } from '../../../src/onnx/schema.ts';
import type { Counted } from '../../../src/onnx/schema.ts';
import { FLOAT, asModel, encodeModel, floats } from '../../support/onnx-models.ts';
import type { OnnxFunction, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxType } from '../../support/onnx-models.ts';
import { mapOf } from '../../support/onnx-reader.ts';
import { sized, varint } from '../../support/wire-messages.ts';

const GRAPH = 7;
/** A node. */
const ABS = sized(1, sized(4, Buffer.from('Abs')));

function refused(model: OnnxModel | Uint8Array, message: RegExp): void {
  assert.throws(() => mapOf(model), { code: 'invalid_argument', message });
}

function node(op_type: string, more: Partial<OnnxNode> = {}): OnnxNode {
  return { op_type, input: ['x'], output: ['y'], ...more };
}

function withTensor(tensor: OnnxTensor): OnnxModel {
  return asModel({ initializer: [{ name: 'w', ...tensor }] });
}

/** The unit so many times. */
function repeated(unit: Uint8Array, count: number): Buffer {
  return Buffer.alloc(unit.length * count, unit);
}

suite('how much there may be in a model', () => {
  /** A tensor of no elements. */
  const EMPTY = sized(5, Buffer.of(0x08, 0, 0x10, FLOAT));
  const graphOf = (unit: Uint8Array) => (count: number) => sized(GRAPH, repeated(unit, count));
  const modelOf = (unit: Uint8Array) => (count: number) => Buffer.concat([sized(GRAPH), repeated(unit, count)]);
  let named = 0;
  const functions = (count: number): Buffer => {
    const one = () => sized(25, sized(1, Buffer.from(String((named += 1)))));
    return Buffer.concat([sized(GRAPH), ...Array.from({ length: count }, one)]);
  };
  const MAKE: Readonly<Record<Counted, (count: number) => Buffer>> = {
    nodes: graphOf(ABS),
    tensors: graphOf(EMPTY),
    functions,
    'inputs and outputs of graphs': graphOf(sized(11)),
    'imported operator sets': modelOf(sized(8)),
  };
  for (const [what, limit] of Object.entries(MAX_COUNTS)) {
    test(`${limit} ${what}, not ${limit + 1}`, () => {
      const make = MAKE[what as Counted];
      mapOf(make(limit));
      refused(make(limit + 1), new RegExp(`the model file has more than ${limit} ${what}, at byte`));
    });
  }

  test('names have a limit, what only people read has none', () => {
    const graph = (name: string): OnnxModel => asModel({ name, doc_string: 'x'.repeat(MAX_NAME_BYTES * 2) });
    mapOf(graph('x'.repeat(MAX_NAME_BYTES)));
    refused(
      graph('x'.repeat(MAX_NAME_BYTES + 1)),
      /a field 2 of the same graph of 65537 bytes where 65536 are the most/,
    );
  });

  test('an operator has a short name', () => {
    const named = (length: number) => asModel({ node: [node('x'.repeat(length))] });
    refused(named(MAX_OPERATOR_BYTES), /needs operator "x{100}", which/);
    refused(named(MAX_OPERATOR_BYTES + 1), /of 257 bytes where 256 are the most/);
  });
});

suite('how deep a model may be', () => {
  test('types may lie within 15 types, not within 16', () => {
    const nested = (depth: number): OnnxType => {
      return depth === 0 ? { tensor_type: { elem_type: 1 } } : { sequence_type: { elem_type: nested(depth - 1) } };
    };
    const input = (depth: number) => asModel({ input: [{ name: 'x', type: nested(depth) }] });
    mapOf(input(15));
    refused(input(16), /types within more than 15 types/);
    const attribute = { name: 'type', type: 13, tp: nested(16) };
    refused(asModel({ node: [node('Optional', { attribute: [attribute] })] }), /types within more than 15 types/);
  });

  /** Each calls the next, twice if `times` is 2; the last is given. */
  function chain(length: number, times = 1, last = 'Abs'): OnnxFunction[] {
    return Array.from({ length }, (_, at) => {
      const next = at === length - 1 ? node(last) : node(`f${String(at + 1)}`, { domain: 'own' });
      return { name: `f${String(at)}`, domain: 'own', node: new Array<OnnxNode>(times).fill(next) };
    });
  }

  function calling(functions: readonly OnnxFunction[]): OnnxModel {
    return { ...asModel({ node: [node('f0', { domain: 'own' })] }), functions };
  }

  test('functions may lie within 31 functions, not within 32, in whichever order they come', () => {
    const functions = chain(MAX_CALL_DEPTH + 1);
    for (const order of [(list: OnnxFunction[]) => list, (list: OnnxFunction[]) => list.toReversed()]) {
      mapOf(calling(order(chain(MAX_CALL_DEPTH))));
      refused(calling(order(functions)), /has functions within more than 31 functions, or one that calls itself/);
    }
  });

  test('a function that calls itself is refused, by whatever way', () => {
    for (const length of [1, 2, 5]) {
      const round = chain(length);
      const back = node('f0', { domain: 'own' });
      refused(
        calling([...round.slice(0, -1), { name: `f${length - 1}`, domain: 'own', node: [back] }]),
        /calls itself/,
      );
    }
    const graph = { node: [node('f0', { domain: 'own' })] };
    const inside = node('If', { attribute: [{ name: 'then_branch', type: 5, g: graph }] });
    refused(calling([{ name: 'f0', domain: 'own', node: [inside] }]), /calls itself/);
  });

  test('functions that multiply come to as many nodes as there may be, and not more', () => {
    // 2^17 < 250,000 < 2^18.
    mapOf(calling(chain(17, 2)));
    refused(calling(chain(18, 2)), /comes to more than 250000 nodes with its functions/);
  });

  test('a function has one body', () => {
    refused(calling([...chain(1), ...chain(1)]), /defines function operator "f0" of domain "own" twice/);
  });

  test('operators are told apart, up to a limit', () => {
    const operators = [...(KNOWN_OPERATORS.get('') ?? [])].slice(0, 200);
    const body = Buffer.concat(operators.map((name) => sized(7, sized(4, Buffer.from(name)))));
    const functions = (more: Buffer): Buffer => {
      const one = (at: number) => sized(25, sized(1, Buffer.from(String(at))), body);
      return Buffer.concat([
        sized(GRAPH, more),
        ...Array.from({ length: MAX_DIFFERENT_CALLS / 200 }, (_, at) => one(at)),
      ]);
    };
    mapOf(functions(Buffer.alloc(0)));
    refused(functions(ABS), /calls more than 100000 operators, counted in each function/);
  });
});

suite('what a model may be made of', () => {
  test('operators of the runtime, in both names of its own domain', () => {
    mapOf(asModel({ node: [node('Relu'), node('Relu', { domain: 'ai.onnx' })] }));
    mapOf(asModel({ node: [node('Scaler', { domain: 'ai.onnx.ml' }), node('Gelu', { domain: 'com.microsoft' })] }));
  });

  test('of other operators the first are named, with their domains', () => {
    const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G'].map((name) => node(name, { domain: 'evil' }));
    refused(
      asModel({ node: [node('Reluu')] }),
      /^the model needs operator "Reluu", which ONNX Runtime \S+ does not have/,
    );
    refused(asModel({ node: names }), /needs operator "A" of domain "evil", .* "E" of domain "evil" and 2 more, which/);
    refused(asModel({ node: [node('Scaler')] }), /needs operator "Scaler", which/);
    refused(
      asModel({ node: [node('Relu', { domain: 'ai.onnx.ml' })] }),
      /needs operator "Relu" of domain "ai.onnx.ml"/,
    );
    refused(asModel({ node: [node('EPContext', { domain: 'com.microsoft' })] }), /needs operator "EPContext"/);
    refused(asModel({ node: [node('Re\0lu')] }), /an operator with a NUL in its name/);
    refused(asModel({ node: [{ ...node(''), op_type: '' }] }), /needs operator "", which/);
  });

  test('an operator inside of a graph or a function is one too', () => {
    const branch = { name: 'g', type: 5, g: { node: [node('Hidden')] } };
    refused(asModel({ node: [node('If', { attribute: [branch] })] }), /operator "Hidden"/);
    refused({ ...asModel({}), functions: [{ name: 'f', node: [node('Hidden')] }] }, /operator "Hidden"/);
  });

  test('a function of the model is an operator in its domain, and only there', () => {
    const functions = [{ name: 'Own', domain: 'own', node: [node('Relu')] }];
    mapOf({ ...asModel({ node: [node('Own', { domain: 'own' })] }), functions });
    refused({ ...asModel({ node: [node('Own')] }), functions }, /operator "Own", which/);
  });

  test('versions up to those that the runtime knows', () => {
    const written = (ir_version: number) => ({ ...asModel({}), ir_version });
    mapOf(written(MAX_IR_VERSION));
    refused(written(MAX_IR_VERSION + 1), /in version 14 of the file format, and ONNX Runtime \S+ knows 13 at most/);
    refused(written(-1), /of the file format/);
    for (const [domain, newest] of [...MAX_OPSETS, ['ai.onnx', MAX_OPSETS.get('') ?? 0] as const]) {
      const importing = (version: number) => ({ ...asModel({}), opset_import: [{ domain, version }] });
      mapOf(importing(newest));
      refused(importing(newest + 1), new RegExp(`in version ${newest + 1} of .* knows ${newest} at most`));
    }
  });
});

suite('what values a tensor may have', () => {
  const [inRaw, inFloats] = [
    (bytes: number) => new Uint8Array(bytes),
    (count: number) => new Array<number>(count).fill(1),
  ];

  const SOUND: readonly (readonly [what: string, tensor: OnnxTensor])[] = [
    ['a scalar', { data_type: FLOAT, float_data: [1] }],
    ['nothing of nothing', { data_type: FLOAT, dims: [3, 0] }],
    ['half bytes', { data_type: 22, dims: [3], raw_data: inRaw(2) }],
    ['quarter bytes', { data_type: 26, dims: [5], raw_data: inRaw(2) }],
    ['half bytes as numbers', { data_type: 22, dims: [3], int32_data: [1, 2] }],
    ['long numbers', { data_type: 7, dims: [2], int64_data: [-1, -1] }],
    ['complex numbers', { data_type: 15, dims: [2], double_data: inFloats(4) }],
    ['unsigned numbers', { data_type: 12, dims: [2], uint64_data: [1, 2] }],
    ['texts', { data_type: 8, dims: [2], string_data: [Buffer.from('a'), Buffer.from('')] }],
    ['64 dimensions', { data_type: FLOAT, dims: new Array<number>(64).fill(1), float_data: [1] }],
    ['truths', { data_type: 9, dims: [3], int32_data: [1, 0, 1] }],
  ];
  for (const [what, tensor] of SOUND) {
    test(`${what}: taken`, () => {
      mapOf(withTensor(tensor));
    });
  }

  const REFUSED: readonly (readonly [what: string, tensor: OnnxTensor, message: RegExp])[] = [
    [
      'too few',
      floats('w', [4], 1),
      /tensor "w" has 16 bytes of values where shape \[5\] of element type 1 asks for 20/,
    ],
    ['too many', floats('w', [6], 1), /24 bytes of values where shape \[5\] of element type 1 asks for 20/],
    ['none', { data_type: FLOAT }, /0 bytes of values where shape \[5\] of element type 1 asks for 5/],
    ['too few numbers', { data_type: 6, int32_data: [1, 2, 3, 4] }, /4 bytes of values where .* asks for 5/],
    ['too many numbers', { data_type: 7, int64_data: inFloats(6).map(() => -1) }, /60 bytes of values .* asks for 5/],
    ['too few texts', { data_type: 8, string_data: [Buffer.from('a')] }, /1 texts of values where .* asks for 5/],
    ['floats as numbers', { data_type: FLOAT, int32_data: [1, 2, 3, 4, 5] }, /values in field 5, which takes none of/],
    ['raw texts', { data_type: 8, raw_data: inRaw(5) }, /values in field 9, which takes none of element type 8/],
    ['of no known type', { data_type: 99, raw_data: inRaw(5) }, /which takes none of element type 99/],
    [
      'in two forms',
      { data_type: FLOAT, raw_data: inRaw(20), float_data: inFloats(5) },
      /values in more than one form/,
    ],
  ];
  for (const [what, tensor, message] of REFUSED) {
    test(`${what}: refused`, () => {
      refused(withTensor({ ...tensor, dims: [5] }), message);
    });
  }

  test('shapes have 2^53 elements at most, and no negative dimension', () => {
    const shaped = (dims: readonly number[]) => withTensor({ data_type: FLOAT, dims });
    refused(shaped([2 ** 53]), /0 bytes of values where shape \[9007199254740992\]/);
    refused(shaped([2 ** 27, 2 ** 27]), /tensor "w" has a shape of more than 9007199254740992 elements/);
    refused(shaped([-1]), /tensor "w" has a negative dimension/);
    refused(shaped(new Array<number>(65).fill(1)), /a tensor of more than 64 dimensions/);
    const declared = (...dims: readonly number[]): OnnxGraph => {
      const dim = [{ dim_param: 'batch' }, ...dims.map((dim_value) => ({ dim_value }))];
      return { input: [{ name: 'x', type: { tensor_type: { elem_type: 1, shape: { dim } } } }] };
    };
    mapOf(asModel(declared(0, 2 ** 53)));
    refused(asModel(declared(0, 2 ** 27, 2 ** 27)), /a value has a shape of more than 9007199254740992 elements/);
    refused(asModel(declared(-1)), /a value has a negative dimension/);
    const sparse = (dims: readonly number[]) => asModel({ sparse_initializer: [{ dims }] });
    mapOf(sparse([2 ** 26, 2 ** 27]));
    refused(sparse([2 ** 27, 2 ** 27]), /a sparse tensor has a shape of more than 9007199254740992 elements/);
  });
});

suite('how a model may be written', () => {
  const name = (text: string) => sized(2, Buffer.from(text));

  test('once what there is one of', () => {
    refused(sized(GRAPH, name('a'), name('b')), /the model file has a second field 2 of the same graph, at byte/);
    const twice = sized(4, Buffer.from('Abs'));
    refused(sized(GRAPH, sized(1, twice, twice)), /a second field 4 of the same node/);
    const graph = sized(6);
    refused(sized(GRAPH, sized(1, sized(5, graph, graph))), /a second graph/);
  });

  test('every field in its form', () => {
    const notInForm = /a field \d+ of the same \w+ that is not in its form|a graph that is not in its form/;
    refused(Buffer.of((GRAPH << 3) | 0, 1), notInForm);
    refused(sized(GRAPH, Buffer.of((2 << 3) | 0, 1)), notInForm);
    refused(sized(GRAPH, sized(5, sized(2, Buffer.of(1)))), notInForm);
    // Floats of three bytes, and of eight.
    refused(sized(GRAPH, sized(5, sized(4, Buffer.alloc(3)))), notInForm);
    refused(sized(GRAPH, sized(5, Buffer.of((4 << 3) | 1), Buffer.alloc(8))), notInForm);
  });

  test('fields that this build does not know may be there', () => {
    mapOf(Buffer.concat([sized(999, Buffer.from('later')), sized(GRAPH, sized(998))]));
  });

  test('lengths and tags in five bytes, and of no more than protobuf takes', () => {
    const padded = (bytes: number) => Buffer.concat([varint((GRAPH << 3) | 2, bytes), varint(0, bytes)]);
    mapOf(padded(5));
    refused(padded(6), /a number that does not end, at byte 0/);
    refused(Buffer.concat([varint((GRAPH << 3) | 2), varint(2 ** 31)]), /2147483648 bytes announced where 2147483647/);
    refused(Buffer.concat([varint((GRAPH << 3) | 2), varint(2 ** 31 - 1)]), /announced where 0 are left/);
  });

  test('the parts of a function are the parts of an operator', () => {
    const bytes = encodeModel({ ...asModel({}), functions: [{ name: 'f', domain: 'a\0b' }] });
    refused(bytes, /an operator with a NUL in its name/);
  });
});
