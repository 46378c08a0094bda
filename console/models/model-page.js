/** One model: its traffic, how its versions do, what they are, and how it came to be so. */
import { h } from 'preact';
import { useWatch } from '../live.js';
import { Failed, Loading } from '../parts/note.js';
import { Panel } from '../parts/panel.js';
import { ModelTabs } from '../parts/tabs.js';
import { linkTo } from '../route.js';
import { EpochsPanel } from './epochs-panel.js';
import { LivePanel } from './live-panel.js';
import { TrafficPanel } from './traffic-panel.js';
import { VersionsPanel } from './versions-panel.js';

/** @import { TrafficReply, Version } from '../types.d.ts' */

/** @param {{ model: string }} props */
export function ModelPage({ model }) {
  const { reply: listed, error } = useWatch('Registry/ListVersions', { model, pageSize: 200 });
  const { reply: told } = useWatch('Traffic/WatchTraffic', { model });
  /** @type {Version[] | undefined} */
  const versions = listed?.versions;
  /** @type {TrafficReply | undefined} */
  const traffic = told;
  /** The oldest has the first tone, so that a new one changes nobody's. @param {string} version */
  const toneOf = (version) => {
    const at = versions?.findIndex((candidate) => candidate.version === version) ?? -1;
    return at < 0 ? 0 : ((versions?.length ?? 0) - 1 - at) % 6;
  };
  return [
    h(
      'div',
      { class: 'page-head' },
      h('p', { class: 'crumbs' }, h('a', { href: linkTo('models') }, 'Models'), ' / '),
      h('h1', { class: 'truncate', title: model }, model),
    ),
    h(ModelTabs, { model, current: '' }),
    error && h(Failed, { failure: error }),
    versions === undefined && !error && h(Loading, { lines: 6 }),
    versions !== undefined &&
      (traffic === undefined
        ? h(
            Panel,
            { title: 'Traffic' },
            h('p', { class: 'sub pad' }, 'No qualified version yet: the first one takes all of the traffic.'),
          )
        : h(TrafficPanel, { model, traffic, versions, toneOf })),
    versions !== undefined && traffic !== undefined && h(LivePanel, { model, traffic, toneOf }),
    versions !== undefined && h(VersionsPanel, { model, versions, toneOf }),
    traffic !== undefined && h(EpochsPanel, { model, epoch: traffic.epoch }),
  ];
}
