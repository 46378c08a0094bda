/** The API reference is what the .proto files say, and they say something of everything that callers see. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { EVENT_KINDS } from '../../../src/domain/registry.ts';
import { DOCUMENT, apiReference, meaningOf, readProtos } from './api-reference.ts';
import { readProto } from './proto-reader.ts';

/** The other package is Triton's, with its names. */
const ours = readProtos().filter((file) => file.package.startsWith('sluice.'));

test('docs/api.md is what the .proto files say now; else run "npm run gen:api"', () => {
  assert.equal(readFileSync(DOCUMENT, 'utf8'), apiReference(readProtos()));
});

test('every service, method and field of ours says what it is', () => {
  const bare = ours.flatMap((file) => [
    ...(file.comment.length === 0 ? [file.path] : []),
    ...file.services.flatMap(({ name, methods }) =>
      methods.filter(({ comment }) => comment.length === 0).map((method) => `${name}/${method.name}`),
    ),
    ...file.messages.flatMap(({ name, fields }) =>
      fields.filter((field) => meaningOf(field) === '').map((field) => `${file.package}.${name}.${field.name}`),
    ),
    ...file.enums.flatMap(({ values }) =>
      values.filter(({ comment }) => comment.length === 0).map((value) => value.name),
    ),
  ]);
  assert.deepEqual(bare, []);
});

test('the filter of events names every kind that there is', () => {
  const audit = ours.find(({ path }) => path.endsWith('audit.proto'));
  const request = audit?.messages.find(({ name }) => name === 'ListEventsRequest');
  const kind = request?.fields.find(({ name }) => name === 'kind');
  assert(kind !== undefined);
  assert.deepEqual(
    meaningOf(kind)
      .split(/[,\s]+/)
      .filter((word) => word.includes('.')),
    [...EVENT_KINDS],
  );
});

test('a file is read with its inner messages, choices and streams', () => {
  const text = `// A file.
syntax = "proto3";
package p.v1;
service S {
  // NOT_FOUND: none.
  rpc M(stream A) returns (stream A);
}
message A {
  message B {}
  oneof choice {
    // A number.
    int32 number = 1;
    map<string, B> many = 2;
  }
}
enum E {
  ZERO = 0;
}
`;
  const file = readProto('p.proto', text);
  assert.deepEqual(file.comment, ['A file.']);
  assert.deepEqual(file.services[0]?.methods, [
    { name: 'M', comment: ['NOT_FOUND: none.'], request: 'A', reply: 'A', requestStream: true, replyStream: true },
  ]);
  assert.deepEqual(
    file.messages.map(({ name, fields }) => [name, fields.map((field) => [field.name, field.type, field.oneof])]),
    [
      [
        'A',
        [
          ['number', 'int32', 'choice'],
          ['many', 'map<string, B>', 'choice'],
        ],
      ],
      ['A.B', []],
    ],
  );
  assert.deepEqual(file.enums, [{ name: 'E', comment: [], values: [{ name: 'ZERO', number: 0, comment: [] }] }]);
});

test('a line that cannot be read is told, with its file', () => {
  assert.throws(
    () => readProto('p.proto', 'message A {\n  group B = 1 {\n}\n'),
    /p\.proto: cannot read "group B = 1 \{"/,
  );
});
