/** What is told of a failure: the fact, without the machine that it happened on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plainReason } from '../../../src/runtime/plain-reason.ts';

test('source locations and C++ signatures are left out', () => {
  const text =
    "Non-zero status code returned while running Gather node. Name:'' Status Message: " +
    '/onnxruntime_src/onnxruntime/core/providers/cpu/tensor/gather.h:61 ' +
    'static onnxruntime::common::Status onnxruntime::Gather::Compute(const Tensor&, int64_t) Indices out of bounds, idx=99';
  assert.equal(
    plainReason(new Error(text)),
    "Non-zero status code returned while running Gather node. Name:'' Status Message: Indices out of bounds, idx=99",
  );
});

test('directories of the machine are left out, names of files stay', () => {
  const reasons = {
    'Load model from /srv/models/iris/1/model.onnx failed': 'Load model from model.onnx failed',
    'open "/srv/a b/model.onnx" failed': 'open "model.onnx" failed',
    "open '/srv/x/weights.bin': ENOENT": "open 'weights.bin': ENOENT",
    'cannot read file:///srv/models/model.onnx': 'cannot read model.onnx',
    'a ratio of 1/2 and/or more': 'a ratio of 1/2 and/or more',
  };
  for (const [text, plain] of Object.entries(reasons)) assert.equal(plainReason(new Error(text)), plain);
});

test('no directory leaks, whatever stands around the path', () => {
  const around = fc.constantFrom('', ' ', '"', "'", ':', '(', '[', '=', '\n', ',');
  const folder = fc.stringMatching(/^secret[a-z0-9._-]{0,8}$/);
  fc.assert(
    fc.property(around, fc.array(folder, { minLength: 1, maxLength: 4 }), around, (before, folders, after) => {
      const reason = plainReason(new Error(`bad file${before || ' '}/${folders.join('/')}/model.onnx${after} here`));
      assert(!reason.includes('secret'), reason);
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('it is one line of at most 400 characters', () => {
  assert.equal(plainReason(new Error('a\n  b\tc\n')), 'a b c');
  assert.equal(plainReason(new Error('x'.repeat(1000))), `${'x'.repeat(400)}…`);
  assert.equal(plainReason('no error but a text'), 'no error but a text');
});
