/** The models that a caller may use, where it may not use all. */
import { ServerError } from '../../domain/errors.ts';
import type { Call } from '../call.ts';

/** To be asked before anything is told about a model. */
export function requireOwn(call: Call, model: string): void {
  const { caller } = call;
  if (caller === undefined || isOwn(call, model)) return;
  const { name, models } = caller;
  const message = `"${name}" may not use this model; it is for ${models.slice(0, 3).join(', ')}${models.length > 3 ? ', …' : ''}`;
  throw new ServerError('permission_denied', message);
}

export function isOwn({ caller }: Call, model: string): boolean {
  return caller === undefined || caller.models.length === 0 || caller.models.includes(model);
}
