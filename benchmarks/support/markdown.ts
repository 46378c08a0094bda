/** Prints tables that read well both in a terminal and in Markdown. */

export type Cell = string | number | undefined;

/** Three digits where they matter, and none of them where they do not. */
function show(value: Cell): string {
  if (typeof value === 'string') return value;
  if (value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return '∞';
  if (value === 0 || Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

export function markdownTable(rows: readonly Readonly<Record<string, Cell>>[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => show(row[column])))];
  const widths = columns.map((_, at) => Math.max(3, ...cells.map((line) => line[at]?.length ?? 0)));
  const numeric = columns.map((column) => rows.some((row) => typeof row[column] === 'number'));
  const rule = widths.map((width, at) => (numeric[at] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  const [head = [], ...body] = cells.map((line) =>
    line.map((cell, at) => (numeric[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))),
  );
  return [head, rule, ...body].map((line) => `| ${line.join(' | ')} |`).join('\n');
}
