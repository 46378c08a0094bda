/** Whether what comes in and goes out is still what it was when the version was made. */
import { h } from 'preact';
import { count, figure } from '../format.js';
import { useWatch } from '../live.js';
import { Mark } from '../parts/mark.js';
import { Empty, Failed, Loading } from '../parts/note.js';
import { Panel } from '../parts/panel.js';

/** @import { DriftReport, DriftTest } from '../types.d.ts' */

/** @param {{ model: string }} props */
export function DriftPanel({ model }) {
  const { reply, error } = useWatch('Drift/GetDrift', { model });
  /** @type {DriftReport | undefined} */
  const report = error === undefined ? reply : undefined;
  return h(
    Panel,
    {
      title: 'Drift',
      aside: report && [
        h(Mark, { state: report.verdict, word: report.verdict === 'none' ? 'no drift' : report.verdict }),
        h('span', { class: 'sub num' }, `${count(report.samples)} sampled calls of ${report.version} in the last hour`),
      ],
    },
    error !== undefined &&
      (error.code === 'not_found' ? h(Empty, { title: 'No version to look at yet' }) : h(Failed, { failure: error })),
    reply === undefined && !error && h(Loading, { lines: 3 }),
    report && h('p', { class: 'break sentence' }, report.summary),
    report && report.features.length > 0 && h(Features, { report }),
  );
}

/** @param {{ report: DriftReport }} props */
function Features({ report: { features, against } }) {
  const titles = ['Feature', 'Against the reference', 'PSI', ...(against === '' ? [] : [`Against ${against}`, 'PSI'])];
  return h(
    'div',
    { class: 'scroll' },
    h(
      'table',
      { class: 'table' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          titles.map((title, index) => h('th', { key: index, scope: 'col' }, title)),
        ),
      ),
      h(
        'tbody',
        {},
        features.map(({ feature, reference, concurrent }) =>
          h(
            'tr',
            { key: feature },
            h('th', { scope: 'row' }, feature),
            h(TestCells, { test: reference }),
            against !== '' && h(TestCells, { test: concurrent }),
          ),
        ),
      ),
    ),
  );
}

/** @param {{ test: DriftTest | undefined }} props */
function TestCells({ test }) {
  if (test === undefined) return [h('td', {}, '–'), h('td', {}, '–')];
  return [
    h('td', {}, h(Mark, { state: test.verdict })),
    h('td', {}, `${figure(Number(test.psi))} (${figure(Number(test.psiExpected))} without drift)`),
  ];
}
