/** What the supervisor and its serve process say to each other over their channel. */

/** From the serve process. */
export type ServeMessage =
  /** Its ports are open and everything desired is ready or failed. */
  | { readonly kind: 'ready'; readonly greeting: string }
  /** Too many of its threads are stuck: start a successor, then let it go. */
  | { readonly kind: 'recycle'; readonly reason: string }
  /** It cannot start, for a reason that trying again does not mend. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Everything accepted has been answered; how the process ends from here on does not matter. */
  | { readonly kind: 'drained' };

/** To the serve process. */
export interface StopMessage {
  readonly kind: 'stop';
}

export function isServeMessage(value: unknown): value is ServeMessage {
  return hasKind(value) && ['ready', 'recycle', 'refused', 'drained'].includes(value.kind);
}

export function isStopMessage(value: unknown): value is StopMessage {
  return hasKind(value) && value.kind === 'stop';
}

function hasKind(value: unknown): value is { kind: string } {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}
