/** Versions of the model whose rollouts are disturbed. */

export const STABLE = '1';
export const GOOD = '2';
/** Fails a third of its calls. */
export const BAD = '3';
