/** Tables for people: aligned, numbers to the right, never wider than the terminal. */
import { cut, displayWidth, paint, visible } from './ansi.ts';
import type { Look, Style } from './ansi.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** The columns below which it is not cut; absent = it is never cut. */
  readonly atLeast?: number;
  /** Left out where it is too narrow even so. */
  readonly optional?: boolean;
}

export type Cell = string | { readonly text: string; readonly style: Style };

export interface Table {
  readonly columns: readonly Column[];
  /** As many cells each as there are columns. */
  readonly rows: readonly (readonly Cell[])[];
}

const GAP = '  ';

/**
 * Where it is too narrow for all columns, the optional ones go, the last first; then each row becomes a block of lines.
 */
export function tableLines(table: Table, look: Look): string[] {
  const { columns, rows } = table;
  const shown = rows.map((row) => row.map(shownCell));
  const natural = columns.map(({ title }, at) => {
    return Math.max(displayWidth(title), ...shown.map((row) => displayWidth(row[at]?.text ?? '')));
  });
  const widths = fit(columns, natural, look.width);
  const dispensable = columns.findLastIndex(({ optional }) => optional === true);
  if (widths === undefined && dispensable !== -1) return tableLines(without(table, dispensable), look);
  if (widths === undefined) return blocks(columns, shown, look);
  const head = columns.map(({ title }) => ({ text: title, style: 'bold' as const }));
  return [head, ...shown].map((row) => line(row, { columns, widths, look }));
}

function without({ columns, rows }: Table, at: number): Table {
  return { columns: columns.toSpliced(at, 1), rows: rows.map((row) => row.toSpliced(at, 1)) };
}

interface Shown {
  readonly text: string;
  readonly style: Style | undefined;
}

function shownCell(cell: Cell): Shown {
  return typeof cell === 'string'
    ? { text: visible(cell), style: undefined }
    : { text: visible(cell.text), style: cell.style };
}

/** Takes columns from the widest that may be cut until it fits; undefined where that is not enough. */
function fit(columns: readonly Column[], natural: readonly number[], width: number): readonly number[] | undefined {
  const widths = [...natural];
  const gaps = GAP.length * (columns.length - 1);
  let excess = widths.reduce((sum, each) => sum + each, gaps) - width;
  while (excess > 0) {
    const spare = columns.map(({ atLeast }, at) => (widths[at] ?? 0) > (atLeast ?? Infinity));
    const widest = Math.max(...widths.filter((_, at) => spare[at] === true));
    const at = widths.findIndex((each, index) => spare[index] === true && each === widest);
    if (at === -1) return undefined;
    widths[at] = widest - 1;
    excess -= 1;
  }
  return widths;
}

interface Layout {
  readonly columns: readonly Column[];
  readonly widths: readonly number[];
  readonly look: Look;
}

function line(row: readonly Shown[], { columns, widths, look }: Layout): string {
  const cells = row.map(({ text, style }, at) => {
    const width = widths[at] ?? 0;
    const short = cut(text, width);
    const blank = ' '.repeat(width - displayWidth(short));
    const painted = style === undefined ? short : paint(short, style, look.colour);
    if (columns[at]?.align === 'right') return `${blank}${painted}`;
    return at === row.length - 1 ? painted : `${painted}${blank}`;
  });
  return cells.join(GAP).trimEnd();
}

function blocks(columns: readonly Column[], rows: readonly (readonly Shown[])[], look: Look): string[] {
  const longest = Math.max(...columns.map(({ title }) => displayWidth(title)));
  return rows.flatMap((row, at) => [
    ...(at === 0 ? [] : ['']),
    ...row.flatMap(({ text, style }, index) => {
      if (text === '') return [];
      const head = `${(columns[index]?.title ?? '').padEnd(longest)}${GAP}`;
      const short = cut(text, Math.max(look.width - head.length, 1));
      return [cutHead(head, look.width) + (style === undefined ? short : paint(short, style, look.colour))];
    }),
  ]);
}

function cutHead(head: string, width: number): string {
  return cut(head, Math.max(width - 1, 1));
}

/** Names and values below each other; values that are '' are left out. */
export function fieldLines(fields: readonly (readonly [name: string, value: Cell])[], look: Look): string[] {
  const shown = fields.map(([name, value]) => [name, shownCell(value)] as const).filter(([, { text }]) => text !== '');
  const longest = Math.max(0, ...shown.map(([name]) => displayWidth(name)));
  return shown.map(([name, { text, style }]) => {
    const head = paint(name.padEnd(longest), 'bold', look.colour);
    return `${head}${GAP}${style === undefined ? text : paint(text, style, look.colour)}`;
  });
}
