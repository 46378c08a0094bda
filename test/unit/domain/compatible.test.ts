import assert from 'node:assert/strict';
import { test } from 'node:test';
import { incompatibility } from '../../../src/domain/compatible.ts';
import type { Signature } from '../../../src/domain/signature.ts';
import { signature, tensorSpec } from '../../support/builders.ts';

const wide = tensorSpec('x', 'FP32', ['batch', 'width']);

const COMPATIBLE: readonly (readonly [what: string, live: Signature, candidate: Signature])[] = [
  ['the same signature', signature(), signature()],
  ['another name of an open size', signature(), signature({ inputs: [tensorSpec('x', 'FP32', ['n', 2])] })],
  ['an open size in place of a fixed one', signature(), signature({ inputs: [wide] })],
  [
    'inputs in another order',
    signature({ inputs: [wide, tensorSpec('z', 'BYTES', [])] }),
    signature({ inputs: [tensorSpec('z', 'BYTES', []), wide] }),
  ],
  [
    'one output more',
    signature(),
    signature({ outputs: [tensorSpec('more', 'INT64', [1]), tensorSpec('y', 'FP32', ['batch', 2])] }),
  ],
  ['an output of another size', signature(), signature({ outputs: [tensorSpec('y', 'FP32', ['batch', 3])] })],
];

for (const [what, live, candidate] of COMPATIBLE) {
  test(`${what} can take over`, () => {
    assert.equal(incompatibility(live, candidate), undefined);
  });
}

const INCOMPATIBLE: readonly (readonly [live: Signature, candidate: Signature, difference: string])[] = [
  [
    signature(),
    signature({ inputs: [tensorSpec('x', 'FP32', ['batch', 2]), tensorSpec('z', 'BYTES', [])] }),
    'it needs an input "z" that callers do not send',
  ],
  [signature({ inputs: [wide, tensorSpec('z', 'BYTES', [])] }), signature({ inputs: [wide] }), 'it has no input "z"'],
  [
    signature(),
    signature({ inputs: [tensorSpec('x', 'FP64', ['batch', 2])] }),
    'its input "x" is FP64 in place of FP32',
  ],
  [
    signature(),
    signature({ inputs: [tensorSpec('x', 'FP32', ['batch'])] }),
    'its input "x" has 1 dimensions [-1] in place of [-1,2]',
  ],
  [
    signature({ inputs: [wide] }),
    signature({ inputs: [tensorSpec('x', 'FP32', ['batch', 2])] }),
    'its input "x" takes [-1,2] only, not every [-1,-1]',
  ],
  [
    signature(),
    signature({ inputs: [tensorSpec('x', 'FP32', ['batch', 3])] }),
    'its input "x" takes [-1,3] only, not every [-1,2]',
  ],
  [signature(), signature({ outputs: [tensorSpec('other', 'FP32', ['batch', 2])] }), 'it has no output "y"'],
  [
    signature(),
    signature({ outputs: [tensorSpec('y', 'INT64', ['batch', 2])] }),
    'its output "y" is INT64 in place of FP32',
  ],
  [
    signature(),
    signature({ outputs: [tensorSpec('y', 'FP32', ['batch'])] }),
    'its output "y" has 1 dimensions [-1] in place of [-1,2]',
  ],
];

for (const [live, candidate, difference] of INCOMPATIBLE) {
  test(`a version cannot take over where ${difference}`, () => {
    assert.equal(incompatibility(live, candidate), difference);
  });
}
