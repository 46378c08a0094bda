/** All models with who answers for them. */
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { percent } from '../format.js';
import { useWatch } from '../live.js';
import { Bar } from '../parts/bar.js';
import { Empty, Failed, Loading } from '../parts/note.js';
import { linkTo } from '../route.js';
import { useMay } from '../who.js';
import { UploadDialog } from './upload-dialog.js';

/** @import { Model } from '../types.d.ts' */

export function ModelsPage() {
  const { reply, error } = useWatch('Registry/ListModels', { pageSize: 1000 });
  const { reply: fleet } = useWatch('Monitor/ListInstances', {});
  const mayRegister = useMay('Registry/RegisterVersion');
  const [isUploading, setUploading] = useState(false);
  const connected = (fleet?.instances ?? []).filter((/** @type {any} */ { connected: is }) => is).length;
  return [
    h(
      'div',
      { class: 'page-head' },
      h('h1', {}, 'Models'),
      fleet && h('p', { class: 'sub' }, `${connected} serve ${connected === 1 ? 'process' : 'processes'} connected`),
      mayRegister &&
        h(
          'button',
          { type: 'button', class: 'button button-main end', onClick: () => setUploading(true) },
          'Register a version',
        ),
    ),
    error && h(Failed, { failure: error }),
    reply === undefined ? !error && h(Loading, { lines: 4 }) : h(ModelList, { models: reply.models }),
    isUploading && h(UploadDialog, { onClose: () => setUploading(false) }),
  ];
}

/** @param {{ models: Model[] }} props */
function ModelList({ models }) {
  if (models.length === 0) {
    return h(
      Empty,
      { title: 'No models yet' },
      h('p', {}, 'Register the first version of one: an ONNX file is enough.'),
    );
  }
  return h(
    'ul',
    { class: 'panel rows' },
    models.map((model) => h(ModelRow, { key: model.model, ...model })),
  );
}

/** @param {Model} props */
function ModelRow({ model, versions, epoch, weights }) {
  return h(
    'li',
    { class: 'model-row' },
    h(
      'a',
      { href: linkTo('models', model), class: 'model-name' },
      h('span', { class: 'truncate', title: model }, model),
      h('span', { class: 'sub' }, `${versions} ${versions === 1 ? 'version' : 'versions'}`),
    ),
    epoch === '0'
      ? h('span', { class: 'sub' }, 'No qualified version yet')
      : h(
          'div',
          { class: 'model-traffic' },
          h(Bar, { weights }),
          h(
            'span',
            { class: 'legend' },
            weights
              .filter(({ weight }) => weight > 0)
              .map(({ version, weight }, index) =>
                h(
                  'span',
                  { key: version, class: 'legend-item' },
                  h('i', { class: `swatch tone-${index % 6}` }),
                  h('span', { class: 'truncate', title: version }, version),
                  h('span', { class: 'num' }, percent(weight)),
                ),
              ),
          ),
        ),
    h('span', { class: 'sub num model-epoch' }, epoch === '0' ? '' : `epoch ${epoch}`),
  );
}
