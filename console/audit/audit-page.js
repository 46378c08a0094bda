/** Who changed what, when and why; and who answered whom. */
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { ask } from '../api.js';
import { count } from '../format.js';
import { useAction } from '../parts/action.js';
import { Mark } from '../parts/mark.js';
import { Failed } from '../parts/note.js';
import { useMay } from '../who.js';
import { EventsPanel } from './events-panel.js';
import { WhoServedPanel } from './who-served-panel.js';

export function AuditPage() {
  return [
    h('div', { class: 'page-head' }, h('h1', {}, 'Audit'), h(Chain, {})),
    h(WhoServedPanel, {}),
    h(EventsPanel, {}),
  ];
}

/** Each event holds the hash of the one before: all of them are recomputed. */
function Chain() {
  const [found, setFound] = useState(/** @type {any} */ (undefined));
  const { busy, failure, run } = useAction();
  if (!useMay('Audit/VerifyChain')) return null;
  return h(
    'div',
    { class: 'end chain' },
    failure && h(Failed, { failure }),
    found !== undefined &&
      h(
        'span',
        { role: 'status' },
        h(Mark, {
          state: found.intact ? 'intact' : 'broken',
          word: found.intact ? `${count(found.events)} events, none was changed` : `broken at event ${found.brokenAt}`,
        }),
      ),
    h(
      'button',
      {
        type: 'button',
        class: 'button',
        disabled: busy,
        onClick: () => run(async () => setFound(await ask('Audit/VerifyChain'))),
      },
      'Verify the chain',
    ),
  );
}
