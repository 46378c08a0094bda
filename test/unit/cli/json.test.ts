/** Replies as JSON: what their types would tell, and their values alone do not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSync } from '@grpc/proto-loader';
import { join } from 'node:path';
import { DURATION_FIELDS, replyText } from '../../../src/cli/json-codec.ts';
import { loadAdminServices } from '../../../src/cli/schema-codec.ts';
import { ADMIN_FILES } from '../../../src/transport/grpc-js/codec.ts';

interface Field {
  readonly name: string;
  readonly typeName: string;
}

/** The names of all fields of a type, over all messages of the Admin services. */
function fieldsOf(type: string): string[] {
  const includeDirs = [join(import.meta.dirname, '../../../proto')];
  const definitions = Object.values(loadSync(ADMIN_FILES, { includeDirs }));
  const fields = definitions.flatMap((definition) => {
    if (!('type' in definition) || typeof definition.type !== 'object') return [];
    return (definition.type as { readonly field?: readonly Field[] }).field ?? [];
  });
  return fields.filter(({ typeName }) => typeName.endsWith(type)).map(({ name }) => name);
}

test('the fields that are written as durations are those that are durations, and none of them is a time', () => {
  assert.deepEqual([...DURATION_FIELDS].toSorted(), [...new Set(fieldsOf('Duration'))].toSorted());
  assert.deepEqual(
    fieldsOf('Timestamp').filter((name) => DURATION_FIELDS.has(name)),
    [],
  );
});

test('durations have as many digits as they need, three at a time', () => {
  const { requestSerialize, requestDeserialize } = loadAdminServices().Rollouts.service.Start;
  const holds = [
    { seconds: 90, nanos: 0 },
    { seconds: 0, nanos: 250_000_000 },
    { seconds: 1, nanos: 500 },
  ];
  const sent = requestSerialize({ strategy: { canary: { steps: holds.map((hold) => ({ hold })) } } });
  const read = JSON.parse(replyText(requestDeserialize(sent))) as {
    strategy: { canary: { steps: { hold: string }[] } };
  };
  assert.deepEqual(
    read.strategy.canary.steps.map(({ hold }) => hold),
    ['90s', '0.250s', '1.000000500s'],
  );
});
