/** The PEM files of TLS while the server runs: looked at every few seconds, and taken anew once they have changed. */
import { stat } from 'node:fs/promises';
import { describeError } from '../../domain/errors.ts';
import { readTlsFiles, type TlsContents, type TlsPaths } from './tls-files.ts';

export interface TlsWatchOptions {
  readonly paths: TlsPaths;
  /** What it throws keeps the former contents, and is told as a fault. */
  readonly onChange: (contents: TlsContents) => void;
  /** The files changed into something that is not good; what was read before stays. Once per such change. */
  readonly onFault: (reason: string) => void;
  /** The certificate ends soon, or has ended; once a day, and after each change. */
  readonly onExpiry: (expiry: Expiry) => void;
  /** Epoch ms. */
  readonly now: () => number;
  /** POLL_MS unless told. */
  readonly pollMs?: number;
}

export interface Expiry {
  readonly file: string;
  /** Below 0 once it has ended. */
  readonly daysLeft: number;
}

/** Polled, since watching does not see a volume of Kubernetes or a network disk change. Milliseconds. */
const POLL_MS = 2000;

const DAY_MS = 86_400_000;

/** From here on it is told how many are left. */
const FEW_DAYS = 14;

export class TlsWatch {
  readonly #options: TlsWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #contents: TlsContents;
  /** What the files looked like when they were last taken, or found bad. */
  #seen: string;
  /** Files of a look that were not good: a certificate is often written a moment before its key. */
  #doubted = '';
  #expiryToldAt = -Infinity;
  #looking = false;

  private constructor(options: TlsWatchOptions, contents: TlsContents, seen: string) {
    this.#options = options;
    this.#contents = contents;
    this.#seen = seen;
    this.#tellExpiry();
    this.#timer = setInterval(() => void this.#look(), options.pollMs ?? POLL_MS);
    this.#timer.unref();
  }

  /** Throws ServerError where the files are not good. */
  static async open(options: TlsWatchOptions): Promise<TlsWatch> {
    const seen = await looksOf(options.paths);
    return new TlsWatch(options, await readTlsFiles(options.paths, options.now()), seen);
  }

  /** What is in force. */
  get contents(): TlsContents {
    return this.#contents;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const looks = await looksOf(this.#options.paths);
    if (looks !== this.#seen) await this.#take(looks);
    this.#tellExpiry();
    this.#looking = false;
  }

  async #take(looks: string): Promise<void> {
    const { paths, now, onChange, onFault } = this.#options;
    try {
      const contents = await readTlsFiles(paths, now());
      onChange(contents);
      this.#contents = contents;
      this.#seen = looks;
      this.#expiryToldAt = -Infinity;
    } catch (caught) {
      if (this.#doubted === looks) {
        this.#seen = looks;
        onFault(describeError(caught));
      }
      this.#doubted = looks;
    }
  }

  #tellExpiry(): void {
    const { paths, now, onExpiry } = this.#options;
    const daysLeft = Math.floor((this.#contents.expiresAt - now()) / DAY_MS);
    if (daysLeft >= FEW_DAYS || now() - this.#expiryToldAt < DAY_MS) return;
    this.#expiryToldAt = now();
    onExpiry({ file: paths.cert, daysLeft });
  }
}

/** What changes whenever a file is written, replaced, or pointed to another one. Never rejects. */
async function looksOf({ cert, key, ca }: TlsPaths): Promise<string> {
  const files = ca === undefined ? [cert, key] : [cert, key, ca];
  return (await Promise.all(files.map(lookOf))).join(' ');
}

async function lookOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = await stat(path);
    return [dev, ino, size, mtimeMs, ctimeMs].join(':');
  } catch {
    return 'gone';
  }
}
