/** The versions of a model: the states that they are in, and what is known of each. */
import { h } from 'preact';
import { useState } from 'preact/hooks';
import { ago, bytes, percent, shortDigest } from '../format.js';
import { Mark } from '../parts/mark.js';
import { Panel } from '../parts/panel.js';
import { useNow } from '../parts/time.js';
import { useMay } from '../who.js';
import { UploadDialog } from './upload-dialog.js';
import { VersionDetail } from './version-detail.js';

/** @import { Version } from '../types.d.ts' */

/** @param {{ model: string, versions: Version[], toneOf: (version: string) => number }} props */
export function VersionsPanel({ model, versions, toneOf }) {
  const mayRegister = useMay('Registry/RegisterVersion');
  const [isUploading, setUploading] = useState(false);
  const [opened, setOpened] = useState('');
  return h(
    Panel,
    {
      title: 'Versions',
      aside:
        mayRegister &&
        h('button', { type: 'button', class: 'button', onClick: () => setUploading(true) }, 'Upload a version'),
    },
    h(
      'ul',
      { class: 'rows' },
      versions.map((version) =>
        h(VersionRow, {
          key: version.version,
          version,
          tone: toneOf(version.version),
          isOpen: opened === version.version,
          onToggle: () => setOpened(opened === version.version ? '' : version.version),
        }),
      ),
    ),
    isUploading && h(UploadDialog, { model, onClose: () => setUploading(false) }),
  );
}

/** @param {{ version: Version, tone: number, isOpen: boolean, onToggle: () => void }} props */
function VersionRow({ version, tone, isOpen, onToggle }) {
  const now = useNow();
  const { version: name, state, reason, stage, aliases, weight, warm, digest, createdAt } = version;
  return h(
    'li',
    { class: 'version-item' },
    h(
      'button',
      { type: 'button', class: 'version-row', 'aria-expanded': isOpen, onClick: onToggle },
      h('i', { class: `swatch tone-${tone}` }),
      h('span', { class: 'version-name truncate', title: name }, name),
      h(Mark, { state }),
      h('span', { class: 'num' }, weight > 0 ? percent(weight) : warm ? 'warm' : '–'),
      h(
        'span',
        { class: 'tags' },
        h('span', { class: 'tag' }, stage),
        aliases.map((alias) => h('span', { key: alias, class: 'tag tag-alias' }, alias)),
      ),
      h('code', { class: 'sub' }, shortDigest(digest)),
      h('span', { class: 'sub num' }, bytes(version.bytes)),
      h('span', { class: 'sub num' }, ago(createdAt, now)),
      h('span', { class: 'chevron', 'aria-hidden': 'true' }),
    ),
    state === 'REJECTED' && h('p', { class: 'notice notice-bad' }, reason),
    isOpen && h(VersionDetail, { version }),
  );
}
