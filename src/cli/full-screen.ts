/** A screen that takes the whole terminal while it is shown, and leaves everything as it was. */
import { cutPainted } from './render/ansi.ts';
import type { Output, Terminal } from './terminal.ts';

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** What a screen of this size shows, top to bottom; what does not fit is left out. */
export type Painter = (size: { readonly columns: number; readonly rows: number }) => readonly string[];

export class FullScreen {
  readonly #output: Output;
  readonly #terminal: Terminal;
  readonly #stopListening: () => void;
  #paint: Painter = () => [];

  /** Its pictures are drawn again when the size changes. */
  constructor(output: Output, terminal: Terminal, onKeys: (keys: string) => void) {
    this.#output = output;
    this.#terminal = terminal;
    output.write(ENTER);
    this.#stopListening = terminal.listen({
      onKeys,
      onResize: () => {
        this.redraw();
      },
    });
  }

  draw(paint: Painter): void {
    this.#paint = paint;
    this.redraw();
  }

  redraw(): void {
    const size = this.#terminal.size();
    const lines = this.#paint(size).slice(0, size.rows);
    // No newline behind the last: it would scroll a full screen.
    const drawn = lines.map((line) => `${cutPainted(line, size.columns)}${CLEAR_LINE}`).join('\r\n');
    this.#output.write(`${HOME}${drawn}${CLEAR_BELOW}`);
  }

  close(): void {
    this.#stopListening();
    this.#output.write(LEAVE);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
