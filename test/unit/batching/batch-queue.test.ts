/** The queue in front of a version: what it takes, in which order it gives, and who leaves on the way. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BatchQueue } from '../../../src/batching/batch-queue.ts';
import type { Taken, Waiting } from '../../../src/batching/batch-queue.ts';

interface Member extends Waiting {
  readonly name: string;
}

const NEVER = new AbortController().signal;

function member(name: string, over: Partial<Waiting> = {}): Member {
  return { name, rows: 1, bytes: 10, group: 'g', deadline: Infinity, enqueuedAt: 0, signal: NEVER, ...over };
}

function queueOf(...members: Member[]): BatchQueue<Member> {
  const queue = new BatchQueue<Member>({ maxRows: 100, maxBytes: 1000 });
  for (const each of members) assert.equal(queue.offer(each).kind, 'accepted');
  return queue;
}

function names(members: readonly Member[]): string {
  return members.map(({ name }) => name).join('');
}

/** "ab/3 full, gone c": members, rows, why closed, who left. */
function told({ batch, gone }: Taken<Member>): string {
  const what = batch === undefined ? 'nothing' : `${names(batch.members)}/${String(batch.rows)} ${batch.closed}`;
  return gone.length === 0 ? what : `${what}, gone ${names(gone)}`;
}

function counts(queue: BatchQueue<Member>) {
  return { size: queue.size, rows: queue.rows, bytes: queue.bytes };
}

suite('BatchQueue', () => {
  test('a queue refuses what would break its limit of rows or of bytes, and keeps what it has', () => {
    const queue = new BatchQueue<Member>({ maxRows: 4, maxBytes: 100 });
    assert.deepEqual(queue.offer(member('a', { rows: 3 })), { kind: 'accepted' });
    assert.deepEqual(queue.offer(member('b', { rows: 2 })), { kind: 'full', limit: 'rows' });
    assert.deepEqual(queue.offer(member('c', { bytes: 91 })), { kind: 'full', limit: 'bytes' });
    assert.deepEqual(queue.offer(member('d', { bytes: 90 })), { kind: 'accepted' });
    assert.deepEqual(counts(queue), { size: 2, rows: 4, bytes: 100 });
  });

  test('an empty queue has room for one member, however large', () => {
    const queue = new BatchQueue<Member>({ maxRows: 4, maxBytes: 100 });
    assert.deepEqual(queue.offer(member('a', { rows: 5, bytes: 101 })), { kind: 'accepted' });
    assert.deepEqual(queue.offer(member('b')), { kind: 'full', limit: 'rows' });
    assert.equal(told(queue.take(4, 0)), 'a/5 full');
    assert.deepEqual(counts(queue), { size: 0, rows: 0, bytes: 0 });
  });

  test('the most urgent leave first, whenever they came', () => {
    const queue = queueOf(
      member('c', { deadline: 300, enqueuedAt: 0 }),
      member('a', { deadline: 100, enqueuedAt: 1 }),
      member('b', { deadline: 200, enqueuedAt: 2 }),
    );
    assert.equal(told(queue.take(8, 3)), 'abc/3 idle');
  });

  test('members of equal urgency leave in the order in which they came', () => {
    const queue = queueOf(...['a', 'b', 'c'].map((name) => member(name, { deadline: 100 })));
    assert.equal(told(queue.take(8, 0)), 'abc/3 idle');
  });

  test('a member without a deadline cannot be overtaken for ever', () => {
    const queue = queueOf(
      member('patient', { group: 'p', enqueuedAt: 0 }),
      member('early', { group: 'e', deadline: 9_999, enqueuedAt: 5_000 }),
      member('late', { group: 'l', deadline: 10_001, enqueuedAt: 5_000 }),
    );
    const order = [1, 2, 3].map(() => told(queue.take(8, 6_000)));
    assert.deepEqual(order, ['early/1 shape', 'patient/1 shape', 'late/1 idle']);
  });

  test('a batch is one group, that of the most urgent member', () => {
    const queue = queueOf(
      member('x', { group: 'x', deadline: 200 }),
      member('a', { group: 'y', deadline: 100 }),
      member('b', { group: 'y', deadline: 300 }),
    );
    assert.equal(told(queue.take(8, 0)), 'ab/2 shape');
    assert.equal(told(queue.take(8, 0)), 'x/1 idle');
    assert.equal(told(queue.take(8, 0)), 'nothing');
  });

  test('only rows that are as urgent are ahead of a member, whatever its group', () => {
    const queue = queueOf(
      member('soon', { rows: 1, deadline: 100 }),
      member('later', { rows: 2, deadline: 300 }),
      member('other', { rows: 4, deadline: 200, group: 'other' }),
      member('patient', { rows: 8, enqueuedAt: 0 }),
    );
    const ahead = (deadline: number) => queue.rowsAhead({ deadline, enqueuedAt: 50 });
    assert.deepEqual([99, 100, 200, 300, 9_999, Infinity].map(ahead), [0, 1, 5, 7, 7, 15]);
  });

  test('a batch takes what fits, and ends before the first member that does not', () => {
    const queue = queueOf(member('a', { rows: 3 }), member('b', { rows: 3 }), member('c', { rows: 1 }));
    assert.equal(queue.nextRows(4), 3);
    assert.equal(told(queue.take(4, 0)), 'a/3 full');
    assert.equal(queue.nextRows(4), 4);
    assert.equal(told(queue.take(4, 0)), 'bc/4 full');
    assert.equal(queue.nextRows(4), 0);
  });

  test('a member larger than a batch goes alone', () => {
    const queue = queueOf(member('a', { rows: 9 }), member('b'));
    assert.equal(queue.nextRows(4), 9);
    assert.equal(told(queue.take(4, 0)), 'a/9 full');
  });

  test('why a batch was closed: full, the next shape differs, the delay was over, or a lane was idle', () => {
    const close = (reason: 'idle' | 'delay', ...members: Member[]) =>
      queueOf(...members).take(2, 0, reason).batch?.closed;
    assert.equal(close('delay', member('a', { rows: 2 })), 'full');
    assert.equal(close('delay', member('a'), member('b', { group: 'other' })), 'shape');
    assert.equal(close('delay', member('a')), 'delay');
    assert.equal(close('idle', member('a')), 'idle');
  });

  test('cancelled and expired members leave before the dispatch and are told once', () => {
    const caller = new AbortController();
    const queue = queueOf(
      member('a', { signal: caller.signal, deadline: 40 }),
      member('b', { deadline: 50 }),
      member('c', { deadline: 60 }),
    );
    caller.abort();
    assert.equal(told(queue.take(8, 50)), 'c/1 idle, gone ab');
    assert.deepEqual(queue.sweep(50), []);
    assert.deepEqual(counts(queue), { size: 0, rows: 0, bytes: 0 });
  });

  test('members that are gone make room in the batch', () => {
    const caller = new AbortController();
    const queue = queueOf(member('a', { rows: 3, signal: caller.signal }), member('b', { rows: 4 }));
    caller.abort();
    assert.equal(told(queue.take(4, 0)), 'b/4 full, gone a');
  });

  test('a group of which all are gone is passed over', () => {
    const queue = queueOf(member('a', { group: 'x', deadline: 10 }), member('b', { group: 'y' }));
    assert.equal(told(queue.take(8, 10)), 'b/1 idle, gone a');
    const empty = queueOf(member('a', { deadline: 10 }));
    assert.equal(told(empty.take(8, 10)), 'nothing, gone a');
  });

  test('a sweep removes who is gone from every group, and nobody else', () => {
    const caller = new AbortController();
    const queue = queueOf(
      member('a', { group: 'x', deadline: 10 }),
      member('b', { group: 'x' }),
      member('c', { group: 'y', signal: caller.signal }),
    );
    assert.deepEqual(names(queue.sweep(9)), '');
    caller.abort();
    assert.deepEqual(names(queue.sweep(10)), 'ac');
    assert.deepEqual(counts(queue), { size: 1, rows: 1, bytes: 10 });
  });

  test('restored members come back by their urgency, past the limits', () => {
    const queue = new BatchQueue<Member>({ maxRows: 2, maxBytes: 1000 });
    queue.offer(member('a', { enqueuedAt: 0, rows: 2 }));
    const { batch } = queue.take(8, 0);
    queue.offer(member('b', { enqueuedAt: 1, rows: 2 }));
    queue.restore(batch?.members ?? []);
    assert.equal(queue.rows, 4);
    assert.deepEqual(queue.offer(member('c')), { kind: 'full', limit: 'rows' });
    assert.equal(told(queue.take(8, 0)), 'ab/4 idle');
  });

  test('clearing gives everybody back and leaves an empty queue', () => {
    const queue = queueOf(member('a', { group: 'x' }), member('b', { group: 'y' }));
    assert.equal(names(queue.clear()), 'ab');
    assert.deepEqual(counts(queue), { size: 0, rows: 0, bytes: 0 });
    assert.equal(told(queue.take(8, 0)), 'nothing');
  });

  test('a member that is gone does not lend its urgency to those behind it', () => {
    const queue = queueOf(
      member('a', { group: 'x', deadline: 10 }),
      member('b', { group: 'y', deadline: 50 }),
      member('c', { group: 'x', deadline: 90 }),
    );
    assert.equal(told(queue.take(8, 10)), 'b/1 shape, gone a');
    assert.equal(told(queue.take(8, 10)), 'c/1 idle');
  });

  test('a batch may wait for more rows from the arrival of the one who came first, not of the most urgent', () => {
    const queue = queueOf(member('a', { enqueuedAt: 1 }), member('b', { enqueuedAt: 5, deadline: 900 }));
    assert.equal(queue.dueAt(8, 20), 21);
    assert.equal(queue.dueAt(1, 20), 25);
    assert.equal(queueOf().dueAt(8, 20), Infinity);
  });

  test('nobody waits for more rows longer than half of the time that he has', () => {
    const queue = queueOf(member('a', { enqueuedAt: 10 }), member('b', { enqueuedAt: 12, deadline: 22 }));
    assert.equal(queue.dueAt(8, 100), 17);
  });
});
