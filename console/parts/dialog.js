/** A question that has to be answered before anything else. */
import { h } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** @import { ComponentChildren } from 'preact' */

/** @param {{ title: string, onClose: () => void, children?: ComponentChildren }} props */
export function Dialog({ title, onClose, children }) {
  const ref = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return h(
    'dialog',
    { ref, class: 'dialog', 'aria-label': title, onCancel: onClose },
    h('header', { class: 'dialog-head' }, h('h2', {}, title)),
    children,
  );
}
