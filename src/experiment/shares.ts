/** Whole shares that sum exactly. */

/** Divides `total` in proportion to `parts`, by the largest remainders; earlier parts win ties. All zeros = equally. */
export function apportion(total: number, parts: readonly number[]): readonly number[] {
  const sum = parts.reduce((all, part) => all + part, 0);
  const exact = parts.map((part) => (sum === 0 ? total / parts.length : (total * part) / sum));
  const whole = exact.map(Math.floor);
  const left = total - whole.reduce((all, part) => all + part, 0);
  const order = exact
    .map((part, index) => ({ index, rest: part - Math.floor(part) }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of order.slice(0, left)) whole[index] = (whole[index] ?? 0) + 1;
  return whole;
}
