/** The log of a process as values: which events, with what. */
import { silentEvents } from '../../src/telemetry/events.ts';
import type { Events } from '../../src/telemetry/events.ts';

export interface RecordedEvent {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function recordedEvents(): { readonly events: Events; readonly recorded: RecordedEvent[] } {
  const recorded: RecordedEvent[] = [];
  const record = (event: string) => (fields: RecordedEvent['fields']) => {
    recorded.push({ event, fields });
  };
  const events: unknown = Object.fromEntries(Object.keys(silentEvents()).map((event) => [event, record(event)]));
  return { events: events as Events, recorded };
}
