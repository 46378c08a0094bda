/** Registers a version from files of this machine, and follows it until it may serve or may not. */
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { upload } from '../api.js';
import { bytes } from '../format.js';
import { useWatch } from '../live.js';
import { useAction } from '../parts/action.js';
import { Dialog } from '../parts/dialog.js';
import { fieldsOf } from '../parts/field.js';
import { Mark } from '../parts/mark.js';
import { Failed } from '../parts/note.js';
import { goTo } from '../route.js';

/** @import { Version } from '../types.d.ts' */

/** @param {{ model?: string, onClose: () => void }} props */
export function UploadDialog({ model, onClose }) {
  const [registered, setRegistered] = useState(/** @type {Version | undefined} */ (undefined));
  return h(
    Dialog,
    { title: model === undefined ? 'Register a version' : `Upload a version of ${model}`, onClose },
    registered === undefined
      ? h(UploadForm, { model, onClose, onRegistered: setRegistered })
      : h(Progress, { registered, onClose }),
  );
}

/** @param {{ model?: string | undefined, onClose: () => void, onRegistered: (version: Version) => void }} props */
function UploadForm({ model, onClose, onRegistered }) {
  const [fields, setFields] = useState({ model: model ?? '', version: '', description: '', reason: '' });
  const [files, setFiles] = useState(/** @type {{ path: string, file: File }[]} */ ([]));
  const [sent, setSent] = useState(0);
  const { busy, failure, run } = useAction();
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    run(async () => {
      const { description, ...named } = fields;
      const version = { ...named, warm: true, metadata: { description } };
      const reply = await upload(version, files, (loaded, total) => setSent(total === 0 ? 0 : loaded / total));
      onRegistered(reply.version);
    });
  };
  const field = fieldsOf(fields, setFields);
  return h(
    'form',
    { class: 'form', onSubmit: submit },
    model === undefined &&
      field('model', 'Model', { required: true, maxLength: 128, pattern: '[A-Za-z0-9][A-Za-z0-9._\\-]*' }),
    field('version', 'Version', { maxLength: 128, placeholder: 'Left empty, it is named after the time' }),
    h(FilePicker, { files, onFiles: setFiles }),
    field('description', 'Description', { maxLength: 10_000 }),
    field('reason', 'Reason', { maxLength: 1000, placeholder: 'Kept in the audit log' }),
    busy && h('progress', { max: 1, value: sent, 'aria-label': 'Uploaded' }),
    failure && h(Failed, { failure }),
    h(
      'div',
      { class: 'buttons' },
      h('button', { type: 'button', class: 'button', onClick: onClose }, 'Cancel'),
      h(
        'button',
        { class: 'button button-main', disabled: busy || files.length === 0 },
        busy ? 'Uploading…' : 'Upload',
      ),
    ),
  );
}

/** @param {{ files: { path: string, file: File }[], onFiles: (files: { path: string, file: File }[]) => void }} props */
function FilePicker({ files, onFiles }) {
  /** @param {FileList | null | undefined} list */
  const take = (list) => onFiles(namedFiles([...(list ?? [])]));
  return h(
    'label',
    {
      class: 'drop',
      onDragOver: (/** @type {DragEvent} */ event) => event.preventDefault(),
      onDrop: (/** @type {DragEvent} */ event) => {
        event.preventDefault();
        take(event.dataTransfer?.files);
      },
    },
    h('span', {}, 'Files: model.onnx, and model.json, reference.json or weights that belong to it'),
    h('input', {
      type: 'file',
      multiple: true,
      onChange: (/** @type {any} */ event) => take(event.currentTarget.files),
    }),
    files.length > 0 &&
      h(
        'ul',
        { class: 'plain' },
        files.map(({ path, file }) =>
          h(
            'li',
            { key: path },
            h('span', { class: 'break' }, path),
            h('span', { class: 'sub num' }, bytes(file.size)),
          ),
        ),
      ),
  );
}

/** One ONNX file is the model, whatever it is called. @param {File[]} files */
function namedFiles(files) {
  const models = files.filter(({ name }) => name.endsWith('.onnx'));
  return files.map((file) => {
    const isOnlyModel = models.length === 1 && models[0] === file;
    return { path: isOnlyModel ? 'model.onnx' : file.name, file };
  });
}

const STEPS = ['UPLOADED', 'QUALIFYING', 'QUALIFIED'];

/** @param {{ registered: Version, onClose: () => void }} props */
function Progress({ registered, onClose }) {
  const { model, version } = registered;
  const { reply = registered } = useWatch('Registry/WatchVersion', { model, version });
  const { state, reason } = reply;
  const open = () => {
    onClose();
    goTo('models', model);
  };
  return h(
    'div',
    { class: 'form' },
    h('p', {}, h('b', { class: 'break' }, version), ` of ${model} is registered.`),
    h(
      'ol',
      { class: 'steps' },
      STEPS.map((step, index) => {
        const at = state === 'REJECTED' ? 1 : STEPS.indexOf(state);
        const kind = index < at || state === 'QUALIFIED' ? 'done' : index === at ? 'now' : 'next';
        const shown = index === at && state === 'REJECTED' ? 'REJECTED' : step;
        return h(
          'li',
          { key: step, class: `step step-${kind}` },
          kind === 'next' ? step.toLowerCase() : h(Mark, { state: shown }),
        );
      }),
    ),
    h(
      'p',
      { role: 'status', class: state === 'REJECTED' ? 'notice notice-bad' : 'sub' },
      state === 'REJECTED'
        ? reason
        : state === 'QUALIFIED'
          ? 'It may have traffic.'
          : 'A process of its own loads it, runs its examples, proves whether rows may share a run, and measures it.',
    ),
    h(
      'div',
      { class: 'buttons' },
      h('button', { type: 'button', class: 'button button-main', autofocus: true, onClick: open }, 'Done'),
    ),
  );
}
