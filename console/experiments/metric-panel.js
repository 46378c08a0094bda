/** One metric of an experiment: each arm's difference to the control, as an interval beside zero. */
import { h } from 'preact';
import { figure, count } from '../format.js';
import { Interval } from '../parts/interval.js';
import { Mark } from '../parts/mark.js';
import { Panel } from '../parts/panel.js';

/** @import { ExperimentResults } from '../types.d.ts' */

/** @param {{ metric: ExperimentResults['metrics'][number], alpha: number }} props */
export function MetricPanel({ metric: { metric, kind, role, arms, comparisons }, alpha }) {
  const ends = comparisons.flatMap(({ anytimeLower, anytimeUpper, fixedLower, fixedUpper }) => [
    anytimeLower,
    anytimeUpper,
    fixedLower,
    fixedUpper,
  ]);
  const most = ends.filter(Number.isFinite).reduce((sum, end) => Math.max(sum, Math.abs(end)), 0) * 1.1 || 1;
  const control = arms[0];
  return h(
    Panel,
    {
      title: metric,
      aside: h('span', { class: 'sub' }, `${role} ${kind}; ${figure((1 - alpha) * 100)} % intervals of the difference`),
    },
    h(
      'ul',
      { class: 'rows' },
      control !== undefined &&
        h(
          'li',
          { class: 'metric-row' },
          h('b', { class: 'truncate' }, control.arm),
          h('span', { class: 'num' }, figure(control.mean)),
          h('span', { class: 'sub' }, 'control'),
          h('span', { class: 'sub num' }, `${count(control.units)} units`),
        ),
      comparisons.map((one) => {
        const arm = arms.find((candidate) => candidate.arm === one.arm);
        const label = `${one.arm}: ${figure(one.difference)}, anytime ${figure(one.anytimeLower)} to ${figure(one.anytimeUpper)}`;
        const tone = one.verdict === 'better' ? 'ok' : one.verdict === 'worse' ? 'bad' : 'idle';
        return h(
          'li',
          { key: one.arm, class: 'metric-row' },
          h('b', { class: 'truncate', title: one.arm }, one.arm),
          h('span', { class: 'num' }, figure(arm?.mean ?? 0)),
          h(
            'div',
            {},
            h(Interval, {
              lower: finite(one.anytimeLower, -most),
              upper: finite(one.anytimeUpper, most),
              inner: [finite(one.fixedLower, -most), finite(one.fixedUpper, most)],
              estimate: one.difference,
              scale: [-most, most],
              label,
              tone,
            }),
            h(
              'span',
              { class: 'sub num' },
              `${figure(one.difference)} (${figure(one.anytimeLower)} to ${figure(one.anytimeUpper)}), p ${figure(one.adjustedPValue)}`,
            ),
          ),
          h(
            'span',
            {},
            h(Mark, { state: one.verdict }),
            h('span', { class: 'sub num' }, ` ${count(arm?.units ?? 0)} units`),
          ),
        );
      }),
    ),
    h('p', { class: 'sub pad' }, 'Thin: valid however often one looks. Thick: for one look at the planned size.'),
  );
}

/** Numbers that JSON has none for come as text. @param {number | string} value @param {number} otherwise */
function finite(value, otherwise) {
  const number = Number(value);
  return Number.isFinite(number) ? number : otherwise;
}
