/** Who may call what: every method of the Admin services, for every role. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { AdminGate, type AdminToken } from '../../../src/access/admin-gate.ts';
import { LISTED_METHODS, permissionOf } from '../../../src/access/permissions.ts';
import { ROLES, type Role } from '../../../src/access/role.ts';
import { TokenBook } from '../../../src/access/token-book.ts';
import { makeToken, hashSecret, TOKEN_HASHING } from '../../../src/registry/token-secrets.ts';
import { loadAdminSchema } from '../../../src/transport/grpc-js/codec.ts';

/** As the protos have them: "sluice.admin.v1.Traffic/SetTraffic". */
const METHODS = Object.values(loadAdminSchema().sluice.admin.v1)
  .flatMap((entry) => ('service' in entry ? Object.values(entry.service) : []))
  .map(({ path }) => path.slice(1));

const READS =
  /\/(List(?!Tokens)\w*|Get\w*|Watch\w*|DownloadVersion|CheckHealth|VerifyChain|WhoServed|WhoAmI|List|Get|Watch)$/;
const APPROVES = /\/(ApproveTransition|RejectTransition|Approve)$/;
const ADMINISTERS = /\/(GarbageCollect|CreateToken|ListTokens|RevokeToken)$/;

/** Written down a second time, by what the methods are called. */
function expected(role: Role, method: string): boolean {
  if (method.endsWith('/WhoAmI')) return true;
  if (role === 'admin') return true;
  if (role === 'caller' || ADMINISTERS.test(method)) return false;
  if (READS.test(method)) return true;
  return role === (APPROVES.test(method) ? 'approver' : 'operator');
}

function tokenOf(role: Role, models: readonly string[] = []): { token: AdminToken; authorization: string } {
  const { id, secret, text } = makeToken();
  const limits = { expiresAt: undefined, requestsPerSecond: 0, burst: 0 };
  return {
    token: { id, name: role, role, hash: hashSecret(secret), models, ...limits },
    authorization: `Bearer ${text}`,
  };
}

function gateOf(tokens: readonly AdminToken[]): AdminGate {
  const book = new TokenBook<AdminToken>({ hashing: TOKEN_HASHING, now: () => 0 });
  book.replace(tokens);
  const nothing = (): void => undefined;
  return new AdminGate({ book, clientRoles: new Map(), isLocal: true, onUse: nothing, onRefusal: nothing });
}

async function isLetIn(gate: AdminGate, authorization: string, method: string, model = ''): Promise<boolean> {
  try {
    await gate.authorize({ authorization, certificateNames: [] }, method, model);
    return true;
  } catch (caught) {
    assert(caught instanceof Error && 'code' in caught && caught.code === 'permission_denied', String(caught));
    return false;
  }
}

it('every method of the protos is listed with what it needs, and nothing else is', () => {
  assert(METHODS.length > 50);
  assert.deepEqual(LISTED_METHODS.toSorted(), METHODS.toSorted());
});

it('a method that is not listed is an admin’s alone', () => {
  for (const method of ['sluice.admin.v1.Traffic/Nonsense', 'sluice.admin.v2.Traffic/GetTraffic', '', 'toString']) {
    assert.deepEqual(permissionOf(method), { need: 'administer', subject: 'server' });
  }
});

it('each role may call what is its own and nothing beyond, for every method', async () => {
  for (const role of ROLES) {
    const { token, authorization } = tokenOf(role);
    const gate = gateOf([token]);
    for (const method of METHODS) {
      const letIn = await isLetIn(gate, authorization, method);
      assert.equal(letIn, expected(role, method), `${role} ${letIn ? 'may' : 'may not'} call ${method}`);
    }
  }
});

it('nobody with some models only may call a method for another model, for all, or for the server', async () => {
  const { token, authorization } = tokenOf('admin', ['iris']);
  const gate = gateOf([token]);
  for (const method of METHODS) {
    const { subject } = permissionOf(method);
    const open = subject === 'self' || subject === 'own models';
    assert.equal(await isLetIn(gate, authorization, method, 'iris'), subject !== 'server', method);
    for (const model of ['wine', '', 'IRIS', 'iris ']) {
      assert.equal(await isLetIn(gate, authorization, method, model), open, `${method} for "${model}"`);
    }
  }
});
