/** Protobuf's wire format as it is read: every kind of field, and what is none. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { MAX_FIELDS, WireReader } from '../../../src/onnx/wire-reader.ts';
import { readerOf } from '../../support/onnx-reader.ts';

function fieldsOf(...bytes: number[]): unknown[] {
  const reader = readerOf(Uint8Array.from(bytes));
  return [...reader.fields({ start: 0, end: bytes.length })].map(({ number, wire, content, value }) => [
    ...[number, wire, content.start, content.end, value],
  ]);
}

suite('WireReader', () => {
  test('every wire type of ONNX is told with where its content is', () => {
    const bytes = [0x08, 0x96, 0x01, 0x12, 2, 7, 8, 0x1d, 1, 2, 3, 4, 0x21, 1, 2, 3, 4, 5, 6, 7, 8, 0xf8, 0x07, 0];
    assert.deepEqual(fieldsOf(...bytes), [
      [1, 'varint', 1, 3, 150],
      [2, 'bytes', 5, 7, 0],
      [3, 'fixed', 8, 12, 0],
      [4, 'fixed', 13, 21, 0],
      [127, 'varint', 23, 24, 0],
    ]);
  });

  const REFUSED: readonly (readonly [string, readonly number[], RegExp])[] = [
    ['a length beyond the end', [0x12, 3, 1, 2], /3 bytes announced where 2 are left, at byte 2/],
    ['a tag that breaks off', [0x92], /a number that does not end, at byte 0/],
    ['a number of eleven bytes', [0x08, ...Array.from({ length: 10 }, () => 0x80), 1], /a number that does not end/],
    ['a fixed field that breaks off', [0x1d, 1, 2, 3], /4 bytes announced where 3 are left/],
    ['a group', [0x0b, 0x0c], /wire type 3, which ONNX does not use/],
    ['field number 0', [0x00, 1], /field number 0, which no field has/],
  ];
  for (const [what, bytes, message] of REFUSED) {
    test(`${what} is refused with the place`, () => {
      assert.throws(() => fieldsOf(...bytes), { code: 'invalid_argument', message });
    });
  }

  test('a number of ten bytes, as negative ones are written, is read', () => {
    const [field] = fieldsOf(0x08, ...Array.from({ length: 9 }, () => 0xff), 1);
    assert.deepEqual(field, [1, 'varint', 1, 11, 2 ** 64]);
  });

  test('as many fields are read as may be, and not one more', () => {
    const read = (fields: number): number => {
      let count = 0;
      // Two bytes a field, wherever one looks.
      const source = { size: 2 * fields, read: (_: number, length: number) => even(length) };
      for (const _ of new WireReader(source).fields({ start: 0, end: 2 * fields })) count += 1;
      return count;
    };
    assert.equal(read(MAX_FIELDS), MAX_FIELDS);
    assert.throws(() => read(MAX_FIELDS + 1), { message: `the model file has more than ${String(MAX_FIELDS)} fields` });
  });

  test('texts are as long as is said, and no longer than may be', () => {
    const reader = readerOf(Buffer.from('naïve'));
    assert.equal(reader.text({ start: 0, end: 6 }, 6), 'naïve');
    assert.throws(() => reader.text({ start: 0, end: 6 }, 5), /a text of 6 bytes where 5 are the most/);
  });

  test('any bytes are either read to their end or refused with a sentence', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          let end = 0;
          for (const field of readerOf(bytes).fields({ start: 0, end: bytes.length })) {
            assert(field.content.end > end && field.content.end <= bytes.length);
            end = field.content.end;
          }
          assert.equal(end, bytes.length);
        } catch (caught) {
          assert.match(String(caught), /^ServerError: the model file has /);
        }
      }),
    );
  });
});

const FIELDS = Uint8Array.from({ length: 2 ** 16 }, (_, at) => (at % 2 === 0 ? 0x08 : 0x01));

function even(length: number): Uint8Array {
  return FIELDS.subarray(0, length);
}
