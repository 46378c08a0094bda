/** Where in the console one is: the part of the address behind "#". */
import { useEffect, useState } from 'preact/hooks';

/** @returns {string[]} */
function parts() {
  return location.hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** @param {string[]} path */
export function linkTo(...path) {
  return `#/${path.map(encodeURIComponent).join('/')}`;
}

/** @param {string[]} path */
export function goTo(...path) {
  location.hash = linkTo(...path);
}

export function useRoute() {
  const [route, setRoute] = useState(parts);
  useEffect(() => {
    const listener = () => setRoute(parts());
    addEventListener('hashchange', listener);
    return () => removeEventListener('hashchange', listener);
  }, []);
  return route;
}
