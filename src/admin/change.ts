/** One change: a transaction that happens once, however often it is asked for under the same idempotency key. */
import { createHash } from 'node:crypto';
import { ServerError } from '../domain/errors.ts';
import type { JsonRecord } from '../domain/registry.ts';
import type { StoreWriter } from '../registry/store.ts';
import type { AdminContext, Order } from './context.ts';
import { receiptFrom } from './receipt-codec.ts';

/** How long a repeated call gets the first one's receipt. */
const REMEMBERED_MS = 24 * 3_600_000;

export interface ChangeRequest {
  /** Names the RPC, so that one key cannot stand for two kinds of change. */
  readonly method: string;
  /** Everything that the caller asked for but the order. */
  readonly request: JsonRecord;
  readonly order: Order;
  /** Told of once it is committed; '' = of no one model. */
  readonly model: string;
}

/**
 * Runs `work` in a transaction and keeps its receipt, plain JSON, under the idempotency key. `work` looks at the state
 * inside the transaction, so that what it decides on is what it changes.
 */
export async function change<Receipt extends object>(
  { store, changes, now }: Pick<AdminContext, 'store' | 'changes' | 'now'>,
  { method, request, order, model }: ChangeRequest,
  work: (writer: StoreWriter) => Promise<Receipt>,
): Promise<Receipt> {
  const { idempotencyKey: key } = order;
  const digest = createHash('sha256')
    .update(JSON.stringify([method, request, order.actor]))
    .digest('hex');
  const receipt = await store.transact(async (writer) => {
    const former = key === '' ? undefined : await writer.remembered(key);
    if (former !== undefined && former.at > now() - REMEMBERED_MS) {
      checkSame(key, former.request, digest);
      return receiptFrom<Receipt>(former.reply);
    }
    const made = await work(writer);
    if (key !== '') {
      await writer.remember(key, { request: digest, reply: JSON.stringify(made), at: now() });
      await writer.forgetBefore(now() - REMEMBERED_MS);
    }
    return made;
  });
  if (model !== '') changes.tell(model);
  return receipt;
}

function checkSame(key: string, former: string, digest: string): void {
  if (former === digest) return;
  const message = `idempotency key "${key}" was used for another request within the last 24 hours; take a new one`;
  throw new ServerError('invalid_argument', message);
}
