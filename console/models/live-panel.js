/** How the versions that take traffic do, as it happens. */
import { h } from 'preact';
import { count, millis, rate, share } from '../format.js';
import { useWatch } from '../live.js';
import { Failed, Loading } from '../parts/note.js';
import { Panel } from '../parts/panel.js';
import { HeatMap } from './heat-map.js';
import { LatencyLines } from './latency-lines.js';

/** @import { Stats, TrafficReply } from '../types.d.ts' */

/** Further ones would be more than a page can show, and than one stream carries. */
const MAX_SHOWN = 6;
const WINDOW_S = 600;

/** @param {{ model: string, traffic: TrafficReply, toneOf: (version: string) => number }} props */
export function LivePanel({ model, traffic, toneOf }) {
  const arms = traffic.epoch.policy.arms.slice(0, MAX_SHOWN);
  return h(
    Panel,
    { title: 'Live', aside: h('span', { class: 'sub' }, 'Numbers of the last minute, lines of the last 10 minutes') },
    h(
      'div',
      { class: 'live' },
      arms.map(({ version }) => h(LiveVersion, { key: version, model, version, tone: toneOf(version) })),
    ),
  );
}

/** @param {{ model: string, version: string, tone: number }} props */
function LiveVersion({ model, version, tone }) {
  const { reply: minute, error } = useWatch('Monitor/WatchStats', {
    stats: { model, version, window: '60s' },
    interval: '2s',
  });
  const { reply: past } = useWatch('Monitor/WatchStats', {
    stats: { model, version, window: `${WINDOW_S}s`, slots: true },
    interval: '5s',
  });
  return h(
    'article',
    { class: 'live-version', 'aria-label': `Version ${version}` },
    h('h3', {}, h('i', { class: `swatch tone-${tone}` }), h('span', { class: 'truncate', title: version }, version)),
    error && h(Failed, { failure: error }),
    minute === undefined ? !error && h(Loading, { lines: 3 }) : h(Numbers, { stats: minute }),
    past !== undefined && h(Past, { stats: past }),
  );
}

/** @param {{ stats: Stats }} props */
function Numbers({ stats }) {
  const { requestsPerSecond, latency, successRate, total, errors, batchRowsAvg } = stats;
  const isQuiet = total === '0';
  const failed = Object.entries(errors).map(([code, of]) => `${code.replaceAll('_', ' ')} ${count(of)}`);
  /** @param {string} name @param {string} value @param {string} [tone] */
  const tile = (name, value, tone = '') =>
    h('div', { class: `tile ${tone}`, key: name }, h('dt', {}, name), h('dd', { class: 'num' }, value));
  return h(
    'dl',
    { class: 'tiles' },
    tile('req/s', isQuiet ? '–' : rate(requestsPerSecond)),
    tile('p50', millis(latency.p50Ms)),
    tile('p95', millis(latency.p95Ms)),
    tile('p99', millis(latency.p99Ms)),
    tile('errors', isQuiet ? '–' : share(1 - successRate), successRate < 1 ? 'tile-bad' : ''),
    tile('rows/run', batchRowsAvg === 0 ? '–' : batchRowsAvg.toFixed(1)),
    failed.length > 0 &&
      h('div', { class: 'tile tile-wide tile-bad' }, h('dt', {}, 'by error'), h('dd', {}, failed.join(', '))),
  );
}

/** @param {{ stats: Stats }} props */
function Past({ stats }) {
  const to = Date.parse(stats.to) / 1000;
  const range = /** @type {const} */ ([to - WINDOW_S, to]);
  if (stats.slots.length === 0) return h('p', { class: 'sub' }, 'No requests in the last 10 minutes.');
  return h(
    'div',
    { class: 'charts' },
    h(LatencyLines, { slots: stats.slots, range }),
    h(HeatMap, { slots: stats.slots, range }),
  );
}
