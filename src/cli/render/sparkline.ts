/** A curve in one line of text. */

const LEVELS = '▁▂▃▄▅▆▇█';

/** The last `cells` values, the newest at the right; the highest of them is full, and 0 is the lowest level. */
export function sparkline(values: readonly number[], cells: number): string {
  const shown = values.slice(-cells);
  const most = Math.max(...shown, 0);
  const drawn = shown.map((value) => {
    const level = most > 0 ? Math.ceil((value / most) * (LEVELS.length - 1)) : 0;
    return LEVELS[level] ?? '';
  });
  return drawn.join('').padStart(cells);
}
