/** What a change of the traffic would do, in words, before it is decided. */
import { h } from 'preact';
import { percent } from '../format.js';
import { movesOf } from './traffic-draft.js';

/** @import { Arm } from '../types.d.ts' */

/** @param {{ before: Arm[], after: Arm[], epoch: number }} props */
export function TrafficPreview({ before, after, epoch }) {
  const { moved, gains, losses } = movesOf(before, after);
  /** @param {{ version: string, by: number }[]} changes */
  const list = (changes) => changes.map(({ version, by }) => `${version} (${percent(Math.abs(by))})`).join(', ');
  return h(
    'dl',
    { class: 'facts' },
    h('dt', {}, 'Who moves'),
    h(
      'dd',
      {},
      moved === 0
        ? 'Nobody: versions are loaded or let go, and the weights stay.'
        : `${percent(moved)} of the callers, from ${list(losses)} to ${list(gains)}. Everybody else keeps their version.`,
    ),
    h('dt', {}, 'Expected'),
    h('dd', { class: 'num' }, `epoch ${epoch}, refused if somebody else is quicker`),
  );
}
