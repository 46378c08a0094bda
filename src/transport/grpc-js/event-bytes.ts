/**
 * Encodes pages of audit events with what was encoded before: an event never changes, is asked for again and again by
 * whoever follows the log, and encoding its two Structs costs ten times as much as reading it (5.7 of 7 ms for 100).
 */
import type { Event } from '../gen/sluice/admin/v1/Event.ts';
import type { ListEventsReply } from '../gen/sluice/admin/v1/ListEventsReply.ts';

export interface EventBytesLimits {
  /** Events that are remembered; the one that was asked for the longest ago goes first. */
  readonly maxEvents: number;
  /** A larger one is encoded anew each time. */
  readonly maxEventBytes: number;
}

const LIMITS: EventBytesLimits = { maxEvents: 2000, maxEventBytes: 16 * 2 ** 10 };

/**
 * The same bytes as `serialize` gives, since messages that follow each other are one message with all their elements.
 */
export function rememberingEvents(
  serialize: (reply: ListEventsReply) => Buffer,
  { maxEvents, maxEventBytes }: EventBytesLimits = LIMITS,
): (reply: ListEventsReply) => Buffer {
  const known = new Map<string, Buffer>();
  const bytesOf = (event: Event): Buffer => {
    const hash = event.hash ?? '';
    const former = known.get(hash);
    const bytes = former ?? serialize({ events: [event] });
    if (hash === '' || bytes.length > maxEventBytes) return bytes;
    if (former !== undefined) known.delete(hash);
    known.set(hash, bytes);
    for (const oldest of known.keys()) {
      if (known.size <= maxEvents) break;
      known.delete(oldest);
    }
    return bytes;
  };
  return ({ events = [], ...rest }) => Buffer.concat([...events.map(bytesOf), serialize(rest)]);
}
