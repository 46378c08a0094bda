/** The receipt of a change, read back from the text that was kept under its idempotency key. */

/** Of text that the same method wrote: change() has compared the method and the request. */
// The caller knows the type; the text cannot say it.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function receiptFrom<Receipt>(text: string): Receipt {
  return JSON.parse(text) as Receipt;
}
