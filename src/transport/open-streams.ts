/** The streams that would outlive a drain, since their clients keep them open: told to leave when it begins. */

/** A stream that ends by itself soon after it was asked to. */
export interface Leaver {
  leave(): void;
}

export class OpenStreams {
  readonly #streams = new Set<Leaver>();
  #leaving = false;

  add(stream: Leaver): void {
    this.#streams.add(stream);
    if (this.#leaving) stream.leave();
  }

  delete(stream: Leaver): void {
    this.#streams.delete(stream);
  }

  /** Those that are open, and those that are opened from now on. */
  leaveAll(): void {
    this.#leaving = true;
    for (const stream of [...this.#streams]) stream.leave();
  }
}
