/** The pages about one model. */
import { h } from 'preact';
import { linkTo } from '../route.js';

const TABS = [
  ['Traffic', ''],
  ['Rollout', 'rollout'],
  ['Shadow & drift', 'shadow'],
];

/** @param {{ model: string, current: string }} props */
export function ModelTabs({ model, current }) {
  return h(
    'nav',
    { class: 'tabs', 'aria-label': 'Of this model' },
    TABS.map(([title, part = '']) =>
      h(
        'a',
        {
          key: title,
          href: part === '' ? linkTo('models', model) : linkTo('models', model, part),
          'aria-current': part === current ? 'page' : undefined,
        },
        title,
      ),
    ),
  );
}
