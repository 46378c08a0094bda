/** All that is known of one version: what qualification found, its files, and what people said. */
import { h } from 'preact';
import { bytes, clock, figure, millis } from '../format.js';
import { Facts } from '../parts/facts.js';
import { Mark } from '../parts/mark.js';

/** @import { Metadata, Qualification, Tensor, Version } from '../types.d.ts' */

/** @param {{ version: Version }} props */
export function VersionDetail({ version }) {
  const { digest, files, createdBy, createdAt, qualification, metadata, instances } = version;
  return h(
    'div',
    { class: 'detail' },
    h(
      'section',
      {},
      h('h3', {}, 'Qualification'),
      qualification === undefined
        ? h('p', { class: 'sub' }, 'It has not passed yet.')
        : h(Qualified, { qualification }),
    ),
    h('section', {}, h('h3', {}, 'About'), h(About, { createdBy, createdAt, metadata })),
    h(
      'section',
      {},
      h('h3', {}, 'Serve processes'),
      instances.length === 0
        ? h('p', { class: 'sub' }, 'Loaded nowhere.')
        : h(
            'ul',
            { class: 'plain' },
            instances.map(({ instance, state, reason }) =>
              h(
                'li',
                { key: instance },
                h(Mark, { state }),
                h('span', { class: 'sub break' }, `${instance}${reason === '' ? '' : `: ${reason}`}`),
              ),
            ),
          ),
    ),
    h(
      'section',
      {},
      h('h3', {}, 'Files'),
      h(
        'ul',
        { class: 'plain' },
        files.map(({ path, size, sha256 }) =>
          h(
            'li',
            { key: path },
            h('span', { class: 'break' }, path),
            h('span', { class: 'sub num' }, bytes(size)),
            h('code', { class: 'sub', title: sha256 }, sha256.slice(0, 12)),
          ),
        ),
      ),
      h('p', { class: 'sub break' }, 'Digest ', h('code', {}, digest)),
    ),
  );
}

/** @param {{ qualification: Qualification }} props */
function Qualified({ qualification }) {
  const { inputs, outputs, skippedOutputs, batchable, batchingReason, loadMs, singleRunMs, batchRunMs, batchRows } =
    qualification;
  const { memoryBytes, weights } = qualification;
  return h(Facts, {
    pairs: [
      ['Inputs', inputs.map(tensorText).join(', ')],
      ['Outputs', [...outputs.map(tensorText), ...skippedOutputs.map((name) => `${name} (not served)`)].join(', ')],
      ['Batching', batchable ? 'proven: rows may share a run' : `off: ${batchingReason}`],
      ['Run', `${millis(singleRunMs)} for a row, ${millis(batchRunMs)} for ${batchRows}`],
      ['Load', `${millis(loadMs)}, ${bytes(memoryBytes)} for a session`],
      ['Weights', weights === undefined ? '' : `${weights.layout}: ${weights.reason}`],
    ],
  });
}

/** @param {{ createdBy: string, createdAt: string, metadata?: Metadata | undefined }} props */
function About({ createdBy, createdAt, metadata }) {
  return h(Facts, {
    pairs: [
      ['Registered', `${clock(createdAt)} by ${createdBy}`],
      ['Description', metadata?.description ?? ''],
      ['Made with', [metadata?.modelType, metadata?.framework].filter((part) => part).join(', ')],
      [
        'Metrics',
        Object.entries(metadata?.metrics ?? {})
          .map(([name, value]) => `${name} ${figure(value)}`)
          .join(', '),
      ],
      [
        'Parameters',
        Object.entries(metadata?.parameters ?? {})
          .map(([name, value]) => `${name}=${value}`)
          .join(', '),
      ],
      [
        'Tags',
        Object.entries(metadata?.tags ?? {})
          .map(([name, value]) => `${name}=${value}`)
          .join(', '),
      ],
      ['Source', metadata?.source ?? ''],
      ['Parent', metadata?.parent ?? ''],
    ],
  });
}

/** @param {Tensor} tensor */
function tensorText({ name, datatype, shape }) {
  return `${name} ${datatype}[${shape.map((size) => (size === '-1' ? '?' : size)).join(', ')}]`;
}
