import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifyChain } from '../../../src/admin/verify-chain.ts';
import type { AuditEvent, EventDraft } from '../../../src/domain/registry.ts';
import { hashEvent } from '../../../src/registry/event-hash.ts';
import type { Store } from '../../../src/registry/store.ts';
import { DAWN, openScene } from '../../support/admin-scene.ts';

const COUNT = 450;

function draft(at: number): EventDraft {
  const said = { kind: 'version.updated', model: 'iris', subject: '1', actor: 'ann', reason: 'because' } as const;
  return { ...said, at: DAWN + at, before: { at }, after: { b: [at], a: { d: 1, c: 2 } } };
}

/** A chain as the store writes it. */
function chain(): AuditEvent[] {
  const events: AuditEvent[] = [];
  for (let seq = 1; seq <= COUNT; seq += 1) {
    const event = { ...draft(seq), seq };
    events.push({ ...event, hash: hashEvent(events.at(-1)?.hash ?? '', event) });
  }
  return events;
}

/** As far as verification looks. */
function storeOf(events: readonly AuditEvent[]): Pick<Store, 'eventsFrom'> {
  return {
    eventsFrom: (seq, limit) => Promise.resolve(events.filter((event) => event.seq >= seq).slice(0, limit)),
  };
}

function verify(events: readonly AuditEvent[]): ReturnType<typeof verifyChain> {
  return verifyChain({ store: storeOf(events) as Store });
}

test('what the store wrote is intact, over several pages', async () => {
  await using scene = await openScene();
  let head = '';
  await scene.store.transact(async (writer) => {
    for (let at = 1; at <= COUNT; at += 1) ({ hash: head } = await writer.append(draft(at)));
  });
  assert.deepEqual(await verifyChain(scene.context), { intact: true, events: COUNT, brokenAt: 0, head });
});

test('no events are intact', async () => {
  assert.deepEqual(await verify([]), { intact: true, events: 0, brokenAt: 0, head: '' });
});

const TAMPERED: readonly (readonly [what: string, tamper: (events: AuditEvent[]) => AuditEvent[]])[] = [
  ['changed', (events) => events.with(299, { ...events[299]!, actor: 'eve' })],
  ['changed inside', (events) => events.with(299, { ...events[299]!, after: { b: [301], a: { d: 1, c: 2 } } })],
  ['removed', (events) => events.toSpliced(299, 1)],
  ['put in', (events) => events.toSpliced(299, 0, { ...events[298]!, seq: 300 })],
  ['given a hash of its own', (events) => events.with(299, { ...events[299]!, hash: hashEvent('', events[299]!) })],
  [
    'removed, and the rest numbered anew',
    (events) => events.toSpliced(299, 1).map((event, at) => ({ ...event, seq: at + 1 })),
  ],
];

for (const [what, tamper] of TAMPERED) {
  test(`an event that was ${what} breaks the chain there`, async () => {
    const events = chain();
    const expected = { intact: false, events: 299, brokenAt: 300, head: events[298]?.hash };
    assert.deepEqual(await verify(tamper(events)), expected);
  });
}
