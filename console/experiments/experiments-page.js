/** The experiments of all models, the newest first. */
import { h } from 'preact';
import { percent } from '../format.js';
import { useWatch } from '../live.js';
import { Mark } from '../parts/mark.js';
import { Empty, Failed, Loading } from '../parts/note.js';
import { linkTo } from '../route.js';

/** @import { Experiment } from '../types.d.ts' */

export function ExperimentsPage() {
  const { reply, error } = useWatch('Experiments/List', { pageSize: 100 });
  /** @type {Experiment[] | undefined} */
  const experiments = reply?.experiments;
  return [
    h('div', { class: 'page-head' }, h('h1', {}, 'Experiments')),
    error && h(Failed, { failure: error }),
    experiments === undefined && !error && h(Loading, { lines: 3 }),
    experiments?.length === 0 &&
      h(
        Empty,
        { title: 'No experiments yet' },
        h('p', {}, 'Plan one with ', h('code', {}, 'sluice experiment create'), '.'),
      ),
    experiments !== undefined &&
      experiments.length > 0 &&
      h(
        'ul',
        { class: 'panel rows' },
        experiments.map(({ name, model, hypothesis, arms, phase, trafficShare }) =>
          h(
            'li',
            { key: name, class: 'rollout-row' },
            h(
              'a',
              { class: 'model-name', href: linkTo('experiments', name) },
              h('span', { class: 'truncate', title: name }, name),
              h('span', { class: 'sub truncate' }, `on ${model}`),
            ),
            h(Mark, { state: phase }),
            h('span', { class: 'num' }, percent(trafficShare)),
            h('span', { class: 'sub clamp' }, hypothesis),
            h('span', { class: 'sub' }, `${arms.length} arms`),
          ),
        ),
      ),
  ];
}
