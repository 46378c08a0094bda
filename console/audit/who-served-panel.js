/** Which version answered: by model and time, for a routing key, or exactly by a prediction's id. */
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { ask } from '../api.js';
import { clock, percent, shortDigest } from '../format.js';
import { useAction } from '../parts/action.js';
import { fieldsOf } from '../parts/field.js';
import { Failed } from '../parts/note.js';
import { Panel } from '../parts/panel.js';
import { useMay } from '../who.js';

/** @import { ServingEpoch } from '../types.d.ts' */

const FIRST = { predictionId: '', model: '', at: '', routingKey: '' };

export function WhoServedPanel() {
  const [fields, setFields] = useState(FIRST);
  const [found, setFound] = useState(/** @type {any} */ (undefined));
  const { busy, failure, run } = useAction();
  if (!useMay('Audit/WhoServed')) return null;
  const field = fieldsOf(fields, setFields);
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    setFound(undefined);
    run(async () => setFound(await ask('Audit/WhoServed', requestOf(fields))));
  };
  return h(
    Panel,
    { title: 'Who served' },
    h(
      'form',
      { class: 'filters', onSubmit: submit },
      field('predictionId', 'Prediction id', { placeholder: 'is enough by itself' }),
      field('model', 'or model'),
      field('at', 'at', { type: 'datetime-local', step: 1 }),
      field('routingKey', 'Routing key', { placeholder: 'any' }),
      h('button', { class: 'button', disabled: busy }, 'Ask'),
    ),
    failure && h('div', { class: 'pad' }, h(Failed, { failure })),
    found !== undefined &&
      h(
        'ul',
        { class: 'rows', role: 'status' },
        found.epochs.map((/** @type {ServingEpoch} */ epoch) =>
          h(Answer, { key: epoch.epoch, model: found.model, epoch }),
        ),
      ),
  );
}

/** @param {typeof FIRST} fields */
function requestOf({ predictionId, model, at, routingKey }) {
  if (predictionId.trim() !== '') return { predictionId: predictionId.trim() };
  return { model, routingKey, at: (at === '' ? new Date() : new Date(at)).toISOString() };
}

/** @param {{ model: string, epoch: ServingEpoch }} props */
function Answer({ model, epoch: { epoch, versions, version, digest, arm, slot, validFrom, validTo, instances } }) {
  const shares = versions.map((one) => `${one.version} ${percent(one.weight)}`).join(', ');
  return h(
    'li',
    { class: 'pad answer' },
    h('b', { class: 'break' }, version === '' ? shares : `${model} ${version}`),
    version !== '' && h('code', { title: digest }, shortDigest(digest)),
    h(
      'span',
      { class: 'sub break' },
      `epoch ${epoch}, from ${clock(validFrom)} ${validTo === undefined ? 'until now' : `to ${clock(validTo)}`}`,
      arm === '' ? '' : `, arm ${arm}`,
      slot === undefined ? '' : `, slot ${slot}`,
      instances.length === 0 ? '' : `, on ${instances.join(', ')}`,
    ),
  );
}
