/** Who asks for a change, why, and under which idempotency key. */
import type { Order } from '../../../admin/context.ts';
import { UNKNOWN_ACTOR } from '../../../admin/context.ts';
import { ServerError } from '../../../domain/errors.ts';
import type { Call } from '../../call.ts';

/** Metadata in which callers say who they are; nobody looks at it where they have an identity. */
const ACTOR_HEADER = 'x-sluice-actor';
const ACTOR = /^[\x20-\x7e]{1,128}$/;
const MAX_ACTOR_CHARACTERS = 128;
const MAX_KEY_CHARACTERS = 256;
const MAX_REASON_CHARACTERS = 10_000;

export interface OrderFields {
  readonly reason: string;
  /** Some calls have none. */
  readonly idempotencyKey?: string;
}

export function parseOrder(call: Call, { reason, idempotencyKey = '' }: OrderFields): Order {
  const identity = call.caller?.name ?? '';
  const actor = identity === '' ? (call.header(ACTOR_HEADER) ?? UNKNOWN_ACTOR) : storedName(identity);
  if (!ACTOR.test(actor)) throw bad(`${ACTOR_HEADER} metadata is no 1 to 128 printable ASCII characters`);
  if (idempotencyKey.length > MAX_KEY_CHARACTERS) {
    throw bad(`idempotency_key has ${idempotencyKey.length} characters; at most ${MAX_KEY_CHARACTERS} are taken`);
  }
  if (reason.length > MAX_REASON_CHARACTERS) {
    throw bad(`reason has ${reason.length} characters; at most ${MAX_REASON_CHARACTERS} are kept`);
  }
  return { actor, reason, idempotencyKey };
}

/** Names of certificates may be longer and have other letters. */
function storedName(identity: string): string {
  return identity.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, MAX_ACTOR_CHARACTERS);
}

function bad(message: string): ServerError {
  return new ServerError('invalid_argument', message);
}
