/** What every change of a rollout or an experiment says beside what it changes. */
import type { Args } from './command.ts';
import { IDEMPOTENCY_KEY, REASON } from './flags.ts';

export interface ChangeNote {
  readonly reason: string;
  /** Absent where none was given: the client makes one. */
  readonly idempotencyKey?: string;
}

export function changeNote(args: Args): ChangeNote {
  const idempotencyKey = args.get(IDEMPOTENCY_KEY);
  return { reason: args.text(REASON), ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
}
