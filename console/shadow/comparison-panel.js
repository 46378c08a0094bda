/** How far a shadow's answers are from those that callers got, with the worst examples. */
import { h } from 'preact';
import { clock, count, figure, millis, share } from '../format.js';
import { useWatch } from '../live.js';
import { Interval } from '../parts/interval.js';
import { Empty, Failed, Loading } from '../parts/note.js';
import { Panel } from '../parts/panel.js';

/** @import { ShadowComparison, ShadowExample } from '../types.d.ts' */

/** @param {{ model: string }} props */
export function ComparisonPanel({ model }) {
  const { reply, error } = useWatch('Shadows/GetComparison', { model });
  /** @type {ShadowComparison | undefined} */
  const comparison = error === undefined ? reply : undefined;
  if (comparison === undefined) {
    return h(
      Panel,
      { title: 'Shadow' },
      error === undefined && h(Loading, { lines: 3 }),
      error?.code === 'not_found' &&
        h(
          Empty,
          { title: 'Nothing is compared yet' },
          h(
            'p',
            {},
            'A shadow version gets copies of calls and answers nobody. Begin one with ',
            h('code', {}, `sluice traffic set ${model} 1=100% --shadow 2=10%`),
            '.',
          ),
        ),
      error !== undefined && error.code !== 'not_found' && h(Failed, { failure: error }),
    );
  }
  return [h(Differences, { key: 'differences', comparison }), h(Examples, { key: 'examples', model, comparison })];
}

/** @param {{ comparison: ShadowComparison }} props */
function Differences({ comparison }) {
  const { live, shadow, since, pairs, disagreed, disagreement, disagreementLower, disagreementUpper } = comparison;
  const { noisePairs, noiseDisagreed, latency, skipped, shadowErrors } = comparison;
  const most = Math.min(1, Math.max(0.01, Number(disagreementUpper) * 1.25));
  const lost = [...Object.entries(skipped), ...Object.entries(shadowErrors)].filter(([, of]) => of !== '0');
  return h(
    Panel,
    { title: 'Shadow', class: 'padded', aside: h('span', { class: 'sub' }, `since ${clock(since)}`) },
    h(
      'p',
      { class: 'from-to' },
      h('span', { class: 'truncate' }, live),
      h('span', {}, 'beside'),
      h('b', { class: 'truncate' }, shadow),
    ),
    h(
      'div',
      { class: 'difference' },
      h('span', { class: 'big num' }, share(disagreement)),
      h(
        'div',
        {},
        h(Interval, {
          lower: Number(disagreementLower),
          upper: Number(disagreementUpper),
          estimate: disagreement,
          scale: [0, most],
          label: `Disagreement ${share(disagreement)}, between ${share(disagreementLower)} and ${share(disagreementUpper)}`,
        }),
        h(
          'p',
          { class: 'sub num' },
          `${count(disagreed)} of ${count(pairs)} answers differ; ${share(disagreementLower)} to ${share(disagreementUpper)} at 95 %`,
        ),
        Number(noisePairs) > 0 &&
          h(
            'p',
            { class: 'sub num' },
            `The live version differs from itself in ${count(noiseDisagreed)} of ${count(noisePairs)}.`,
          ),
        latency !== undefined &&
          h(
            'p',
            { class: 'sub num' },
            `Its run takes ${millis(latency.shadowMeanMs)}, the live one's ${millis(latency.liveMeanMs)}.`,
          ),
        lost.length > 0 &&
          h(
            'p',
            { class: 'sub num' },
            `Not compared: ${lost.map(([why, of]) => `${why.replaceAll('_', ' ')} ${count(of)}`).join(', ')}.`,
          ),
      ),
    ),
    h(Outputs, { comparison }),
  );
}

/** @param {{ comparison: ShadowComparison }} props */
function Outputs({ comparison: { outputs } }) {
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
          ['Output', 'Compared as', 'Differ', 'Mean difference', 'Largest', 'Same best class'].map((title) =>
            h('th', { key: title, scope: 'col' }, title),
          ),
        ),
      ),
      h(
        'tbody',
        {},
        outputs.map(({ output, kind, pairs, disagreed, meanAbsolute, maxAbsolute, rows, argmaxAgreed }) =>
          h(
            'tr',
            { key: output },
            h('th', { scope: 'row' }, output),
            h('td', {}, kind),
            h('td', {}, `${count(disagreed)} of ${count(pairs)}`),
            h('td', {}, figure(Number(meanAbsolute))),
            h('td', {}, figure(Number(maxAbsolute))),
            h('td', {}, rows === '0' ? '–' : share(Number(argmaxAgreed) / Number(rows))),
          ),
        ),
      ),
    ),
  );
}

/** @param {{ model: string, comparison: ShadowComparison }} props */
function Examples({ model, comparison: { live, shadow } }) {
  const { reply, error } = useWatch('Shadows/ListExamples', { model, live, shadow });
  /** @type {ShadowExample[]} */
  const examples = reply?.examples ?? [];
  return h(
    Panel,
    { title: 'Worst examples' },
    error && h(Failed, { failure: error }),
    reply === undefined && !error && h(Loading, { lines: 3 }),
    reply !== undefined &&
      examples.length === 0 &&
      h(Empty, { title: reply.note === '' ? 'No answer differs' : reply.note }),
    h(
      'ul',
      { class: 'rows' },
      examples.map((example, index) => h(Example, { key: `${example.at} ${index}`, example })),
    ),
  );
}

/** @param {{ example: ShadowExample }} props */
function Example({ example: { at, output, summary, inputsJson, liveJson, shadowJson } }) {
  return h(
    'li',
    {},
    h(
      'details',
      { class: 'example' },
      h(
        'summary',
        {},
        h('b', {}, output),
        h('span', { class: 'break' }, summary),
        h('span', { class: 'sub num' }, clock(at)),
      ),
      h(
        'div',
        { class: 'three' },
        h(Tensors, { title: 'Inputs', json: inputsJson }),
        h(Tensors, { title: 'Live', json: liveJson }),
        h(Tensors, { title: 'Shadow', json: shadowJson }),
      ),
    ),
  );
}

/** @param {{ title: string, json: string }} props */
function Tensors({ title, json }) {
  return h('div', {}, h('h3', {}, title), h('pre', { class: 'json', tabIndex: 0, 'aria-label': title }, spread(json)));
}

/** One tensor a line. @param {string} json */
function spread(json) {
  try {
    return Object.entries(JSON.parse(json))
      .map(([name, tensor]) => `${name} ${tensor.datatype}[${tensor.shape}]\n  ${JSON.stringify(tensor.values)}`)
      .join('\n');
  } catch {
    return json;
  }
}
