/** What the Admin services' messages mean, over their real bytes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Call } from '../../../src/transport/call.ts';
import type { VersionMetadata } from '../../../src/domain/registry.ts';
import type { Match, TrafficPolicy } from '../../../src/domain/traffic.ts';
import { fromStruct } from '../../../src/transport/codec/admin/from-struct.ts';
import { formatMetadata, parseMetadata } from '../../../src/transport/codec/admin/metadata-codec.ts';
import { parseOrder } from '../../../src/transport/codec/admin/order.ts';
import { formatTime, parseDuration, parseTime } from '../../../src/transport/codec/admin/time-codec.ts';
import { formatEpoch, parsePolicy } from '../../../src/transport/codec/admin/traffic-codec.ts';
import { parseState } from '../../../src/transport/codec/admin/version-codec.ts';
import { wholeNumber } from '../../../src/transport/codec/admin/whole-numbers.ts';
import { toStruct } from '../../../src/transport/codec/struct.ts';
import type { Event } from '../../../src/transport/gen/sluice/admin/v1/Event.ts';
import type { SetTrafficRequest } from '../../../src/transport/gen/sluice/admin/v1/SetTrafficRequest.ts';
import { loadAdminSchema } from '../../../src/transport/grpc-js/codec.ts';

const { Audit, Registry, Traffic, Monitor } = loadAdminSchema().sluice.admin.v1;

/** To bytes and back. */
function overTheWire(event: Event) {
  const { responseSerialize, responseDeserialize } = Audit.service.ListEvents;
  const [received] = responseDeserialize(responseSerialize({ events: [event] })).events;
  assert(received);
  return received;
}

function requestOf(request: SetTrafficRequest) {
  const { requestSerialize, requestDeserialize } = Traffic.service.SetTraffic;
  return requestDeserialize(requestSerialize(request));
}

const code = { code: 'invalid_argument' };

describe('free-form JSON', () => {
  const json = fc.dictionary(
    fc.string(),
    fc.jsonValue({ maxDepth: 4 }).map((value): unknown => JSON.parse(JSON.stringify(value))),
  );

  it('survives as it is', () => {
    fc.assert(
      fc.property(json, (record) => {
        const wanted = JSON.parse(JSON.stringify(record)) as Record<string, unknown>;
        // Protobuf's objects cannot have it.
        Reflect.deleteProperty(wanted, '__proto__');
        const { after } = overTheWire({ after: toStruct(wanted) });
        assert.equal(JSON.stringify(fromStruct('x', after)), JSON.stringify(wanted));
      }),
    );
  });

  it('unset is empty', () => {
    assert.deepEqual(fromStruct('x', overTheWire({}).after), {});
  });

  it('what JSON has no number for, and what is nested too deep, is refused with the field', () => {
    const { after } = overTheWire({ after: { fields: { a: { numberValue: NaN } } } });
    assert.throws(() => fromStruct('config', after), { ...code, message: /^config holds 'NaN'/ });
    let deep: Record<string, unknown> = {};
    for (let level = 0; level < 23; level += 1) deep = { deep };
    assert.deepEqual(fromStruct('config', overTheWire({ after: toStruct(deep) }).after), deep);
    let value: object = { stringValue: 'x' };
    for (let level = 0; level < 25; level += 1) value = { listValue: { values: [value] } };
    const { after: nested } = overTheWire({ after: { fields: { value } } });
    assert.throws(() => fromStruct('config', nested), { ...code, message: /nested deeper than 24/ });
  });
});

describe('times', () => {
  const instants = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });

  it('survive to the millisecond, before 1970 too', () => {
    fc.assert(
      fc.property(instants, (ms) => {
        const { at } = overTheWire({ at: formatTime(ms) });
        assert.equal(parseTime('at', at), ms);
      }),
    );
  });

  it('unset is undefined; what is no time is refused', () => {
    assert.equal(parseTime('at', overTheWire({}).at), undefined);
    for (const at of [{ seconds: '9223372036854775807' }, { nanos: 1_000_000_000 }, { nanos: -1 }]) {
      assert.throws(() => parseTime('at', overTheWire({ at }).at), { ...code, message: /^at / });
    }
  });

  it('durations are milliseconds; negative ones are refused', () => {
    const { requestSerialize, requestDeserialize } = Monitor.service.GetStats;
    const windowOf = (window?: { seconds?: number | string; nanos?: number }) =>
      requestDeserialize(requestSerialize(window === undefined ? {} : { window })).window;
    assert.equal(parseDuration('window', windowOf()), undefined);
    assert.equal(parseDuration('window', windowOf({ seconds: 300, nanos: 500_000_000 })), 300_500);
    assert.equal(parseDuration('window', windowOf({})), 0);
    for (const wrong of [{ seconds: -1 }, { nanos: -1 }, { nanos: 1e9 }, { seconds: '9223372036854775807' }]) {
      assert.throws(() => parseDuration('window', windowOf(wrong)), { ...code, message: /^window / });
    }
  });
});

it('64-bit numbers are exact or refused', () => {
  const expected = (expectedEpoch: number | string) => requestOf({ expectedEpoch }).expectedEpoch;
  assert.equal(wholeNumber('expected_epoch', expected(Number.MAX_SAFE_INTEGER)), Number.MAX_SAFE_INTEGER);
  for (const beyond of ['9007199254740992', '18446744073709551615']) {
    assert.throws(() => wholeNumber('expected_epoch', expected(beyond)), { ...code, message: /^expected_epoch is/ });
  }
});

describe('traffic policies', () => {
  const names = fc.stringMatching(/^[a-z0-9]{1,8}$/);
  const matches: fc.Arbitrary<Match> = fc.oneof(
    fc.record({ kind: fc.constant('exact' as const), value: fc.string() }),
    fc.record({ kind: fc.constant('prefix' as const), value: fc.string() }),
    fc.record({ kind: fc.constant('one_of' as const), values: fc.array(fc.string()) }),
    fc.record({ kind: fc.constant('present' as const), present: fc.boolean() }),
  );
  const policies: fc.Arbitrary<TrafficPolicy> = fc.record({
    epoch: fc.nat(),
    arms: fc.array(fc.record({ version: names, arm: names, weight: fc.nat(10_000), slots: fc.constant([]) })),
    rules: fc.array(fc.record({ name: names, header: names, match: matches, version: names })),
    shadows: fc.array(fc.record({ version: names, share: fc.nat(10_000) })),
    failOverTo: names,
    sticky: fc.boolean(),
    routingKeyHeader: names,
    salt: names,
    hashVersion: fc.constant(1 as const),
  });

  it('what is shown can be sent back, and means the same', () => {
    fc.assert(
      fc.property(policies.map(structuredClone<TrafficPolicy>), (policy) => {
        const facts = { model: 'iris', digests: {}, validFrom: 0, validTo: undefined, actor: '', reason: '' };
        const shown = formatEpoch({ ...facts, policy, cause: 'set' }).policy;
        assert(shown);
        const { epoch: _, hashVersion: __, arms, ...rest } = policy;
        assert.deepEqual(parsePolicy(requestOf({ policy: shown }).policy), {
          ...rest,
          arms: arms.map(({ version, weight, arm }) => ({ version, weight, arm })),
        });
      }),
    );
  });

  it('stickiness is on unless it is switched off', () => {
    assert.equal(parsePolicy(requestOf({ policy: {} }).policy).sticky, true);
    assert.equal(parsePolicy(requestOf({ policy: { sticky: false } }).policy).sticky, false);
  });

  it('none, and a rule that matches nothing, are refused', () => {
    assert.throws(() => parsePolicy(requestOf({}).policy), code);
    const { policy } = requestOf({ policy: { rules: [{ name: 'vip', header: 'x-tier', version: '2' }] } });
    assert.throws(() => parsePolicy(policy), { ...code, message: /^rule 'vip' matches nothing/ });
  });
});

describe('metadata', () => {
  const said: VersionMetadata = {
    description: 'd',
    tags: { owner: 'ann' },
    modelType: 'classifier',
    framework: 'scikit-learn 1.7.2',
    metrics: { accuracy: 0.97, loss: 0 },
    parameters: { depth: '3' },
    trainingData: 'iris.csv',
    trainingDataDigest: 'sha256:1',
    codeCommit: 'c0ffee',
    dependencyLockDigest: 'sha256:2',
    source: 'a notebook',
    parent: 'iris/1',
    extra: { notes: ['a', { b: null }] },
  };
  const { requestSerialize, requestDeserialize } = Registry.service.RegisterVersion;

  it('survives as it was said', () => {
    const { version } = requestDeserialize(requestSerialize({ version: { metadata: formatMetadata(said) } }));
    assert(version?.metadata);
    assert.deepEqual(parseMetadata(version.metadata), said);
  });

  it('unset says nothing; a metric that is no number is refused', () => {
    assert.equal(parseMetadata(null).description, '');
    const { version } = requestDeserialize(requestSerialize({ version: { metadata: { metrics: { f1: Infinity } } } }));
    assert(version?.metadata);
    const { metadata } = version;
    assert.throws(() => parseMetadata(metadata), { ...code, message: /^metric 'f1' is Infinity/ });
  });
});

describe('orders', () => {
  const from = (actor: string | undefined): Call => ({
    method: 'a/B',
    receivedAt: 0,
    deadline: Infinity,
    signal: { aborted: false },
    traceparent: undefined,
    routingKey: '',
    certificateNames: [],
    header: (key) => (key === 'x-sluice-actor' ? actor : undefined),
  });

  it('carry the caller, or say that it is unknown', () => {
    const fields = { reason: 'because', idempotencyKey: 'k' };
    assert.deepEqual(parseOrder(from('ann@host'), fields), { actor: 'ann@host', ...fields });
    assert.equal(parseOrder(from(undefined), fields).actor, 'unknown');
    assert.equal(parseOrder(from('ann'), { reason: '' }).idempotencyKey, '');
  });

  it('are limited', () => {
    const most = { reason: 'r'.repeat(10_000), idempotencyKey: 'k'.repeat(256) };
    assert.deepEqual(parseOrder(from('a'.repeat(128)), most), { actor: 'a'.repeat(128), ...most });
    for (const actor of ['', 'a'.repeat(129), 'tab\there', 'Jürgen']) {
      assert.throws(() => parseOrder(from(actor), { reason: '' }), code, actor);
    }
    assert.throws(() => parseOrder(from('ann'), { reason: 'r'.repeat(10_001) }), code);
    assert.throws(() => parseOrder(from('ann'), { reason: '', idempotencyKey: 'k'.repeat(257) }), code);
  });
});

it('the unspecified state asks for all', () => {
  assert.equal(parseState('REGISTRY_STATE_UNSPECIFIED'), undefined);
  assert.equal(parseState('REJECTED'), 'rejected');
});
