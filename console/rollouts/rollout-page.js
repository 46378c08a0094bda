/** The rollout of a model: where it stands, on what evidence, and what one may do about it. */
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { useWatch } from '../live.js';
import { Empty, Failed, Loading } from '../parts/note.js';
import { Panel } from '../parts/panel.js';
import { ModelTabs } from '../parts/tabs.js';
import { linkTo } from '../route.js';
import { useMay } from '../who.js';
import { EvidencePanel } from './evidence-panel.js';
import { RecordPanel } from './record-panel.js';
import { RolloutPanel } from './rollout-panel.js';
import { StartRollout } from './start-rollout.js';

/** @import { Rollout } from '../types.d.ts' */

const ENDED = ['promoted', 'aborted', 'superseded', 'overridden'];

/** @param {{ model: string, id?: string | undefined }} props `id` undefined: the open or last one */
export function RolloutPage({ model, id }) {
  const { reply, error } = useWatch('Rollouts/Get', id === undefined ? { model } : { id });
  const mayStart = useMay('Rollouts/Start');
  const [isStarting, setStarting] = useState(false);
  /** @type {Rollout | undefined} */
  const rollout = error?.code === 'not_found' ? undefined : reply;
  const isOpen = rollout !== undefined && !ENDED.includes(rollout.phase);
  return [
    h(
      'div',
      { class: 'page-head' },
      h('p', { class: 'crumbs' }, h('a', { href: linkTo('models') }, 'Models'), ' / '),
      h('h1', { class: 'truncate', title: model }, model),
      mayStart &&
        !isOpen &&
        h(
          'button',
          { type: 'button', class: 'button button-main end', onClick: () => setStarting(true) },
          'Start a rollout',
        ),
    ),
    h(ModelTabs, { model, current: 'rollout' }),
    error && error.code !== 'not_found' && h(Failed, { failure: error }),
    rollout === undefined && error === undefined && h(Loading, { lines: 6 }),
    error?.code === 'not_found' &&
      h(
        Panel,
        { title: 'Rollout' },
        h(
          Empty,
          { title: 'No rollout yet' },
          h('p', {}, 'A rollout moves the traffic to another version step by step, on evidence, and back by itself.'),
        ),
      ),
    rollout !== undefined && [
      h(RolloutPanel, { key: 'rollout', rollout }),
      h(EvidencePanel, { key: 'evidence', rollout }),
      h(RecordPanel, { key: 'record', transitions: rollout.transitions }),
    ],
    isStarting && h(StartRollout, { model, onClose: () => setStarting(false) }),
  ];
}
