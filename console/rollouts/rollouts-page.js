/** The rollouts of all models, the newest first. */
import { h } from 'preact';
import { ago, percent } from '../format.js';
import { useWatch } from '../live.js';
import { Mark } from '../parts/mark.js';
import { Empty, Failed, Loading } from '../parts/note.js';
import { useNow } from '../parts/time.js';
import { linkTo } from '../route.js';

/** @import { Rollout } from '../types.d.ts' */

export function RolloutsPage() {
  const { reply, error } = useWatch('Rollouts/List', { pageSize: 100 });
  const now = useNow();
  /** @type {Rollout[] | undefined} */
  const rollouts = reply?.rollouts;
  return [
    h('div', { class: 'page-head' }, h('h1', {}, 'Rollouts')),
    error && h(Failed, { failure: error }),
    rollouts === undefined && !error && h(Loading, { lines: 3 }),
    rollouts?.length === 0 &&
      h(Empty, { title: 'No rollouts yet' }, h('p', {}, 'Start one on the Rollout tab of a model.')),
    rollouts !== undefined &&
      rollouts.length > 0 &&
      h(
        'ul',
        { class: 'panel rows' },
        rollouts.map(({ id, model, stable, candidate, phase, reason, weight, startedAt }) =>
          h(
            'li',
            { key: id, class: 'rollout-row' },
            h(
              'a',
              { class: 'model-name', href: linkTo('models', model, 'rollout', id) },
              h('span', { class: 'truncate' }, model),
              h('span', { class: 'sub truncate' }, `${stable} → ${candidate}`),
            ),
            h(Mark, { state: phase }),
            h('span', { class: 'num' }, percent(weight)),
            h('span', { class: 'sub clamp' }, reason),
            h('span', { class: 'sub num' }, ago(startedAt, now)),
          ),
        ),
      ),
  ];
}
