/** What happened to a rollout, when, and who or what decided it. */
import { h } from 'preact';
import { clock, percent } from '../format.js';
import { Panel } from '../parts/panel.js';

/** @import { Transition } from '../types.d.ts' */

/** @param {{ transitions: Transition[] }} props */
export function RecordPanel({ transitions }) {
  return h(
    Panel,
    { title: 'Record' },
    h(
      'ol',
      { class: 'rows' },
      transitions
        .toReversed()
        .map(({ seq, at, kind, toPhase, weight, actor, reason, epoch }) =>
          h(
            'li',
            { key: seq, class: 'record-row' },
            h('time', { class: 'sub', dateTime: at }, clock(at)),
            h(
              'span',
              {},
              kind.replaceAll('_', ' '),
              toPhase !== '' && toPhase !== kind && h('span', { class: 'sub' }, ` → ${toPhase.replaceAll('_', ' ')}`),
            ),
            h('span', { class: 'num' }, percent(weight)),
            h('span', { class: 'break' }, reason),
            h('span', { class: 'sub break' }, `${actor}${epoch === '0' ? '' : `, epoch ${epoch}`}`),
          ),
        ),
    ),
  );
}
