/** The histogram of latencies over time: each column is 10 s, each row a band of latency, darker where more calls lie. */
import { h } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { millis } from '../format.js';
import { AXIS_WIDTH } from './latency-lines.js';

/** @import { Slot } from '../types.d.ts' */

const HEIGHT = 88;
const RIGHT = 8;
/** At least so many bands, so that a calm version does not fill the map with one. */
const MIN_BANDS = 8;

/** @param {{ slots: Slot[], range: readonly [number, number] }} props */
export function HeatMap({ slots, range }) {
  const ref = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const bands = bandsOf(slots);
  const latest = useRef(() => {});
  latest.current = () => ref.current !== null && draw(ref.current, { slots, range, bands });
  useEffect(() => latest.current());
  useEffect(() => {
    const again = () => latest.current();
    const observer = new ResizeObserver(again);
    if (ref.current !== null) observer.observe(ref.current);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', again);
    addEventListener('themechange', again);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', again);
      removeEventListener('themechange', again);
    };
  }, []);
  const label = `Calls by latency over time, from ${millis(edgeOf(bands.low - 1))} to ${millis(edgeOf(bands.high))}`;
  return h(
    'figure',
    { class: 'chart' },
    h('figcaption', {}, 'calls by latency'),
    h('canvas', { ref, class: 'heat-map', role: 'img', 'aria-label': label }),
  );
}

/** Bands are half octaves: number n ends at 2^(n/2) ms. @param {number} toMs */
function bandOf(toMs) {
  return Math.round(2 * Math.log2(toMs));
}

/** @param {number} band */
function edgeOf(band) {
  return 2 ** (band / 2);
}

/** @param {Slot[]} slots */
function bandsOf(slots) {
  const all = slots.flatMap(({ buckets }) => buckets.map(({ toMs }) => bandOf(toMs)));
  const low = all.reduce((least, band) => Math.min(least, band), Infinity);
  const high = all.reduce((most, band) => Math.max(most, band), -Infinity);
  if (low > high) return { low: 0, high: MIN_BANDS };
  return { low, high: Math.max(high, low + MIN_BANDS - 1) };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{ slots: Slot[], range: readonly [number, number], bands: { low: number, high: number } }} shown
 */
function draw(canvas, { slots, range: [from, to], bands: { low, high } }) {
  const width = canvas.clientWidth;
  const scale = devicePixelRatio;
  canvas.width = width * scale;
  canvas.height = HEIGHT * scale;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const inner = width - AXIS_WIDTH - RIGHT;
  const band = HEIGHT / (high - low + 1);
  context.fillStyle = style.getPropertyValue('--heat').trim();
  for (const { from: at, seconds, ok, buckets } of slots) {
    const left = AXIS_WIDTH + ((Date.parse(at) / 1000 - from) / (to - from)) * inner;
    const column = (seconds / (to - from)) * inner;
    const begin = Math.max(AXIS_WIDTH, left);
    for (const { toMs, count } of buckets) {
      // The root, so that the few slow ones are seen beside the many quick ones.
      context.globalAlpha = 0.14 + 0.86 * Math.sqrt(Number(count) / Math.max(1, Number(ok)));
      const top = (high - bandOf(toMs)) * band;
      context.fillRect(begin, top + 0.5, Math.max(0, left + column - begin - 0.5), band - 1);
    }
  }
  context.globalAlpha = 1;
  context.fillStyle = style.getPropertyValue('--text-2').trim();
  context.font = '11px system-ui, sans-serif';
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  const step = Math.ceil((high - low + 1) / 4);
  for (let row = low; row <= high; row += step) {
    const y = (high - row + 0.5) * band;
    context.fillText(bandName(row), AXIS_WIDTH - 8, Math.min(HEIGHT - 7, Math.max(7, y)));
  }
}

/** @param {number} band */
function bandName(band) {
  const edge = edgeOf(band);
  return edge >= 1000
    ? `${(edge / 1000).toFixed(1)} s`
    : `${edge >= 10 ? edge.toFixed(0) : edge >= 1 ? edge.toFixed(1) : edge.toFixed(2)} ms`;
}
