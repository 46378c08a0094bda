/** A program on a terminal of its own, for what only shows there: live screens, and shells that complete words. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface PtyOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
}

/** Two busy cores take their time. */
const SHOWN_TIMEOUT_MS = 60_000;

const CONTROLS = /\u001b\[[\d;?]*[A-Za-z]|.\u0008/g;

export class Pty {
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  /** All that was written to the terminal, control sequences included. */
  text = '';

  /** @param command one line for a shell. */
  constructor(command: string, { env = {}, columns = 160, rows = 40 }: PtyOptions = {}) {
    const line = `stty cols ${String(columns)} rows ${String(rows)}; ${command}`;
    this.#child = spawn('script', ['--quiet', '--return', '--flush', '--command', line, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm', SHELL: '/bin/bash', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.text += text;
      for (const look of [...this.#waiting]) look();
    });
  }

  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** Resolves once what was written behind `from` has what is looked for, colours and moves of the cursor left out. */
  async shows(wanted: RegExp | string, from = 0): Promise<void> {
    const found = Promise.withResolvers<undefined>();
    const look = (): void => {
      const text = this.text.slice(from).replaceAll(CONTROLS, '');
      if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) found.resolve(undefined);
    };
    const timer = setTimeout(() => {
      found.reject(
        new Error(`${String(wanted)} did not come; the terminal has ${JSON.stringify(this.text.slice(-4000))}`),
      );
    }, SHOWN_TIMEOUT_MS);
    this.#waiting.add(look);
    look();
    try {
      await found.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }

  /** The exit code of the command. */
  async exited(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, 'exit', { signal: AbortSignal.timeout(SHOWN_TIMEOUT_MS) });
    }
    return this.#child.exitCode;
  }

  /** The terminal is gone with it, which ends what runs on it. */
  close(): void {
    this.#child.kill('SIGKILL');
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
