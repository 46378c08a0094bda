/** What happened in a rollout, as people read it. */
import type { RolloutTransition__Output } from '../../transport/gen/sluice/admin/v1/RolloutTransition.ts';
import { optionalMs } from '../wire.ts';
import type { Look } from './ansi.ts';
import { percent } from './bar.ts';
import { stateCell } from './states.ts';
import { tableLines } from './table.ts';
import { instant } from './time.ts';

export function recordTable(transitions: readonly RolloutTransition__Output[], look: Look): string[] {
  if (transitions.length === 0) return ['Nothing has happened yet.'];
  return tableLines(
    {
      columns: [
        { title: 'AT' },
        { title: 'WHAT' },
        { title: 'PHASE' },
        { title: 'WEIGHT', align: 'right' },
        { title: 'EPOCH', align: 'right', optional: true },
        { title: 'BY', atLeast: 6 },
        { title: 'REASON', atLeast: 10 },
      ],
      rows: transitions.map(({ at, kind, toPhase, weight, epoch, actor, reason }) => [
        instant(optionalMs(at)),
        kind,
        stateCell(toPhase),
        percent(weight),
        epoch.isZero() ? '' : epoch.toString(),
        actor,
        reason,
      ]),
    },
    look,
  );
}
