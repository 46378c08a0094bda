/** A timer that is put off by every sign of life, and calls once when there was none for too long. */
export class Watchdog {
  readonly #limitMs: number;
  readonly #onSilence: () => void;
  #timer: NodeJS.Timeout | undefined;
  #barked = false;

  constructor(limitMs: number, onSilence: () => void) {
    this.#limitMs = limitMs;
    this.#onSilence = onSilence;
    this.restart();
  }

  /** Whether it has called. */
  get barked(): boolean {
    return this.#barked;
  }

  restart(): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.#barked = true;
      this.#onSilence();
    }, this.#limitMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}
