/** The queue against a list that does the same in the plainest way, over random histories. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BatchQueue, isGone } from '../../../src/batching/batch-queue.ts';
import type { Waiting } from '../../../src/batching/batch-queue.ts';

interface Member extends Waiting {
  readonly id: number;
  readonly caller: AbortController;
}

const LIMITS = { maxRows: 12, maxBytes: 60 };

/** What the queue should do, by sorting everything every time. */
class NaiveQueue {
  members: Member[] = [];

  sum(of: 'rows' | 'bytes'): number {
    return this.members.reduce((sum, member) => sum + member[of], 0);
  }

  offer(member: Member): string {
    const fits = this.members.length === 0 || this.sum('rows') + member.rows <= LIMITS.maxRows;
    if (!fits) return 'rows';
    if (this.members.length > 0 && this.sum('bytes') + member.bytes > LIMITS.maxBytes) return 'bytes';
    this.members.push(member);
    return 'accepted';
  }

  sweep(now: number): Set<number> {
    const gone = this.members.filter((member) => isGone(member, now));
    this.members = this.members.filter((member) => !gone.includes(member));
    return new Set(gone.map(({ id }) => id));
  }

  /** The batch of the most urgent among those who still wait. */
  take(maxRows: number, now: number): number[] {
    const waiting = this.members.filter((member) => !isGone(member, now)).sort((a, b) => urgency(a) - urgency(b));
    const batch: Member[] = [];
    for (const member of waiting.filter(({ group }) => group === waiting[0]?.group)) {
      const rows = batch.reduce((sum, other) => sum + other.rows, 0);
      if (rows > 0 && rows + member.rows > maxRows) break;
      batch.push(member);
    }
    this.members = this.members.filter((member) => !batch.includes(member));
    return batch.map(({ id }) => id);
  }
}

function urgency(member: Waiting): number {
  return Math.min(member.deadline, member.enqueuedAt + 10_000);
}

const commands = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('offer' as const),
      rows: fc.integer({ min: 1, max: 6 }),
      bytes: fc.integer({ min: 0, max: 30 }),
      group: fc.constantFrom('x', 'y', 'z'),
      patience: fc.option(fc.integer({ min: 1, max: 40 }), { nil: Infinity }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('take' as const), maxRows: fc.integer({ min: 1, max: 8 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), who: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 15 }) }) },
  fc.constant({ kind: 'sweep' as const }),
  fc.constant({ kind: 'restore' as const }),
  fc.constant({ kind: 'clear' as const }),
);

test('whatever happens, the queue does what a sorted list would do, and its counts never drift', () => {
  fc.assert(
    fc.property(fc.array(commands, { maxLength: 80 }), (history) => {
      const queue = new BatchQueue<Member>(LIMITS);
      const naive = new NaiveQueue();
      const left = new Set<number>();
      let taken: readonly Member[] = [];
      // Instants differ, so that the order is never a matter of taste.
      let now = 0;
      for (const [id, command] of history.entries()) {
        now += 0.001;
        if (command.kind === 'offer') {
          const { rows, bytes, group, patience } = command;
          const caller = new AbortController();
          const member = {
            ...{ id, rows, bytes, group, caller, signal: caller.signal },
            ...{ enqueuedAt: now, deadline: now + patience },
          };
          const offer = queue.offer(member);
          assert.equal(offer.kind === 'full' ? offer.limit : offer.kind, naive.offer(member));
        } else if (command.kind === 'take') {
          const { batch, gone } = queue.take(command.maxRows, now);
          for (const { id: leaver } of gone) assert(!left.has(leaver), 'who is gone is told once');
          for (const { id: leaver } of gone) left.add(leaver);
          naive.members = naive.members.filter((member) => !left.has(member.id));
          const expected = naive.take(command.maxRows, now);
          assert.deepEqual(batch?.members.map((member) => member.id) ?? [], expected);
          assert.equal(batch?.rows ?? 0, batch?.members.reduce((sum, { rows }) => sum + rows, 0) ?? 0);
          taken = batch?.members ?? taken;
        } else if (command.kind === 'cancel') {
          naive.members[command.who % Math.max(1, naive.members.length)]?.caller.abort();
        } else if (command.kind === 'wait') {
          now += command.ms;
        } else if (command.kind === 'sweep') {
          assert.deepEqual(new Set(queue.sweep(now).map((member) => member.id)), naive.sweep(now));
        } else if (command.kind === 'restore') {
          queue.restore(taken);
          naive.members.push(...taken);
          taken = [];
        } else {
          assert.equal(queue.clear().length, naive.members.length);
          naive.members = [];
        }
        const counts = { size: queue.size, rows: queue.rows, bytes: queue.bytes };
        assert.deepEqual(counts, { size: naive.members.length, rows: naive.sum('rows'), bytes: naive.sum('bytes') });
      }
    }),
    { seed: 7, numRuns: 400 },
  );
});
