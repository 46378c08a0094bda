/** The traffic of a model as a bar: as long as what each version gets. */
import { h } from 'preact';
import { percent } from '../format.js';

/** @param {{ weights: { version: string, weight: number }[] }} props */
export function Bar({ weights }) {
  const label = weights.map(({ version, weight }) => `${version}: ${percent(weight)}`).join(', ');
  const segments = weights
    .filter(({ weight }) => weight > 0)
    .map(({ version, weight }, index) =>
      h('span', { key: version, class: `segment tone-${index % 6}`, style: { width: `${weight / 100}%` } }),
    );
  return h('span', { class: 'bar', role: 'img', 'aria-label': label, title: label }, segments);
}
