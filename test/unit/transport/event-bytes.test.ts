import assert from 'node:assert/strict';
import { it } from 'node:test';
import { toStruct } from '../../../src/transport/codec/struct.ts';
import type { Event } from '../../../src/transport/gen/sluice/admin/v1/Event.ts';
import type { ListEventsReply } from '../../../src/transport/gen/sluice/admin/v1/ListEventsReply.ts';
import { loadAdminSchema } from '../../../src/transport/grpc-js/codec.ts';
import { rememberingEvents } from '../../../src/transport/grpc-js/event-bytes.ts';

const { responseSerialize, responseDeserialize } = loadAdminSchema().sluice.admin.v1.Audit.service.ListEvents;

function event(seq: number, size = 1): Event {
  const after = { weights: { '1': 9000 }, note: 'x'.repeat(size), list: [1, 'two', null, true] };
  return {
    seq,
    kind: 'traffic.set',
    model: 'iris',
    hash: `hash ${String(seq)}`,
    before: toStruct({}),
    after: toStruct(after),
  };
}

/** Counts the events that had to be encoded. */
function counting(): { readonly encoded: () => number; readonly serialize: (reply: ListEventsReply) => Buffer } {
  let encoded = 0;
  const serialize = (reply: ListEventsReply): Buffer => {
    encoded += reply.events?.length ?? 0;
    return responseSerialize(reply);
  };
  return { encoded: () => encoded, serialize };
}

it('a page of events reads the same whether they were encoded before or not', () => {
  const { encoded, serialize } = counting();
  const encode = rememberingEvents(serialize);
  const page = { events: [event(3), event(2), event(1)], nextPageToken: 'more' };
  const plain = responseDeserialize(responseSerialize(page));
  assert.deepEqual(responseDeserialize(encode(page)), plain);
  assert.deepEqual(responseDeserialize(encode(page)), plain);
  assert.equal(encoded(), 3);
  const next = { events: [event(4), ...page.events], nextPageToken: '' };
  assert.deepEqual(responseDeserialize(encode(next)), responseDeserialize(responseSerialize(next)));
  assert.equal(encoded(), 4);
  assert.deepEqual(responseDeserialize(encode({})), responseDeserialize(responseSerialize({})));
});

it('no more events are remembered than the limit, and none that are large', () => {
  const { encoded, serialize } = counting();
  const encode = rememberingEvents(serialize, { maxEvents: 2, maxEventBytes: 1000 });
  encode({ events: [event(1), event(2), event(3)] });
  encode({ events: [event(3), event(2)] });
  assert.equal(encoded(), 3);
  encode({ events: [event(1)] });
  assert.equal(encoded(), 4);
  for (let time = 0; time < 2; time += 1) encode({ events: [event(9, 2000)] });
  assert.equal(encoded(), 6);
});
