/** Runs one thing at a time, and keeps what was said of the last one. */
import { useState } from 'preact/hooks';

/** @import { Failure } from '../types.d.ts' */

/** @returns {{ busy: boolean, failure: Failure | undefined, run: (work: () => Promise<unknown>) => void, clear: () => void }} */
export function useAction() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState(/** @type {Failure | undefined} */ (undefined));
  /** @param {() => Promise<unknown>} work */
  const run = (work) => {
    setBusy(true);
    setFailure(undefined);
    work()
      .catch((/** @type {Failure} */ caught) => setFailure({ code: caught.code, message: caught.message }))
      .finally(() => setBusy(false));
  };
  return { busy, failure, run, clear: () => setFailure(undefined) };
}
