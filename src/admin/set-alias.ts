/** Points an alias at a version. */
import { ServerError } from '../domain/errors.ts';
import type { Alias } from '../domain/registry.ts';
import { isName } from '../domain/version.ts';
import type { StoreWriter } from '../registry/store.ts';
import { checkQualified } from './apply-traffic.ts';
import { change } from './change.ts';
import type { AdminContext, Order } from './context.ts';
import { findModel, findVersion } from './resolve-version.ts';

export interface SetAliasInput {
  readonly model: string;
  readonly alias: string;
  readonly version: string;
  /** Where it must point now, "none" for nowhere; '' = wherever. */
  readonly expectedVersion: string;
}

/** Aliased versions are loaded, so there cannot be any number of them. */
const MAX_ALIASES = 64;
const RESERVED = 'latest';
const NOWHERE = 'none';

export async function setAlias(context: AdminContext, input: SetAliasInput, order: Order): Promise<Alias> {
  const { model, alias } = input;
  if (!isName(alias) || alias === RESERVED) {
    const allowed = `letters, digits, ".", "_" and "-", 128 at most, beginning with a letter or digit, and not "${RESERVED}"`;
    throw new ServerError('invalid_argument', `"${alias.slice(0, 128)}" cannot be an alias; give ${allowed}`);
  }
  return await change(context, { method: 'SetAlias', request: { ...input }, order, model }, (writer) =>
    point(writer, context, input, order),
  );
}

async function point(
  writer: StoreWriter,
  { now }: AdminContext,
  { model, alias, version: name, expectedVersion }: SetAliasInput,
  { actor, reason }: Order,
): Promise<Alias> {
  await findModel(writer, model);
  const former = await writer.alias(model, alias);
  checkExpected(alias, former?.version ?? NOWHERE, expectedVersion);
  const version = await findVersion(writer, model, name);
  checkQualified(version);
  if (former?.version === name) return former;
  if (former === undefined && (await writer.aliases(model)).length >= MAX_ALIASES) {
    const message = `model "${model}" has ${MAX_ALIASES} aliases, which is the most; delete one first`;
    throw new ServerError('resource_exhausted', message);
  }
  const next: Alias = { model, alias, version: name, since: now(), actor };
  await writer.putAlias(next);
  const before = former === undefined ? {} : { version: former.version };
  const after = { version: name, digest: version.digest };
  await writer.append({ at: now(), kind: 'alias.set', model, subject: alias, actor, reason, before, after });
  await writer.touch();
  return next;
}

function checkExpected(alias: string, pointsAt: string, expected: string): void {
  if (expected === '' || expected === pointsAt) return;
  const message = `alias "${alias}" points at ${pointsAt}, not at ${expected.slice(0, 128)} as expected; read it and decide again`;
  throw new ServerError('aborted', message);
}
