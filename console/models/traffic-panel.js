/** Who answers a model's calls, and the way to change it: a draft, what it would do, and the decision. */
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { askExactly, change } from '../api.js';
import { ago } from '../format.js';
import { useWatch } from '../live.js';
import { useAction } from '../parts/action.js';
import { Mark } from '../parts/mark.js';
import { Failed } from '../parts/note.js';
import { Panel } from '../parts/panel.js';
import { useNow } from '../parts/time.js';
import { linkTo } from '../route.js';
import { useMay } from '../who.js';
import { TrafficBar } from './traffic-bar.js';
import { isSame, setWeight } from './traffic-draft.js';
import { TrafficPreview } from './traffic-preview.js';

/** @import { Arm, Rollout, TrafficReply, Version } from '../types.d.ts' */

/**
 * @param {{
 *   model: string, traffic: TrafficReply, versions: Version[], toneOf: (version: string) => number,
 * }} props
 */
export function TrafficPanel({ model, traffic, versions, toneOf }) {
  const { epoch } = traffic;
  const maySet = useMay('Traffic/SetTraffic');
  const [draft, setDraft] = useState(/** @type {{ arms: Arm[], base: string } | undefined} */ (undefined));
  const arms = draft?.arms ?? epoch.policy.arms;
  const isChanged = draft !== undefined && !isSame(epoch.policy.arms, draft.arms);
  /** @param {Arm[]} next */
  const edit = (next) => setDraft({ arms: next, base: draft?.base ?? epoch.epoch });
  const candidates = versions.filter(
    ({ version, state }) => state === 'QUALIFIED' && !arms.some((arm) => arm.version === version),
  );
  return h(
    Panel,
    { title: 'Traffic', aside: h(InForce, { traffic }), class: 'traffic' },
    h(TrafficBar, { arms, toneOf, onChange: maySet ? edit : undefined }),
    h(
      'div',
      { class: 'arms' },
      arms.map((arm, index) =>
        h(ArmField, {
          key: arm.version,
          arm,
          tone: toneOf(arm.version),
          onWeight: maySet && arms.length > 1 ? (weight) => edit(setWeight(arms, index, weight)) : undefined,
          onRemove: maySet && arm.weight === 0 ? () => edit(arms.filter((other) => other !== arm)) : undefined,
        }),
      ),
      maySet &&
        candidates.length > 0 &&
        h(AddArm, { candidates, onAdd: (version) => edit([...arms, { version, weight: 0, arm: '' }]) }),
    ),
    h(Beside, { model, traffic }),
    isChanged &&
      h(Decision, {
        model,
        traffic,
        draft,
        onDone: () => setDraft(undefined),
      }),
  );
}

/** @param {{ arm: Arm, tone: number, onWeight?: ((weight: number) => void) | undefined, onRemove?: (() => void) | undefined }} props */
function ArmField({ arm: { version, weight }, tone, onWeight, onRemove }) {
  return h(
    'div',
    { class: 'arm' },
    h('i', { class: `swatch tone-${tone}` }),
    h('span', { class: 'truncate arm-name', title: version }, version),
    h(
      'span',
      { class: 'weight' },
      h('input', {
        type: 'number',
        class: 'num',
        min: 0,
        max: 100,
        step: 'any',
        value: weight / 100,
        disabled: onWeight === undefined,
        'aria-label': `Weight of ${version} in per cent`,
        onChange: (/** @type {any} */ event) => onWeight?.(Number(event.currentTarget.value) * 100),
      }),
      '%',
    ),
    onRemove &&
      h(
        'button',
        { type: 'button', class: 'button button-quiet', 'aria-label': `Take ${version} out`, onClick: onRemove },
        '×',
      ),
  );
}

/** @param {{ candidates: Version[], onAdd: (version: string) => void }} props */
function AddArm({ candidates, onAdd }) {
  return h(
    'select',
    {
      class: 'add-arm',
      value: '',
      'aria-label': 'Add a version to the traffic',
      onChange: (/** @type {any} */ event) => onAdd(event.currentTarget.value),
    },
    h('option', { value: '', disabled: true }, 'Add a version…'),
    candidates.map(({ version }) => h('option', { key: version, value: version }, version)),
  );
}

/** @param {{ traffic: TrafficReply }} props */
function InForce({ traffic: { epoch, applied, instances } }) {
  const now = useNow();
  const there = instances.filter((instance) => instance.epoch === epoch.epoch).length;
  const late = instances.find((instance) => instance.epoch !== epoch.epoch);
  return [
    h('span', { class: 'num' }, `Epoch ${epoch.epoch}`),
    h(Mark, {
      state: applied ? 'applied' : 'applying',
      word:
        instances.length === 0
          ? 'no serve process connected'
          : `in force on ${there} of ${instances.length} ${instances.length === 1 ? 'process' : 'processes'}`,
    }),
    late !== undefined && late.reason !== '' && h('span', { class: 'sub' }, `${late.instance}: ${late.reason}`),
    h('span', { class: 'sub' }, `${epoch.cause} by ${epoch.actor}, ${ago(epoch.validFrom, now)}`),
  ];
}

/** What else the policy says, and an open rollout: all that a shift by hand would meet. @param {{ model: string, traffic: TrafficReply }} props */
function Beside({ model, traffic }) {
  const { rules, shadows, failOverTo } = traffic.epoch.policy;
  const parts = [
    ...rules.map(({ name, header, version }) => `rule ${name} (${header}) goes to ${version}`),
    ...shadows.map(({ version, share }) => `${share / 100} % copied to shadow ${version}`),
    ...(failOverTo === '' ? [] : [`${failOverTo} answers where another fails`]),
  ];
  return [
    parts.length > 0 && h('p', { class: 'sub' }, `Beside the weights: ${parts.join('; ')}.`),
    h(OpenRollout, { model }),
  ];
}

/** @param {{ model: string }} props */
function OpenRollout({ model }) {
  const { reply } = useWatch('Rollouts/List', { model, openOnly: true, pageSize: 1 });
  /** @type {Rollout | undefined} */
  const rollout = reply?.rollouts[0];
  if (rollout === undefined) return null;
  return h(
    'p',
    { class: 'notice' },
    h(Mark, { state: rollout.phase }),
    `Rollout ${rollout.id} of ${rollout.candidate} is open; setting the traffic by hand ends it. `,
    h('a', { href: linkTo('models', model, 'rollout') }, 'Look at it'),
  );
}

/** @param {{ model: string, traffic: TrafficReply, draft: { arms: Arm[], base: string }, onDone: () => void }} props */
function Decision({ model, traffic: { epoch }, draft, onDone }) {
  const [reason, setReason] = useState('');
  const [force, setForce] = useState(false);
  const { busy, failure, run } = useAction();
  const isStale = draft.base !== epoch.epoch;
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    run(async () => {
      const { epoch: inForce } = await askExactly('Traffic/GetTraffic', { model });
      const policy = { ...inForce.policy, arms: draft.arms };
      await change('Traffic/SetTraffic', { model, policy, expectedEpoch: draft.base, reason, force });
      onDone();
    });
  };
  return h(
    'form',
    { class: 'decision', onSubmit: submit, 'aria-label': 'Preview of the change' },
    h(TrafficPreview, { before: epoch.policy.arms, after: draft.arms, epoch: Number(draft.base) + 1 }),
    isStale &&
      h(
        'p',
        { class: 'notice notice-warn', role: 'alert' },
        `Epoch ${epoch.epoch} was put in force meanwhile. Look again, and start over from it.`,
      ),
    h(
      'label',
      { class: 'field' },
      h('span', {}, 'Reason'),
      h('input', {
        value: reason,
        maxLength: 1000,
        placeholder: 'Kept in the audit log',
        onInput: (/** @type {any} */ event) => setReason(event.currentTarget.value),
      }),
    ),
    failure && h(Failed, { failure }),
    failure?.code === 'failed_precondition' &&
      h(
        'label',
        { class: 'check' },
        h('input', { type: 'checkbox', checked: force, onChange: () => setForce(!force) }),
        'Force it: take versions that do not accept what the live one accepts',
      ),
    h(
      'div',
      { class: 'buttons' },
      h('button', { type: 'button', class: 'button', onClick: onDone }, isStale ? 'Start over' : 'Discard'),
      h(
        'button',
        { class: 'button button-main', disabled: busy || isStale },
        busy ? 'Setting…' : `Put epoch ${Number(draft.base) + 1} in force`,
      ),
    ),
  );
}
