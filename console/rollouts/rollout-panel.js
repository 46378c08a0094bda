/** Where a rollout stands: its stages as a timeline, what is waited for, and the buttons that its state allows. */
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { change } from '../api.js';
import { ago, count, millis, percent, share, span } from '../format.js';
import { Confirm } from '../parts/confirm.js';
import { Mark } from '../parts/mark.js';
import { Panel } from '../parts/panel.js';
import { useNow } from '../parts/time.js';
import { useMay } from '../who.js';

/** @import { ArmView, Rollout } from '../types.d.ts' */
/** @typedef {{ title: string, verb: string, method: string, danger?: boolean, message?: object, says: string }} Command */

const OPEN = ['loading', 'shadowing', 'holding', 'awaiting_approval', 'paused', 'baking'];

/** @type {(Command & { phases: string[] })[]} */
const COMMANDS = [
  {
    title: 'Approve',
    verb: 'Approve',
    method: 'Rollouts/Approve',
    phases: ['awaiting_approval'],
    says: 'The step that waits for an approval goes on. Whoever started the rollout cannot approve it.',
  },
  {
    title: 'Promote a step',
    verb: 'Promote',
    method: 'Rollouts/Promote',
    phases: ['loading', 'shadowing', 'holding', 'baking', 'paused'],
    says: 'The next step begins without waiting for the rest of this one.',
  },
  {
    title: 'Promote fully',
    verb: 'Promote fully',
    method: 'Rollouts/Promote',
    message: { full: true },
    phases: ['loading', 'shadowing', 'holding', 'paused'],
    says: 'All traffic moves to the candidate, without the steps between.',
  },
  {
    title: 'Pause',
    verb: 'Pause',
    method: 'Rollouts/Pause',
    phases: ['loading', 'shadowing', 'holding', 'awaiting_approval', 'baking'],
    says: 'It stays where it is. The evidence goes on being watched, and may still take it back.',
  },
  {
    title: 'Resume',
    verb: 'Resume',
    method: 'Rollouts/Resume',
    phases: ['paused'],
    says: 'It goes on from where it was paused; the time of the step begins anew.',
  },
  {
    title: 'Abort',
    verb: 'Abort',
    method: 'Rollouts/Abort',
    danger: true,
    phases: OPEN,
    says: 'All traffic goes back to the stable version at once.',
  },
];

/** @param {{ rollout: Rollout }} props */
export function RolloutPanel({ rollout }) {
  const { id, stable, candidate, phase, reason, weight, startedBy, startedAt, endedAt, stageDeadline } = rollout;
  const now = useNow();
  return h(
    Panel,
    {
      title: `Rollout ${id}`,
      aside: [
        h(Mark, { state: phase }),
        h(
          'span',
          { class: 'sub' },
          `started by ${startedBy}, ${ago(startedAt, now)}${endedAt === undefined ? '' : `; over ${ago(endedAt, now)}`}`,
        ),
      ],
      class: 'padded',
    },
    h(
      'p',
      { class: 'from-to' },
      h('span', { class: 'truncate', title: stable }, stable),
      h('span', { 'aria-label': 'to' }, '→'),
      h('b', { class: 'truncate', title: candidate }, candidate),
      h('span', { class: 'num' }, `${percent(weight)} of the traffic`),
    ),
    h('p', { class: 'break' }, reason),
    h(Stages, { rollout }),
    stageDeadline !== undefined &&
      h(
        'p',
        { class: 'sub' },
        `If nothing else happens, this stage ends by itself in ${span(Date.parse(stageDeadline) - now)}.`,
      ),
    h(Arms, { rollout }),
    h(Commands, { rollout }),
  );
}

/** @param {{ rollout: Rollout }} props */
function Stages({ rollout: { stages, stage, phase } }) {
  const isDone = phase === 'promoted';
  const isOver = !OPEN.includes(phase) && !isDone;
  return h(
    'ol',
    { class: 'steps stages' },
    stages.map((text, index) => {
      const kind = isDone || index < stage ? 'done' : index > stage ? 'next' : isOver ? 'over' : 'now';
      return h(
        'li',
        { key: index, class: `step step-${kind}`, 'aria-current': kind === 'now' ? 'step' : undefined },
        h(
          'span',
          { class: 'sr-only' },
          { done: 'done: ', now: 'now: ', next: 'to come: ', over: 'ended here: ' }[kind],
        ),
        text,
      );
    }),
  );
}

/** @param {{ rollout: Rollout }} props */
function Arms({ rollout: { stableArm, candidateArm } }) {
  const arms = /** @type {[string, ArmView | undefined][]} */ ([
    ['stable', stableArm],
    ['candidate', candidateArm],
  ]);
  return h(
    'div',
    { class: 'scroll' },
    h(
      'table',
      { class: 'table' },
      h('caption', { class: 'sr-only' }, 'Both versions since the start'),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['Since the start', 'Calls', 'Failed', 'p50', 'p95', 'p99'].map((title) =>
            h('th', { key: title, scope: 'col' }, title),
          ),
        ),
      ),
      h(
        'tbody',
        {},
        arms.map(
          ([role, arm]) =>
            arm &&
            h(
              'tr',
              { key: role },
              h('th', { scope: 'row' }, `${arm.version} (${role})`),
              h('td', {}, count(arm.calls)),
              h('td', {}, arm.calls === '0' ? '–' : share(Number(arm.faults) / Number(arm.calls))),
              h('td', {}, millis(arm.requestP50Ms)),
              h('td', {}, millis(arm.requestP95Ms)),
              h('td', {}, millis(arm.requestP99Ms)),
            ),
        ),
      ),
    ),
  );
}

/** @param {{ rollout: Rollout }} props */
function Commands({ rollout: { id, phase, generation } }) {
  const [asked, setAsked] = useState(/** @type {Command | undefined} */ (undefined));
  const buttons = COMMANDS.filter(({ phases }) => phases.includes(phase)).map((command) =>
    h(CommandButton, { key: command.title, command, onAsk: () => setAsked(command) }),
  );
  if (buttons.length === 0) return null;
  return h(
    'div',
    { class: 'buttons' },
    buttons,
    asked !== undefined &&
      h(
        Confirm,
        {
          title: asked.title,
          verb: asked.verb,
          danger: asked.danger ?? false,
          onClose: () => setAsked(undefined),
          onConfirm: (reason) => change(asked.method, { id, expectedGeneration: generation, reason, ...asked.message }),
        },
        h('p', {}, asked.says),
      ),
  );
}

/** @param {{ command: Command, onAsk: () => void }} props */
function CommandButton({ command: { title, method, danger = false }, onAsk }) {
  if (!useMay(method)) return null;
  return h('button', { type: 'button', class: danger ? 'button button-danger' : 'button', onClick: onAsk }, title);
}
