/** What the supervisor and its serve processes say to each other over their channels. */

/** From a serve process. */
export type ServeMessage =
  /** Its ports are open and everything desired is ready or failed. */
  | { readonly kind: 'ready'; readonly greeting: string }
  /** Too many of its threads are stuck: start a successor, then let it go. */
  | { readonly kind: 'recycle'; readonly reason: string }
  /** It cannot start, for a reason that trying again does not mend. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Everything accepted has been answered; how the process ends from here on does not matter. */
  | { readonly kind: 'drained' };

/** To a serve process. */
export type SupervisorMessage =
  | { readonly kind: 'stop' }
  /** All serve processes are ready: from here on this one may say so. */
  | { readonly kind: 'all ready' };

export function isServeMessage(value: unknown): value is ServeMessage {
  return hasKind(value) && ['ready', 'recycle', 'refused', 'drained'].includes(value.kind);
}

export function isSupervisorMessage(value: unknown): value is SupervisorMessage {
  return hasKind(value) && ['stop', 'all ready'].includes(value.kind);
}

function hasKind(value: unknown): value is { kind: string } {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}
