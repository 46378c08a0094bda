/** Who looks at the page, and what they may do: buttons that they may not press are not there. */
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { session } from './api.js';

/** @import { Session } from './types.d.ts' */

/** @type {Session} */
const NOBODY = { signedIn: false, name: '', role: '', methods: [] };

export const Who = createContext(NOBODY);

/**
 * undefined while it is not known.
 * @param {string} model
 * @param {number} asked grows to ask again
 */
export function useSession(model, asked) {
  const [who, setWho] = useState(/** @type {Session | undefined} */ (undefined));
  useEffect(() => {
    let isWanted = true;
    const look = () => {
      session(model).then(
        (found) => isWanted && setWho({ ...NOBODY, ...found }),
        // The server is away; it is asked again until it is back.
        () => isWanted && setTimeout(look, 1500),
      );
    };
    look();
    return () => {
      isWanted = false;
    };
  }, [model, asked]);
  return who;
}

/** @param {string} method */
export function useMay(method) {
  return useContext(Who).methods.includes(method);
}
