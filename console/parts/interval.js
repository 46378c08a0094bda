/** An interval on a scale: a line from end to end, a dot for the estimate, a tick for what it is held against. */
import { h } from 'preact';

const WIDTH = 240;
const HEIGHT = 20;
const INSET = 6;

/**
 * @param {{
 *   lower: number, upper: number, estimate: number, scale: readonly [number, number],
 *   inner?: readonly [number, number], limit?: number, label: string, tone?: string,
 * }} props `inner` is a narrower interval drawn thicker.
 */
export function Interval({ lower, upper, estimate, scale, inner, limit, label, tone = 'idle' }) {
  const [from, to] = scale;
  /** @param {number} value */
  const x = (value) => INSET + ((Math.min(to, Math.max(from, value)) - from) / (to - from || 1)) * (WIDTH - 2 * INSET);
  const middle = HEIGHT / 2;
  /** @param {number} at @param {string} name */
  const tick = (at, name) => h('line', { class: name, x1: x(at), x2: x(at), y1: 2, y2: HEIGHT - 2 });
  return h(
    'svg',
    {
      class: `interval interval-${tone}`,
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: 'xMinYMid',
      role: 'img',
      'aria-label': label,
    },
    h('title', {}, label),
    h('line', { class: 'axis', x1: INSET, x2: WIDTH - INSET, y1: middle, y2: middle }),
    from < 0 && to > 0 && tick(0, 'zero'),
    limit !== undefined && tick(limit, 'limit'),
    h('line', { class: 'range', x1: x(lower), x2: x(upper), y1: middle, y2: middle }),
    inner && h('line', { class: 'inner', x1: x(inner[0]), x2: x(inner[1]), y1: middle, y2: middle }),
    h('circle', { class: 'estimate', cx: x(estimate), cy: middle, r: 3.5 }),
  );
}
