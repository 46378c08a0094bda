/** Waiting for something, but not for ever. */

/** Waits for the promise, but no longer than this. */
export async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  const { promise: timeout, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, timeout]);
  clearTimeout(timer);
}
