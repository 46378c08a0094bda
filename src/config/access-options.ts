/** The options of identities: who may steer the server, and who may ask it for predictions. */
import { choice, orOff, path } from './kinds.ts';
import { option } from './option.ts';
import { type ClientRole, clientRoles } from './role-kinds.ts';

const NO_ROLES: ReadonlyMap<string, ClientRole> = new Map();

/** The keys are Config's fields; the order is that of docs/options.md. */
export const ACCESS_OPTIONS = {
  adminTokenFile: option({
    name: 'admin-token-file',
    kind: orOff(path()),
    default: 'off',
    why: 'A file with a token that `sluice token new` made: it becomes an admin at the first start. For containers.',
  }),
  clientRoles: option({
    name: 'client-roles',
    kind: clientRoles(),
    default: NO_ROLES,
    why: 'What callers of Admin may do by a name in their certificate (DNS, URI or e-mail); see docs/security.md.',
  }),
  predictAuth: option({
    name: 'predict-auth',
    kind: choice(['off', 'token']),
    default: 'off',
    why: 'Whether calls of the Predict port need a token: of a caller, an operator or an admin. See docs/security.md.',
  }),
};
