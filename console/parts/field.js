/** Text fields of a form whose values are one object. */
import { h } from 'preact';

/**
 * What makes the labelled input of one of `fields`.
 * @template {Record<string, any>} Fields
 * @param {Fields} fields
 * @param {(fields: Fields) => void} setFields
 */
export function fieldsOf(fields, setFields) {
  /** @param {keyof Fields} name @param {string} title @param {object} [more] */
  return (name, title, more = {}) =>
    h(
      'label',
      { class: 'field' },
      h('span', {}, title),
      h('input', {
        value: fields[name],
        ...more,
        onInput: (/** @type {any} */ event) => setFields({ ...fields, [name]: event.currentTarget.value }),
      }),
    );
}
