/** One experiment: its arms, each metric's difference with its interval, and whether the numbers may be trusted. */
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { change } from '../api.js';
import { ago, count, percent } from '../format.js';
import { useWatch } from '../live.js';
import { Confirm } from '../parts/confirm.js';
import { Mark } from '../parts/mark.js';
import { Failed, Loading } from '../parts/note.js';
import { Panel } from '../parts/panel.js';
import { useNow } from '../parts/time.js';
import { linkTo } from '../route.js';
import { useMay } from '../who.js';
import { MetricPanel } from './metric-panel.js';

/** @import { Experiment, ExperimentResults, SampleRatio } from '../types.d.ts' */

/** @param {{ name: string }} props */
export function ExperimentPage({ name }) {
  const { reply, error } = useWatch('Experiments/GetResults', { name });
  /** @type {ExperimentResults | undefined} */
  const results = reply;
  return [
    h(
      'div',
      { class: 'page-head' },
      h('p', { class: 'crumbs' }, h('a', { href: linkTo('experiments') }, 'Experiments'), ' / '),
      h('h1', { class: 'truncate', title: name }, name),
    ),
    error && h(Failed, { failure: error }),
    results === undefined && !error && h(Loading, { lines: 6 }),
    results !== undefined && [
      h(Summary, { key: 'summary', results }),
      results.metrics.map((metric) => h(MetricPanel, { key: metric.metric, metric, alpha: results.experiment.alpha })),
    ],
  ];
}

/** @param {{ results: ExperimentResults }} props */
function Summary({ results: { experiment, arms, exposures, reporting, conclusion, refused } }) {
  const { model, phase, reason, hypothesis, plannedUnitsPerArm, startedAt, trafficShare, promoted } = experiment;
  const now = useNow();
  const planned = Number(plannedUnitsPerArm);
  return h(
    Panel,
    {
      title: 'Experiment',
      class: 'padded',
      aside: [
        h(Mark, { state: phase }),
        startedAt !== undefined && h('span', { class: 'sub' }, `began ${ago(startedAt, now)}`),
        h('span', { class: 'sub' }, `${percent(trafficShare)} of `, h('a', { href: linkTo('models', model) }, model)),
      ],
    },
    hypothesis !== '' && h('p', { class: 'break' }, hypothesis),
    h('p', { class: 'notice break' }, conclusion === '' ? reason : conclusion),
    promoted !== '' && h('p', { class: 'sub' }, `Arm ${promoted} was given the traffic.`),
    h(
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
            ['Arm', 'Version', 'Calls', 'Units', 'Outcomes'].map((title) =>
              h('th', { key: title, scope: 'col' }, title),
            ),
          ),
        ),
        h(
          'tbody',
          {},
          arms.map(({ arm, version, exposures: calls, units, outcomes }) =>
            h(
              'tr',
              { key: arm },
              h('th', { scope: 'row' }, arm),
              h('td', {}, version),
              h('td', {}, count(calls)),
              h('td', {}, planned === 0 ? count(units) : `${count(units)} of ${count(planned)}`),
              h('td', {}, count(outcomes)),
            ),
          ),
        ),
      ),
    ),
    h(Ratio, { title: 'Shares of the calls', ratio: exposures }),
    h(Ratio, { title: 'Shares with outcomes', ratio: reporting }),
    Object.keys(refused).length > 0 &&
      h(
        'p',
        { class: 'sub' },
        `Outcomes not counted: ${Object.entries(refused)
          .map(([why, of]) => `${why} ${count(of)}`)
          .join(', ')}.`,
      ),
    h(Commands, { experiment }),
  );
}

/** @param {{ title: string, ratio: SampleRatio | undefined }} props */
function Ratio({ title, ratio }) {
  if (ratio === undefined) return null;
  return h(
    'p',
    { class: 'ratio' },
    h('span', {}, title),
    h(Mark, { state: ratio.verdict }),
    h('span', { class: 'sub break' }, ratio.summary),
  );
}

/** @param {{ experiment: Experiment }} props */
function Commands({ experiment: { name, phase, generation, arms } }) {
  const [asked, setAsked] = useState(/** @type {'Start' | 'Stop' | 'Conclude' | undefined} */ (undefined));
  const [promote, setPromote] = useState('');
  const may = {
    Start: useMay('Experiments/Start'),
    Stop: useMay('Experiments/Stop'),
    Conclude: useMay('Experiments/Conclude'),
  };
  /** @type {('Start' | 'Stop' | 'Conclude')[]} */
  const possible = phase === 'planned' ? ['Start'] : phase === 'running' ? ['Stop', 'Conclude'] : [];
  const buttons = possible.filter((command) => may[command]);
  if (buttons.length === 0) return null;
  return h(
    'div',
    { class: 'buttons' },
    buttons.map((command) =>
      h('button', { key: command, type: 'button', class: 'button', onClick: () => setAsked(command) }, command),
    ),
    asked !== undefined &&
      h(
        Confirm,
        {
          title: `${asked} ${name}`,
          verb: asked,
          onClose: () => setAsked(undefined),
          onConfirm: (reason) =>
            change(`Experiments/${asked}`, {
              name,
              expectedGeneration: generation,
              reason,
              ...(asked === 'Conclude' ? { promote } : {}),
            }),
        },
        asked === 'Conclude' &&
          h(
            'label',
            { class: 'field' },
            h('span', {}, 'All of the traffic goes'),
            h(
              'select',
              { value: promote, onChange: (/** @type {any} */ event) => setPromote(event.currentTarget.value) },
              h('option', { value: '' }, 'where it was before'),
              arms.map((arm) => h('option', { key: arm.name, value: arm.name }, `to ${arm.version}, arm ${arm.name}`)),
            ),
          ),
      ),
  );
}
