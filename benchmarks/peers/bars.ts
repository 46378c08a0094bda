/** Draws horizontal bars on a logarithmic scale as one SVG, on a card of its own that is dark where the reader's page is. */

interface Panel {
  readonly title: string;
  readonly rows: readonly { readonly label: string; readonly value: number; readonly isOurs: boolean }[];
}

export interface Bars {
  readonly title: string;
  readonly subtitle: string;
  readonly panels: readonly Panel[];
}

const WIDTH = 860;
const MARGIN = 24;
const LABELS_WIDTH = 250;
const VALUES_WIDTH = 70;
const ROW_HEIGHT = 22;
const BAR_HEIGHT = 14;
const HEAD_HEIGHT = 68;
const PANEL_HEAD = 34;
const STYLE = `
  .card { fill: #ffffff; stroke: #d1d9e0 } text { fill: #1f2328; font: 13px system-ui, sans-serif }
  .title { font-size: 16px; font-weight: 600 } .panel { font-weight: 600 } .quiet { fill: #59636e; font-size: 12px }
  .ours { fill: #0969da } .bar { fill: #8c959f } .grid { stroke: #d1d9e0; stroke-dasharray: 2 3 }
  @media (prefers-color-scheme: dark) {
    .card { fill: #0d1117; stroke: #3d444d } text { fill: #f0f6fc } .quiet { fill: #9198a1 }
    .ours { fill: #4493f8 } .bar { fill: #656c76 } .grid { stroke: #3d444d }
  }`;

export function drawBars({ title, subtitle, panels }: Bars): string {
  const scale = scaleOf(panels);
  const heights = panels.map(({ rows }) => PANEL_HEAD + rows.length * ROW_HEIGHT + 10);
  const height = HEAD_HEIGHT + heights.reduce((sum, one) => sum + one, 0) + MARGIN / 2;
  const parts: string[] = [];
  let top = HEAD_HEIGHT;
  panels.forEach((panel, at) => {
    parts.push(drawPanel(panel, top, scale));
    top += heights[at] ?? 0;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<desc>${escape(panels.map(describePanel).join(' '))}</desc>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>`,
    text({ x: MARGIN, y: 32, kind: 'title' }, title),
    text({ x: MARGIN, y: 52, kind: 'quiet' }, subtitle),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** Powers of ten below, and the longest bar. */
interface Scale {
  readonly low: number;
  readonly high: number;
}

/** The same for all panels, so that bars can be compared across them. */
function scaleOf(panels: readonly Panel[]): Scale {
  const values = panels.flatMap(({ rows }) => rows.map(({ value }) => value));
  return { low: 10 ** Math.floor(Math.log10(Math.min(...values) / 2)), high: Math.max(...values) };
}

function drawPanel({ title, rows }: Panel, top: number, { low, high }: Scale): string {
  const left = MARGIN + LABELS_WIDTH;
  const room = WIDTH - MARGIN - VALUES_WIDTH - left;
  const lengthOf = (value: number): number => (room * Math.log(value / low)) / Math.log(high / low);
  const first = top + PANEL_HEAD;
  const bottom = first + rows.length * ROW_HEIGHT;
  const parts = [text({ x: MARGIN, y: top + 20, kind: 'panel' }, title)];
  for (let tick = low; tick <= high; tick *= 10) {
    const x = (left + lengthOf(tick)).toFixed(1);
    parts.push(
      `<line class="grid" x1="${x}" x2="${x}" y1="${first - 4}" y2="${bottom}"/>`,
      text({ x: Number(x), y: first - 8, kind: 'quiet', anchor: 'middle' }, tick.toLocaleString('en')),
    );
  }
  rows.forEach(({ label, value, isOurs }, at) => {
    const y = first + at * ROW_HEIGHT;
    const length = lengthOf(value);
    parts.push(
      text({ x: left - 10, y: y + 12, anchor: 'end' }, label),
      `<rect class="${isOurs ? 'ours' : 'bar'}" x="${left}" y="${y + 1}" width="${length.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
      text({ x: left + length + 8, y: y + 12 }, Number(value.toPrecision(3)).toLocaleString('en')),
    );
  });
  return parts.join('\n');
}

/** For whoever does not see the picture. */
function describePanel({ title, rows }: Panel): string {
  return `${title}: ${rows.map(({ label, value }) => `${label} ${Number(value.toPrecision(3))} µs`).join(', ')}.`;
}

function text(
  place: { readonly x: number; readonly y: number; readonly kind?: string; readonly anchor?: string },
  content: string,
): string {
  const { x, y, kind, anchor } = place;
  const attributes = [
    `x="${Number(x.toFixed(1))}" y="${y}"`,
    ...(kind === undefined ? [] : [`class="${kind}"`]),
    ...(anchor === undefined ? [] : [`text-anchor="${anchor}"`]),
  ];
  return `<text ${attributes.join(' ')}>${escape(content)}</text>`;
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
