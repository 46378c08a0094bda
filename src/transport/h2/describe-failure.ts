/** The words of a caught value. */
export function describeFailure(caught: unknown): string {
  return caught instanceof Error ? caught.message : String(caught);
}
