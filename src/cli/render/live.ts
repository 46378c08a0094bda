/** A block of lines that is drawn again in the same place. */

const CLEAR_BELOW = '\u001b[J';
const CLEAR_LINE = '\u001b[K';

/** What to write so that the new lines stand where the `former` lines, each one row high, stood. */
export function redraw(former: number, lines: readonly string[]): string {
  const up = former === 0 ? '' : `\u001b[${former}A`;
  return `${up}\r${CLEAR_BELOW}${lines.map((line) => `${line}\n`).join('')}`;
}

/** What to write so that the line stands in place of the one under the cursor. */
export function overwrite(line: string): string {
  return `\r${line}${CLEAR_LINE}`;
}
