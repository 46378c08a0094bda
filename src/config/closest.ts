/** The name that somebody who mistyped one probably meant. */

/** The candidate with the fewest edits, if they are few enough to be a slip; undefined otherwise. */
export function closest(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(2, Math.floor(name.length / 4)) + 1;
  for (const candidate of candidates) {
    const count = edits(name, candidate);
    // A name of two letters is two edits from anything.
    if (count >= fewest || count >= Math.max(name.length, candidate.length)) continue;
    best = candidate;
    fewest = count;
  }
  return best;
}

/** Levenshtein distance: insertions, deletions and replacements. */
function edits(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
