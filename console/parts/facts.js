/** Names and what they are; those without a value are left out. */
import { h } from 'preact';

/** @param {{ pairs: (readonly [name: string, value: string])[] }} props */
export function Facts({ pairs }) {
  return h(
    'dl',
    { class: 'facts' },
    pairs
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [h('dt', { key: `${name} name` }, name), h('dd', { key: name, class: 'break' }, value)]),
  );
}
