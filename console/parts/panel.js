/** A titled part of a page. */
import { h } from 'preact';

/** @import { ComponentChildren } from 'preact' */

/** @param {{ title: string, aside?: ComponentChildren, children?: ComponentChildren, class?: string }} props */
export function Panel({ title, aside, children, class: name = '' }) {
  return h(
    'section',
    { class: `panel ${name}`, 'aria-label': title },
    h(
      'header',
      { class: 'panel-head' },
      h('h2', {}, title),
      aside !== undefined && h('div', { class: 'aside' }, aside),
    ),
    children,
  );
}
