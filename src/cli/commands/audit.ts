/** Who changed what and why, and whether the record is whole. */
import { flag } from '../command.ts';
import type { Command, Scene } from '../command.ts';
import { EXIT } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { DEFAULT_LIMIT, LIMIT } from '../flags.ts';
import { moment, momentMs, text } from '../kinds.ts';
import { collect, moreLine } from '../paging.ts';
import { paint, visible } from '../render/ansi.ts';
import { eventTable } from '../render/events.ts';
import { wireTime } from '../wire.ts';

const MODEL = flag('model', 'MODEL', text(), 'Only about this model.');
const KIND = flag('kind', 'KIND', text(), 'Only these, such as version.registered, alias.set or traffic.rolled_back.');
const FROM = flag('from', 'TIME', moment(), 'Only from then on: a time, or how long ago.');
const TO = flag('to', 'TIME', moment(), 'Only until then.');

async function list({ args, client, screen, now }: Scene): Promise<ExitCode> {
  const [from, to] = [args.get(FROM), args.get(TO)];
  const filter = {
    model: args.text(MODEL),
    kind: args.text(KIND),
    from: from === undefined ? null : wireTime(momentMs(from, now())),
    to: to === undefined ? null : wireTime(momentMs(to, now())),
  };
  const page = await collect(args.get(LIMIT) ?? DEFAULT_LIMIT, async (next) => {
    const { events, nextPageToken } = await client.ask(client.audit.ListEvents, { ...filter, ...next });
    return { items: events, nextPageToken };
  });
  screen.show({ events: page.items, nextPageToken: page.nextPageToken }, (look) => [
    ...eventTable(page.items, look),
    ...moreLine(page, '--limit shows more'),
  ]);
  return EXIT.done;
}

async function verify({ client, screen }: Scene): Promise<ExitCode> {
  const reply = await client.ask(client.audit.VerifyChain, {});
  const { intact, events, brokenAt, head } = reply;
  screen.show(reply, (look) => {
    if (!intact) {
      const what = `The chain is broken: event ${brokenAt.toString()} of ${events.toString()} is not what was recorded.`;
      return [paint(what, 'red', look.colour)];
    }
    return [
      paint(`The chain of ${events.toString()} events is intact.`, 'green', look.colour),
      `Its head is ${visible(head)}; keep that elsewhere to be able to show that nothing was cut off at the end.`,
    ];
  });
  return intact ? EXIT.done : EXIT.no;
}

export const AUDIT_COMMANDS: readonly Command[] = [
  {
    name: 'audit',
    operands: [],
    flags: [MODEL, KIND, FROM, TO, LIMIT],
    summary: 'Lists every change with who made it, when and why, the newest first.',
    details: ['With --json each event has what was before and after.'],
    examples: ['audit', 'audit --model iris --from 2h', 'audit --kind traffic.rolled_back --from 2026-01-31 --json'],
    run: list,
  },
  {
    name: 'audit verify',
    operands: [],
    flags: [],
    summary: 'Recomputes the hash of every event; exit code 1 where one was changed or removed.',
    examples: ['audit verify'],
    run: verify,
  },
];
