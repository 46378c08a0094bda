/** The epochs of a model, and the way back to any of them. */
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { change } from '../api.js';
import { ago, clock, percent } from '../format.js';
import { useWatch } from '../live.js';
import { Bar } from '../parts/bar.js';
import { Confirm } from '../parts/confirm.js';
import { Failed, Loading } from '../parts/note.js';
import { Panel } from '../parts/panel.js';
import { useNow } from '../parts/time.js';
import { useMay } from '../who.js';
import { TrafficPreview } from './traffic-preview.js';

/** @import { Epoch } from '../types.d.ts' */

/** @param {{ model: string, epoch: Epoch }} props */
export function EpochsPanel({ model, epoch: current }) {
  const { reply, error } = useWatch('Traffic/ListEpochs', { model, pageSize: 20 });
  const mayRollBack = useMay('Traffic/RollbackTraffic');
  const [target, setTarget] = useState(/** @type {Epoch | undefined} */ (undefined));
  const now = useNow();
  /** @type {Epoch[]} */
  const epochs = reply?.epochs ?? [];
  return h(
    Panel,
    { title: 'Epochs' },
    error && h(Failed, { failure: error }),
    reply === undefined && !error && h(Loading, { lines: 3 }),
    epochs.length > 0 &&
      h(
        'ul',
        { class: 'rows' },
        epochs.map((epoch) =>
          h(
            'li',
            { key: epoch.epoch, class: 'epoch-row' },
            h('span', { class: 'num epoch-number' }, epoch.epoch),
            h(
              'div',
              { class: 'epoch-what' },
              h(Bar, { weights: epoch.policy.arms }),
              h(
                'span',
                { class: 'sub clamp' },
                epoch.policy.arms.map(({ version, weight }) => `${version}: ${percent(weight)}`).join(', '),
              ),
            ),
            h(
              'div',
              { class: 'epoch-why' },
              h('span', {}, `${epoch.cause.replace('_', ' ')} by ${epoch.actor}`),
              epoch.reason !== '' && h('span', { class: 'sub clamp', title: epoch.reason }, epoch.reason),
            ),
            h(
              'time',
              { class: 'sub num', dateTime: epoch.validFrom, title: clock(epoch.validFrom) },
              ago(epoch.validFrom, now),
            ),
            epoch.epoch === current.epoch
              ? h('span', { class: 'tag' }, 'in force')
              : mayRollBack
                ? h(
                    'button',
                    { type: 'button', class: 'button', onClick: () => setTarget(epoch) },
                    'Roll back',
                    h('span', { class: 'sr-only' }, ` to epoch ${epoch.epoch}`),
                  )
                : h('span', {}),
          ),
        ),
      ),
    target !== undefined &&
      h(
        Confirm,
        {
          title: `Roll back to epoch ${target.epoch}`,
          verb: 'Roll back',
          onClose: () => setTarget(undefined),
          onConfirm: (reason) =>
            change('Traffic/RollbackTraffic', { model, toEpoch: target.epoch, expectedEpoch: current.epoch, reason }),
        },
        h(TrafficPreview, { before: current.policy.arms, after: target.policy.arms, epoch: Number(current.epoch) + 1 }),
      ),
  );
}
