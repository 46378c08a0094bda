/** The traffic as one bar whose boundaries can be moved: by mouse, by touch and by arrow keys. */
import { h } from 'preact';
import { useRef } from 'preact/hooks';
import { percent } from '../format.js';
import { moveBoundary, TOTAL } from './traffic-draft.js';

/** @import { Arm } from '../types.d.ts' */

/** What a pointer and an arrow key move by: 1 %. With shift ten times as much, with alt a tenth. */
const STEP = 100;

/**
 * @param {{
 *   arms: Arm[], toneOf: (version: string) => number, onChange?: ((arms: Arm[]) => void) | undefined,
 * }} props
 */
export function TrafficBar({ arms, toneOf, onChange }) {
  const ref = useRef(/** @type {HTMLDivElement | null} */ (null));
  let edge = 0;
  const edges = arms.map(({ weight }) => (edge += weight));
  /** @param {PointerEvent} event @param {number} index */
  const drag = (event, index) => {
    const box = ref.current?.getBoundingClientRect();
    const handle = event.currentTarget;
    if (box === undefined || !(handle instanceof HTMLElement) || !handle.hasPointerCapture(event.pointerId)) return;
    const at = ((event.clientX - box.left) / box.width) * TOTAL;
    onChange?.(moveBoundary(arms, index, Math.round(at / STEP) * STEP));
  };
  return h(
    'div',
    { class: 'traffic-bar', ref },
    h(
      'div',
      { class: 'segments' },
      arms.map(({ version, weight }) =>
        h(
          'span',
          {
            key: version,
            class: `segment tone-${toneOf(version)}`,
            style: { width: `${weight / 100}%` },
            title: `${version}: ${percent(weight)}`,
          },
          weight >= 800 && h('b', { class: 'truncate' }, version),
          weight >= 1500 && h('span', { class: 'num' }, percent(weight)),
        ),
      ),
    ),
    onChange &&
      arms.slice(0, -1).map(({ version }, index) =>
        h('button', {
          key: `${version} boundary`,
          type: 'button',
          class: 'boundary',
          role: 'slider',
          style: { left: `${(edges[index] ?? 0) / 100}%` },
          'aria-label': `Boundary between ${version} and ${arms[index + 1]?.version}`,
          'aria-valuemin': 0,
          'aria-valuemax': 100,
          'aria-valuenow': (edges[index] ?? 0) / 100,
          'aria-valuetext': `${version} ${percent(arms[index]?.weight ?? 0)}, ${arms[index + 1]?.version} ${percent(arms[index + 1]?.weight ?? 0)}`,
          onPointerDown: (/** @type {PointerEvent} */ event) => {
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.setPointerCapture(event.pointerId);
          },
          onPointerMove: (/** @type {PointerEvent} */ event) => drag(event, index),
          onKeyDown: (/** @type {KeyboardEvent} */ event) => {
            const to = keyTarget(event, edges[index] ?? 0);
            if (to === undefined) return;
            event.preventDefault();
            onChange(moveBoundary(arms, index, to));
          },
        }),
      ),
  );
}

/**
 * @param {KeyboardEvent} event
 * @param {number} from
 */
function keyTarget({ key, shiftKey, altKey }, from) {
  const step = shiftKey ? STEP * 10 : altKey ? STEP / 10 : STEP;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return from - step;
    case 'ArrowRight':
    case 'ArrowUp':
      return from + step;
    case 'Home':
      return 0;
    case 'End':
      return TOTAL;
    default:
      return undefined;
  }
}
