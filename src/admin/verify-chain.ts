/** Recomputes the hash of every event: whoever changed or removed one is found out. */
import { setImmediate } from 'node:timers/promises';
import { hashEvent } from '../registry/event-hash.ts';
import type { AdminContext } from './context.ts';

/** Small enough that other calls wait for no more than some milliseconds. */
const PAGE = 200;

export interface ChainReport {
  readonly intact: boolean;
  /** That are as they should be, from the first on. */
  readonly events: number;
  /** seq of the first that is not; 0 when intact. */
  readonly brokenAt: number;
  /** Hash of the last that is. */
  readonly head: string;
}

export async function verifyChain({ store }: Pick<AdminContext, 'store'>): Promise<ChainReport> {
  let head = '';
  let events = 0;
  for (;;) {
    const page = await store.eventsFrom(events + 1, PAGE);
    for (const event of page) {
      const isNext = event.seq === events + 1 && hashEvent(head, event) === event.hash;
      if (!isNext) return { intact: false, events, brokenAt: events + 1, head };
      head = event.hash;
      events += 1;
    }
    if (page.length < PAGE) return { intact: true, events, brokenAt: 0, head };
    await setImmediate();
  }
}
