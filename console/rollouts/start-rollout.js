/** Begins a rollout: which version, in which steps, and how sure one wants to be. */
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { change } from '../api.js';
import { useWatch } from '../live.js';
import { useAction } from '../parts/action.js';
import { Dialog } from '../parts/dialog.js';
import { fieldsOf } from '../parts/field.js';
import { Failed } from '../parts/note.js';

/** @import { Version } from '../types.d.ts' */

const KINDS = [
  ['canary', 'Canary: weight by weight'],
  ['linear', 'Linear: equal steps'],
  ['blueGreen', 'Blue-green: all at once, watched'],
];

const FIRST = {
  candidate: '',
  kind: 'canary',
  steps: '10, 25, 50, 100',
  hold: '60',
  minRequests: '100',
  bake: '300',
  reason: '',
};

/** @param {{ model: string, onClose: () => void }} props */
export function StartRollout({ model, onClose }) {
  const { reply } = useWatch('Registry/ListVersions', { model, state: 'QUALIFIED' });
  const [fields, setFields] = useState(FIRST);
  const [force, setForce] = useState(false);
  const { busy, failure, run } = useAction();
  /** @type {Version[]} */
  const versions = (reply?.versions ?? []).filter((/** @type {Version} */ { weight }) => weight < 10_000);
  const candidate = fields.candidate === '' ? (versions[0]?.version ?? '') : fields.candidate;
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    run(async () => {
      await change('Rollouts/Start', { model, candidate, strategy: strategyOf(fields), force, reason: fields.reason });
      onClose();
    });
  };
  const field = fieldsOf(fields, setFields);
  const seconds = { type: 'number', min: 0, required: true };
  const isStepwise = fields.kind !== 'blueGreen';
  return h(
    Dialog,
    { title: `Start a rollout of ${model}`, onClose },
    h(
      'form',
      { class: 'form', onSubmit: submit },
      h(Choice, {
        title: 'Candidate',
        value: candidate,
        options: versions.map(({ version }) => [version, version]),
        onChoose: (value) => setFields({ ...fields, candidate: value }),
      }),
      h(Choice, {
        title: 'Strategy',
        value: fields.kind,
        options: KINDS,
        onChoose: (value) => setFields({ ...fields, kind: value }),
      }),
      fields.kind === 'canary' &&
        field('steps', 'Weights of the candidate in per cent', { required: true, pattern: '[0-9., ]+' }),
      fields.kind === 'linear' &&
        field('steps', 'Growth of each step in per cent', { required: true, pattern: '[0-9.]+' }),
      isStepwise &&
        h(
          'div',
          { class: 'two' },
          field('hold', 'Each step at least, in seconds', seconds),
          field('minRequests', 'and so many calls', seconds),
        ),
      field('bake', 'Watched with all the traffic, in seconds', seconds),
      field('reason', 'Reason', { maxLength: 1000, placeholder: 'Kept in the audit log' }),
      h(
        'label',
        { class: 'check' },
        h('input', { type: 'checkbox', checked: force, onChange: () => setForce(!force) }),
        'Force it, although a hold-down is not over',
      ),
      versions.length === 0 &&
        reply !== undefined &&
        h('p', { class: 'notice' }, 'There is no other qualified version; upload one first.'),
      failure && h(Failed, { failure }),
      h(
        'div',
        { class: 'buttons' },
        h('button', { type: 'button', class: 'button', onClick: onClose }, 'Cancel'),
        h('button', { class: 'button button-main', disabled: busy || candidate === '' }, 'Start'),
      ),
    ),
  );
}

/** @param {{ title: string, value: string, options: string[][], onChoose: (value: string) => void }} props */
function Choice({ title, value, options, onChoose }) {
  return h(
    'label',
    { class: 'field' },
    h('span', {}, title),
    h(
      'select',
      { value, onChange: (/** @type {any} */ event) => onChoose(event.currentTarget.value) },
      options.map(([option = '', text = option]) => h('option', { key: option, value: option }, text)),
    ),
  );
}

/** @param {typeof FIRST} fields */
function strategyOf({ kind, steps, hold, minRequests, bake }) {
  const each = { hold: `${Number(hold)}s`, minRequests: Number(minRequests) };
  const whole = { bake: `${Number(bake)}s` };
  if (kind === 'blueGreen') return { ...whole, blueGreen: {} };
  const weights = steps.split(',').map((text) => Math.round(Number(text) * 100));
  if (kind === 'linear') {
    return { ...whole, linear: { increment: weights[0] ?? 0, every: each.hold, minRequests: each.minRequests } };
  }
  return { ...whole, canary: { steps: weights.map((weight) => ({ weight, ...each })) } };
}
