/** TLS as the options say: its files read, watched, and handed to the doors whenever they changed. */
import type { Config } from '../config/options.ts';
import { ServerError } from '../domain/errors.ts';
import type { Events } from '../telemetry/events.ts';
import type { TlsMaterial, TlsOptions } from '../transport/h2/listener.ts';
import { readTlsFiles, type TlsContents, type TlsPaths } from '../transport/tls/tls-files.ts';
import { TlsWatch } from '../transport/tls/tls-watch.ts';
import { hasMutualTls } from './control-address.ts';

export interface TlsDoor {
  setTls(material: TlsMaterial): void;
}

type ClientAuth = Config['tlsPredictClientAuth'];

export class Tls {
  readonly #watch: TlsWatch;
  readonly #doors: Set<TlsDoor>;
  readonly #isMutual: boolean;

  private constructor(watch: TlsWatch, doors: Set<TlsDoor>, isMutual: boolean) {
    this.#watch = watch;
    this.#doors = doors;
    this.#isMutual = isMutual;
  }

  /** undefined where the options name no certificate. Throws a sentence where a file is not good. */
  static async open(config: Config, events: Events): Promise<Tls | undefined> {
    const paths = tlsPathsOf(config);
    if (paths === undefined) return undefined;
    const doors = new Set<TlsDoor>();
    const watch = await TlsWatch.open({
      paths,
      onChange: (contents) => {
        for (const door of doors) door.setTls(materialOf(contents));
        events.tlsReloaded({ names: contents.names, expiresAt: new Date(contents.expiresAt).toISOString() });
      },
      onFault: (reason) => {
        events.tlsNotReloaded({ reason });
      },
      onExpiry: (expiry) => {
        events.certificateExpires(expiry);
      },
      now: Date.now,
    });
    return new Tls(watch, doors, hasMutualTls(config));
  }

  /** Of the certificate in force; epoch ms. */
  get expiresAt(): number {
    return this.#watch.contents.expiresAt;
  }

  /** What a door is to listen with. */
  optionsFor(clientAuth: ClientAuth): TlsOptions {
    const { clientCa, ...own } = materialOf(this.#watch.contents);
    return clientAuth === 'off' ? own : { ...own, clientCa, clientAuth };
  }

  /**
   * What the control door is to listen with, where it has an address. An authority may have signed for callers of
   * Predict, too: so who connects has to share a name with this process, as those do that are of one deployment.
   */
  get control(): TlsOptions | undefined {
    if (!this.#isMutual) return undefined;
    const isOurs = (name: string): boolean => this.#watch.contents.names.includes(name);
    return { ...this.optionsFor('required'), admits: (names) => names.some(isOurs) };
  }

  /** What a serve process shows and trusts when it connects to the control door; undefined = neither. */
  get identity(): (() => TlsContents) | undefined {
    return this.#isMutual ? () => this.#watch.contents : undefined;
  }

  /** A DNS name that the certificate is for. */
  get hostName(): string | undefined {
    return this.#watch.contents.names.find((name) => /^[A-Za-z0-9.-]+$/.test(name));
  }

  /** Tells the door from now on; at once, since the files may have changed while it opened. */
  attach(door: TlsDoor): void {
    door.setTls(materialOf(this.#watch.contents));
    this.#doors.add(door);
  }

  close(): void {
    this.#watch.close();
    this.#doors.clear();
  }
}

/** Throws a sentence where the files that the options name are not good. */
export async function checkTls(config: Config): Promise<void> {
  const paths = tlsPathsOf(config);
  if (paths !== undefined) await readTlsFiles(paths, Date.now());
}

function tlsPathsOf({ tlsCert, tlsKey, tlsClientCa }: Config): TlsPaths | undefined {
  if (tlsCert !== 'off' && tlsKey !== 'off') {
    return { cert: tlsCert, key: tlsKey, ca: tlsClientCa === 'off' ? undefined : tlsClientCa };
  }
  if (tlsCert === 'off' && tlsKey === 'off' && tlsClientCa === 'off') return undefined;
  const message = 'TLS needs --tls-cert and --tls-key together; --tls-client-ca goes with them';
  throw new ServerError('invalid_argument', message);
}

function materialOf({ cert, key, ca }: TlsContents): TlsMaterial {
  return { cert, key, clientCa: ca };
}
