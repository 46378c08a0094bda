/** One option: its name, kind, default and reason, and the units that defaults and limits are written in. */
import type { Kind } from './kinds.ts';

export interface Option<T> {
  /** The flag without its dashes; the environment variable is made from it too. */
  readonly name: string;
  readonly kind: Kind<T>;
  readonly default: T;
  /** What it does, and why one would change it. */
  readonly why: string;
  /** The environment variable, where it is not made from the name. */
  readonly env?: string;
  /** Its value is never shown. */
  readonly secret?: boolean;
}

export type ValueOf<K> = K extends Kind<infer T> ? T : never;

export const KIB = 2 ** 10;
export const MIB = 2 ** 20;
export const GIB = 2 ** 30;
export const TIB = 2 ** 40;
export const SECOND = 1000;
export const HOUR = 3600 * SECOND;

export interface Row<K> extends Option<ValueOf<K>> {
  readonly kind: Kind<ValueOf<K>> & K;
}

export function option<K extends Kind<unknown>>(row: NoInfer<Option<ValueOf<K>>> & { readonly kind: K }): Row<K> {
  return Object.freeze(row);
}
