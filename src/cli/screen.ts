/** Where a command writes: JSON for scripts, or text for people that fits the terminal it goes to. */
import { FullScreen } from './full-screen.ts';
import { replyText } from './json-codec.ts';
import { cutPainted } from './render/ansi.ts';
import type { Look } from './render/ansi.ts';
import { overwrite, redraw } from './render/live.ts';
import { progressLine } from './render/progress.ts';
import type { Progress } from './render/progress.ts';
import type { Output, Terminal } from './terminal.ts';

export interface ScreenOptions {
  readonly stdout: Output;
  readonly isTty: boolean;
  readonly columns: number;
  readonly colour: boolean;
  readonly json: boolean;
  readonly now: () => number;
}

/** One state of something that is watched: whole, to be redrawn in place, and in lines, to be added to a log. */
export interface Watched {
  readonly block: (look: Look) => readonly string[];
  readonly lines: (look: Look) => readonly string[];
}

/** Progress is drawn at most so often. */
const PROGRESS_INTERVAL_MS = 100;

export class Screen {
  readonly #options: ScreenOptions;
  /** Lines of the block that will be redrawn. */
  #blockLines = 0;
  #progressAt: number | undefined;

  constructor(options: ScreenOptions) {
    this.#options = options;
  }

  get json(): boolean {
    return this.#options.json;
  }

  get look(): Look {
    const { isTty, columns, colour, now } = this.#options;
    return { width: isTty ? columns : Infinity, colour, bars: isTty, now: now() };
  }

  /** The answer of a command: the reply in JSON, or what people read. */
  show(reply: object, human: (look: Look) => readonly string[]): void {
    this.#write(this.json ? [replyText(reply, 2)] : human(this.look));
  }

  /** The first answer of many: a JSON line, or lines that stay where they are. */
  log(reply: object, human: (look: Look) => readonly string[]): void {
    this.#write(this.json ? [replyText(reply)] : human(this.look));
  }

  /** One answer of many: a JSON line, the block redrawn on a terminal, or lines added elsewhere. */
  update(reply: object, { block, lines }: Watched): void {
    const { json, isTty, stdout, columns } = this.#options;
    if (json) this.#write([replyText(reply)]);
    else if (isTty) {
      // A line of two rows would keep the cursor from finding back.
      const drawn = block(this.look).map((line) => cutPainted(line, columns));
      stdout.write(redraw(this.#blockLines, drawn));
      this.#blockLines = drawn.length;
    } else this.#write(lines(this.look));
  }

  /** The whole terminal, until it is closed. */
  takeOver(terminal: Terminal, onKeys: (keys: string) => void): FullScreen {
    return new FullScreen(this.#options.stdout, terminal, onKeys);
  }

  progress(progress: Progress): void {
    this.passing((width) => progressLine(progress, width));
  }

  /** One line that stays until the next one; on a terminal only. */
  passing(line: (width: number) => string): void {
    const { json, isTty, stdout, columns, now } = this.#options;
    if (json || !isTty) return;
    const time = now();
    if (this.#progressAt !== undefined && time - this.#progressAt < PROGRESS_INTERVAL_MS) return;
    this.#progressAt = time;
    stdout.write(overwrite(line(columns)));
  }

  /** Takes the passing line away. */
  endProgress(): void {
    if (this.#progressAt === undefined) return;
    this.#progressAt = undefined;
    this.#options.stdout.write(overwrite(''));
  }

  #write(lines: readonly string[]): void {
    if (lines.length > 0) this.#options.stdout.write(lines.map((line) => `${line}\n`).join(''));
  }
}
