/** Latency over time: the median, and what the slowest 5 % and 1 % take. */
import { h } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { millis } from '../format.js';

/** @import { Slot } from '../types.d.ts' */

const HEIGHT = 132;
/** Of the scale's numbers; the heat map below leaves as much. */
export const AXIS_WIDTH = 56;

const FEW = 8;

const LINES = /** @type {const} */ ([
  ['p50', 'p50Ms', '--line-1', []],
  ['p95', 'p95Ms', '--line-2', [6, 3]],
  ['p99', 'p99Ms', '--line-3', [2, 2]],
]);

/** @param {{ slots: Slot[], range: readonly [number, number] }} props */
export function LatencyLines({ slots, range }) {
  const ref = useRef(/** @type {HTMLDivElement | null} */ (null));
  const plot = useRef(/** @type {uPlot | undefined} */ (undefined));
  const shown = useRef({ slots, range });
  shown.current = { slots, range };
  useEffect(() => {
    const draw = () => {
      if (ref.current === null) return;
      plot.current?.destroy();
      plot.current = new uPlot(
        options(ref.current, () => shown.current.range),
        dataOf(shown.current.slots),
        ref.current,
      );
    };
    draw();
    const observer = new ResizeObserver(() => {
      if (ref.current !== null) plot.current?.setSize({ width: ref.current.clientWidth, height: HEIGHT });
    });
    if (ref.current !== null) observer.observe(ref.current);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    addEventListener('themechange', draw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', draw);
      removeEventListener('themechange', draw);
      plot.current?.destroy();
    };
  }, []);
  useEffect(() => {
    plot.current?.setData(dataOf(slots));
  }, [slots]);
  const last = slots.at(-1);
  const label =
    last === undefined
      ? ''
      : `Latency; last p50 ${millis(last.latency.p50Ms)}, p95 ${millis(last.latency.p95Ms)}, p99 ${millis(last.latency.p99Ms)}`;
  return h(
    'figure',
    { class: 'chart' },
    h(
      'figcaption',
      {},
      LINES.map(([name], index) => h('span', { key: name, class: `line-key line-key-${index + 1}` }, name)),
    ),
    h('div', { ref, role: 'img', 'aria-label': label }),
  );
}

/** A piece without requests is a gap. @param {Slot[]} slots @returns {uPlot.AlignedData} */
function dataOf(slots) {
  /** @type {number[]} */
  const times = [];
  /** @type {(number | null)[][]} */
  const lines = LINES.map(() => []);
  let expected = 0;
  for (const { from, seconds, latency } of slots) {
    const at = Date.parse(from) / 1000;
    if (expected !== 0 && at > expected + 1) {
      times.push(expected);
      for (const line of lines) line.push(null);
    }
    times.push(at + seconds / 2);
    for (const [index, [, field]] of LINES.entries()) lines[index]?.push(latency.count === '0' ? null : latency[field]);
    expected = at + seconds;
  }
  return /** @type {uPlot.AlignedData} */ ([times, ...lines]);
}

/**
 * @param {HTMLElement} element
 * @param {() => readonly [number, number]} range
 * @returns {uPlot.Options}
 */
function options(element, range) {
  const style = getComputedStyle(element);
  /** @param {string} name */
  const colour = (name) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--text-2'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: colour('--grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: true, range: () => [...range()] },
      y: { range: (_, __, max) => [0, Math.max(1, (max ?? 1) * 1.15)] },
    },
    axes: [
      {
        ...axis,
        size: 22,
        space: 72,
        values: (_, times) => times.map((time) => new Date(time * 1000).toTimeString().slice(0, 5)),
      },
      { ...axis, size: AXIS_WIDTH, space: 32, values: (_, ticks) => ticks.map((tick) => `${tick} ms`) },
    ],
    series: [
      {},
      ...LINES.map(([label, , name, dash]) => ({
        label,
        stroke: colour(name),
        width: 1.75,
        dash: [...dash],
        // A few points make no line.
        points: { show: (/** @type {uPlot} */ plot) => plot.data[0].length < FEW, size: 4, fill: colour(name) },
      })),
    ],
  };
}
