/** Requests in JSON, read by the schema. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { loadAdminServices } from '../../../src/cli/schema-codec.ts';
import { readRequest } from '../../../src/console/request-codec.ts';
import { ServerError } from '../../../src/domain/errors.ts';

const shapes = { ...loadAdminServices() };
const read = (type: string, json: unknown): object => readRequest(shapes, type, json);
const refused = (type: string, json: unknown, message: RegExp): void => {
  assert.throws(
    () => read(type, json),
    (error) => error instanceof ServerError && error.code === 'invalid_argument' && message.test(error.message),
  );
};

suite('a request in JSON', () => {
  test('becomes the message that is sent', () => {
    assert.deepEqual(
      read('NewVersion', {
        model: 'iris',
        warm: true,
        metadata: { tags: { a: 'b' }, metrics: { accuracy: 0.97 }, extra: { n: [1, null] } },
      }),
      {
        model: 'iris',
        warm: true,
        metadata: {
          tags: { a: 'b' },
          metrics: { accuracy: 0.97 },
          extra: { fields: { n: { listValue: { values: [{ numberValue: 1 }, { nullValue: 'NULL_VALUE' }] } } } },
        },
      },
    );
  });

  test('has times and durations as proto3 JSON writes them', () => {
    const at = '2026-01-31T23:59:59.25Z';
    assert.deepEqual(read('ListEventsRequest', { from: at, to: '2026-02-01T01:00:00+01:00' }), {
      from: { seconds: Date.parse('2026-01-31T23:59:59Z') / 1000, nanos: 250_000_000 },
      to: { seconds: Date.parse('2026-02-01T00:00:00Z') / 1000, nanos: 0 },
    });
    assert.deepEqual(read('GetStatsRequest', { window: '90.5s' }), { window: { seconds: 90, nanos: 500_000_000 } });
    refused('GetStatsRequest', { window: '-1s' }, /^window cannot be "-1s"/);
    refused('ListEventsRequest', { from: 'yesterday' }, /^from cannot be "yesterday"/);
    refused('ListEventsRequest', { from: '2026-13-01T00:00:00Z' }, /^from cannot be/);
  });

  test('has whole numbers within their range, of 64 bits as text too', () => {
    assert.deepEqual(read('SetTrafficRequest', { expectedEpoch: '18446744073709551615', waitMs: 4_294_967_295 }), {
      expectedEpoch: '18446744073709551615',
      waitMs: 4_294_967_295,
    });
    refused('SetTrafficRequest', { expectedEpoch: '18446744073709551616' }, /^expectedEpoch/);
    refused('SetTrafficRequest', { waitMs: 4_294_967_296 }, /^waitMs/);
    refused('SetTrafficRequest', { waitMs: 0.5 }, /^waitMs/);
    refused('SetTrafficRequest', { waitMs: '1' }, /^waitMs/);
  });

  test('has enums by their names', () => {
    assert.deepEqual(read('ListVersionsRequest', { state: 'QUALIFIED' }), { state: 'QUALIFIED' });
    refused('ListVersionsRequest', { state: 'FINE' }, /QUALIFYING/);
  });

  test('takes null for what is not set, and no field that there is not', () => {
    assert.deepEqual(read('GetTrafficRequest', { model: null }), {});
    refused('GetTrafficRequest', { constructor: 'x' }, /^there is no field "constructor"; give model$/);
    refused('GetTrafficRequest', [], /^the request cannot be \[\]/);
    refused('GetTrafficRequest', null, /^the request cannot be null/);
  });

  test('names the place of what is wrong', () => {
    const policy = { arms: [{ version: '1' }, { version: 2 }] };
    refused('SetTrafficRequest', { policy }, /^policy\.arms\[1\]\.version cannot be 2; give a text$/);
    refused('UpdateMetadataRequest', { tags: { a: 1 } }, /^tags\["a"\] cannot be 1/);
  });

  test('has at most 10,000 items in a list', () => {
    const oneOf = (length: number) => ({ oneOf: { values: Array.from({ length }, () => 'x') } });
    assert.deepEqual(Object.keys(read('MatchRule', oneOf(10_000))), ['oneOf']);
    refused('MatchRule', oneOf(10_001), /^oneOf\.values cannot be .*at most 10000 items$/);
  });

  test('is refused with a sentence whatever it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('SetTrafficRequest', 'StartRolloutRequest', 'ConfigureModelRequest'),
        fc.json(),
        (type, json) => {
          try {
            read(type, JSON.parse(json));
          } catch (caught) {
            assert(caught instanceof ServerError && caught.code === 'invalid_argument');
          }
        },
      ),
    );
  });
});
