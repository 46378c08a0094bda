/** The kind of value that lists names of this server, as browsers write them in addresses. */
import type { Kind } from './kinds.ts';

const MAX_HOSTS = 16;
const HOST = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
/** The empty list, where an empty text could not be told from one that is missing. */
const NONE = 'none';

export function hosts(): Kind<readonly string[]> {
  return {
    parse(text) {
      if (text === NONE) return Object.freeze([]);
      const items = text.split(',').map((item) => item.trim().toLowerCase());
      const different = new Set(items).size === items.length && items.length <= MAX_HOSTS;
      const fit = different && items.every((item) => HOST.test(item));
      return fit ? Object.freeze(items) : undefined;
    },
    print: (value) => (value.length === 0 ? NONE : value.join(',')),
    allowed: `none, or up to ${MAX_HOSTS} different host names with commas between them, such as sluice.example.org`,
  };
}
