/** Where callers have to say who they are: a token is exchanged for a cookie that the page cannot read. */
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { signIn } from './api.js';
import { useAction } from './parts/action.js';
import { Failed } from './parts/note.js';

/** @param {{ onDone: () => void }} props */
export function SignIn({ onDone }) {
  const [token, setToken] = useState('');
  const { busy, failure, run } = useAction();
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    run(async () => {
      await signIn(token.trim());
      setToken('');
      onDone();
    });
  };
  return h(
    'main',
    { class: 'sign-in' },
    h('h1', { class: 'brand' }, h('img', { src: '/icon.svg', alt: '', width: 24, height: 24 }), 'Sluice'),
    h(
      'form',
      { class: 'form panel', onSubmit: submit },
      h(
        'label',
        { class: 'field' },
        h('span', {}, 'Token'),
        h('input', {
          type: 'password',
          value: token,
          required: true,
          autocomplete: 'current-password',
          autofocus: true,
          onInput: (/** @type {any} */ event) => setToken(event.currentTarget.value),
        }),
      ),
      h('p', { class: 'hint' }, 'An administrator makes one with ', h('code', {}, 'sluice token create'), '.'),
      failure && h(Failed, { failure }),
      h('button', { class: 'button button-main', disabled: busy }, 'Sign in'),
    ),
  );
}
