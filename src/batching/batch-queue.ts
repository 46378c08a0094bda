/** The bounded waiting room of one version: members wait by group, the most urgent first, until a batch takes them. */
import assert from 'node:assert/strict';
import type { CloseReason } from '../domain/close-reason.ts';
import type { Cancellation } from '../domain/predict.ts';

/** What the queue needs to know about a request; the rest of the member is the caller's own. */
export interface Waiting {
  readonly rows: number;
  readonly bytes: number;
  /** Members may share a batch only when their groups are equal: same datatypes and non-batch shapes. */
  readonly group: string;
  /** Monotonic ms; Infinity when there is none. */
  readonly deadline: number;
  readonly enqueuedAt: number;
  readonly signal: Cancellation;
}

export interface QueueLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

export type Offer = { readonly kind: 'accepted' } | { readonly kind: 'full'; readonly limit: 'rows' | 'bytes' };

export interface Batch<M> {
  readonly members: readonly M[];
  readonly rows: number;
  readonly closed: CloseReason;
}

/** A batch, or none, and the members that left on the way because nobody waits for them any more. */
export interface Taken<M> {
  readonly batch: Batch<M> | undefined;
  readonly gone: readonly M[];
}

/** A member without a deadline is as urgent as one that gave itself this long, so that it cannot starve. */
const PATIENCE_MS = 10_000;

export class BatchQueue<M extends Waiting> {
  readonly #limits: QueueLimits;
  readonly #groups = new Map<string, M[]>();
  #size = 0;
  #rows = 0;
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** Members that wait. */
  get size(): number {
    return this.#size;
  }

  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Rows that would be taken before such a member's, since they are at least as urgent. */
  rowsAhead(member: Pick<Waiting, 'deadline' | 'enqueuedAt'>): number {
    const urgency = urgencyOf(member);
    let ahead = this.#rows;
    for (const group of this.#groups.values()) {
      // The least urgent are at the end, and a new member mostly is the least urgent of all.
      for (let at = group.length - 1; at >= 0; at -= 1) {
        const other = group[at];
        if (other === undefined || urgencyOf(other) <= urgency) break;
        ahead -= other.rows;
      }
    }
    return ahead;
  }

  /** Accepts the member or names the limit that it would break. A queue always has room for one member. */
  offer(member: M): Offer {
    if (this.#rows > 0) {
      if (this.#rows + member.rows > this.#limits.maxRows) return { kind: 'full', limit: 'rows' };
      if (this.#bytes + member.bytes > this.#limits.maxBytes) return { kind: 'full', limit: 'bytes' };
    }
    this.#insert(member);
    return { kind: 'accepted' };
  }

  /** Puts back members that were taken but never ran; limits do not apply, they were accepted once. */
  restore(members: readonly M[]): void {
    for (const member of members) this.#insert(member);
  }

  /**
   * Takes the most urgent group's head and what fits behind it, at most maxRows; a single larger member goes alone.
   * Members that are gone leave without being counted.
   */
  take(maxRows: number, now: number, reason: 'idle' | 'delay' = 'idle'): Taken<M> {
    const gone = this.#dropGoneHeads(now);
    const group = this.#mostUrgent();
    if (group === undefined) return { batch: undefined, gone };
    const members = this.#takeFrom(group, maxRows, now, gone);
    let rows = 0;
    for (const member of members) rows += member.rows;
    return { batch: { members, rows, closed: this.#closeReason(group, rows, maxRows, reason) }, gone };
  }

  /** Removes and returns the members that nobody waits for any more: cancelled, or past their deadline. */
  sweep(now: number): M[] {
    const gone: M[] = [];
    for (const [key, group] of this.#groups) {
      const kept = group.filter((member) => !isGone(member, now));
      if (kept.length === group.length) continue;
      for (const member of group) if (isGone(member, now)) gone.push(member);
      if (kept.length === 0) this.#groups.delete(key);
      else this.#groups.set(key, kept);
    }
    for (const member of gone) this.#forget(member);
    return gone;
  }

  /**
   * Until when the next batch may wait for more rows: `delayMs` from its first member's arrival on, but nobody waits
   * for others more than half of his time. Infinity when nothing waits.
   */
  dueAt(maxRows: number, delayMs: number): number {
    let due = Infinity;
    let rows = 0;
    for (const { enqueuedAt, deadline, rows: more } of this.#mostUrgent() ?? []) {
      if (rows > 0 && rows + more > maxRows) break;
      rows += more;
      due = Math.min(due, enqueuedAt + Math.min(delayMs, (deadline - enqueuedAt) / 2));
    }
    return due;
  }

  /** Rows that the next batch would have. */
  nextRows(maxRows: number): number {
    let rows = 0;
    for (const member of this.#mostUrgent() ?? []) {
      if (rows > 0 && rows + member.rows > maxRows) break;
      rows += member.rows;
    }
    return rows;
  }

  /** Empties the queue. */
  clear(): M[] {
    const all = [...this.#groups.values()].flat();
    this.#groups.clear();
    this.#size = 0;
    this.#rows = 0;
    this.#bytes = 0;
    return all;
  }

  /** A head that is gone must not lend its urgency to those behind it. */
  #dropGoneHeads(now: number): M[] {
    const gone: M[] = [];
    for (const [key, group] of this.#groups) {
      const alive = group.findIndex((member) => !isGone(member, now));
      if (alive === 0) continue;
      if (alive === -1) this.#groups.delete(key);
      for (const member of group.splice(0, alive === -1 ? group.length : alive)) {
        this.#forget(member);
        gone.push(member);
      }
    }
    return gone;
  }

  #takeFrom(group: M[], maxRows: number, now: number, gone: M[]): M[] {
    const members: M[] = [];
    let rows = 0;
    let seen = 0;
    for (const member of group) {
      if (isGone(member, now)) {
        gone.push(member);
      } else {
        if (members.length > 0 && rows + member.rows > maxRows) break;
        rows += member.rows;
        members.push(member);
      }
      seen += 1;
    }
    const head = group[0];
    assert(head, 'a group in the queue is never empty');
    for (const member of group.splice(0, seen)) this.#forget(member);
    if (group.length === 0) this.#groups.delete(head.group);
    return members;
  }

  #insert(member: M): void {
    let group = this.#groups.get(member.group);
    if (group === undefined) {
      group = [];
      this.#groups.set(member.group, group);
    }
    // Deadlines mostly come in order, so the place is nearly always the end.
    let at = group.length;
    const urgency = urgencyOf(member);
    for (let before = group[at - 1]; before !== undefined && urgencyOf(before) > urgency; before = group[at - 1]) {
      at -= 1;
    }
    if (at === group.length) group.push(member);
    else group.splice(at, 0, member);
    this.#size += 1;
    this.#rows += member.rows;
    this.#bytes += member.bytes;
  }

  #forget(member: M): void {
    this.#size -= 1;
    this.#rows -= member.rows;
    this.#bytes -= member.bytes;
    assert(this.#rows >= 0 && this.#bytes >= 0, 'the queue never holds less than nothing');
  }

  #mostUrgent(): M[] | undefined {
    let best: M[] | undefined;
    let bestUrgency = Infinity;
    for (const group of this.#groups.values()) {
      const head = group[0];
      if (head === undefined) continue;
      const urgency = urgencyOf(head);
      if (best === undefined || urgency < bestUrgency) {
        best = group;
        bestUrgency = urgency;
      }
    }
    return best;
  }

  #closeReason(left: readonly M[], rows: number, maxRows: number, reason: 'idle' | 'delay'): CloseReason {
    if (rows >= maxRows || left.length > 0) return 'full';
    if (this.#rows > 0) return 'shape';
    return reason;
  }
}

function urgencyOf(member: Pick<Waiting, 'deadline' | 'enqueuedAt'>): number {
  return Math.min(member.deadline, member.enqueuedAt + PATIENCE_MS);
}

/** Cancelled by its caller, or too late to be of use. */
export function isGone(member: Waiting, now: number): boolean {
  return member.signal.aborted || member.deadline <= now;
}
