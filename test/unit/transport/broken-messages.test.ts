/** Bytes that are no request: refused where protobufjs refuses them, read as it reads them where it does not. */
import assert from 'node:assert/strict';
import { constants } from 'node:buffer';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { ServerError } from '../../../src/domain/errors.ts';
import { findId, readInfer } from '../../../src/transport/codec/infer-message.ts';
import { findRequestId, readPredict } from '../../../src/transport/codec/predict-message.ts';
import { schema } from '../../support/fake-door.ts';
import { mendReader } from '../../support/mended-protobufjs.ts';
import {
  broken,
  expectedInfer,
  expectedPredict,
  inferBytes,
  plainInfer,
  plainPredict,
  predictBytes,
  sized,
  varint,
} from '../../support/wire-messages.ts';

const predict = schema.sluice.v1.PredictService.service.Predict;
const infer = schema.inference.GRPCInferenceService.service.ModelInfer;

type Outcome = { readonly message: unknown } | 'malformed' | 'no opinion';

function ours(read: () => unknown): Outcome {
  try {
    return { message: read() };
  } catch (error) {
    assert(error instanceof ServerError && error.code === 'invalid_argument', String(error));
    assert.match(error.message, /^the message is not valid protobuf \(.+\); check that client and server agree/);
    return 'malformed';
  }
}

function theirs(read: () => unknown): Outcome {
  try {
    return { message: read() };
  } catch (error) {
    // It trips over entries of maps that have no value.
    return error instanceof TypeError ? 'no opinion' : 'malformed';
  }
}

const RUNS = { numRuns: 4000, seed: 20260102 };

describe('broken requests of the hot methods', () => {
  before(mendReader);

  it('a PredictRequest is refused or read as protobufjs does', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(broken(predictBytes), (bytes) => {
        const expected = theirs(() => expectedPredict(predict.requestDeserialize(bytes)));
        count(seen, expected);
        const found = ours(() => plainPredict(readPredict(bytes)));
        if (expected !== 'no opinion') assert.deepEqual(found, expected);
      }),
      RUNS,
    );
    assert((seen.get('malformed') ?? 0) > 500 && (seen.get('read') ?? 0) > 500, JSON.stringify([...seen]));
  });

  it('a ModelInferRequest is refused or read as protobufjs does', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(broken(inferBytes), (bytes) => {
        const expected = theirs(() => expectedInfer(infer.requestDeserialize(bytes)));
        count(seen, expected);
        const found = ours(() => plainInfer(readInfer(bytes)));
        if (expected !== 'no opinion') assert.deepEqual(found, expected);
      }),
      RUNS,
    );
    assert((seen.get('malformed') ?? 0) > 500 && (seen.get('read') ?? 0) > 500, JSON.stringify([...seen]));
  });

  it('groups may be nested as deep as protobufjs takes them', () => {
    const nested = (depth: number): Buffer =>
      Buffer.concat([
        ...new Array<Buffer>(depth).fill(varint(99 * 8 + 3)),
        ...new Array<Buffer>(depth).fill(varint(99 * 8 + 4)),
      ]);
    for (const [depth, read] of [
      [100, true],
      [101, true],
      [102, false],
      [100_000, false],
    ] as const) {
      assert.equal(theirs(() => predict.requestDeserialize(nested(depth))) !== 'malformed', read, `${depth} theirs`);
      assert.equal(ours(() => readPredict(nested(depth))) !== 'malformed', read, String(depth));
    }
  });

  it('a length beyond the message is refused before anything is made of it', () => {
    for (const field of [1, 3, 4, 5]) {
      const claim = Buffer.concat([varint((field << 3) | 2), varint(2 ** 32 - 1)]);
      assert.equal(
        ours(() => readPredict(claim)),
        'malformed',
      );
      assert.equal(
        ours(() => readInfer(claim)),
        'malformed',
      );
    }
    for (const field of [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) {
      const claim = sized(3, varint((field << 3) | 2), varint(2 ** 31), Buffer.alloc(3, 1));
      assert.equal(
        ours(() => readPredict(claim)),
        'malformed',
        String(field),
      );
    }
  });

  it('a text that no string can hold is refused', () => {
    // Untouched memory costs nothing.
    const bytes = Buffer.allocUnsafeSlow(constants.MAX_STRING_LENGTH + 1 + 6);
    const head = Buffer.concat([varint((1 << 3) | 2), varint(constants.MAX_STRING_LENGTH + 1)]);
    head.copy(bytes);
    assert.equal(
      ours(() => readPredict(bytes)),
      'malformed',
    );
    head.writeUInt8((5 << 3) | 2);
    head.copy(bytes);
    assert.equal(
      ours(() => readPredict(bytes)),
      'malformed',
    );
  });

  it('as many tensors, names and parameters as the limit are read, and one more is refused by name', () => {
    const LIMIT = 4096;
    const cases = [
      ['inputs', readPredict, () => sized(3)],
      ['outputs', readPredict, () => sized(4)],
      ['inputs', readInfer, () => sized(5)],
      ['outputs', readInfer, () => sized(6)],
      ['raw_input_contents', readInfer, () => sized(7)],
      ['parameters', readInfer, (index: number) => sized(4, sized(1, Buffer.from(String(index))), sized(2))],
      [
        'parameters',
        (bytes: Buffer) => readInfer(sized(5, bytes)),
        (index: number) => sized(4, sized(1, Buffer.from(String(index)))),
      ],
    ] as const;
    for (const [what, read, make] of cases) {
      const most = Buffer.concat(Array.from({ length: LIMIT }, (_, index) => make(index)));
      read(most);
      assert.throws(() => read(Buffer.concat([most, make(LIMIT)])), {
        message: `the request has more than ${LIMIT} ${what}; send fewer at once`,
      });
    }
  });

  it('only so many dimensions are kept, but all are counted, packed or not', () => {
    const one = Buffer.concat([varint(3 << 3), varint(7)]);
    const packed = sized(3, Buffer.alloc(40, 7));
    for (const shape of [
      Buffer.concat(new Array<Buffer>(100).fill(one)),
      Buffer.concat([packed, packed, ...new Array<Buffer>(20).fill(one)]),
    ]) {
      const [input] = readPredict(sized(3, shape)).inputs;
      assert.deepEqual([input?.rank, input?.shape], [100, new Array<number>(64).fill(7)]);
    }
  });

  it('the id of a broken request is found where the message can still be walked', () => {
    const badTensor = sized(3, Buffer.of(0xff));
    assert.equal(findRequestId(Buffer.concat([badTensor, sized(5, Buffer.from('7'))])), '7');
    assert.equal(findId(Buffer.concat([sized(5, Buffer.of(0xff)), sized(3, Buffer.from('7'))])), '7');
    assert.equal(findRequestId(Buffer.concat([sized(5, Buffer.from('7')), Buffer.of(10, 255)])), '');
    assert.equal(findRequestId(Buffer.alloc(0)), '');
  });
});

function count(seen: Map<string, number>, outcome: Outcome): void {
  const kind = typeof outcome === 'string' ? outcome : 'read';
  seen.set(kind, (seen.get(kind) ?? 0) + 1);
}
