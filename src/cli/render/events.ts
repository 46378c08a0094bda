/** Events, and who served whom, as people read them. */
import type { Event__Output } from '../../transport/gen/sluice/admin/v1/Event.ts';
import type { Instance__Output } from '../../transport/gen/sluice/admin/v1/Instance.ts';
import type { ServingEpoch__Output } from '../../transport/gen/sluice/admin/v1/ServingEpoch.ts';
import type { WhoServedReply__Output } from '../../transport/gen/sluice/admin/v1/WhoServedReply.ts';
import { optionalMs } from '../wire.ts';
import { paint, visible } from './ansi.ts';
import type { Look } from './ansi.ts';
import { percent } from './bar.ts';
import { tableLines } from './table.ts';
import { ago, instant } from './time.ts';

const SHORT_DIGEST = 12;

export function eventTable(events: readonly Event__Output[], look: Look): string[] {
  if (events.length === 0) return ['No event matches.'];
  return tableLines(
    {
      columns: [
        { title: 'SEQ', align: 'right' },
        { title: 'AT' },
        { title: 'KIND', atLeast: 12 },
        { title: 'MODEL', atLeast: 8 },
        { title: 'SUBJECT', atLeast: 8 },
        { title: 'BY', atLeast: 8 },
        { title: 'REASON', atLeast: 10 },
      ],
      rows: events.map(({ seq, at, kind, model, subject, actor, reason }) => [
        seq.toString(),
        instant(optionalMs(at)),
        kind,
        model,
        subject,
        actor,
        reason,
      ]),
    },
    look,
  );
}

export function servedLines({ model, at, epochs }: WhoServedReply__Output, look: Look): string[] {
  const title = paint(`${visible(model)} at ${instant(optionalMs(at))}`, 'bold', look.colour);
  const handOver = epochs.length > 1 ? ['A change was under way: each epoch was in force on its serve processes.'] : [];
  return [title, ...handOver, ...epochs.flatMap((epoch) => ['', ...servingLines(epoch, look)])];
}

function servingLines(epoch: ServingEpoch__Output, look: Look): string[] {
  const { version, digest, arm, slot, validFrom, validTo, instances } = epoch;
  const from = instant(optionalMs(validFrom));
  const time = validTo === null ? `in force since ${from}` : `from ${from} to ${instant(optionalMs(validTo))}`;
  const where = instances.length === 0 ? '' : `, on ${visible(instances.join(', '))}`;
  const head = `epoch ${epoch.epoch.toString()}, ${time}${where}`;
  const place = slot === undefined ? '' : `, slot ${slot}`;
  const answered = `answered by version ${visible(version)} (arm ${visible(arm)}${place}, digest ${visible(digest)})`;
  return [
    head,
    ...(version === '' ? [] : [paint(answered, 'green', look.colour)]),
    ...tableLines(
      {
        columns: [
          { title: 'VERSION', atLeast: 16 },
          { title: 'ARM', atLeast: 8 },
          { title: 'WEIGHT', align: 'right' },
          { title: 'DIGEST', atLeast: 6 },
        ],
        rows: epoch.versions.map((each) => [
          each.version,
          each.arm,
          percent(each.weight),
          each.digest.slice(0, SHORT_DIGEST),
        ]),
      },
      look,
    ),
  ];
}

export function instanceTable(instances: readonly Instance__Output[], look: Look): string[] {
  if (instances.length === 0) return ['No serve process has connected yet; "npm start" starts one.'];
  return tableLines(
    {
      columns: [
        { title: 'INSTANCE', atLeast: 12 },
        { title: 'STATE' },
        { title: 'SINCE', align: 'right' },
        { title: 'ADDRESS', atLeast: 12 },
        { title: 'READY', align: 'right' },
        { title: 'FAILED', align: 'right' },
        { title: 'RELEASE', atLeast: 6 },
      ],
      rows: instances.map((each) => [
        each.instance,
        instanceState(each),
        ago(optionalMs(each.since), look.now),
        each.address,
        String(each.readyVersions),
        each.failedVersions === 0 ? '0' : { text: String(each.failedVersions), style: 'red' as const },
        each.serverVersion,
      ]),
    },
    look,
  );
}

function instanceState({ connected, settled }: Instance__Output) {
  if (!connected) return { text: 'gone', style: 'red' as const };
  return settled ? { text: 'settled', style: 'green' as const } : { text: 'loading', style: 'yellow' as const };
}
