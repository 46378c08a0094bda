/** The log of a process as values: which events, with what. */
import type { Events } from '../../src/telemetry/events.ts';

export interface RecordedEvent {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function recordedEvents(): { readonly events: Events; readonly recorded: RecordedEvent[] } {
  const recorded: RecordedEvent[] = [];
  const events = new Proxy<Partial<Events>>(
    {},
    {
      get: (_, event) => (fields: RecordedEvent['fields']) => {
        recorded.push({ event: String(event), fields });
      },
    },
  );
  return { events: events as Events, recorded };
}
