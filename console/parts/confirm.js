/** Asks for a reason before something changes; the reason goes into the audit log. */
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { useAction } from './action.js';
import { Dialog } from './dialog.js';
import { Failed } from './note.js';

/** @import { ComponentChildren } from 'preact' */

/**
 * @param {{
 *   title: string, verb: string, danger?: boolean, onClose: () => void,
 *   onConfirm: (reason: string) => Promise<unknown>, children?: ComponentChildren,
 * }} props
 */
export function Confirm({ title, verb, danger = false, onClose, onConfirm, children }) {
  const [reason, setReason] = useState('');
  const { busy, failure, run } = useAction();
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    run(async () => {
      await onConfirm(reason);
      onClose();
    });
  };
  return h(
    Dialog,
    { title, onClose },
    h(
      'form',
      { class: 'form', onSubmit: submit },
      children,
      h(
        'label',
        { class: 'field' },
        h('span', {}, 'Reason'),
        h('input', {
          value: reason,
          maxLength: 1000,
          placeholder: 'Kept in the audit log',
          autofocus: true,
          onInput: (/** @type {any} */ event) => setReason(event.currentTarget.value),
        }),
      ),
      failure && h(Failed, { failure }),
      h(
        'div',
        { class: 'buttons' },
        h('button', { type: 'button', class: 'button', onClick: onClose }, 'Cancel'),
        h('button', { class: `button ${danger ? 'button-danger' : 'button-main'}`, disabled: busy }, verb),
      ),
    ),
  );
}
