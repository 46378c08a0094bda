/** The dashboard of Sluice for Grafana: rows from what callers feel down to what the registry does. */
import { CONTROL_ROWS } from './control-rows.ts';
import { SERVING_ROWS } from './serving-rows.ts';

/** As Grafana imports it. */
export function dashboard(): object {
  return {
    title: 'Sluice',
    uid: 'sluice',
    tags: ['sluice'],
    schemaVersion: 41,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    templating: { list: [dataSource(), chooser('model', ''), chooser('version', 'model=~"$model"')] },
    annotations: { list: [] },
    panels: laidOut(),
  };
}

function dataSource(): object {
  return { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', current: {}, hide: 0 };
}

function chooser(label: string, within: string): object {
  const query = `label_values(sluice_request_duration_seconds_count{${within}}, ${label})`;
  return {
    name: label,
    label: label === 'model' ? 'Model' : 'Version',
    type: 'query',
    datasource: { type: 'prometheus', uid: '${datasource}' },
    query: { query, refId: label },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
  };
}

const COLUMNS = 24;

/** Left to right, and on below where a row is full. */
function laidOut(): object[] {
  const placed: object[] = [];
  let top = 0;
  for (const { title, panels } of [...SERVING_ROWS, ...CONTROL_ROWS]) {
    const at = { x: 0, y: top, w: COLUMNS, h: 1 };
    placed.push({ id: placed.length + 1, type: 'row', title, collapsed: false, panels: [], gridPos: at });
    top += 1;
    let [left, tallest] = [0, 0];
    for (const { width, height, body, ...named } of panels) {
      if (left + width > COLUMNS) [left, top, tallest] = [0, top + tallest, 0];
      placed.push({ id: placed.length + 1, ...named, gridPos: { x: left, y: top, w: width, h: height }, ...body });
      left += width;
      tallest = Math.max(tallest, height);
    }
    top += tallest;
  }
  return placed;
}
