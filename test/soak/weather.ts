/** What the soak does to the server's clock and to its control stream, from outside: see weather-hook.ts. */
import { renameSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

export interface Weather {
  /** Added to the time of day. */
  readonly clockMs: number;
  /** Serve processes lose their connection to the admin process as often as they have one. */
  readonly cut: boolean;
}

const HOOK = pathToFileURL(join(import.meta.dirname, 'weather-hook.ts')).href;

export class WeatherFile {
  readonly #path: string;
  #now: Weather = { clockMs: 0, cut: false };

  constructor(directory: string) {
    this.#path = join(directory, 'weather.json');
    this.set({});
  }

  /** With which the server is to be started. */
  get env(): Readonly<Record<string, string>> {
    return { SOAK_WEATHER: this.#path, NODE_OPTIONS: `--import=${HOOK}` };
  }

  set(change: Partial<Weather>): void {
    this.#now = { ...this.#now, ...change };
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.#now));
    renameSync(`${this.#path}.new`, this.#path);
  }
}
