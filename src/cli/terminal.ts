/** What a command writes to, and the terminal that a live screen takes over: its size and its keys. */
import type { ReadStream, WriteStream } from 'node:tty';

/** The part of a writable stream that the command needs. */
export interface Output {
  write(text: string): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

export interface TerminalListener {
  /** One key, or several that came together: "q", "\u0003" of Ctrl-C, "\u001b[A" of the arrow up. */
  readonly onKeys: (keys: string) => void;
  readonly onResize: () => void;
}

export interface Terminal {
  size(): { readonly columns: number; readonly rows: number };
  /** Keys come as they are pressed, and none is shown, until what it returns is called. */
  listen(listener: TerminalListener): () => void;
}

/** Where a terminal does not tell its size, it says 0. */
const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

export function terminalOf(keyboard: ReadStream, display: WriteStream): Terminal {
  return {
    size() {
      const { columns, rows } = display;
      return { columns: columns > 0 ? columns : USUAL_COLUMNS, rows: rows > 0 ? rows : USUAL_ROWS };
    },
    listen({ onKeys, onResize }) {
      const onData = (data: Buffer): void => {
        onKeys(data.toString('utf8'));
      };
      keyboard.setRawMode(true);
      keyboard.on('data', onData);
      display.on('resize', onResize);
      return () => {
        display.off('resize', onResize);
        keyboard.off('data', onData);
        keyboard.pause();
        keyboard.setRawMode(false);
      };
    },
  };
}
