/** When calls are due: a fixed rate, whatever the server does. */

/** Milliseconds from the start, without end; Poisson arrivals have exponential gaps. */
export function* arrivals(options: {
  readonly rate: number;
  readonly spacing: 'even' | 'poisson';
  readonly random: () => number;
}): Generator<number, never> {
  const { rate, spacing, random } = options;
  const gapMs = 1000 / rate;
  let dueMs = 0;
  for (let count = 1; ; count += 1) {
    yield dueMs;
    dueMs = spacing === 'even' ? count * gapMs : dueMs - Math.log(1 - random()) * gapMs;
  }
}
