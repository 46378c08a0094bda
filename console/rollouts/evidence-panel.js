/** What a rollout's decisions rest on: each metric's bound against what it is held against. */
import { h } from 'preact';
import { count, figure, millis, share } from '../format.js';
import { Interval } from '../parts/interval.js';
import { Mark } from '../parts/mark.js';
import { Empty } from '../parts/note.js';
import { Panel } from '../parts/panel.js';

/** @import { Rollout, Verdict } from '../types.d.ts' */

/** @param {{ rollout: Rollout }} props */
export function EvidencePanel({ rollout: { verdicts, verdict } }) {
  return h(
    Panel,
    { title: 'Evidence', aside: verdict !== '' && h(Mark, { state: verdict }) },
    verdicts.length === 0
      ? h(Empty, { title: 'Nothing is compared yet' })
      : h(
          'ul',
          { class: 'rows' },
          verdicts.map((one) => h(VerdictRow, { key: one.metric, verdict: one })),
        ),
  );
}

/** @param {{ verdict: Verdict }} props */
function VerdictRow({ verdict: one }) {
  const { metric, verdict, summary, candidate, stable, candidateSamples, stableSamples, threshold, onFail } = one;
  const unit = unitOf(metric);
  const isTest = threshold > 0;
  return h(
    'li',
    { class: 'verdict-row' },
    h(
      'div',
      {},
      h('b', { class: 'break' }, metric.replaceAll('_', ' ')),
      h('span', { class: 'sub' }, `on fail: ${onFail}`),
    ),
    h(Mark, { state: verdict }),
    h('span', { class: 'num' }, unit(candidate), isTest && h('span', { class: 'sub' }, ` against ${unit(stable)}`)),
    h(
      'div',
      { class: 'verdict-drawn' },
      isTest ? h(Bound, { verdict: one }) : h('span', { class: 'sub num' }, `limit ${unit(one.limit)}`),
    ),
    h(
      'span',
      { class: 'sub num' },
      isTest ? `${count(candidateSamples)} and ${count(stableSamples)} calls` : `${count(candidateSamples)} calls`,
    ),
    summary !== '' && h('p', { class: 'sub break verdict-summary' }, summary),
  );
}

/** The bound is what the candidate is at worst; it passes once that lies left of the limit. @param {{ verdict: Verdict }} props */
function Bound({ verdict: { metric, verdict, candidate, stable, bound, limit, eValue, threshold, alphaSpent } }) {
  const isLatency = /^(compute|request)_p\d+$/.test(metric);
  const unit = isLatency ? share : unitOf(metric);
  // Of latencies, bound and limit are shares of slow runs, on another scale than the milliseconds.
  const estimate = isLatency ? Math.min(bound, limit) : Math.max(0, candidate - stable);
  const most = Math.max(limit * 1.6, Number.isFinite(bound) ? Math.min(bound, limit * 4) * 1.1 : 0);
  const upper = Number.isFinite(bound) ? bound : most;
  const label = `${metric}: at worst ${unit(bound)}, limit ${unit(limit)}`;
  const tone = verdict === 'pass' ? 'ok' : verdict === 'fail' ? 'bad' : 'idle';
  const evidence = threshold > 1 && eValue > 1 ? Math.min(1, Math.log(eValue) / Math.log(threshold)) : 0;
  return [
    h(Interval, {
      lower: isLatency ? 0 : estimate,
      upper,
      estimate: isLatency ? upper : estimate,
      scale: [0, most],
      limit,
      label,
      tone,
    }),
    h('span', { key: 'bound', class: 'sub num' }, `at worst ${unit(bound)}, limit ${unit(limit)}`),
    h(
      'span',
      { key: 'spent', class: 'sub num' },
      `evidence of harm ${share(evidence)}, alpha spent ${share(alphaSpent)}`,
    ),
  ];
}

/** @param {string} metric @returns {(value: number) => string} */
function unitOf(metric) {
  const name = metric.replace(/^guardrail:/, '');
  if (/^(compute|request)_p\d+$/.test(name)) return millis;
  return name.endsWith('_rate') || name === 'disagreement' ? share : figure;
}
