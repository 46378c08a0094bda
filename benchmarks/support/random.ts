/** Seeded random numbers: the same weights, requests and arrival times in every run. */

/** Uniform in [0, 1): mulberry32. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function fillUniform(target: Float32Array, options: { random: () => number; low: number; high: number }): void {
  const { random, low, high } = options;
  for (let at = 0; at < target.length; at += 1) target[at] = low + (high - low) * random();
}
