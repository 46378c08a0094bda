/** A state by its shape, its colour and its word. */
import { h } from 'preact';

/** @typedef {'ok' | 'busy' | 'warn' | 'bad' | 'idle'} Tone */

/** @type {Record<string, Tone>} */
const TONES = {
  QUALIFIED: 'ok',
  READY: 'ok',
  live: 'ok',
  ok: 'ok',
  pass: 'ok',
  better: 'ok',
  promoted: 'ok',
  concluded: 'ok',
  applied: 'ok',
  healthy: 'ok',
  none: 'ok',
  intact: 'ok',
  UPLOADED: 'busy',
  QUALIFYING: 'busy',
  FETCHING: 'busy',
  LOADING: 'busy',
  WARMING: 'busy',
  DRAINING: 'busy',
  loading: 'busy',
  shadowing: 'busy',
  holding: 'busy',
  baking: 'busy',
  running: 'busy',
  connecting: 'busy',
  applying: 'busy',
  awaiting_approval: 'warn',
  paused: 'warn',
  insufficient: 'idle',
  undecided: 'idle',
  world: 'warn',
  model: 'warn',
  both: 'warn',
  drift: 'warn',
  alarm: 'warn',
  lost: 'warn',
  REJECTED: 'bad',
  FAILED: 'bad',
  fail: 'bad',
  worse: 'bad',
  aborted: 'bad',
  unhealthy: 'bad',
  broken: 'bad',
};

/** @type {Record<Tone, string>} */
const SHAPES = {
  ok: 'M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1z',
  busy: 'M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1zm0 1.6v6.8a3.4 3.4 0 0 0 0-6.8z',
  warn: 'M6 1.2 11.4 10.6H.6z',
  bad: 'M1.5 1.5h9v9h-9z',
  idle: 'M6 1.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zm0 1.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6z',
};

/** @param {{ state: string, word?: string }} props */
export function Mark({ state, word = state.toLowerCase().replaceAll('_', ' ') }) {
  const tone = TONES[state] ?? 'idle';
  const shape = h(
    'svg',
    { viewBox: '0 0 12 12', 'aria-hidden': 'true' },
    h('path', { d: SHAPES[tone], 'fill-rule': 'evenodd' }),
  );
  return h('span', { class: `mark mark-${tone}` }, shape, word);
}
