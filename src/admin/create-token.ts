/** Makes a token: its secret is told once, and its hash is kept. */
import type { Role } from '../access/role.ts';
import { mayDo } from '../access/role.ts';
import { parseToken } from '../access/token.ts';
import { ServerError } from '../domain/errors.ts';
import { isName } from '../domain/version.ts';
import type { StoreWriter } from '../registry/store.ts';
import { hashSecret, makeToken } from '../registry/token-secrets.ts';
import type { StoredToken } from '../registry/token-store.ts';
import { type AccessKeeper, liveTokens, MAX_TOKENS } from './access-keeper.ts';
import type { AdminContext, Order } from './context.ts';
import { UNKNOWN_ACTOR } from './context.ts';

export type AccessContext = Pick<AdminContext, 'store' | 'now'> & { readonly access: AccessKeeper };

export interface CreateTokenInput {
  readonly name: string;
  readonly role: Role;
  readonly models: readonly string[];
  /** undefined = until it is revoked. */
  readonly lifetimeMs: number | undefined;
  readonly requestsPerSecond: number;
  readonly burst: number;
}

const MAX_MODELS = 100;
const MIN_LIFETIME_MS = 1000;
const MAX_LIFETIME_MS = 3650 * 24 * 3_600_000;
const MAX_RATE = 1_000_000;
/** Who else does things, as the audit log names them. */
const RESERVED_NAMES = [UNKNOWN_ACTOR, 'models-directory', 'qualification', 'rollout', 'experiment', 'sluice'];
/** What the token of --admin-token-file is called. */
const FILE_TOKEN_NAME = 'admin-token-file';

export async function createToken(
  { store, now, access }: AccessContext,
  input: CreateTokenInput,
  { actor, reason }: Order,
): Promise<{ readonly token: StoredToken; readonly secret: string }> {
  checkInput(input);
  const { id, secret, text } = makeToken();
  const at = now();
  const { lifetimeMs, requestsPerSecond, burst, ...known } = input;
  const token = await store.transact(async (writer) => {
    const others = await liveTokens(writer);
    checkRoom(others);
    checkNamesake(others, input);
    if (!access.hasOtherAdmin(others, id) && !(mayDo(input.role, 'administer') && input.models.length === 0)) {
      const message =
        'no admin has an identity yet, and with this token every call would need one; make a token of role admin first, for all models';
      throw new ServerError('failed_precondition', message);
    }
    const made = {
      ...known,
      id,
      hash: hashSecret(secret),
      requestsPerSecond,
      burst: requestsPerSecond > 0 && burst === 0 ? requestsPerSecond : burst,
      madeAt: at,
      madeBy: actor,
      expiresAt: lifetimeMs === undefined ? undefined : at + lifetimeMs,
    };
    return await add(writer, made, reason);
  });
  access.added(token);
  return { token, secret: text };
}

/**
 * Registers a token that somebody made elsewhere as an admin's, where it is not known yet. One that was revoked stays
 * so.
 *
 * @param text As `sluice token new` prints it.
 */
export async function registerAdminToken({ store, now, access }: AccessContext, text: string): Promise<void> {
  const parsed = parseToken(text);
  if (parsed === undefined) {
    const message = 'the file of --admin-token-file holds no token; write one into it with: sluice token new';
    throw new ServerError('invalid_argument', message);
  }
  const { id, secret } = parsed;
  const hash = hashSecret(secret);
  const token = await store.transact(async (writer) => {
    const former = await writer.token(id);
    if (former !== undefined) {
      if (Buffer.from(former.hash).equals(hash)) return undefined;
      const message = `the token of --admin-token-file has the id of another one, ${id}; make a new one: sluice token new`;
      throw new ServerError('failed_precondition', message);
    }
    checkRoom(await liveTokens(writer));
    const made = { id, hash, name: FILE_TOKEN_NAME, role: 'admin', models: [], ...NO_LIMITS } as const;
    return await add(writer, { ...made, madeAt: now(), madeBy: FILE_TOKEN_NAME }, 'it is in --admin-token-file');
  });
  if (token !== undefined) access.added(token);
}

const NO_LIMITS = { requestsPerSecond: 0, burst: 0, expiresAt: undefined };

/** The event tells everything about it but what could be used. */
async function add(
  writer: StoreWriter,
  made: Parameters<StoreWriter['addToken']>[0],
  reason: string,
): Promise<StoredToken> {
  const { madeAt: at, madeBy: actor, id, name, role, models, expiresAt, requestsPerSecond, burst } = made;
  const after = { name, role, models, requestsPerSecond, burst, ...(expiresAt === undefined ? {} : { expiresAt }) };
  await writer.append({ at, kind: 'token.created', model: '', subject: id, actor, reason, before: {}, after });
  return await writer.addToken(made);
}

function checkInput({ name, models, lifetimeMs, requestsPerSecond, burst }: CreateTokenInput): void {
  const fail = (message: string): never => {
    throw new ServerError('invalid_argument', message);
  };
  if (!isName(name) || RESERVED_NAMES.includes(name)) {
    const allowed = `letters, digits, ".", "_" and "-", 128 at most, and none of ${RESERVED_NAMES.join(', ')}`;
    fail(`a token cannot be called "${name.slice(0, 128)}"; give ${allowed}`);
  }
  if (models.length > MAX_MODELS) fail(`${models.length} models; a token is for ${MAX_MODELS} at most, or for all`);
  const wrong = models.find((model) => !isName(model));
  if (wrong !== undefined) fail(`"${wrong.slice(0, 128)}" is no name of a model`);
  if (lifetimeMs !== undefined && (lifetimeMs < MIN_LIFETIME_MS || lifetimeMs > MAX_LIFETIME_MS)) {
    fail(`a lifetime of ${lifetimeMs / 1000} s; give 1 s to 3650 days, or none for a token that does not expire`);
  }
  if (requestsPerSecond > MAX_RATE || burst > MAX_RATE) {
    fail(`${requestsPerSecond} requests per second and a burst of ${burst}; at most ${MAX_RATE} are taken`);
  }
  if (burst > 0 && requestsPerSecond === 0) fail(`a burst of ${burst} without requests_per_second limits nothing`);
}

function checkRoom(others: readonly StoredToken[]): void {
  if (others.length < MAX_TOKENS) return;
  const message = `there are ${MAX_TOKENS} tokens, which is the most; revoke some that nobody uses`;
  throw new ServerError('resource_exhausted', message);
}

/** Tokens of one name are one identity: one may follow the other without a gap, and none can pose as another. */
function checkNamesake(others: readonly StoredToken[], { name, role, models }: CreateTokenInput): void {
  const namesake = others.find((other) => other.name === name);
  if (namesake === undefined) return;
  if (namesake.role === role && isSameList(namesake.models, models)) return;
  const message = `token ${namesake.id} is called "${name}" and has another role or other models; take another name, or revoke it`;
  throw new ServerError('already_exists', message);
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify(a.toSorted()) === JSON.stringify(b.toSorted());
}
