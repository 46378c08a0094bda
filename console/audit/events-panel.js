/** The audit log, with filters; an event shows what there was before and after. */
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { ask } from '../api.js';
import { clock } from '../format.js';
import { useWatch } from '../live.js';
import { useAction } from '../parts/action.js';
import { Empty, Failed, Loading } from '../parts/note.js';
import { Panel } from '../parts/panel.js';

/** @import { AuditEvent } from '../types.d.ts' */

const PAGE = 50;

export function EventsPanel() {
  const [filter, setFilter] = useState({ model: '', kind: '', from: '', to: '' });
  const request = requestOf(filter);
  const { reply, error } = useWatch('Audit/ListEvents', request);
  return h(
    Panel,
    { title: 'Events' },
    h(Filters, { filter, onFilter: setFilter }),
    error && h(Failed, { failure: error }),
    reply === undefined && !error && h(Loading, { lines: 5 }),
    reply !== undefined && h(Events, { key: JSON.stringify(request), first: reply, request }),
  );
}

/** @param {{ model: string, kind: string, from: string, to: string }} filter */
function requestOf({ model, kind, from, to }) {
  return {
    pageSize: PAGE,
    ...(model === '' ? {} : { model }),
    ...(kind === '' ? {} : { kind }),
    ...(from === '' ? {} : { from: new Date(from).toISOString() }),
    ...(to === '' ? {} : { to: new Date(to).toISOString() }),
  };
}

/**
 * @param {{
 *   filter: { model: string, kind: string, from: string, to: string },
 *   onFilter: (filter: { model: string, kind: string, from: string, to: string }) => void,
 * }} props
 */
function Filters({ filter, onFilter }) {
  /** @param {'model' | 'kind' | 'from' | 'to'} name @param {string} title @param {object} more */
  const field = (name, title, more) =>
    h(
      'label',
      { class: 'field' },
      h('span', {}, title),
      h('input', {
        value: filter[name],
        ...more,
        onChange: (/** @type {any} */ event) => onFilter({ ...filter, [name]: event.currentTarget.value }),
      }),
    );
  return h(
    'div',
    { class: 'filters', role: 'search' },
    field('model', 'Model', { placeholder: 'all' }),
    field('kind', 'Kind', { placeholder: 'traffic.set, …' }),
    field('from', 'From', { type: 'datetime-local' }),
    field('to', 'To', { type: 'datetime-local' }),
  );
}

/** @param {{ first: { events: AuditEvent[], nextPageToken: string }, request: object }} props */
function Events({ first, request }) {
  const [older, setOlder] = useState(/** @type {AuditEvent[]} */ ([]));
  const [token, setToken] = useState(/** @type {string | undefined} */ (undefined));
  const { busy, failure, run } = useAction();
  const next = token ?? first.nextPageToken;
  const last = Number(first.events.at(-1)?.seq ?? 0);
  const events = [...first.events, ...older.filter(({ seq }) => Number(seq) < last)];
  if (events.length === 0) return h(Empty, { title: 'No such events' });
  const more = () =>
    run(async () => {
      const page = await ask('Audit/ListEvents', { ...request, pageToken: next });
      setOlder([...older, ...page.events]);
      setToken(page.nextPageToken);
    });
  return [
    h(
      'ul',
      { class: 'rows' },
      events.map((event) => h(EventRow, { key: event.seq, event })),
    ),
    failure && h(Failed, { failure }),
    next !== '' &&
      h(
        'div',
        { class: 'pad' },
        h('button', { type: 'button', class: 'button', disabled: busy, onClick: more }, 'Older events'),
      ),
  ];
}

/** @param {{ event: AuditEvent }} props */
function EventRow({ event: { seq, at, kind, model, subject, actor, reason, before, after, hash } }) {
  return h(
    'li',
    {},
    h(
      'details',
      { class: 'event' },
      h(
        'summary',
        { class: 'event-row' },
        h('time', { class: 'sub', dateTime: at }, clock(at)),
        h('span', { class: 'truncate' }, kind),
        h(
          'span',
          { class: 'truncate', title: `${model} ${subject}` },
          model,
          subject !== '' && h('span', { class: 'sub' }, ` ${subject}`),
        ),
        h('span', { class: 'truncate', title: actor }, actor),
        h('span', { class: 'sub clamp' }, reason),
      ),
      h(
        'div',
        { class: 'three' },
        h(
          'div',
          {},
          h('h3', {}, 'Before'),
          h('pre', { class: 'json', tabIndex: 0, 'aria-label': 'Before' }, text(before)),
        ),
        h(
          'div',
          {},
          h('h3', {}, 'After'),
          h('pre', { class: 'json', tabIndex: 0, 'aria-label': 'After' }, text(after)),
        ),
        h('p', { class: 'sub break' }, `Event ${seq}, hash `, h('code', {}, hash)),
      ),
    ),
  );
}

/** @param {unknown} value */
function text(value) {
  return value === undefined || value === null ? '–' : JSON.stringify(value, undefined, 2);
}
