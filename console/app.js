/** The frame of all pages: where one can go, whether what one sees is live, and who one is. */
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { ownName, setOwnName, signOut } from './api.js';
import { AuditPage } from './audit/audit-page.js';
import { ExperimentPage } from './experiments/experiment-page.js';
import { ExperimentsPage } from './experiments/experiments-page.js';
import { reconnect, useConnection } from './live.js';
import { ModelPage } from './models/model-page.js';
import { ModelsPage } from './models/models-page.js';
import { Mark } from './parts/mark.js';
import { Loading } from './parts/note.js';
import { RolloutPage } from './rollouts/rollout-page.js';
import { RolloutsPage } from './rollouts/rollouts-page.js';
import { linkTo, useRoute } from './route.js';
import { ShadowPage } from './shadow/shadow-page.js';
import { SignIn } from './sign-in.js';
import { useTheme } from './theme.js';
import { useSession, Who } from './who.js';

/** @import { Session } from './types.d.ts' */

const PLACES = [
  ['Models', 'models'],
  ['Rollouts', 'rollouts'],
  ['Experiments', 'experiments'],
  ['Audit', 'audit'],
];

/** Words for what the connection is. */
const CONNECTIONS = { connecting: 'connecting', live: 'live', lost: 'reconnecting' };

export function App() {
  const route = useRoute();
  const [asked, setAsked] = useState(0);
  const model = route[0] === 'models' ? (route[1] ?? '') : '';
  const who = useSession(model, asked);
  const signedIn = () => {
    setAsked(asked + 1);
    reconnect();
  };
  const leave = () => {
    signOut().finally(signedIn);
  };
  if (who === undefined) return h('main', { class: 'page' }, h(Loading, { lines: 3 }));
  if (!who.signedIn) return h(SignIn, { onDone: signedIn });
  return h(
    Who.Provider,
    { value: who },
    h('a', { class: 'skip', href: '#content', onClick: focusContent }, 'Skip to the content'),
    h(Head, { place: route[0] ?? 'models', who, onLeave: leave }),
    h('main', { id: 'content', class: 'page', tabIndex: -1 }, h(Page, { key: route.join('/'), route })),
  );
}

/** @param {Event} event */
function focusContent(event) {
  event.preventDefault();
  document.querySelector('main')?.focus();
}

/** @param {{ route: string[] }} props */
function Page({ route }) {
  const [place = 'models', name, part] = route;
  if (place === 'rollouts') return h(RolloutsPage, {});
  if (place === 'experiments') return name === undefined ? h(ExperimentsPage, {}) : h(ExperimentPage, { name });
  if (place === 'audit') return h(AuditPage, {});
  if (name === undefined) return h(ModelsPage, {});
  if (part === 'rollout') return h(RolloutPage, { model: name, id: route[3] });
  if (part === 'shadow') return h(ShadowPage, { model: name });
  return h(ModelPage, { model: name });
}

/** @param {{ place: string, who: Session, onLeave: () => void }} props */
function Head({ place, who, onLeave }) {
  const connection = useConnection();
  const [theme, nextTheme] = useTheme();
  return h(
    'header',
    { class: 'head' },
    h(
      'a',
      { class: 'brand', href: linkTo('models') },
      h('img', { src: '/icon.svg', alt: '', width: 20, height: 20 }),
      'Sluice',
    ),
    h(
      'nav',
      { class: 'places', 'aria-label': 'Console' },
      PLACES.map(([title, part = '']) =>
        h('a', { key: part, href: linkTo(part), 'aria-current': part === place ? 'page' : undefined }, title),
      ),
    ),
    h(
      'div',
      { class: 'head-end' },
      h('span', { role: 'status' }, h(Mark, { state: connection, word: CONNECTIONS[connection] })),
      h(
        'button',
        { type: 'button', class: 'button button-quiet', onClick: nextTheme, title: 'Change the theme' },
        h('span', { class: 'theme-word' }, 'Theme: '),
        theme,
      ),
      h(Me, { who, onLeave }),
    ),
  );
}

/** @param {{ who: Session, onLeave: () => void }} props */
function Me({ who, onLeave }) {
  const [name, setName] = useState(ownName());
  if (who.name !== '') {
    return h(
      'span',
      { class: 'me' },
      h('span', { class: 'truncate', title: who.name }, who.name),
      h('span', { class: 'tag' }, who.role),
      h('button', { type: 'button', class: 'button button-quiet', onClick: onLeave }, 'Sign out'),
    );
  }
  return h(
    'label',
    { class: 'me', title: 'How your changes are signed in the audit log' },
    h('span', {}, 'as'),
    h('input', {
      class: 'me-name',
      value: name,
      maxLength: 64,
      'aria-label': 'Your name, for the audit log',
      onInput: (/** @type {any} */ event) => {
        const typed = event.currentTarget.value.replaceAll(/[^\x20-\x7e]/g, '');
        setName(typed);
        setOwnName(typed.trim() === '' ? 'console' : typed.trim());
      },
    }),
  );
}
