/** The Predict port, whichever transport serves it. */
import type { Address } from '../config/address.ts';
import type { TlsMaterial } from './h2/listener.ts';

export interface Door extends Disposable {
  /** Where it listens, with the port that the system chose. */
  readonly address: Address;
  /** Connections from now on are met with these. Throws on bad ones, and changes nothing. */
  setTls(material: TlsMaterial): void;
  /** Tells health watchers that it is over and takes no new connections; those that are open go on. */
  stopAccepting(): void;
  /** Asks every connection to go and waits for its calls; after `graceMs` cuts the rest. True when nothing was cut. */
  drain(graceMs: number): Promise<boolean>;
  /** Cuts what is still open. */
  close(): void;
}
