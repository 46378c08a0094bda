/** What stands where there is nothing to show: it loads, there is none, or it failed. */
import { h } from 'preact';

/** @import { ComponentChildren } from 'preact' */
/** @import { Failure } from '../types.d.ts' */

/** @param {{ lines: number }} props */
export function Loading({ lines }) {
  const bars = Array.from({ length: lines }, (_, index) => h('span', { key: index, class: 'skeleton' }));
  return h('div', { class: 'loading', role: 'status', 'aria-label': 'Loading' }, bars);
}

/** @param {{ title: string, children?: ComponentChildren }} props */
export function Empty({ title, children }) {
  return h('div', { class: 'empty' }, h('p', { class: 'empty-title' }, title), children);
}

/** @param {{ failure: Pick<Failure, 'message'>, onRetry?: () => void }} props */
export function Failed({ failure, onRetry }) {
  return h(
    'div',
    { class: 'notice notice-bad', role: 'alert' },
    h('p', {}, failure.message),
    onRetry && h('button', { type: 'button', class: 'button', onClick: onRetry }, 'Try again'),
  );
}
