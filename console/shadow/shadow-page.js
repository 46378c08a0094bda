/** What the shadow of a model would have answered, and whether its inputs and outputs have drifted. */
import { h } from 'preact';
import { ModelTabs } from '../parts/tabs.js';
import { linkTo } from '../route.js';
import { ComparisonPanel } from './comparison-panel.js';
import { DriftPanel } from './drift-panel.js';

/** @param {{ model: string }} props */
export function ShadowPage({ model }) {
  return [
    h(
      'div',
      { class: 'page-head' },
      h('p', { class: 'crumbs' }, h('a', { href: linkTo('models') }, 'Models'), ' / '),
      h('h1', { class: 'truncate', title: model }, model),
    ),
    h(ModelTabs, { model, current: 'shadow' }),
    h(ComparisonPanel, { model }),
    h(DriftPanel, { model }),
  ];
}
