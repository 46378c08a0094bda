/** The kind of value that gives roles to the names in client certificates. */
import type { Kind } from './kinds.ts';

/** What a certificate can be given; calls of Predict take tokens. */
const CLIENT_ROLES = ['viewer', 'operator', 'approver', 'admin'] as const;

export type ClientRole = (typeof CLIENT_ROLES)[number];

/** As the audit log takes them: a certificate with a longer name cannot have a role. */
const NAME = /^[\x21-\x2b\x2d-\x7e]{1,128}$/;
const MAX_NAMES = 100;
/** The empty list, where an empty text could not be told from one that is missing. */
const NONE = 'none';

/** `name=role`, several with commas between them; the word "none" is the empty list. */
export function clientRoles(): Kind<ReadonlyMap<string, ClientRole>> {
  return {
    parse(text) {
      const roles = new Map<string, ClientRole>();
      for (const item of text === NONE ? [] : text.split(',')) {
        const at = item.lastIndexOf('=');
        const name = item.slice(0, at).trim();
        const role = CLIENT_ROLES.find((known) => known === item.slice(at + 1).trim());
        if (at < 1 || !NAME.test(name) || role === undefined || roles.has(name)) return undefined;
        roles.set(name, role);
      }
      return roles.size <= MAX_NAMES ? roles : undefined;
    },
    print: (value) => (value.size === 0 ? NONE : [...value].map(([name, role]) => `${name}=${role}`).join(',')),
    allowed: `none, or up to ${MAX_NAMES} of NAME=ROLE with commas between them, where ROLE is one of ${CLIENT_ROLES.join(', ')}; such as ci.example.org=operator`,
  };
}
